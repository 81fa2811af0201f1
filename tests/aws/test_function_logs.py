"""The errors in a function's own log."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.aws.arn import FunctionArn
from bot.aws.bounds import Bounds
from bot.aws.execution_log import LoggedRequest
from bot.aws.function_logs import _ERRORS, function_errors
from bot.aws.functions import Function
from bot.aws.log_search import Window, any_of, first_page
from bot.model import Hint, UnseenReason
from tests.aws.tapes import ABSENT, DENIED, REGION, Tape, account_of, found, function_arn, record_function

_AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
_WINDOW = Window(0, milliseconds=(1_795_165_170_000, 1_795_165_260_000))


_STOPPED = "2026-11-20T08:59:59.000Z 6d1c9f0a-0000-4000-8000-000000000001 Task timed out after 3.00 seconds"


def recorded(result, group: str = "/aws/lambda/tokens", window: Window = _WINDOW, **state) -> Function:
    tape = record_function(Tape(), "tokens", **state)
    read = first_page(REGION, group, any_of(*_ERRORS), window)
    tape.holds("logs", "FilterLogEvents", result, **dict(read.parameters))
    arn = FunctionArn.parse(function_arn("tokens"))
    assert arn is not None
    return Function(account_of(tape), arn)


def lines(*messages: str):
    return found(events=[{"timestamp": number, "message": message} for number, message in enumerate(messages)])


def test_the_errors_around_the_failure_are_told() -> None:
    function = recorded(lines("[ERROR] KeyError: 'sub'\nTraceback", f"{_STOPPED}\n\n"))
    errors = function_errors(function, LoggedRequest(when=_AT))
    assert errors.lines == ("[ERROR] KeyError: 'sub'", _STOPPED)
    assert errors.timed_out
    assert errors.evidence
    errors.require()
    assert function.account.inquiry.unseen == ()


def test_what_ended_the_function_is_told_from_what_it_wrote() -> None:
    threw = '2026-11-20T08:59:59.000Z\t6d1c9f0a-0000-4000-8000-000000000001\tERROR\tInvoke Error \t{"errorType":"x"}'
    function = recorded(lines("ERROR expired", _STOPPED, threw))
    errors = function_errors(function, LoggedRequest(when=_AT))
    assert errors.crashes == (_STOPPED, threw)
    assert errors.newest == datetime(1970, 1, 1, microsecond=2000, tzinfo=UTC)
    events = found(events=[{"timestamp": 10**18, "message": "ERROR no"}, {"message": "[ERROR] no"}])
    assert function_errors(recorded(events), LoggedRequest(when=_AT)).newest is None


@pytest.mark.parametrize(
    ("line", "is_timeout"),
    [
        (_STOPPED, True),
        ("REPORT RequestId: 6d1c\tDuration: 3000.00 ms\tBilled Duration: 3000 ms\tStatus: timeout", True),
        ("RequestId: 6d1c9f0a Error: Runtime exited with error: signal: killed", False),
        ("[ERROR] Runtime.ImportModuleError: Unable to import module 'index'", False),
        ("2026-11-20T08:59:59.000Z\tundefined\tERROR\tUncaught Exception \t{}", False),
    ],
)
def test_how_lambda_says_that_a_function_ended(line: str, is_timeout: bool) -> None:
    errors = function_errors(recorded(lines(line)), LoggedRequest(when=_AT))
    assert (errors.crashes, errors.timed_out) == ((line,), is_timeout)


@pytest.mark.parametrize(
    "sent",
    [
        _STOPPED,
        "RequestId: 6d1c9f0a Error: Runtime exited",
        "REPORT RequestId: 1\tx\tStatus: timeout",
        "[ERROR] KeyError: 'x'",
        "Uncaught Exception",
    ],
)
@pytest.mark.parametrize(
    "before",
    [
        '{"headers": {"User-Agent": "',
        "2026-11-20T08:59:59.000Z\t6d1c9f0a-0000-4000-8000-000000000001\tINFO\t",
        "[ERROR]\t2026-11-20T08:59:59.000Z\t6d1c9f0a-0000-4000-8000-000000000001\t",
        "2026-11-20T08:59:59.000Z\t6d1c9f0a-0000-4000-8000-000000000001\tERROR\ttoken ",
    ],
)
def test_what_a_function_repeats_of_its_caller_is_no_end_of_it(before: str, sent: str) -> None:
    errors = function_errors(recorded(lines(before + sent)), LoggedRequest(when=_AT))
    assert (errors.crashes, errors.timed_out) == ((), False)


def test_the_log_group_is_the_configured_one() -> None:
    function = recorded(lines("ERROR no"), "guards", LoggingConfig={"LogGroup": "guards"})
    errors = function_errors(function, LoggedRequest(when=_AT))
    assert (errors.log_group, errors.lines) == ("guards", ("ERROR no",))


def test_without_a_time_the_newest_are_told() -> None:
    function = recorded(lines("ERROR no"), window=Window(60))
    assert function_errors(function).lines == ("ERROR no",)


def test_what_cannot_be_seen_is_said_only_where_it_is_required() -> None:
    for result, expected in (
        (ABSENT, (UnseenReason.NOT_SUPPORTED, Hint.NOT_IN_THE_LOG)),
        (lines(), (UnseenReason.NOT_SUPPORTED, Hint.NOT_IN_THE_LOG)),
        (DENIED, (UnseenReason.DENIED, None)),
    ):
        function = recorded(result)
        errors = function_errors(function, LoggedRequest(when=_AT))
        assert not errors
        assert function.account.inquiry.unseen == ()
        errors.require()
        (unseen,) = function.account.inquiry.unseen
        assert (unseen.reason, unseen.hint) == expected


def test_where_no_logs_may_be_read_none_are() -> None:
    function = recorded(lines("ERROR no"))
    function.account.inquiry.bounds = Bounds(log_calls=0)
    errors = function_errors(function, LoggedRequest(when=_AT))
    assert errors.gap is not None
    assert errors.gap.why is Hint.LOGS_NOT_READ
