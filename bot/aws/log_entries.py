"""The lines of an execution log, whether pasted in any of the forms in which people see them or read as events."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice, pairwise
from typing import Any

import re2

from bot.aws.foreign_json import made_safe

_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_EXTENDED = r"[A-Za-z0-9_-]{8,24}={1,2}"
_ISO = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?"
_DAY = r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \d]?\d \d\d:\d\d:\d\d [A-Z]{2,5} \d{4}"
_MARKUP = r"(?m:^)[^\w\n(]{0,8}(?:\d{13}[,\s\"|]{1,4})?"
_STREAM = r"[0-9a-f]{32}"
_STARTS = re2.compile(
    rf"({_MARKUP})?(?:(?:({_ISO})[\s|,\]]{{1,12}}(?:{_STREAM}[ \t]{{1,4}})?)?\(({_UUID}|{_EXTENDED})\)[ \t]"
    rf"|({_DAY}) : ?"
    rf"|\[([0-9a-z]{{4,12}})\] \[([^\[\]\n]{{1,40}})\] "
    rf"|(?m:^)[ \t]*({_ISO})[ \t]+)".encode()
)
_OF_EVENT = re2.compile(rf"\(({_UUID}|{_EXTENDED})\) ?((?s:.*))".encode())
_MOST_LINES = 5_000
"""Of a pasted log; the rest of a longer one is not looked at."""
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One line as API Gateway wrote it. `key` is what tells its request from others: an id, or a tail's short one."""

    message: str
    key: str | None = None
    when: datetime | None = None


def entries_of_text(text: str) -> tuple[LogEntry, ...]:
    """The lines in a pasted text: each on its own line, wrapped, or all in one; in the order of the text.

    Of a text that marks no line as the log's, every line counts as one.
    """
    events = _events_in(text)
    if events is not None:
        return entries_of_events(events)
    data = text.encode("utf-8", "replace")
    text = data.decode()
    starts = list(islice(_STARTS.finditer(data), _MOST_LINES + 1))
    if not starts:
        return tuple(LogEntry(line.strip()) for line in text.splitlines()[:_MOST_LINES] if line.strip())
    starts = _not_quoted(starts, data)
    ends = [*(each.start() for each in starts[1:]), len(data)]
    entries = (
        _entry(start, data[start.end() : end].decode("utf-8", "replace"))
        for start, end in islice(zip(starts, ends, strict=True), _MOST_LINES)
    )
    return tuple(entry for entry in entries if entry.message)


def entries_of_events(events: Iterable[Mapping[str, Any]]) -> tuple[LogEntry, ...]:
    """The lines that FilterLogEvents gives, oldest first; what stands inside a line never counts as one."""
    entries = [_event(event) for event in events]
    return tuple(sorted(entries, key=lambda entry: entry.when or datetime.min.replace(tzinfo=UTC)))


def moment(text: str) -> datetime | None:
    """A time as logs print it, in UTC; None where it cannot be told."""
    text = text.strip().replace(",", ".")
    if text[:3].isalpha():
        return _day(text.split())
    try:
        read = datetime.fromisoformat(text)
        return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _not_quoted(starts: list[Any], data: bytes) -> list[Any]:
    """The starts without those that a caller may have written into a line of the log, as into a header.

    Of a log that begins its lines anew only these beginnings count, and the first line, which may stand behind a word
    of who pasted it. Of lines run into one those with the same id: a caller knows the id of his request beforehand only
    if he chooses it. What he then plants, or begins a line of a paste with, nobody can tell; events have no such gap.
    """
    beginnings = [start for start in starts if start[1] is not None]
    if len(beginnings) > 1:
        is_greeted = beginnings[0] is not starts[0] and _key(starts[0]) == _key(beginnings[0])
        return [starts[0], *beginnings] if is_greeted else beginnings
    kept = starts[:1]
    for before, start in pairwise(starts):
        begins_line = not beginnings and b"\n" in data[before.end() : start.start()]
        if begins_line or _key(start) == _key(kept[-1]):
            kept.append(start)
    return kept


def _key(start: Any) -> bytes | None:
    key: bytes | None = start[3] or start[5]
    return key


def _entry(start: Any, message: str) -> LogEntry:
    iso, id, day, tail, date, plain = (group.decode() if group else None for group in start.groups()[1:])
    printed = iso or day or date or plain
    return LogEntry(message.strip(), id or tail, moment(printed) if printed else None)


def _event(event: Mapping[str, Any]) -> LogEntry:
    data = str(event.get("message") or "").encode("utf-8", "replace")
    match = _OF_EVENT.fullmatch(data)
    when = event_time(event)
    if match is None:
        return LogEntry(data.decode().strip(), when=when)
    return LogEntry(match[2].decode().strip(), match[1].decode(), when)


def event_time(event: Mapping[str, Any]) -> datetime | None:
    """When an event of CloudWatch Logs was written, in UTC."""
    value = event.get("timestamp")
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    try:
        return datetime.fromtimestamp(value / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _day(parts: list[str]) -> datetime | None:
    """`Fri Feb 18 09:07:20 UTC 2022`, as the console's Test prints it."""
    try:
        _, month, day, clock, zone, year = parts
        hour, minute, second = map(int, clock.split(":"))
        if zone not in ("UTC", "GMT"):
            return None
        return datetime(int(year), _MONTHS.index(month) + 1, int(day), hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None


def _events_in(text: str) -> Iterator[Mapping[str, Any]] | None:
    """The events of a pasted answer of `aws logs filter-log-events` or `get-log-events`."""
    start = text.find("{")
    if start < 0 or '"message"' not in text or '"events"' not in text:
        return None
    try:
        value, _ = json.JSONDecoder(strict=False).raw_decode(text[start:])
        value = made_safe(value)
    except (ValueError, RecursionError):
        return None
    events = value.get("events") if isinstance(value, dict) else None
    return iter([event for event in events if isinstance(event, dict)]) if isinstance(events, list) else None
