"""Refusals by the policy of the VPC endpoint through which a private API is called."""

from collections.abc import Iterator, Sequence

from bot.aws.caller_access import Judgement
from bot.aws.cloudformation import vpc_endpoint_resource
from bot.aws.policy import Access
from bot.model import Certainty, Finding, Phase

from .findings import compared, evidence_of, facts_of, nearest
from .mend import mended_endpoint_policy


def refused_by_endpoint(judgements: Sequence[Judgement]) -> Iterator[Finding]:
    """The finding about the one endpoint. Raises Unseen."""
    if not judgements:
        return
    first = judgements[0]
    api, endpoint, decision = first.call.api, first.caller.endpoint, first.endpoint
    if endpoint is None or endpoint.policy is None or decision is None or not _is_to_blame(first):
        return
    request = first.call.request(first.caller, first.caller.principal_at_endpoint())
    denied = decision.verdict is Access.DENIED
    statement = decision.statements[0] if denied else nearest(endpoint.policy, request)
    mended = mended_endpoint_policy(judgements)
    is_certain = first.caller.endpoint_is_told and not decision.rests_on_belief
    yield Finding(
        cause="vpc_endpoint_policy_denies",
        fix="vpc_endpoint_policy_denies",
        phase=Phase.RESOURCE_POLICY,
        certainty=Certainty.PROVEN if is_certain else Certainty.LIKELY,
        facts={
            **facts_of(judgements),
            "vpc_endpoint_id": endpoint.id,
            **(compared(statement, request) if statement else {}),
        },
        evidence=evidence_of(judgements, endpoint.answer.evidence),
        account=api.account.id,
        region=api.region,
        remedy={
            "denied": denied,
            "lacks": mended.lacks,
            "policy": mended.document,
            "previous_policy": dict(endpoint.policy.document),
            "resource_as_it_should_be": vpc_endpoint_resource(endpoint.definition, PolicyDocument=mended.document)
            if mended.document
            else None,
        },
    )


def _is_to_blame(judgement: Judgement) -> bool:
    """The question tells of a failure: an endpoint that is kept for other APIs is none by itself."""
    return judgement.caller.endpoint_is_told or judgement.call.api.incident.is_told
