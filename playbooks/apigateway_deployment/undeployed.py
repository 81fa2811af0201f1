"""The finding that a stage runs something else than what is saved: one for each stage, for one deployment mends it."""

from bot.aws.account import as_far_as_seen
from bot.aws.apigateway import RestApi
from bot.aws.deployed import Running
from bot.aws.drift import AUTHORIZER, Change, changes, response_changes
from bot.aws.policy_change import Opening, PolicyChange
from bot.model import Certainty, Fact, Finding, Phase, SavedChange

from .scope import asks_to_deploy, could_show


def not_deployed(api: RestApi, runs: Running, parts: frozenset[Phase]) -> Finding | None:
    """The changes that could matter for what failed, and what else a deployment of them would put live."""
    seen = _seen(api, runs, parts)
    policy = _of_the_policy(api, runs, seen)
    mattering = [change for change in seen if change.phase in parts and could_show(change, api.incident, policy)]
    if not mattering:
        return None
    everywhere = api.focused(api.focus.whole)
    others = [change for change in _seen(everywhere, runs, parts) if change not in mattering]
    all_of_it = (*mattering, *others)
    facts: dict[str, Fact] = {
        "api_id": api.id,
        "stages": runs.stage.name,
        "changed": ", ".join(change.what for change in mattering),
    }
    if methods := dict.fromkeys(label for change in mattering for label in change.methods):
        facts["methods"] = ", ".join(methods)
    return Finding(
        cause="change_not_deployed",
        fix="change_not_deployed",
        phase=min((change.phase for change in mattering), key=lambda phase: phase.position),
        certainty=Certainty.PROVEN,
        facts=facts,
        evidence=_evidence(api, runs, mattering),
        account=api.account.id,
        region=api.region,
        remedy={
            "stage": runs.stage.name,
            "deployment": runs.stage.deployment_id,
            "also": [change.what for change in others],
            "removed": [label for change in all_of_it if change.is_removal for label in change.methods],
            "is_canary": runs.has_canary,
            **_things(api, mattering),
            **_who_gets_in(api, runs, policy, all_of_it),
        },
        puts_live=tuple(
            SavedChange(change.phase, change.methods)
            for change in all_of_it
            if change.may_break and not change.is_removal
        ),
    )


def _of_the_policy(api: RestApi, runs: Running, seen: list[Change]) -> PolicyChange | None:
    """What the changed resource policy means for the calls asked about, or where the stage runs none of them, for all.

    None where it is the same, or nobody knows.
    """
    if any(change.phase is Phase.RESOURCE_POLICY for change in seen):
        with as_far_as_seen():
            for part in (api, api.focused(api.focus.whole)):
                if (judged := PolicyChange.of(part, runs)).is_judged:
                    return judged
    return None


def _who_gets_in(
    api: RestApi, runs: Running, policy: PolicyChange | None, live: tuple[Change, ...]
) -> dict[str, object]:
    """Whom a deployment would let in or shut out: said in words, and a command that shuts callers out is not printed.

    Whoever asks why a change does not act yet is told, and may deploy it.
    """
    opening = Opening()
    phases = {change.phase for change in live}
    if phases & {Phase.RESOURCE_POLICY, Phase.AUTHORIZER}:
        with as_far_as_seen():
            opening = Opening.of(api, runs)
    shuts_out = policy is not None and policy.may_shut_out
    return {
        "new_policy": Phase.RESOURCE_POLICY in phases and api.policy is not None,
        "ends_policy": Phase.RESOURCE_POLICY in phases and api.policy is None and not api.is_private,
        "opened": list(opening.to_anybody),
        "left_to_policy": list(opening.to_the_policy),
        "shuts_out": shuts_out,
        "can_deploy": not shuts_out or asks_to_deploy(api.incident),
    }


def _things(api: RestApi, mattering: list[Change]) -> dict[str, object]:
    """What was changed, by the ids that the event history knows: the card asks who did it."""
    labels = {label for change in mattering for label in change.methods}
    names = {change.what.split()[1] for change in mattering if change.what.startswith(AUTHORIZER)}
    of_methods = any(not change.what.startswith(AUTHORIZER) for change in mattering if change.methods)
    return {
        "policy_of": api.id if any(change.phase is Phase.RESOURCE_POLICY for change in mattering) else None,
        "resource_ids": sorted({each.resource_id for each in api.every_method if of_methods and each.label in labels}),
        "authorizer_ids": sorted(each.id for each in api.every_authorizer if each.name in names) if names else [],
    }


def _seen(api: RestApi, runs: Running, parts: frozenset[Phase]) -> list[Change]:
    found: list[Change] = []
    with as_far_as_seen():
        for change in changes(api, runs):
            found.append(change)
    if Phase.RESPONSE in parts:
        with as_far_as_seen():
            found += response_changes(api, runs)
    return found


def _evidence(api: RestApi, runs: Running, mattering: list[Change]) -> tuple[str, ...]:
    saved: tuple[str, ...] = ()
    phases = {change.phase for change in mattering}
    if Phase.RESOURCE_POLICY in phases:
        saved += api.evidence_of(api)
    if phases - {Phase.RESOURCE_POLICY, Phase.RESPONSE}:
        saved += api.resources_evidence
    if any(change.what.startswith(AUTHORIZER) for change in mattering):
        saved += tuple(id for authorizer in api.every_authorizer[:1] for id in api.evidence_of(authorizer))
    return tuple(dict.fromkeys((*saved, *runs.evidence)))
