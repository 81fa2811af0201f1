"""Requests of which an access log tells, in formats and failures of every kind (`logs/access/*.txt`)."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.aws.access_log import AccessLogFormat
from bot.aws.access_requests import read_access_events, read_access_line
from bot.model import Phase

CORPUS = sorted((Path(__file__).with_name("logs") / "access").glob("*.txt"))
_NAMES = (
    "requestId", "path", "status", "error.responseType", "error.message", "authorizer.error",
    "integrationErrorMessage", "integration.status", "identity.userArn",
)  # fmt: skip
_FORM = AccessLogFormat.parse("|".join(f"$context.{name}" for name in _NAMES))


def read(**values: str):
    given = {name.replace("__", "."): value for name, value in values.items()}
    return read_access_line("|".join(given.get(name, "-") for name in _NAMES), _FORM, "prod")


@pytest.mark.parametrize(
    ("values", "phase"),
    [
        ({"status": "200"}, None),
        ({"status": "403", "error__responseType": "ACCESS_DENIED"}, Phase.AUTHORIZER),
        ({"status": "403", "error__responseType": "MISSING_AUTHENTICATION_TOKEN"}, Phase.ROUTE),
        ({"status": "500", "integrationErrorMessage": "Invalid permissions on Lambda function"}, Phase.INTEGRATION),
        ({"status": "500", "authorizer__error": "Internal error"}, Phase.AUTHORIZER),
        ({"status": "403", "integration__status": "403"}, Phase.INTEGRATION),
        ({"status": "403"}, None),
        (
            {"status": "403", "error__message": "User: anonymous is not authorized to perform: execute-api:Invoke on"},
            Phase.RESOURCE_POLICY,
        ),
    ],
)
def test_where_a_request_failed(values: dict[str, str], phase: Phase | None) -> None:
    request = read(**values)
    assert request is not None
    assert request.phase == phase
    assert request.is_failure is (values["status"] != "200")


@pytest.mark.parametrize(
    ("path", "expected"), [("/prod/orders/7", "/orders/7"), ("/prod", "/"), ("/production/x", "/production/x")]
)
def test_the_path_stands_without_the_stage(path: str, expected: str) -> None:
    request = read(path=path, status="403")
    assert request is not None
    assert request.path == expected


def test_the_caller_is_an_arn() -> None:
    arn = "arn:aws:sts::123456789012:assumed-role/reporting/nightly"
    request = read(identity__userArn=arn, status="403")
    assert request is not None
    assert request.caller == arn
    nobody = read(identity__userArn="someone", status="no")
    assert nobody is not None
    assert (nobody.caller, nobody.status) == (None, None)


def test_another_line_is_no_request() -> None:
    assert read_access_line("hello", _FORM, "prod") is None
    assert read_access_line("|".join("-" * len(_NAMES)), _FORM, "prod") is None


def test_events_say_when() -> None:
    line = "|".join(["id", *"-" * (len(_NAMES) - 1)])
    (request,) = read_access_events(({"message": line, "timestamp": 1_000}, {"message": 7}), _FORM, "prod", "g", "e1")
    assert request.when is not None
    assert (request.when.second, request.log_group, request.evidence) == (1, "g", "e1")


@pytest.mark.parametrize("file", CORPUS, ids=lambda file: file.stem)
def test_what_the_log_says_is_read(file: Path) -> None:
    head, _, line = file.read_text("utf-8").partition("\n\n")
    expected = dict(each.removeprefix("# ").split(": ", 1) for each in head.splitlines())
    form = AccessLogFormat.parse(expected.pop("format"))
    request = read_access_line(line.rstrip("\n"), form, "live")
    assert request is not None
    assert {name: str(getattr(request, name)) for name in expected} == expected
    for end in range(len(line)):
        read_access_line(line[:end], form, "live")
