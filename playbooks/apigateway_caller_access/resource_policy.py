"""Refusals by the API's resource policy, or for want of one: which statement, and how the policy would have to read."""

from collections.abc import Iterator, Sequence
from typing import Any

from bot.aws.account import Unseen
from bot.aws.caller_access import Judgement, Refusal
from bot.aws.cloudformation import rest_api_resource
from bot.aws.policy import Statement
from bot.aws.refusals import Refusals
from bot.model import Certainty, Finding, Phase

from .findings import compared, evidence_of, facts_of, nearest, request_of
from .mend import Mended, mended_policy


def refused_by_policy(refusal: Refusal, judgements: Sequence[Judgement]) -> Iterator[Finding]:
    """The finding about the one document that refuses all these calls. Raises Unseen."""
    if not judgements:
        return
    first = judgements[0]
    policy = first.call.api.policy
    statement: Statement | None = None
    if refusal is Refusal.DENIED and first.resource:
        statement = first.resource.statements[0]
    elif refusal is Refusal.NOT_ALLOWED and policy:
        statement = nearest(policy, request_of(first))
    rests_on_belief = first.resource is not None and first.resource.rests_on_belief
    yield _finding(refusal, judgements, statement, Certainty.LIKELY if rests_on_belief else Certainty.PROVEN)


def suspected(refusals: Refusals) -> Iterator[Finding]:
    """The finding to which the text's own words lead where the evidence alone leads to none. Raises Unseen."""
    if any(refused for _, refused in refusals.judged):
        return
    for refusal, _, statement in refusals.suspects():
        yield _finding(refusal, refusals.judgements, statement, Certainty.LIKELY)


def _finding(
    refusal: Refusal, judgements: Sequence[Judgement], statement: Statement | None, certainty: Certainty
) -> Finding:
    first = judgements[0]
    api = first.call.api
    facts = facts_of(judgements)
    if statement:
        facts |= compared(statement, request_of(first))
    mended = _mended(judgements) if certainty is Certainty.PROVEN else Mended(None, "origin")
    return Finding(
        cause=refusal.value,
        fix=refusal.value,
        phase=Phase.RESOURCE_POLICY,
        certainty=certainty,
        facts=facts,
        evidence=evidence_of(judgements),
        account=api.account.id,
        region=api.region,
        remedy=_remedy(judgements, mended),
    )


def _mended(judgements: Sequence[Judgement]) -> Mended:
    """The policy as it should be; the refusal stands though it cannot be seen whom to let in."""
    try:
        return mended_policy(judgements)
    except Unseen:
        return Mended(None, "caller")


def _remedy(judgements: Sequence[Judgement], mended: Mended) -> dict[str, Any]:
    api = judgements[0].call.api
    stages = {each.call.stage.name: each.call.stage.deployment_id for each in judgements}
    return {
        "policy": mended.document,
        "lacks": mended.lacks,
        "previous_policy": dict(api.policy.document) if api.policy else None,
        "stages_to_deploy": stages,
        "other_stages": [name for name in api.stage_names if name not in stages],
        "resource_as_it_should_be": rest_api_resource(api, Policy=mended.document) if mended.document else None,
        "vpc_endpoints": list(api.vpc_endpoint_ids),
    }
