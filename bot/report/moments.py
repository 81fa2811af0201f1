"""When something happened, as logs and responses write it: moments with a zone, which mean the same everywhere."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta, timezone
from itertools import islice

import re2

_MONTHS = (b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec")
_MONTH = b"(" + b"|".join(_MONTHS) + b")"
_WEEKDAY = rb"(?:mon|tue|wed|thu|fri|sat|sun)"
_CLOCK = rb"([0-2][0-9]):([0-5][0-9]):([0-5][0-9])"
_MOST = 500
"""So many of each form are read: a log is in the order of its moments."""

_ISO = re2.compile(
    rb"\b(20[0-9]{2}-[01][0-9]-[0-3][0-9])[T ]" + _CLOCK + rb"(?:[.,][0-9]{1,9})? ?(Z\b|[+-][01][0-9]:?[0-5][0-9]\b)"
)
"""As CloudWatch and most logs write it: `2026-11-19T08:30:21.402Z`."""
_EXECUTION_LOG = re2.compile(
    rb"(?i)\b" + _WEEKDAY + rb" " + _MONTH + rb" ([0-3][0-9]) " + _CLOCK + rb" UTC (20[0-9]{2})\b"
)
"""As API Gateway's execution log writes it: `Thu Nov 19 08:30:21 UTC 2026`."""
_COMMON_LOG = re2.compile(
    rb"(?i)\b([0-3][0-9])/" + _MONTH + rb"/(20[0-9]{2}):" + _CLOCK + rb" ([+-][01][0-9][0-5][0-9])"
)
"""As an access log's `$context.requestTime` is: `19/Nov/2026:08:30:21 +0000`."""
_DATE_HEADER = re2.compile(
    rb"(?im)(?:^|[^a-z-])date\W{1,6}" + _WEEKDAY + rb", ([0-3][0-9]) " + _MONTH + rb" (20[0-9]{2}) " + _CLOCK + rb" GMT"
)
"""As a response tells it: `date: Thu, 19 Nov 2026 08:30:21 GMT`. Other headers hold other moments."""


def first_moment(text: bytes) -> datetime | None:
    """The earliest moment that a plain text (`bot.report.plain`) tells of, in UTC; None where it tells of none.

    A time of day without a zone is no moment.
    """
    return min(_moments(text), default=None)


def _moments(text: bytes) -> Iterator[datetime]:
    for found in islice(_ISO.finditer(text), _MOST):
        day, hour, minute, second, zone = found.groups()
        year, month, number = day.split(b"-")
        yield from _moment(year, int(month), number, (hour, minute, second), zone)
    for found in islice(_EXECUTION_LOG.finditer(text), _MOST):
        name, number, *clock, year = found.groups()
        yield from _moment(year, _number_of(name), number, clock)
    for found in islice(_COMMON_LOG.finditer(text), _MOST):
        number, name, year, *clock, zone = found.groups()
        yield from _moment(year, _number_of(name), number, clock, zone)
    for found in islice(_DATE_HEADER.finditer(text), _MOST):
        number, name, year, *clock = found.groups()
        yield from _moment(year, _number_of(name), number, clock)


def _number_of(month: bytes) -> int:
    return _MONTHS.index(month.lower()) + 1


def _moment(year: bytes, month: int, day: bytes, clock: Sequence[bytes], zone: bytes = b"Z") -> Iterator[datetime]:
    """The moment, unless no calendar has it."""
    digits = zone.replace(b":", b"").decode()
    away = timedelta()
    if digits[0] in "+-":
        away = timedelta(hours=int(digits[1:3]), minutes=int(digits[3:5])) * (-1 if digits[0] == "-" else 1)
    try:
        hour, minute, second = map(int, clock)
        moment = datetime(int(year), month, int(day), hour, minute, second, tzinfo=timezone(away))
    except ValueError:
        return
    yield moment.astimezone(UTC)
