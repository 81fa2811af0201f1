"""What the lines of one request say."""

from __future__ import annotations

import pytest

from bot.aws.log_entries import LogEntry
from bot.aws.log_lines import LogLines
from bot.model import Phase

_ID = "4f6d2c1a-9b0e-4d57-8c3f-71e5a2b9d0c6"


def lines(*messages: str) -> LogLines:
    made = LogLines(_ID)
    for message in messages:
        made.add(LogEntry(message, _ID))
    return made


def test_a_line_that_stands_twice_counts_once() -> None:
    assert len(lines("a", "a", "b").entries) == 2


def test_a_phrase_is_found_however_it_is_broken() -> None:
    assert lines("The client is not auth\norized to perform this operation.").says("The client is not authorized")
    assert not lines("He said: The client is not authorized").says("The client is not authorized")


@pytest.mark.parametrize(
    ("message", "place"),
    [
        ("HTTP Method: GET, Resource Path: /orders/{id}", (None, None, "GET", "/orders/{id}")),
        ("Usage Plan check succeeded for API Key  and API Stage a1b2c3d4e5/prod", ("a1b2c3d4e5", "prod", None, None)),
        (
            "User: x is not authorized to perform: execute-api:Invoke on resource: "
            "arn:aws:execute-api:r:********1234:a1b2c3d4e5/prod/GET/",
            ("a1b2c3d4e5", "prod", "GET", "/"),
        ),
        (
            "Endpoint request headers: {X-Amz-Source-Arn=arn:aws:execute-api:r:1:a1b2c3d4e5/prod/ANY/{p+}, A=b}",
            ("a1b2c3d4e5", "prod", None, None),
        ),
        (
            "Endpoint request headers: {X-Amz-Source-Arn=arn:aws:execute-api:r:1:a1b2c3d4e5/authorizers/k3p9zt}",
            (None, None, None, None),
        ),
        (
            "Endpoint request headers: {x-amzn-apigateway-api-id=a1b2c3d4e5, Accept=*/*}",
            ("a1b2c3d4e5", None, None, None),
        ),
    ],
)
def test_what_was_called_is_read_from_every_kind_of_line(message: str, place: tuple[str | None, ...]) -> None:
    found = lines(message).place
    assert (found.api_id, found.stage, found.method, found.path) == place


_START = f"Starting authorizer: k3p9zt for request: {_ID}"
_ASKED = (
    'Endpoint request body after transformations: {"type":"TOKEN","methodArn":'
    '"arn:aws:execute-api:r:1:a1b2c3d4e5/null/GET/x","authorizationToken":"y"}'
)


def test_what_an_authorizer_was_asked_about_was_called() -> None:
    found = lines(_START, _ASKED).place
    assert (found.api_id, found.stage, found.method, found.path) == ("a1b2c3d4e5", None, "GET", "/x")


@pytest.mark.parametrize(
    "messages",
    [(_ASKED,), (_START, "Starting execution for request: x", _ASKED), ("Starting execution for request: x", _ASKED)],
)
def test_what_an_integration_was_sent_is_a_caller_s(messages: tuple[str, ...]) -> None:
    assert lines(*messages).place.method is None


_ID_TWO = "b27e9d40-15fa-4c08-a6d1-3c90e8f7124b"
_FORGED = (
    "HTTP Method: POST, Resource Path: /forged",
    "Usage Plan check succeeded for API Key  and API Stage forged1234/forged",
    "User: anonymous is not authorized to perform: execute-api:Invoke on resource: "
    "arn:aws:execute-api:r:1:forged1234/forged/DELETE/forged with an explicit deny in a resource-based policy",
    "Gateway response type: INVALID_API_KEY with status code: 200",
    "Method completed with status: 500",
    "resource: arn:aws:execute-api:r:1:forged1234/forged/DELETE/forged",
    r"{\"type\":\"TOKEN\",\"methodArn\":\"arn:aws:execute-api:r:1:forged1234/forged/DELETE/forged\"}",
    f"Unauthorized request: {_ID_TWO}",
    f"Starting authorizer: forged for request: {_ID_TWO}",
    "The client is not authorized to perform this operation.",
    "Execution failed due to configuration error: Authorizer error",
    "AuthorizerConfigurationException",
)
_WRITTEN_BY_OTHERS = (
    "Method request headers: {User-Agent=%s}",
    "Method request path: {id=%s}",
    "Method request query string: {q=%s}",
    "Method request body before transformations: %s",
    "Endpoint request headers: {User-Agent=%s}",
    "Endpoint request body after transformations: %s",
    "Endpoint response headers: {Server=%s}",
    "Endpoint response body before transformations: %s",
    "Method response headers: {X-Echo=%s}",
    "Method response body after transformations: %s",
)


@pytest.mark.parametrize("line", _WRITTEN_BY_OTHERS)
@pytest.mark.parametrize("forged", _FORGED)
def test_what_others_write_into_a_line_says_nothing(line: str, forged: str) -> None:
    told = LogLines(None)
    told.add(LogEntry(line % forged))
    told.add(LogEntry("HTTP Method: GET, Resource Path: /orders"))
    told.add(LogEntry(line % forged))
    told.add(LogEntry("Method completed with status: 200"))
    told.add(LogEntry(line % forged))
    place = told.place
    assert (place.api_id, place.stage, place.method, place.path) == (None, None, "GET", "/orders")
    assert (told.request_id, told.authorizer_id, told.refused_principal, told.is_explicit_deny) == (None,) * 3 + (
        False,
    )
    assert (told.gateway_response, told.status, told.phase) == ((None, False), 200, None)


def test_a_header_that_contradicts_api_gateway_s_own_leaves_the_api_open() -> None:
    true, forged = "x-amzn-apigateway-api-id=a1b2c3d4e5", "x-amzn-apigateway-api-id=forged1234"
    assert lines(f"Endpoint request headers: {{User-Agent=, {forged}, {true}}}").place.api_id is None


def test_the_last_line_tells_how_it_ended() -> None:
    ended = lines(
        "Gateway response type: ACCESS_DENIED with status code: 403",
        "Gateway response type: UNAUTHORIZED with status code: 401",
    )
    assert (ended.gateway_response, ended.status) == (("UNAUTHORIZED", True), 401)
    assert lines("Method completed with status: 200", "Method completed with status: 502").status == 502


def test_an_error_of_the_integration_is_not_the_authorizers() -> None:
    failed = "Lambda execution failed with status 200 due to customer function error: no. Lambda request id: 1"
    start = f"Starting authorizer: k3p9zt for request: {_ID}"
    assert lines(start, failed).authorizer_function_error == "no"
    assert lines(start, f"Starting execution for request: {_ID}", failed).authorizer_function_error is None
    assert lines(failed).authorizer_function_error is None


def test_a_named_response_outweighs_what_the_lines_suggest() -> None:
    both = lines("Unauthorized request: x", "Gateway response type: ACCESS_DENIED with status code: 418")
    assert both.gateway_response == ("ACCESS_DENIED", True)
    assert both.status == 418
    assert lines("Unauthorized request: x").gateway_response == ("UNAUTHORIZED", False)


@pytest.mark.parametrize(
    ("message", "phase"),
    [
        ("Gateway response type: MISSING_AUTHENTICATION_TOKEN with status code: 403", Phase.ROUTE),
        ("Gateway response type: WAF_FILTERED with status code: 403", Phase.ROUTE),
        ("Gateway response type: THROTTLED with status code: 429", Phase.USAGE_PLAN),
        ("Gateway response type: BAD_REQUEST_BODY with status code: 400", Phase.INTEGRATION),
        ("Execution failed due to configuration error: No match for output mapping", Phase.RESPONSE),
        ("Method completed with status: 200", None),
        ("Starting execution", None),
    ],
)
def test_where_a_request_failed(message: str, phase: Phase | None) -> None:
    assert lines(message).phase == phase
