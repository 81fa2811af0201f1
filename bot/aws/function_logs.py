"""The errors that a Lambda function wrote into its own log around a failure.

Functions write what their callers sent into these lines, as into those of an execution log: how a function ended is
told by lines that Lambda begins, and never by what else stands in one. Who writes a caller's text alone on a line lets
that caller begin it; so what rests on these lines is likely at most.

https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import re2

from bot.aws.account import as_far_as_seen
from bot.aws.excerpts import excerpt
from bot.aws.execution_log import LoggedRequest
from bot.aws.functions import Function
from bot.aws.log_search import LogReader, Window, any_of, first_page
from bot.aws.logs import LogGap
from bot.model import Hint

_ERRORS = ("[ERROR]", "ERROR", "Task timed out after", "errorMessage", "Runtime exited", "Status: error")
_TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"
_TIMED_OUT = re2.compile(rf"{_TIME} [0-9a-f-]+ Task timed out after|(?:INIT_)?REPORT [^\t]+\t.*\tStatus: timeout\b")
_CRASHED = re2.compile(
    r"RequestId: [0-9a-f-]+ (?:Error: )?Runtime exited"
    # What a runtime writes of an error that nobody caught: Python's, which logs with a tab instead; then Node.js's.
    rf"|\[ERROR\] [A-Za-z_]|{_TIME}\t[0-9a-z-]+\tERROR\t(?:Invoke Error|Uncaught Exception)\b"
)
_BEFORE, _AFTER = 30_000, 60_000
"""Milliseconds around the failure: a function may run as long as its API waits for it."""
_MOST_LINES = 5


@dataclass(frozen=True, slots=True)
class FunctionErrors:
    """The first lines of the errors, the newest last, unredacted and at most 300 characters each."""

    function: Function
    log_group: str
    lines: tuple[str, ...] = field(default=(), repr=False)
    evidence: tuple[str, ...] = ()
    gap: LogGap | None = None
    newest: datetime | None = None
    """When the newest of them was written."""

    def __bool__(self) -> bool:
        return bool(self.lines)

    @property
    def timed_out(self) -> bool:
        """Lambda ended the function because it took too long."""
        return any(map(_TIMED_OUT.match, self.lines))

    @property
    def crashes(self) -> tuple[str, ...]:
        """The lines that say that the function ended without an answer, not only that it wrote of an error."""
        return tuple(line for line in self.lines if _TIMED_OUT.match(line) or _CRASHED.match(line))

    def require(self) -> None:
        """Lets the reply say what the log could not show, where nothing but it would decide."""
        account = self.function.account
        if self.gap is not None and self.gap.why is not None:
            account.leave_open(self.gap.read, self.gap.why)
        elif self.gap is not None:
            with as_far_as_seen():
                account.known(self.gap.read)


def function_errors(function: Function, request: LoggedRequest | None = None) -> FunctionErrors:
    """What a function wrote of errors at the time of a request, or without one the newest within the bounds."""
    account, arn = function.account, function.arn
    group = function.log_group
    inquiry = account.inquiry
    window = Window(inquiry.bounds.log_minutes)
    if request and request.when:
        at = int(request.when.timestamp() * 1000)
        window = Window(0, milliseconds=(at - _BEFORE, at + _AFTER))
    pattern = any_of(*_ERRORS)
    found = LogReader.of(inquiry).search(account, arn.region, group, pattern, window)
    read = found.refused or first_page(arn.region, group, pattern, window)
    why = None if found.refused else Hint.NOT_IN_THE_LOG if found.evidence else Hint.LOGS_NOT_READ
    lines = [line for event in found.events if (line := excerpt(str(event.get("message") or "")))]
    return FunctionErrors(
        function,
        group,
        tuple(dict.fromkeys(lines))[-_MOST_LINES:],
        found.evidence,
        None if lines else LogGap(read, why),
        _newest(found.events),
    )


def _newest(events: Iterable[Mapping[str, Any]]) -> datetime | None:
    times = [event["timestamp"] for event in events if isinstance(event.get("timestamp"), int)]
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=max(times)) if times else None
    except OverflowError:
        return None
