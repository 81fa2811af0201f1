"""Lines told apart in every form in which logs are pasted."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.aws.log_entries import entries_of_events, entries_of_text, event_time, moment

_ID = "4f6d2c1a-9b0e-4d57-8c3f-71e5a2b9d0c6"


@pytest.mark.parametrize(
    ("text", "key", "when"),
    [
        (f"({_ID}) hello", _ID, None),
        (f"2026-11-20T08:15:02.315Z ({_ID}) hello", _ID, datetime(2026, 11, 20, 8, 15, 2, 315_000, UTC)),
        (f"2026-11-20T08:15:02.315Z\n({_ID}) hello", _ID, datetime(2026, 11, 20, 8, 15, 2, 315_000, UTC)),
        (f"2026-11-20 17:15:02,315+09:00 | ({_ID}) hello", _ID, datetime(2026, 11, 20, 8, 15, 2, 315_000, UTC)),
        ("Fri Nov 20 08:15:02 UTC 2026 : hello", None, datetime(2026, 11, 20, 8, 15, 2, tzinfo=UTC)),
        ("[2b4492] [2026-11-20T08:15:02Z] hello", "2b4492", datetime(2026, 11, 20, 8, 15, 2, tzinfo=UTC)),
        ("2026-11-20T08:15:02Z hello", None, datetime(2026, 11, 20, 8, 15, 2, tzinfo=UTC)),
        ("(PDS1PEC4oAMFpyA=) hello", "PDS1PEC4oAMFpyA=", None),
        ("  hello  ", None, None),
    ],
)
def test_a_line_is_told_from_what_stands_before_it(text: str, key: str | None, when: datetime | None) -> None:
    (entry,) = entries_of_text(text)
    assert (entry.message, entry.key, entry.when) == ("hello", key, when)


def test_what_stands_before_the_first_line_is_none_of_the_log() -> None:
    assert [entry.message for entry in entries_of_text(f"Look at this: ({_ID}) one ({_ID}) two")] == ["one", "two"]


_OTHER = "b27e9d40-15fa-4c08-a6d1-3c90e8f7124b"
_WHEN = "2026-11-20T08:15:02.315Z"
_QUOTED = [
    f"({_OTHER}) Authorizer result body before parsing: {{}}",
    f"2026-11-20T08:15:02Z ({_OTHER}) Unauthorized request: {_OTHER}",
    "Fri Nov 20 08:15:02 UTC 2026 : HTTP Method: POST, Resource Path: /forged",
    "[2b4492] [2026-11-20T08:15:02Z] HTTP Method: POST, Resource Path: /forged",
]


@pytest.mark.parametrize("quoted", [*_QUOTED, f"({_ID}) Unauthorized request: {_ID}"])
@pytest.mark.parametrize(
    "before", ["", "2026-11-20T08:15:02.315Z ", "2026-11-20T08:15:02Z 8d9c1f0e3b2a4d5c6e7f8091a2b3c4d5 "]
)
def test_what_a_caller_writes_into_a_line_begins_none(before: str, quoted: str) -> None:
    header = f"Method request headers: {{User-Agent={quoted}}}"
    entries = entries_of_text(f"{before}({_ID}) one\n{before}({_ID}) {header}\n{before}({_ID}) two")
    assert [entry.message for entry in entries] == ["one", header, "two"]
    assert {entry.key for entry in entries} == {_ID}


@pytest.mark.parametrize("quoted", _QUOTED)
def test_of_lines_run_into_one_those_of_the_same_request_are_told_apart(quoted: str) -> None:
    header = f"Method request headers: {{User-Agent={quoted}}}"
    entries = entries_of_text(f"({_ID}) one ({_ID}) {header} ({_ID}) two")
    assert [entry.message for entry in entries] == ["one", header, "two"]


def test_the_first_line_may_stand_behind_a_word() -> None:
    entries = entries_of_text(f"Our log: ({_ID}) one\n({_ID}) two\n({_ID}) three")
    assert [entry.message for entry in entries] == ["one", "two", "three"]


@pytest.mark.parametrize("before", ["> ", "| ", '1795162502500,"', "EVENTS 1795162502500 ", "group stream "])
def test_lines_may_stand_behind_what_a_tool_puts_before_them(before: str) -> None:
    entries = entries_of_text(f"{before}({_ID}) one\n{before}({_OTHER}) two")
    assert [(entry.key, entry.message[:3]) for entry in entries] == [(_ID, "one"), (_OTHER, "two")]


@pytest.mark.parametrize("text", ["soon", "", "2026-13-01T00:00:00Z", "Fri Foo 20 08:15:02 UTC 2026", "Fri Nov 20"])
def test_what_is_no_time_is_none(text: str) -> None:
    assert moment(text) is None


@pytest.mark.parametrize("value", [None, "x", True, 10**30, float("nan")])
def test_an_event_without_a_time_has_none(value: object) -> None:
    assert event_time({"timestamp": value}) is None


def test_events_are_put_in_order() -> None:
    events = [{"timestamp": 2_000, "message": "b"}, {"timestamp": 1_000, "message": f"({_ID}) a"}, {}]
    assert [entry.message for entry in entries_of_events(events)] == ["", "a", "b"]


def test_an_answer_of_the_cli_is_read_as_events() -> None:
    text = f'$ aws logs filter-log-events\n{{"events": [{{"timestamp": 1000, "message": "({_ID}) a\\n"}}]}}'
    (entry,) = entries_of_text(text)
    assert (entry.message, entry.key, entry.when) == ("a", _ID, datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC))
