"""Where stages write their logs."""

from __future__ import annotations

from typing import Any

import pytest

from bot.aws.apigateway import Focus
from bot.aws.log_destinations import Destination, destinations
from tests.aws.tapes import API, Tape, api_of, method, record_api

_GROUP = f"API-Gateway-Execution-Logs_{API}/prod"


def found(stage: dict[str, Any], focus: Focus | None = None) -> list[Destination]:
    tape = record_api(Tape(), {"GET /pets": method(), "POST /pets": method()}, ({"stageName": "prod", **stage},))
    return list(destinations(api_of(tape, focus)))


def level(of: str) -> dict[str, str]:
    return {"loggingLevel": of}


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, []),
        ({"*/*": level("OFF")}, []),
        ({"*/*": level("INFO")}, [(_GROUP, "INFO")]),
        ({"*/*": level("OFF"), "~1pets/GET": level("ERROR")}, [(_GROUP, "ERROR")]),
        ({"*/*": level("INFO"), "~1pets/GET": level("OFF")}, [(_GROUP, "INFO")]),
    ],
)
def test_the_execution_log_of_what_writes_it(settings: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert [(each.log_group, each.level) for each in found({"methodSettings": settings})] == expected


def test_a_method_that_writes_none_has_none() -> None:
    settings = {"methodSettings": {"*/*": level("INFO"), "~1pets/GET": level("OFF")}}
    assert found(settings, Focus(method="GET", path="/pets")) == []


@pytest.mark.parametrize("end", ["", ":*"])
def test_the_access_log_in_a_log_group(end: str) -> None:
    arn = f"arn:aws:logs:eu-west-1:123456789012:log-group:access/pets{end}"
    (access,) = found({"accessLogSettings": {"destinationArn": arn, "format": "$context.requestId"}})
    assert access.log_group == "access/pets"
    assert access.format is not None
    assert access.format.variables == ("requestId",)


@pytest.mark.parametrize(
    "settings",
    [
        {"destinationArn": "arn:aws:firehose:eu-west-1:123456789012:deliverystream/x", "format": "$context.status"},
        {"destinationArn": "arn:aws:logs:eu-west-1:123456789012:log-group:", "format": "$context.status"},
        {"destinationArn": "x", "format": "$context.status"},
        {"destinationArn": "arn:aws:logs:eu-west-1:123456789012:log-group:a", "format": "nothing"},
        {},
    ],
)
def test_what_cannot_be_read_is_no_destination(settings: dict[str, str]) -> None:
    assert found({"accessLogSettings": settings}) == []


def test_a_canary_has_a_log_of_its_own() -> None:
    groups = [each.log_group for each in found({"methodSettings": {"*/*": level("INFO")}, "canarySettings": {}})]
    assert groups == [_GROUP]
    canary = {"methodSettings": {"*/*": level("INFO")}, "canarySettings": {"percentTraffic": 5}}
    assert [each.log_group for each in found(canary)] == [_GROUP, f"{_GROUP}/Canary"]
