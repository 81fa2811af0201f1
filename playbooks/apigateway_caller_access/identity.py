"""Refusals of signed calls, by the caller's own policies, and of calls that should have been signed."""

from collections.abc import Iterator, Sequence

from bot.aws.caller_access import Judgement, runs_as_saved
from bot.aws.callers import SIGNED
from bot.aws.method_calls import INVOKE
from bot.aws.policy import Access
from bot.aws.refusals import Refusals
from bot.model import Certainty, Finding, Phase

from .findings import evidence_of, facts_of

_POLICY_NAME = "invoke-api"


def not_allowed(judgements: Sequence[Judgement]) -> Iterator[Finding]:
    """The finding about the caller whose policies do not reach. Raises Unseen."""
    if not judgements:
        return
    first = judgements[0]
    identity = first.caller.identity
    if identity is None:
        return
    arns = list(dict.fromkeys(arn for each in judgements if (arn := each.call.grantable)))
    denied = first.identity.verdict is Access.DENIED
    is_mended_by_policy = not denied and first.identity.lacking == ("identity",) and bool(arns)
    policies = (*identity.identity_policies, *([identity.boundary] if identity.boundary else []))
    yield Finding(
        cause="caller_not_allowed",
        fix="caller_not_allowed",
        phase=Phase.AUTHORIZER,
        certainty=Certainty.LIKELY if first.identity.rests_on_belief or first.is_delegated else Certainty.PROVEN,
        facts={
            **facts_of(judgements),
            "principal": identity.real_arn,
            "lacking": "explicit deny" if denied else ",".join(first.identity.lacking),
            **({"sid": sid} if denied and (sid := first.identity.statements[0].sid) else {}),
        },
        evidence=evidence_of(judgements, identity.answer.evidence, *(each.evidence for each in policies)),
        account=identity.account.id,
        region=first.call.api.region,
        remedy={
            "is_user": identity.noun == "User",
            "name": identity.name,
            "denied": denied,
            "is_delegated": first.is_delegated,
            "boundary_lacks": "boundary" in first.identity.lacking,
            "policy_name": identity.free_policy_name(_POLICY_NAME),
            "policy": {
                "Version": "2012-10-17",
                "Statement": [{"Effect": "Allow", "Action": INVOKE, "Resource": arns}],
            }
            if is_mended_by_policy
            else None,
        },
    )


def not_signed(refusals: Refusals) -> Iterator[Finding]:
    """The finding about calls without a signature to methods that want one. Raises Unseen."""
    incident = refusals.api.incident
    if "missing-auth-token" not in incident.symptoms or not refusals.names_a_path or refusals.caller.has_signed:
        return
    unsigned = [
        each
        for each in refusals.judgements
        if each.call.method.authorization_type == SIGNED and runs_as_saved(each.call)
    ]
    if not unsigned:
        return
    api = refusals.api
    is_shown = incident.sent is not None and incident.sent.is_whole
    yield Finding(
        cause="call_not_signed",
        fix="call_not_signed",
        phase=Phase.AUTHORIZER,
        certainty=Certainty.PROVEN if is_shown else Certainty.LIKELY,
        facts=facts_of(unsigned),
        evidence=evidence_of(unsigned),
        account=api.account.id,
        region=api.region,
        remedy={"service": "execute-api"},
    )
