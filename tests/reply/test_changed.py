"""Who changed the faulty thing, and when, in the days and hours of whoever asks."""

from datetime import UTC, datetime

import pytest

from bot.reply.changed import changed_line, told, zone_of
from bot.reply.document import markdown
from bot.reply.writer import Writer
from bot.slack.outgoing.controls import preview
from tests.slack.replies import Mend, a_finding, a_fix, a_reply

WORDS = Writer([], []).words("reply", "en")
MIKA = "arn:aws:iam::123456789012:user/mika"
CHANGE = {"changed_at": "2026-11-19T08:30:21Z", "changed_by": MIKA, "changed_event": "RemovePermission"}
LINE = f"Changed on November 19, 2026 at 17:30 (GMT+09:00) by `{MIKA}`: `RemovePermission`."


def line(facts, language="en", timezone="Asia/Tokyo"):
    return changed_line(a_finding(facts=facts), language, timezone, WORDS)


def test_a_change_is_one_line():
    assert line(CHANGE) == LINE


def test_a_change_made_through_a_service_says_so():
    said = line({**CHANGE, "changed_via": "cloudformation.amazonaws.com"})
    assert said.endswith(f"by `{MIKA}` through `cloudformation.amazonaws.com`: `RemovePermission`.")


def test_without_a_change_nothing_is_said():
    assert line({"function": "orders"}) == ""


@pytest.mark.parametrize(
    ("language", "timezone", "date", "time", "zone"),
    [
        ("en", "UTC", "November 19, 2026", "20:15", "UTC"),
        ("ja", "Asia/Tokyo", "2026年11月20日", "05:15", "JST"),
        ("zh_TW", "Asia/Taipei", "2026年11月20日", "04:15", "GMT+08:00"),
        ("es", "Europe/Madrid", "19 de noviembre de 2026", "21:15", "CET"),
        ("es", "America/Bogota", "19 de noviembre de 2026", "15:15", "GMT-05:00"),
        ("en", "America/New_York", "November 19, 2026", "15:15", "EST"),
        ("en", "Asia/Kolkata", "November 20, 2026", "01:45", "GMT+05:30"),
    ],
)
def test_the_moment_as_each_language_writes_it(language, timezone, date, time, zone):
    assert told(datetime(2026, 11, 19, 20, 15, tzinfo=UTC), timezone, language) == (date, time, zone)


@pytest.mark.parametrize("name", ["", "Nowhere/At_all", "../../etc/passwd", "America", "JST-9", "a\0b", "x" * 5_000])
def test_a_zone_that_nobody_knows_is_utc(name):
    assert told(datetime(2026, 11, 19, tzinfo=UTC), name, "en")[2] == "UTC"
    assert zone_of(name) is UTC


def test_it_stands_in_the_document_and_in_slack():
    reply = a_reply(findings=(Mend(a_finding(facts=CHANGE), a_fix()),), timezone="Asia/Tokyo")
    assert f"\n\n{LINE}\n\n" in markdown(reply, WORDS)
    assert "17:30 (GMT+09:00)" in str(preview(reply, Writer([], []))["blocks"])
    assert "Changed on" not in markdown(a_reply(), WORDS)


def test_a_name_cannot_leave_its_code():
    said = line({**CHANGE, "changed_by": "arn:aws:sts::1:assumed-role/x/`*@here*`\u202e\nAKIA"})
    assert said.count("`") == 4
    assert "\n" not in said
    assert "\u202e" not in said
