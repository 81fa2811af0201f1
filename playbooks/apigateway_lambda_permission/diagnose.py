"""API Gateway answers 500 because the policy of a function does not let it in."""

from collections.abc import Iterable, Iterator, Sequence

from bot.aws.account import as_far_as_seen
from bot.aws.apigateway import Authorizer, RestApi
from bot.aws.arn import FunctionArn, arn_like
from bot.aws.functions import Function, FunctionPolicy, Presence
from bot.aws.grants import plan_grants
from bot.aws.invocations import Invocation, beyond_focus, invocations
from bot.aws.invoke_permission import Fault, Shortfall, invoke_request, may_invoke, nearest_shortfall
from bot.aws.policy import Access, Decision, Policy, Request
from bot.model import Certainty, Fact, Finding

from .unscoped import unscoped_permissions


def diagnose(api: RestApi) -> Iterator[Finding]:
    """Every function's policy that keeps a call out, then the policies that let in more than they need to."""
    calls = [call for call in invocations(api) if call.rests_on_function_policy]
    for (_, arn), to_function in _by_policy(calls).items():
        with as_far_as_seen():
            owner = api.account.neighbour(arn.account)
            if owner is None:
                yield _in_another_account(to_function, arn)
            else:
                yield from _examine(to_function, Function(owner, arn))
    yield from unscoped_permissions(api, calls)


def _by_policy(calls: Iterable[Invocation]) -> dict[tuple[str, FunctionArn], list[Invocation]]:
    """Calls by the one policy that decides them: integrations and authorizers apart, since their causes are."""
    grouped: dict[tuple[str, FunctionArn], list[Invocation]] = {}
    for call in calls:
        if arn := call.function_arn:
            grouped.setdefault((call.kind, arn), []).append(call)
    return grouped


def _examine(calls: Sequence[Invocation], function: Function) -> Iterator[Finding]:
    own = function.policy
    if own.policy is None and function.presence is not Presence.PRESENT:
        return  # what is not there can have no policy; that is another playbook's finding
    for call in calls:
        decision = _decide(call, function, own.policy)
        if decision.verdict is Access.UNKNOWN:
            raise function.undecided()
    denied = _refused(calls, function, own.policy, Access.DENIED)
    # A call may be denied and allowed by nothing: then the Deny is not the last thing to mend.
    lacking = _refused(calls, function, _allowing(own.policy), Access.NOT_ALLOWED)
    if denied:
        yield _denied(denied, function, _decide(denied[0], function, own.policy))
    if lacking:
        shortfall, certainty = _nearest(function, own, _request(lacking[0], function))
        yield _kept_out(lacking, function, shortfall, certainty)


def _refused(
    calls: Sequence[Invocation], function: Function, policy: Policy | None, verdict: Access
) -> list[Invocation]:
    """The calls refused, and if there are any, the API's others too: the policy is one thing to mend, in focus or not."""

    def is_refused(call: Invocation) -> bool:
        return _decide(call, function, policy).verdict is verdict

    if not any(map(is_refused, calls)):
        return []
    ((kind, arn),) = _by_policy(calls)
    everywhere = [call for call in beyond_focus(calls) if call.rests_on_function_policy]
    return [call for call in everywhere if (call.kind, call.function_arn) == (kind, arn) and is_refused(call)]


def _decide(call: Invocation, function: Function, policy: Policy | None) -> Decision:
    return may_invoke(policy, _request(call, function))


def _request(call: Invocation, function: Function) -> Request:
    return invoke_request(function.arn, call.source_arn(), call.api.account.id)


def _allowing(policy: Policy | None) -> Policy | None:
    """The policy without what it denies."""
    return policy and Policy(
        tuple(statement for statement in policy.statements if statement.effect == "Allow"), policy.document
    )


def _nearest(function: Function, own: FunctionPolicy, request: Request) -> tuple[Shortfall | None, Certainty]:
    """The nearest statement, on the qualifier called or on a sibling. Siblings that cannot be read leave a doubt."""
    policies: list[tuple[FunctionArn, Policy | None]] = [(own.of, own.policy)]
    certainty = Certainty.LIKELY
    with as_far_as_seen():
        policies += [(sibling.of, sibling.policy) for sibling in function.sibling_policies]
        certainty = Certainty.PROVEN
    shortfall = nearest_shortfall(policies, function.arn, request)
    if shortfall and shortfall.rests_on_belief:
        certainty = Certainty.LIKELY
    return shortfall, certainty


def _kept_out(
    calls: Sequence[Invocation], function: Function, shortfall: Shortfall | None, certainty: Certainty
) -> Finding:
    first = calls[0]
    fault = f"permission_{shortfall.fault}" if shortfall else "permission_missing"
    return Finding(
        cause=f"{first.kind}_{fault}",
        fix=fault,
        phase=first.phase,
        certainty=certainty,
        facts={**_facts(calls, function.arn), **_facts_of(shortfall)},
        evidence=(*first.evidence, *function.evidence),
        account=function.arn.account,
        region=function.arn.region,
        remedy={
            "plan": plan_grants(calls, function.policy),
            "function_name": function.arn.name,
            "qualifier": function.arn.qualifier,
            "methods_affected": _methods(calls),
        },
    )


def _facts_of(shortfall: Shortfall | None) -> dict[str, Fact]:
    if shortfall is None:
        return {}
    facts: dict[str, Fact] = {"statement": shortfall.statement.sid or "-"}
    if shortfall.fault is Fault.QUALIFIER:
        return facts | {"granted_on": shortfall.expected, "called": shortfall.actual}
    # "expected" is what API Gateway presents, "actual" what the statement says: the statement is what is wrong.
    facts |= {"expected": shortfall.actual, "actual": shortfall.expected}
    if shortfall.fault is Fault.SOURCE_ARN:
        facts["differs"] = ",".join(shortfall.differs)
    if shortfall.condition:
        facts |= {"operator": shortfall.condition.operator, "key": shortfall.condition.key}
    return facts


def _denied(calls: Sequence[Invocation], function: Function, decision: Decision) -> Finding:
    first = calls[0]
    return Finding(
        cause=f"{first.kind}_permission_denied",
        fix="permission_denied",
        phase=first.phase,
        certainty=Certainty.PROVEN,
        facts={
            **_facts(calls, function.arn),
            "statement": _sid(decision),
                    },
        evidence=(*first.evidence, *function.evidence),
        account=function.arn.account,
        region=function.arn.region,
        remedy={
            "removable": _concerns_only_this_api(decision, first),
            "document": decision.statements[0].raw,
            "function_name": function.arn.name,
            "qualifier": function.arn.qualifier,
            "methods_affected": _methods(calls),
        },
    )


def _concerns_only_this_api(decision: Decision, call: Invocation) -> bool:
    """Whether the one Deny that applies names this API and nothing else, so that removing it opens nothing else."""
    if len(decision.statements) != 1 or decision.statements[0].sid is None:
        return False
    whole_api = call.source_arn().split("/")[0] + "/*"
    conditions = decision.statements[0].conditions
    return any(
        condition.key.lower() == "aws:sourcearn" and all(arn_like(whole_api, value) for value in condition.expected)
        for condition in conditions
    )


def _in_another_account(calls: Sequence[Invocation], arn: FunctionArn) -> Finding:
    first = calls[0]
    nothing_known = FunctionPolicy(arn, None, 0, "")
    return Finding(
        cause="cross_account_function",
        fix="cross_account_function",
        phase=first.phase,
        certainty=Certainty.LIKELY,
        facts={**_facts(calls, arn), "function_account": arn.account, "api_account": first.api.account.id},
        evidence=first.evidence,
        account=arn.account,
        region=arn.region,
        remedy={
            "plan": plan_grants(calls, nothing_known),
            "function_name": str(arn.unqualified),
            "qualifier": arn.qualifier,
            "methods_affected": _methods(calls),
        },
        decided_elsewhere=True,
    )


def _facts(calls: Sequence[Invocation], arn: FunctionArn) -> dict[str, Fact]:
    first = calls[0]
    facts: dict[str, Fact] = {
        "api_id": first.api.id,
        "function_arn": str(arn),
        "methods": ", ".join(_methods(calls)),
        "stages": ", ".join(dict.fromkeys(call.stage.name for call in calls)),
        "source_arn": first.source_arn(),
    }
    if isinstance(first.subject, Authorizer):
        facts |= {"authorizer_id": first.subject.id, "authorizer_name": first.subject.name}
    return facts


def _methods(calls: Sequence[Invocation]) -> list[str]:
    return list(dict.fromkeys(method.label for call in calls for method in call.methods))


def _sid(decision: Decision) -> str:
    return next((statement.sid for statement in decision.statements if statement.sid), "-")
