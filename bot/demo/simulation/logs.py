"""The events of a log group, filtered and given page by page, oldest first; and events of any age put there."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Any

from moto.logs.models import LogEvent, LogGroup, LogsBackend, logs_backends

from bot.demo.simulation.log_patterns import LogPattern
from bot.demo.simulation.operations import AwsError, Call, answers, without_none
from bot.demo.simulation.pages import page

_STREAM = "2026/11/20/[$LATEST]5f0c1b2a"
_MOST_EVENTS = 10_000
_MOST_BYTES = 1_048_576


def seed_events(account: str, region: str, group: str, events: Sequence[tuple[int, str]]) -> None:
    """Puts events, each its time in milliseconds and its text, into a log group, which is made if there is none.

    PutLogEvents refuses what is older than two weeks, and what is simulated happens at a moment of its own.
    """
    backend: LogsBackend = logs_backends[account][region]
    backend.ensure_log_group(group)
    backend.ensure_log_stream(group, _STREAM)
    stream = backend.groups[group].streams[_STREAM]
    stream.events += [LogEvent(when, {"timestamp": when, "message": message}) for when, message in events]


@answers("logs", "FilterLogEvents")
def filter_log_events(call: Call) -> dict[str, Any]:
    """The events that match, oldest first; an event lies in the range from `startTime` to `endTime`, both included."""
    name = call.get("logGroupName") or str(call.get("logGroupIdentifier", "")).split(":log-group:")[-1]
    group: LogGroup | None = logs_backends[call.account][call.region].groups.get(name)
    if group is None:
        raise AwsError("ResourceNotFoundException", "The specified log group does not exist.")
    limit = call.get("limit", _MOST_EVENTS)
    if not 1 <= limit <= _MOST_EVENTS:
        raise AwsError("InvalidParameterException", f"limit is {limit}, and takes 1 to {_MOST_EVENTS}")
    pattern = LogPattern.parse(call.get("filterPattern", ""))
    start, end = call.get("startTime", 0), call.get("endTime")
    prefix, wanted = call.get("logStreamNamePrefix", ""), call.get("logStreamNames")
    found = [
        event.to_filter_dict() | {"logStreamName": stream.log_stream_name}
        for stream in group.streams.values()
        if stream.log_stream_name.startswith(prefix) and (not wanted or stream.log_stream_name in wanted)
        for event in stream.events
        if event.timestamp >= start and (end is None or event.timestamp <= end) and pattern.matches(event.message)
    ]
    found.sort(key=lambda event: event["timestamp"])
    invalid = AwsError("InvalidParameterException", "The specified nextToken is invalid.")
    events, token = page(found, limit, call.get("nextToken"), invalid)
    if (fitting := _fitting(events)) < len(events):
        events, token = page(found, fitting, call.get("nextToken"), invalid)
    answer: dict[str, Any] = without_none({"events": list(events), "searchedLogStreams": [], "nextToken": token})
    return answer


def _fitting(events: Sequence[dict[str, Any]]) -> int:
    """How many of the events a page holds, of which at least one."""
    sizes = accumulate(len(event["message"].encode()) for event in events)
    return max(1, sum(size <= _MOST_BYTES for size in sizes))
