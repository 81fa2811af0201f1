"""Integrations that call the function as whoever called the API: the caller then needs the right to invoke it, too."""

from collections.abc import Iterator, Sequence
from typing import Any

from bot.aws.account import as_far_as_seen
from bot.aws.api_parts import Method
from bot.aws.apigateway import RestApi
from bot.aws.callers import SIGNED, Caller
from bot.aws.cloudformation import method_resource
from bot.aws.functions import Function
from bot.aws.grants import GrantPlan, plan_grants
from bot.aws.iam import Role
from bot.aws.invocations import Invocation, beyond_focus, common_facts, deployments
from bot.aws.invoke_permission import may_invoke as api_gateway_may_invoke
from bot.aws.policy import Access
from bot.aws.role_permission import may_invoke
from bot.model import Certainty, Fact, Finding


def passthrough(api: RestApi, calls: Sequence[Invocation]) -> Iterator[Finding]:
    """One finding for each integration whose caller lacks the right, or may lack it."""
    by_method: dict[tuple[str, str], list[Invocation]] = {}
    for call in calls:
        if isinstance(call.subject, Method) and call.function_arn:
            by_method.setdefault((call.subject.resource_id, call.subject.http_method), []).append(call)
    for of_method in by_method.values():
        with as_far_as_seen():
            if certainty := _judge(api, of_method[0]):
                yield _finding(api, of_method, certainty)


def _judge(api: RestApi, call: Invocation) -> Certainty | None:
    """How certain it is that callers lack the right; None if they have it. Raises Unseen.

    Where no caller signs, none can have it.
    """
    method = call.methods[0]
    if method.authorization_type != SIGNED:
        return Certainty.PROVEN
    caller = _role_of(api)
    verdict = may_invoke(caller, call).verdict if caller and caller.answer else Access.UNKNOWN
    return {Access.ALLOWED: None, Access.UNKNOWN: Certainty.LIKELY}.get(verdict, Certainty.PROVEN)


def _role_of(api: RestApi) -> Role | None:
    """The role behind the caller that the question names, if it is one of the API's account. Raises Unseen."""
    caller = Caller(api)
    identity = None if caller.is_of_another_account else caller.identity
    return identity if isinstance(identity, Role) else None


def _finding(api: RestApi, calls: Sequence[Invocation], certainty: Certainty) -> Finding:
    first = calls[0]
    method, arn = first.methods[0], first.function_arn
    assert arn is not None  # only calls whose function is known come here
    # The integration is one for all stages: each has to be able to call its function before any of them is changed.
    everywhere = [call for call in beyond_focus(calls) if call.subject == method and call.function_arn]
    facts: dict[str, Fact] = {
        **common_facts(calls),
        "function_arn": ", ".join(dict.fromkeys(str(call.function_arn) for call in everywhere)),
        "authorization_type": method.authorization_type,
    }
    if api.incident.caller:
        facts["caller"] = api.incident.caller
    grants = _grants(api, everywhere)
    return Finding(
        cause="caller_credentials_passthrough",
        fix="caller_credentials_passthrough",
        phase=first.phase,
        certainty=certainty,
        facts=facts,
        evidence=first.evidence,
        account=api.account.id,
        region=api.region,
        remedy={
            "resource_id": method.resource_id,
            "http_method": method.http_method,
            "credentials": first.credentials,
            **deployments(calls),
            "grants": grants,
            "can_be_granted": all(grant["plan"]["is_exact"] for grant in grants),
            "resource": method_resource(api, method, Credentials=None),
        },
    )


def _grants(api: RestApi, calls: Sequence[Invocation]) -> list[dict[str, Any]]:
    """What each function called has to grant before the integration stops borrowing rights.

    The plan for a function that cannot be looked at is not exact.
    """
    by_function: dict[str, list[Invocation]] = {}
    for call in calls:
        by_function.setdefault(str(call.function_arn), []).append(call)
    return [_grant(api, of_function) for of_function in by_function.values()]


def _grant(api: RestApi, calls: Sequence[Invocation]) -> dict[str, Any]:
    arn = calls[0].function_arn
    assert arn is not None  # only calls whose function is known come here
    owner = api.account.neighbour(arn.account)
    plan = GrantPlan(())
    if owner is api.account:
        function = Function(owner, arn)
        lacking = [call for call in calls if not _lets_in(function, call)]
        plan = plan_grants(lacking, function.policy) if lacking else GrantPlan((), is_exact=True)
    return {
        "plan": plan.document,
        "function_name": arn.name,
        "function_arn": str(arn),
        "qualifier": arn.qualifier,
        "region": arn.region,
    }


def _lets_in(function: Function, call: Invocation) -> bool:
    return api_gateway_may_invoke(function.policy.policy, call.request_to(function.arn)).verdict is Access.ALLOWED
