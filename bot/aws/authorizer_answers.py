"""What a Lambda authorizer answered to one logged request, and why that was no: judged by its output alone. Pure.

Rests on "Output from an API Gateway Lambda authorizer"
(apigateway/latest/developerguide/api-gateway-lambda-authorizer-output).
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.aws.arn import Arn, matches
from bot.aws.authorizer_output import AuthorizerOutput
from bot.aws.execution_log import LoggedRequest
from bot.aws.policy import EVERYTHING_ELSE, Access, Request, evaluate
from bot.aws.routes import Routed, match_route

INVOKE = "execute-api:Invoke"
_UNAUTHORIZED = "Unauthorized"
"""The one error with which a function says no instead of failing: its caller gets 401."""
_MOST_OUTPUT_BYTES = 8_192
_MOST_RESOURCE_CHARACTERS = 512
_FAILURE = "AUTHORIZER_FAILURE"
_MISCONFIGURED = ("AUTHORIZER_CONFIGURATION_ERROR", _FAILURE)
_EXCEPTION = "AuthorizerFailureException"
_UNPARSED = "Could not parse policy"
_TIMED_OUT = "Task timed out after"
_THROTTLED = ("Rate Exceeded", "TooManyRequests", "status: 429")
_NOT_INVOKED = "Lambda invocation failed"
_CALLED_ANEW = ("Sending request to", "Endpoint request body after transformations")


class Answer(StrEnum):
    """How an authorizer answered."""

    DENIED = "denied"
    """A Deny statement of its policy applies, or it ended with the error `Unauthorized`."""
    NOT_COVERED = "not covered"
    """Its policy allows something, and not what was called."""
    MALFORMED = "malformed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Judgement:
    """An answer and what shows it.

    `denied_by` are the resources of the statements that deny, `allowed` those that are allowed instead. `defect` says
    what is wrong with a malformed output, `error` with what a function failed (`reason`: `error`, `timeout`,
    `throttled`, `unknown`).
    """

    answer: Answer
    request: LoggedRequest
    called: str = ""
    denied_by: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()
    defect: str = ""
    error: str = ""
    reason: str = ""
    throws_unauthorized: bool = False
    is_certain: bool = True
    """The log shows all that the answer rests on; otherwise its policy was cut, and `allowed` is what is left of it."""


def judge(request: LoggedRequest, called: str) -> Judgement | None:
    """The answer that made a request fail; None where its log does not show one for certain.

    `called` is the ARN for which `execute-api:Invoke` was asked, empty where it is not known. A refusal by somebody
    else, as the resource policy, is none of the authorizer's.
    """
    output = request.authorizer_output
    if request.refused_principal is not None:
        return None
    if output and output.error == _UNAUTHORIZED and not _is_unparsed(request):
        return Judgement(Answer.DENIED, request, called, throws_unauthorized=True)
    if request.client_refused:
        return _refused(request, output, called) if output and output.policy and called else None
    if _is_unparsed(request) or request.gateway_response in _MISCONFIGURED:
        return _broken(request, output, called)
    return None


def _is_unparsed(request: LoggedRequest) -> bool:
    """API Gateway says that it could not read the policy, in a line of its own or as the reason of the failure."""
    return request.could_not_parse_policy or any(_UNPARSED in failure for failure in request.execution_failures)


def _refused(request: LoggedRequest, output: AuthorizerOutput, called: str) -> Judgement | None:
    assert output.policy is not None  # asked before
    decision = evaluate([output.policy], Request(None, INVOKE, called, unknown=EVERYTHING_ELSE))
    if decision.verdict is Access.DENIED:
        denied_by = _resources(statement.raw for statement in decision.statements)
        return Judgement(Answer.DENIED, request, called, denied_by=denied_by)
    if decision.verdict is not Access.NOT_ALLOWED:
        return None
    if not output.policy_is_whole:
        return _as_far_as_seen(request, output, called)
    allowed = _resources(statement.raw for statement in output.policy.statements if statement.effect == "Allow")
    return Judgement(Answer.NOT_COVERED, request, called, allowed=allowed)


def _as_far_as_seen(request: LoggedRequest, output: AuthorizerOutput, called: str) -> Judgement | None:
    """What is left of a cut policy allows something else; None where it allows nothing, or what was called."""
    document = (output.document or {}).get("policyDocument") or {}
    statements = document.get("Statement") if isinstance(document, dict) else None
    allowing = [
        each
        for each in (statements if isinstance(statements, list) else (statements,))
        if isinstance(each, dict) and each.get("Effect") == "Allow"
    ]
    allowed = _resources(allowing)
    covers_it = any(matches(resource, called) for resource in allowed)
    return (
        None
        if covers_it or not allowed
        else Judgement(Answer.NOT_COVERED, request, called, allowed=allowed, is_certain=False)
    )


def _broken(request: LoggedRequest, output: AuthorizerOutput | None, called: str) -> Judgement | None:
    error = request.authorizer_function_error
    # In other lines stand the words of callers: `User-Agent=Rate Exceeded`.
    not_invoked = (line for line in request.lines if line.startswith(_NOT_INVOKED))
    said = (*request.execution_failures, request.authorizer_failure or "", *not_invoked)
    if any(sign in line for line in said for sign in _THROTTLED):
        return Judgement(Answer.FAILED, request, called, error=error or "", reason="throttled")
    if error is not None:
        reason = "timeout" if _TIMED_OUT in error else "error"
        return Judgement(Answer.FAILED, request, called, error=error, reason=reason)
    if output is not None:
        defect = defect_of(output) or ("unknown" if _is_unparsed(request) else "")
        return Judgement(Answer.MALFORMED, request, called, defect=defect) if defect else None
    # API Gateway may not call the function at all: that is another fault, with lines of its own.
    may_be_kept_out = any("permission" in line for line in said)
    is_failure = request.gateway_response == _FAILURE or any(line.startswith(_EXCEPTION) for line in request.lines)
    if is_failure and not may_be_kept_out:
        return Judgement(Answer.FAILED, request, called, reason="unknown")
    return None


def was_called_anew(request: LoggedRequest) -> bool:
    """The authorizer's function was called for this very request, so that no kept answer was given."""
    for line in request.lines:
        if line.startswith("Authorizer result body"):
            return False
        if line.startswith(_CALLED_ANEW):
            return True
    return False


def is_meant_for_another(judged: Judgement, methods: Sequence[Routed]) -> bool:
    """The policy names other methods of the same API, each exactly: it was made for another request."""
    called = Arn.parse(judged.called)
    if called is None or not judged.allowed:
        return False
    return all(_is_another(resource, called, methods) for resource in judged.allowed)


def _is_another(resource: str, called: Arn, methods: Sequence[Routed]) -> bool:
    allowed = Arn.parse(resource)
    if allowed is None or any(wildcard in resource for wildcard in "*?"):
        return False
    api, _, rest = allowed.resource.partition("/")
    _, verb, path = (*rest.split("/", 2), "", "")[:3]
    is_of_api = (allowed.region, allowed.account, api) == (
        called.region,
        called.account,
        called.resource.partition("/")[0],
    )
    return is_of_api and bool(match_route(methods, f"/{path}", verb))


def _resources(statements: Iterable[Mapping[str, object]]) -> tuple[str, ...]:
    found: list[str] = []
    for statement in statements:
        named = statement.get("Resource")
        found += [str(each) for each in (named if isinstance(named, list | tuple) else [named]) if each]
    return tuple(dict.fromkeys(found))


def defect_of(output: AuthorizerOutput) -> str:
    """What API Gateway cannot take about an output, in one word; empty where nothing certain is wrong with it.

    Of a cut output only what stands there is judged, not what may follow.
    """
    document = output.document
    if document is None:
        return "" if output.is_cut else _no_object(output.raw)
    if len(output.raw.encode("utf-8", "replace")) > _MOST_OUTPUT_BYTES:
        return "too_large"
    policy = document.get("policyDocument")
    if policy is None:
        return "" if output.is_cut else _no_policy(document)
    if not isinstance(policy, dict):
        return "policy_document"
    return _defect_of_members(document, policy, is_whole=output.policy_is_whole) or (
        "no_principal_id" if "principalId" not in document and not output.is_cut else ""
    )


def _no_object(raw: str) -> str:
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        return "not_json"
    return "null" if value is None else "not_an_object"


def _no_policy(document: Mapping[str, Any]) -> str:
    if "isAuthorized" in document:
        return "simple_response"
    return "http_response" if "statusCode" in document else "no_policy_document"


def _defect_of_members(document: Mapping[str, Any], policy: Mapping[str, Any], *, is_whole: bool) -> str:
    if is_whole and "Version" not in policy:
        return "no_version"
    if is_whole and not policy.get("Statement"):
        return "no_statement"
    statements = policy.get("Statement") if is_whole else ()
    for statement in statements if isinstance(statements, list | tuple) else (statements,):
        if defect := _defect_of_statement(statement):
            return defect
    context = document.get("context")
    if context is not None and not isinstance(context, dict):
        return "context"
    # The context's values are passed on as texts: an object, a list or null cannot be one.
    return (
        "context_value"
        if any(each is None or isinstance(each, dict | list) for each in (context or {}).values())
        else ""
    )


def _defect_of_statement(statement: object) -> str:
    if not isinstance(statement, dict):
        return "no_statement"
    if statement.get("Effect") not in ("Allow", "Deny"):
        return "effect"
    if not (statement.get("Action") or statement.get("NotAction")):
        return "action"
    resources = _resources([statement])
    if not resources and not statement.get("NotResource"):
        return "resource"
    return "resource_too_long" if any(len(each) > _MOST_RESOURCE_CHARACTERS for each in resources) else ""
