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
        ("x resource: arn:aws:execute-api:r:********1234:a1b2c3d4e5/prod/GET/", ("a1b2c3d4e5", "prod", "GET", "/")),
        ('{"methodArn":"arn:aws:execute-api:r:1:a1b2c3d4e5/null/GET/x"}', ("a1b2c3d4e5", None, "GET", "/x")),
        ("X-Amz-Source-Arn=arn:aws:execute-api:r:1:a1b2c3d4e5/prod/ANY/{p+}", ("a1b2c3d4e5", "prod", None, None)),
        ("X-Amz-Source-Arn=arn:aws:execute-api:r:1:a1b2c3d4e5/authorizers/k3p9zt", (None, None, None, None)),
        ("{x-amzn-apigateway-api-id=a1b2c3d4e5, Accept=*/*}", ("a1b2c3d4e5", None, None, None)),
    ],
)
def test_what_was_called_is_read_from_any_line(message: str, place: tuple[str | None, ...]) -> None:
    found = lines(message).place
    assert (found.api_id, found.stage, found.method, found.path) == place


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
