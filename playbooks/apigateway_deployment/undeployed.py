"""The finding that a stage runs something else than what is saved: one for each stage, for one deployment mends it."""

from bot.aws.account import as_far_as_seen
from bot.aws.apigateway import RestApi
from bot.aws.deployed import Running
from bot.aws.drift import AUTHORIZER, Change, changes, response_changes
from bot.model import Certainty, Fact, Finding, Phase, SavedChange

from .scope import could_show


def not_deployed(api: RestApi, runs: Running, parts: frozenset[Phase]) -> Finding | None:
    """The changes that could matter for what failed, and what else a deployment of them would put live."""
    mattering = [
        change for change in _seen(api, runs, parts) if change.phase in parts and could_show(change, api.incident)
    ]
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
        },
        puts_live=tuple(
            SavedChange(change.phase, change.methods)
            for change in all_of_it
            if change.may_break and not change.is_removal
        ),
    )


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
