"""API Gateway answers 500 because what it calls is not there, not ready, or called in the wrong way."""

from collections.abc import Iterator, Sequence

from bot.aws.account import as_far_as_seen
from bot.aws.api_parts import Method
from bot.aws.apigateway import RestApi
from bot.aws.cloudformation import method_resource
from bot.aws.functions import Function, Presence
from bot.aws.invocations import Invocation, common_facts, deployments, expect_invocations, invocations
from bot.model import Certainty, Fact, Finding

_POST = "POST"

expect = expect_invocations
"""What every call leads to is read in any case."""


def diagnose(api: RestApi) -> Iterator[Finding]:
    """Stage variables that are not set, functions that cannot answer, and backend methods other than POST."""
    calls = invocations(api)
    yield from _missing_variables(calls)
    by_function: dict[tuple[str, str], list[Invocation]] = {}
    for call in calls:
        if call.function:
            by_function.setdefault((call.kind, call.function), []).append(call)
    for (_, arn), to_function in by_function.items():
        with as_far_as_seen():
            yield from _examine_function(api, arn, to_function)
    yield from _not_post(api, calls)


def _missing_variables(calls: Sequence[Invocation]) -> Iterator[Finding]:
    by_variable: dict[tuple[str, bool, str], list[Invocation]] = {}
    for call in calls:
        for variable in call.missing_variables:
            by_variable.setdefault((call.stage.name, call.stage.is_canary, variable), []).append(call)
    for (stage, is_canary, variable), lacking in by_variable.items():
        if is_canary and (stage, False, variable) in by_variable:
            continue  # a canary without overrides lacks what its stage lacks: one thing to mend
        others = {
            call.stage.name: call.stage.variables[variable]
            for call in calls
            if variable in call.stage.variables and call.stage.name != stage
        }
        yield _finding(
            "stage_variable_missing",
            lacking,
            cause="stage_variable_missing",
            facts={"stage": stage, "variable": variable, "canary": is_canary},
            remedy={"elsewhere": sorted(others.items())},
        )


def _examine_function(api: RestApi, text: str, calls: Sequence[Invocation]) -> Iterator[Finding]:
    arn = calls[0].function_arn
    if arn is None:
        # Filled in, the URI holds no ARN that a function can have.
        yield _finding("function_missing", calls, facts={"function_arn": text})
        return
    owner = api.account.neighbour(arn.account)
    if owner is None:
        return
    function = Function(owner, arn)
    account_and_region = {"account": arn.account, "region": arn.region}
    presence = function.presence
    facts: dict[str, Fact] = {"function_arn": str(arn), "function_name": arn.name}
    if presence is Presence.FUNCTION_MISSING:
        yield _finding("function_missing", calls, facts=facts, **account_and_region)
    elif presence is Presence.QUALIFIER_MISSING:
        facts["qualifier"] = arn.qualifier or ""
        yield _finding("qualifier_missing", calls, facts=facts, **account_and_region)
    else:
        configuration = function.configuration
        state, last_update = configuration["State"] or "Active", configuration["LastUpdateStatus"] or "Successful"
        if state == "Active" and last_update != "Failed":
            return
        reason = configuration["StateReason"] or configuration["LastUpdateStatusReason"] or ""
        code = configuration["StateReasonCode"] or configuration["LastUpdateStatusReasonCode"] or ""
        yield _finding(
            "function_inactive",
            calls,
            facts={**facts, "state": state, "last_update_status": last_update, "reason": reason, "reason_code": code},
            remedy={"qualifier": arn.qualifier},
            # A function whose last update failed goes on running as it was before.
            certainty=Certainty.PROVEN if state != "Active" else Certainty.LIKELY,
            evidence=(configuration.evidence,),
            **account_and_region,
        )


def _not_post(api: RestApi, calls: Sequence[Invocation]) -> Iterator[Finding]:
    by_method: dict[tuple[str, str], list[Invocation]] = {}
    for call in calls:
        if isinstance(call.subject, Method) and _verb(call.subject) not in (_POST, ""):
            by_method.setdefault((call.subject.resource_id, call.subject.http_method), []).append(call)
    for of_method in by_method.values():
        method = of_method[0].methods[0]
        yield _finding(
            "integration_method_not_post",
            of_method,
            cause="integration_method_not_post",
            facts={"expected": _POST, "actual": _verb(method)},
            remedy={
                "resource_id": method.resource_id,
                "http_method": method.http_method,
                **deployments(of_method),
                "resource": method_resource(api, method, IntegrationHttpMethod=_POST),
            },
        )


def _verb(method: Method) -> str:
    return (method.integration.http_method or "") if method.integration else ""


def _finding(
    fix: str,
    calls: Sequence[Invocation],
    *,
    facts: dict[str, Fact],
    cause: str | None = None,
    remedy: dict[str, object] | None = None,
    certainty: Certainty = Certainty.PROVEN,
    evidence: tuple[str, ...] = (),
    account: str | None = None,
    region: str | None = None,
) -> Finding:
    first = calls[0]
    return Finding(
        cause=cause or f"{first.kind}_{fix}",
        fix=fix,
        phase=first.phase,
        certainty=certainty,
        facts={**common_facts(calls), **facts},
        evidence=tuple(dict.fromkeys((*first.evidence, *evidence))),
        account=account or first.api.account.id,
        region=region or first.api.region,
        remedy=remedy or {},
    )
