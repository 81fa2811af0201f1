"""API Gateway answers 500 because the role it calls a function with is missing, closed to it, or may not invoke."""

from collections.abc import Iterator, Sequence

from bot.aws.account import as_far_as_seen
from bot.aws.apigateway import RestApi
from bot.aws.arn import Arn
from bot.aws.iam import Role
from bot.aws.invocations import Invocation, beyond_focus, expect_invocations, invocations
from bot.aws.policy import Access
from bot.aws.role_permission import may_assume
from bot.aws.trust import new_trust
from bot.model import Certainty, Finding, Hint

from .cannot_invoke import Refusals, cannot_invoke, refusals
from .findings import of_each_kind
from .mend import amended_trust, invoke_policy
from .passthrough import passthrough
from .repoint import repoint

expect = expect_invocations
"""What every call leads to is read in any case."""


def diagnose(api: RestApi) -> Iterator[Finding]:
    """Each role with the calls that are made through it, then the integrations that borrow their caller's rights."""
    calls = invocations(api)
    refused: list[Refusals] = []
    for arn in dict.fromkeys(call.role for call in calls if call.role):
        through = [call for call in calls if call.role == arn]
        with as_far_as_seen():
            role = Role(api.account, arn)
            yield from _reachable(role, through)
            if role.is_there:
                refused.append(refusals(role, through))
    yield from cannot_invoke(refused)
    yield from passthrough(api, [call for call in calls if call.uses_caller_credentials])


def _reachable(role: Role, calls: Sequence[Invocation]) -> Iterator[Finding]:
    """Whether there is such a role, and API Gateway may assume it."""
    parsed = Arn.parse(role.arn)
    if parsed is None or parsed.account != calls[0].api.account.id:
        raise role.undecided(Hint.OTHER_ACCOUNT)
    if not role.answer:
        through = [call for call in beyond_focus(calls) if call.role == role.arn]
        arns = list(dict.fromkeys(str(call.function_arn) for call in through if call.function_arn))
        remedy = {"trust": new_trust(), "policy": invoke_policy(arns) if arns else None, "repoint": None}
        yield from of_each_kind("role_missing", role, _of_the_same_kinds(calls), remedy=remedy)
        return
    if not role.is_there:
        facts = {"expected": str(role.answer["Role"]["Arn"]), "actual": role.arn}
        remedy = {"trust": None, "policy": None, "repoint": repoint(calls, facts["expected"]), "redeploy": True}
        yield from of_each_kind("role_missing", role, _of_the_same_kinds(calls), remedy=remedy, facts=facts)
        return
    verdicts = {may_assume(role, call).verdict for call in calls}
    if verdicts & {Access.DENIED, Access.NOT_ALLOWED}:
        judged = [(call, may_assume(role, call)) for call in _of_the_same_kinds(calls)]
        refused = [
            (call, assumed) for call, assumed in judged if assumed.verdict in (Access.DENIED, Access.NOT_ALLOWED)
        ]
        yield from of_each_kind(
            "role_not_assumable",
            role,
            [call for call, _ in refused],
            certainty=Certainty.LIKELY if refused[0][1].rests_on_source_arn else Certainty.PROVEN,
            remedy={"trust": amended_trust(role, refused[0][0]), "previous_trust": dict(role.trust.document)},
        )
    if Access.UNKNOWN in verdicts:
        raise role.undecided(Hint.UNDECIDABLE_CONDITION)


def _of_the_same_kinds(calls: Sequence[Invocation]) -> list[Invocation]:
    """The calls and the API's others through the same role, if they are authorizers' or integrations' as these are."""
    role, kinds = calls[0].role, {call.kind for call in calls}
    return [call for call in beyond_focus(calls) if call.role == role and call.kind in kinds]
