"""API Gateway answers 500 because the policy of a function does not let it in."""

from collections.abc import Iterator, Sequence

from bot.aws.account import as_far_as_seen
from bot.aws.apigateway import RestApi
from bot.aws.functions import Function, Presence
from bot.aws.grants import plan_in_turn
from bot.aws.invocations import Invocation, beyond_focus, by_kind, expect_invocations, invocations
from bot.aws.invoke_permission import may_invoke
from bot.aws.policy import Access, Policy
from bot.model import Finding

from .findings import denied, in_another_account, kept_out
from .unscoped import unscoped_permissions

expect = expect_invocations
"""What every call leads to is read in any case."""


def diagnose(api: RestApi) -> Iterator[Finding]:
    """Every function's policy that keeps a call out, then the policies that let in more than they need to."""
    calls = [call for call in invocations(api) if call.rests_on_function_policy]
    for arn in dict.fromkeys(call.function_arn for call in calls):
        to_function = [call for call in calls if call.function_arn == arn]
        with as_far_as_seen():
            owner = api.account.neighbour(arn.account) if arn else None
            if arn and owner:
                yield from _examine(to_function, Function(owner, arn))
            else:
                yield from map(in_another_account, by_kind(to_function))
    yield from unscoped_permissions(api, calls)


def _examine(calls: Sequence[Invocation], function: Function) -> Iterator[Finding]:
    policy = function.policy.policy
    judge = Judge(function, policy)
    if policy is None and function.presence is not Presence.PRESENT:
        return  # what is not there can have no policy; that is another playbook's finding
    removed: set[str] = set()
    for part in _refused(calls, judge, Access.DENIED):
        yield denied(part, function, removed)
    # A call may be denied and allowed by nothing: then the Deny is not the last thing to mend.
    lacking = _refused(calls, Judge(function, _allowing(policy)) if judge.denies else judge, Access.NOT_ALLOWED)
    for part, plan in zip(lacking, plan_in_turn(lacking, function.policy) if lacking else (), strict=True):
        yield kept_out(part, function, plan)
    if any(judge.verdict(call) is Access.UNKNOWN for call in calls):
        raise function.undecided()


class Judge:
    """What a policy says of calls to a function: looked up once for each source ARN that they present."""

    def __init__(self, function: Function, policy: Policy | None) -> None:
        self.function = function
        self._policy = policy
        self._verdicts: dict[str, Access] = {}

    @property
    def denies(self) -> bool:
        """The policy has a Deny statement."""
        return any(statement.effect == "Deny" for statement in (self._policy.statements if self._policy else ()))

    def verdict(self, call: Invocation) -> Access:
        """What the policy says of a call."""
        source_arn = call.source_arn()
        if source_arn not in self._verdicts:
            self._verdicts[source_arn] = may_invoke(self._policy, call.request_to(self.function.arn)).verdict
        return self._verdicts[source_arn]


def _refused(calls: Sequence[Invocation], judge: Judge, verdict: Access) -> list[list[Invocation]]:
    """The calls refused, by kind; of a kind that is, the API's others too: the policy is one thing to mend."""
    kinds = {call.kind for call in calls if judge.verdict(call) is verdict}
    if not kinds:
        return []
    to_function = [
        call
        for call in beyond_focus(calls)
        if call.rests_on_function_policy and call.function_arn == judge.function.arn and call.kind in kinds
    ]
    return by_kind([call for call in to_function if judge.verdict(call) is verdict])


def _allowing(policy: Policy | None) -> Policy | None:
    """The policy without what it denies."""
    return policy and Policy(
        tuple(statement for statement in policy.statements if statement.effect == "Allow"), policy.document
    )
