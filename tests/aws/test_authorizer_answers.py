"""What an authorizer answered to a logged request, and what is wrong with an output."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.aws.api_parts import Method
from bot.aws.authorizer_answers import Answer, Judgement, defect_of, is_meant_for_another, judge, was_called_anew
from bot.aws.authorizer_output import read_authorizer_output
from bot.aws.execution_log import LoggedRequest, read_execution_log

API = "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5"
CALLED = f"{API}/prod/GET/orders"
ID = "7d0f1e7c-3a52-4f0e-9a3c-2a0c1f3bb0a1"
REFUSED = "The client is not authorized to perform this operation."
UNPARSED = "Execution failed due to configuration error: Could not parse policy"


def policy(effect: str = "Allow", resource: Any = CALLED, **members: Any) -> dict[str, Any]:
    statement = {"Action": "execute-api:Invoke", "Effect": effect, "Resource": resource}
    return {
        "principalId": "u-1",
        "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        **members,
    }


def logged(output: Any, *ends: str) -> LoggedRequest:
    text = output if isinstance(output, str) else json.dumps(output)
    lines = [f"Authorizer result body before parsing: {text}", *ends]
    (request,) = read_execution_log("\n".join(f"({ID}) {line}" for line in lines))
    return request


def judged(output: Any, *ends: str) -> Judgement:
    found = judge(logged(output, *ends), CALLED)
    assert found is not None
    return found


def test_a_deny_that_applies() -> None:
    found = judged(policy("Deny", [f"{API}/*/GET/*", f"{API}/prod/POST/x"]), REFUSED)
    assert (found.answer, found.denied_by) == (Answer.DENIED, (f"{API}/*/GET/*", f"{API}/prod/POST/x"))


def test_an_allow_for_something_else() -> None:
    found = judged(policy(resource=f"{API}/prod/GET/items"), REFUSED)
    assert (found.answer, found.allowed) == (Answer.NOT_COVERED, (f"{API}/prod/GET/items",))


def test_what_is_left_of_a_cut_policy() -> None:
    found = judged(json.dumps(policy(resource=[f"{API}/prod/GET/{n}" for n in range(30)]))[:300], REFUSED)
    assert (found.answer, found.is_certain) == (Answer.NOT_COVERED, False)
    assert found.allowed == tuple(f"{API}/prod/GET/{n}" for n in range(len(found.allowed)))
    assert judged(policy(resource=f"{API}/prod/GET/items"), REFUSED).is_certain


def test_unauthorized_is_a_no_and_no_failure() -> None:
    found = judged({"errorMessage": "Unauthorized"}, f"Unauthorized request: {ID}")
    assert (found.answer, found.throws_unauthorized) == (Answer.DENIED, True)


def test_any_other_error_is_a_failure() -> None:
    found = judged({"errorMessage": "unauthorized"}, UNPARSED)
    assert (found.answer, found.reason, found.error) == (Answer.FAILED, "error", "unauthorized")


def test_a_function_that_was_stopped() -> None:
    assert judged({"errorMessage": "x Task timed out after 3.00 seconds"}, UNPARSED).reason == "timeout"


def test_a_function_that_was_not_let_run() -> None:
    end = "Execution failed due to configuration error: Rate Exceeded."
    (request,) = read_execution_log(
        "\n".join(
            f"({ID}) {line}"
            for line in (
                "Lambda invocation failed with status: 429. Lambda request id: x",
                end,
                "Gateway response type: AUTHORIZER_CONFIGURATION_ERROR with status code: 500",
            )
        )
    )
    found = judge(request, CALLED)
    assert found is not None
    assert (found.answer, found.reason) == (Answer.FAILED, "throttled")


@pytest.mark.parametrize(
    "request_",
    [
        logged(policy(), REFUSED),  # the resource policy may refuse as well
        logged(policy(resource=f"{API}/prod/GET/items")),  # nothing failed
        # What is left of it allows the call, or nothing at all.
        logged(json.dumps(policy(resource=[f"{API}/*/GET/orders"] * 30))[:800] + " [TRUNCATED]", REFUSED),
        logged(json.dumps(policy())[:60] + " [TRUNCATED]", REFUSED),
        logged(policy("Deny"), f"User: anonymous is not authorized to perform: execute-api:Invoke on {CALLED}"),
    ],
)
def test_what_does_not_show_for_certain(request_: LoggedRequest) -> None:
    assert judge(request_, CALLED) is None


def test_a_path_that_is_not_known_decides_nothing_about_a_policy() -> None:
    assert judge(logged(policy("Deny"), REFUSED), "") is None


def test_a_permission_that_lacks_is_another_fault() -> None:
    (request,) = read_execution_log(
        f"({ID}) Execution failed due to configuration error: Invalid permissions on Lambda function\n"
        f"({ID}) Execution failed due to configuration error: Authorizer error\n"
        f"({ID}) Gateway response type: AUTHORIZER_FAILURE with status code: 500"
    )
    assert judge(request, CALLED) is None


@pytest.mark.parametrize("words", ["Rate Exceeded", "status: 429", "TooManyRequests", "no permission"])
def test_a_caller_s_words_are_no_reason(words: str) -> None:
    lines = (f"Method request headers: {{User-Agent={words}}}", "Gateway response type: AUTHORIZER_FAILURE")
    (request,) = read_execution_log("\n".join(f"({ID}) {line}" for line in lines))
    found = judge(request, CALLED)
    assert found is not None
    assert (found.answer, found.reason) == (Answer.FAILED, "unknown")


def test_the_access_log_s_own_variable_is_a_reason() -> None:
    request = LoggedRequest(gateway_response="AUTHORIZER_FAILURE", authorizer_failure="Rate Exceeded")
    found = judge(request, CALLED)
    assert found is not None
    assert found.reason == "throttled"


def without(*path: str) -> dict[str, Any]:
    output: dict[str, Any] = json.loads(json.dumps(policy()))
    inner: Any = output
    for part in path[:-1]:
        inner = inner[0] if part == "0" else inner[part]
    del inner[path[-1]]
    return output


@pytest.mark.parametrize(
    ("output", "defect"),
    [
        (policy(), ""),
        (policy(principalId=""), ""),
        (policy(context={"a": "x", "b": 1, "c": True}), ""),
        ("null", "null"),
        ("nonsense", "not_json"),
        ('"text"', "not_an_object"),
        ("[]", "not_an_object"),
        ({"statusCode": 403}, "http_response"),
        ({"isAuthorized": True}, "simple_response"),
        ({"principalId": "u"}, "no_policy_document"),
        (policy(policyDocument="{}"), "policy_document"),
        (without("principalId"), "no_principal_id"),
        (without("policyDocument", "Version"), "no_version"),
        (without("policyDocument", "Statement"), "no_statement"),
        (policy(policyDocument={"Version": "2012-10-17", "Statement": ["x"]}), "no_statement"),
        (policy("DENY"), "effect"),
        (without("policyDocument", "Statement", "0", "Effect"), "effect"),
        (without("policyDocument", "Statement", "0", "Action"), "action"),
        (without("policyDocument", "Statement", "0", "Resource"), "resource"),
        (policy(resource=f"{API}/prod/GET/{'x' * 600}"), "resource_too_long"),
        (policy(context={"user": {"id": 1}}), "context_value"),
        (policy(context={"roles": ["a"]}), "context_value"),
        (policy(context={"tenant": None}), "context_value"),
        (policy(context="x"), "context"),
        (policy(context={"a": "x" * 9_000}), "too_large"),
        ('{"principalId":"u","policyDocument":{"Version":"2012-10-17","Stat [TRUNCATED]', ""),
        ('{"principalId":"u", "context": {"a": "b" [TRUNCATED]', ""),
        ("", "not_json"),
    ],
)
def test_defects(output: Any, defect: str) -> None:
    text = output if isinstance(output, str) else json.dumps(output)
    assert defect_of(read_authorizer_output(text)) == defect


def test_a_malformed_output() -> None:
    assert judged("null", f"{UNPARSED}: null").defect == "null"
    assert judged(policy(), UNPARSED).defect == "unknown"


def method(label: str) -> Method:
    verb, _, path = label.partition(" ")
    return Method("r1", path, verb, "CUSTOM", "g1", None, {})


@pytest.mark.parametrize(
    ("allowed", "another"),
    [
        (f"{API}/prod/GET/items", True),
        (f"{API}/prod/GET/orders/7", True),
        (f"{API}/prod/POST/orders", True),
        (f"{API}/prod/GET/*", False),
        (f"{API}/prod/GET/unknown", False),
        (f"{API}/prod", False),
        ("arn:aws:execute-api:eu-west-1:123456789012:other12345/prod/GET/items", False),
        ("*", False),
        ("nonsense", False),
    ],
)
def test_a_policy_made_for_another_request(allowed: str, another: bool) -> None:
    methods = [method(each) for each in ("GET /items", "ANY /orders", "GET /orders/{id}")]
    found = Judgement(Answer.NOT_COVERED, LoggedRequest(), CALLED, allowed=(allowed,))
    assert is_meant_for_another(found, methods) is another


def test_a_policy_that_allows_nothing_was_made_for_nobody() -> None:
    assert not is_meant_for_another(Judgement(Answer.NOT_COVERED, LoggedRequest(), CALLED), [])


def test_whether_the_function_was_called_for_this_request() -> None:
    sending = "Sending request to https://lambda.eu-west-1.amazonaws.com/2015-03-31/functions/f/invocations"
    output = "Authorizer result body before parsing: {}"
    assert was_called_anew(LoggedRequest(lines=("Starting authorizer: x", sending, output)))
    # What is sent later is sent to the integration.
    assert not was_called_anew(LoggedRequest(lines=(output, sending)))
    assert not was_called_anew(LoggedRequest())


def test_a_failure_without_a_named_response() -> None:
    lines = (
        "Starting authorizer: ab12cd for request: 1",
        "Execution failed due to configuration error: Authorizer error",
    )
    text = "\n".join(f"({ID}) {line}" for line in (*lines, "AuthorizerFailureException"))
    found = judge(read_execution_log(text)[0], CALLED)
    assert found is not None
    assert (found.answer, found.reason) == (Answer.FAILED, "unknown")
    # Without that word, API Gateway may have been kept out of the function.
    assert judge(read_execution_log(text.rpartition("\n")[0])[0], CALLED) is None
