"""Integrations that call the function as whoever called the API: the caller then needs the right to invoke it, too."""

from collections.abc import Iterator, Sequence

from bot.aws.account import Unseen
from bot.aws.apigateway import Method, RestApi
from bot.aws.arn import Arn
from bot.aws.cloudformation import method_resource
from bot.aws.functions import Function
from bot.aws.grants import GrantPlan, plan_grants
from bot.aws.iam import Role
from bot.aws.invocations import Invocation
from bot.aws.invoke_permission import invoke_request
from bot.aws.invoke_permission import may_invoke as api_gateway_may_invoke
from bot.aws.policy import Access
from bot.aws.role_permission import may_invoke
from bot.model import Certainty, Fact, Finding

_SIGNED = "AWS_IAM"


def passthrough(api: RestApi, calls: Sequence[Invocation]) -> Iterator[Finding]:
    """One finding for each integration whose caller lacks the right, or may lack it."""
    by_method: dict[tuple[str, str], list[Invocation]] = {}
    for call in calls:
        if isinstance(call.subject, Method) and call.function_arn:
            by_method.setdefault((call.subject.resource_id, call.subject.http_method), []).append(call)
    for of_method in by_method.values():
        certainty = _certainty(api, of_method[0])
        if certainty:
            yield _finding(api, of_method, certainty)


def _certainty(api: RestApi, call: Invocation) -> Certainty | None:
    """PROVEN where no caller can have the right, or this one lacks it; None where this caller has it."""
    method = call.methods[0]
    if method.authorization_type != _SIGNED:
        return Certainty.PROVEN
    caller = _role_of(api)
    if caller is None:
        return Certainty.LIKELY
    try:
        verdict = may_invoke(caller, call).verdict if caller.answer else Access.UNKNOWN
    except Unseen:
        return Certainty.LIKELY
    return {Access.ALLOWED: None, Access.UNKNOWN: Certainty.LIKELY}.get(verdict, Certainty.PROVEN)


def _role_of(api: RestApi) -> Role | None:
    """The role behind the caller that the question names, if it is one of the API's account. Raises Unseen."""
    arn = Arn.parse(api.caller or "")
    if arn is None or arn.account != api.account.id:
        return None
    kind, _, name = arn.resource.partition("/")
    if kind == "assumed-role":
        return Role(api.account, f"arn:{arn.partition}:iam::{arn.account}:role/{name.partition('/')[0]}")
    return Role(api.account, str(arn)) if kind == "role" else None


def _finding(api: RestApi, calls: Sequence[Invocation], certainty: Certainty) -> Finding:
    first = calls[0]
    method, arn = first.methods[0], first.function_arn
    assert arn is not None  # only calls whose function is known come here
    stages = list(dict.fromkeys(name for call in calls for name in call.stage_names))
    facts: dict[str, Fact] = {
        "api_id": api.id,
        "methods": method.label,
        "stages": ", ".join(stages),
        "function_arn": str(arn),
        "authorization_type": method.authorization_type,
    }
    if api.caller:
        facts["caller"] = api.caller
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
            "stage_names": stages,
            "grants": _grants(api, calls),
            "function_region": arn.region,
            "resource": method_resource(api, method, Credentials=None),
        },
    )


def _grants(api: RestApi, calls: Sequence[Invocation]) -> list[dict[str, object]]:
    """What each function called must grant before the integration stops borrowing rights; nothing where it does already."""
    by_function: dict[str, list[Invocation]] = {}
    for call in calls:
        by_function.setdefault(str(call.function_arn), []).append(call)
    grants = []
    for of_function in by_function.values():
        arn = of_function[0].function_arn
        owner = api.account.neighbour(arn.account) if arn else None
        if arn is None or owner is None:
            continue
        function = Function(owner, arn)
        lacking = [
            call
            for call in of_function
            if api_gateway_may_invoke(
                function.policy.policy, invoke_request(function.arn, call.source_arn(), api.account.id)
            ).verdict
            is not Access.ALLOWED
        ]
        plan = plan_grants(lacking, function.policy) if lacking else GrantPlan(())
        grants.append({"plan": plan, "function_name": function.arn.name, "qualifier": function.arn.qualifier})
    return grants
