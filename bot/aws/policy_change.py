"""What becomes of calls once the saved resource policy runs in place of the deployed one, in three-valued logic.

Rests on what bot/aws/caller_access.py rests on.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.aws.apigateway import Focus, RestApi
from bot.aws.caller_access import REFUSED, outcome
from bot.aws.callers import SIGNED, Caller
from bot.aws.deployed import Running
from bot.aws.method_calls import Call, calls_asked
from bot.aws.policy import Access, Policy, Request, evaluate
from bot.aws.policy_document import ALLOW, DENY

_OPEN = "NONE"
"""The authorization type of methods that ask nothing of their callers."""


@dataclass(frozen=True, slots=True)
class PolicyChange:
    """What the calls asked about meet now, and what they would meet after a deployment.

    What a caller's own policies or a Lambda authorizer say is not read: a call is looked at as if they let it in, and
    as if they were silent, each a pair in `outcomes`.
    """

    outcomes: tuple[tuple[Access, Access], ...]

    @classmethod
    def of(cls, api: RestApi, running: Running) -> "PolicyChange":
        """Judges the calls in focus. Raises Unseen."""
        caller = Caller(api)
        return cls(tuple(pair for call, asks in _calls(api, running) for pair in _pairs(call, asks, running, caller)))

    @property
    def is_judged(self) -> bool:
        """Whether the stage runs any of the methods asked about."""
        return bool(self.outcomes)

    @property
    def may_let_in(self) -> bool:
        """The running policy may refuse a call that the saved one does not certainly refuse."""
        return any(now is not Access.ALLOWED and then not in REFUSED for now, then in self.outcomes)

    @property
    def may_shut_out(self) -> bool:
        """The saved policy refuses a call, or may, that the running one does not, or not certainly.

        Where neither is certain, they merely differ.
        """
        return any(
            (now is Access.ALLOWED and then is not Access.ALLOWED) or (now not in REFUSED and then in REFUSED)
            for now, then in self.outcomes
        )


@dataclass(frozen=True, slots=True)
class Opening:
    """The methods, by label, that a deployment opens.

    `to_anybody`: neither authorization nor a resource policy limits who calls them any more. `to_the_policy`: their
    authorization becomes NONE, and the resource policy goes on to decide.
    """

    to_anybody: tuple[str, ...] = ()
    to_the_policy: tuple[str, ...] = ()

    @classmethod
    def of(cls, api: RestApi, running: Running) -> "Opening":
        """Looks at every method that the stage runs, for a caller of whom nothing is known. Raises Unseen."""
        whole = api.focused(Focus(stage=running.stage.name))
        anybody = Caller(whole)
        to_anybody, to_the_policy = [], []
        for call, asks in _calls(whole, running):
            if call.method.authorization_type != _OPEN:
                continue
            ((now, then),) = _pairs(call, asks, running, anybody)
            if then is Access.ALLOWED and (asks != _OPEN or now is not Access.ALLOWED):
                to_anybody.append(call.method.label)
            elif asks != _OPEN and api.policy is not None:
                to_the_policy.append(call.method.label)
        return cls(tuple(to_anybody), tuple(to_the_policy))


def _calls(api: RestApi, running: Running) -> Iterator[tuple[Call, str]]:
    """The calls asked about of methods that the stage runs, each with the authorization that it asks for now."""
    asked = {(each.path, each.http_method): each.authorization_type for each in running.methods}
    for call in calls_asked(api):
        method = call.method
        route = (method.path, method.http_method)
        if call.stage.name == running.stage.name and route in asked:
            yield call, asked[route] or method.authorization_type


def _pairs(call: Call, asks: str, running: Running, caller: Caller) -> Iterator[tuple[Access, Access]]:
    """What the call meets now and then, once for each thing that the caller's own side may say."""
    will_ask = call.method.authorization_type
    now = _possible(running.policy, call.request(caller, caller.principal(asks)))
    then = _possible(call.api.policy, call.request(caller, caller.principal(will_ask)))
    # Where the authorization changes too, whom the new one turns away is not the policy's doing.
    is_silence_told = asks == will_ask != _OPEN
    for identity in (Access.ALLOWED, Access.NOT_ALLOWED) if is_silence_told else (Access.ALLOWED,):
        yield _outcome(call, caller, asks, now, identity), _outcome(call, caller, will_ask, then, identity)


def _possible(policy: Policy | None, request: Request) -> frozenset[Access | None]:
    """Every verdict that a policy can come to; None without one."""
    if policy is None:
        return frozenset({None})
    denies, allows = (_by(effect, policy, request) for effect in (DENY, ALLOW))
    verdicts: set[Access | None] = set()
    if denies in (Access.DENIED, Access.UNKNOWN):
        verdicts.add(Access.DENIED)
    if denies is not Access.DENIED:
        verdicts |= {Access.ALLOWED, Access.NOT_ALLOWED} if allows is Access.UNKNOWN else {allows}
    return frozenset(verdicts)


def _by(effect: str, policy: Policy, request: Request) -> Access:
    some = tuple(statement for statement in policy.statements if statement.effect == effect)
    return evaluate([replace(policy, statements=some)], request).verdict


def _outcome(
    call: Call, caller: Caller, authorization: str, policy: frozenset[Access | None], identity: Access
) -> Access:
    results = {
        outcome(
            authorization,
            verdict,
            identity,
            is_private=call.api.is_private,
            is_across_accounts=authorization == SIGNED and bool(caller.is_of_another_account),
        )
        for verdict in policy
    }
    if results <= REFUSED:
        return Access.NOT_ALLOWED
    return Access.ALLOWED if results == {Access.ALLOWED} else Access.UNKNOWN
