"""Searching a log group page by page, within bounds."""

from __future__ import annotations

import pytest

from bot.aws.account import Account, Inquiry, Result
from bot.aws.bounds import Bounds
from bot.aws.log_search import LogReader, Window, any_of, first_page
from tests.aws.tapes import ABSENT, ACCOUNT, DENIED, REGION, THROTTLED, AtOnce, Tape, found, in_time

_WINDOW = Window(60)


def page(number: int, token: str | None = None) -> Result:
    return found(events=[{"timestamp": number, "message": f"line {number}"}], nextToken=token)


def record(*pages: Result) -> Tape:
    """Pages of one search; each but the last is followed by the next."""
    tape = Tape()
    for number, result in enumerate(pages):
        read = first_page(REGION, "log", '"x"', _WINDOW, f"t{number}" if number else None)
        tape.holds(read.service, read.operation, result, **dict(read.parameters))
    return tape


def search(tape: Tape, bounds: Bounds | None = None, account: Account | None = None):
    account = account or Account(Inquiry(AtOnce(), in_time(), bounds), tape, REGION, "aws", ACCOUNT)
    return account, LogReader.of(account.inquiry).search(account, REGION, "log", '"x"', _WINDOW)


def test_a_page_may_be_empty_and_not_the_last() -> None:
    tape = record(found(events=[], nextToken="t1"), page(1, "t2"), page(2))
    account, result = search(tape)
    assert [event["message"] for event in result.events] == ["line 1", "line 2"]
    assert len(result.evidence) == 3
    (searched,) = account.inquiry.log_searches.values()
    assert (searched.minutes, searched.events, searched.pages, searched.is_cut) == (60, 2, 3, False)


def test_calls_and_bytes_are_bounded() -> None:
    pages = (page(0, "t1"), page(1, "t2"), page(2))
    for bounds in (Bounds(log_calls=2), Bounds(log_bytes=10)):
        account, result = search(record(*pages), bounds)
        assert len(result.events) == 2
        assert result.is_cut
        assert account.inquiry.log_searches["log"].is_cut


def test_what_was_read_before_costs_nothing() -> None:
    tape = record(page(0))
    account, first = search(tape, Bounds(log_calls=1))
    assert search(tape, account=account)[1] == first
    assert len(tape.asked) == 1


def test_a_group_that_is_not_there_and_one_that_is_closed() -> None:
    assert search(record(ABSENT))[1].is_absent
    account, closed = search(record(DENIED))
    assert closed.refused is not None
    assert account.inquiry.unseen == ()


@pytest.mark.parametrize("second", [DENIED, THROTTLED, ABSENT], ids=["denied", "throttled", "gone"])
def test_without_its_second_page_a_search_is_not_at_its_end(second: Result) -> None:
    account, half = search(record(page(0, "t1"), second))
    assert [event["message"] for event in half.events] == ["line 0"]
    assert half.refused == first_page(REGION, "log", '"x"', _WINDOW, "t1")
    assert not half.is_absent
    assert account.inquiry.log_searches["log"].is_cut


def test_a_time_that_is_known_is_searched_alone() -> None:
    assert Window(0, milliseconds=(5, 9)).parameters == {"startTime": 5, "endTime": 9}
    assert Window(1_440, 60).parameters == {"startTime": "-PT1440M", "endTime": "-PT60M"}
    assert Window(60).parameters == {"startTime": "-PT60M", "endTime": None}


def test_phrases_are_quoted() -> None:
    assert any_of("one") == '"one"'
    assert any_of('say "no"', "a\\b") == '?"say \\"no\\"" ?"a\\\\b"'


def test_a_token_that_comes_back_leads_to_no_new_page() -> None:
    tape = record(page(0, "t1"), page(1, "t1"))
    account, result = search(tape, Bounds(log_calls=9))
    assert ([event["message"] for event in result.events], result.is_cut) == (["line 0", "line 1"], True)
    assert len(tape.asked) == 2
    assert account.inquiry.log_searches["log"].is_cut
