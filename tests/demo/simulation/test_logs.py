"""Log groups are searched as AWS searches them."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from bot.demo.simulation.log_patterns import LogPattern
from bot.demo.simulation.server import SimulatedAws
from bot.demo.world import World


@pytest.fixture
def log(aws: SimulatedAws) -> Any:
    world = World(aws)
    world.log("log", 30, "GET one ERROR", "POST two ERROR", "GET three")
    world.log("log", 90, "GET zero")
    return world.client("logs")


def found(log: Any, **parameters: Any) -> list[str]:
    return [event["message"] for event in log.filter_log_events(logGroupName="log", **parameters)["events"]]


def test_events_come_oldest_first(log: Any) -> None:
    assert found(log) == ["GET zero", "GET one ERROR", "POST two ERROR", "GET three"]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("GET", ["GET zero", "GET one ERROR", "GET three"]),
        ("GET ERROR", ["GET one ERROR"]),
        ("get", []),
        ("?zero ?three", ["GET zero", "GET three"]),
        ("GET -ERROR", ["GET zero", "GET three"]),
        ("-GET", ["POST two ERROR"]),
        ('"two ERROR"', ["POST two ERROR"]),
        ('?"one ERROR" ?"two ERROR"', ["GET one ERROR", "POST two ERROR"]),
        ("?zero POST", ["POST two ERROR"]),
        ("", ["GET zero", "GET one ERROR", "POST two ERROR", "GET three"]),
    ],
)
def test_patterns(log: Any, pattern: str, expected: list[str]) -> None:
    assert found(log, filterPattern=pattern) == expected


def test_pages_go_on_where_the_last_ended(log: Any) -> None:
    first = log.filter_log_events(logGroupName="log", limit=3)
    second = log.filter_log_events(logGroupName="log", limit=3, nextToken=first["nextToken"])
    assert [len(first["events"]), len(second["events"])] == [3, 1]
    assert "nextToken" not in second


def test_a_time_bounds_the_search(log: Any, aws: SimulatedAws) -> None:
    times = [event["timestamp"] for event in log.filter_log_events(logGroupName="log")["events"]]
    assert found(log, startTime=times[1], endTime=times[2]) == ["GET one ERROR", "POST two ERROR"]


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"logGroupName": "none"}, "ResourceNotFoundException"),
        ({"filterPattern": "a-b"}, "InvalidParameterException"),
        ({"filterPattern": "{ $.a = 1 }"}, "InvalidParameterException"),
        ({"nextToken": "x"}, "InvalidParameterException"),
    ],
)
def test_what_aws_refuses(log: Any, parameters: dict[str, str], code: str) -> None:
    with pytest.raises(ClientError) as refused:
        log.filter_log_events(**{"logGroupName": "log", **parameters})
    assert refused.value.response["Error"]["Code"] == code


def test_a_quote_in_a_phrase_is_escaped() -> None:
    assert LogPattern.parse(r'"say \"no\""').matches('they say "no"')
