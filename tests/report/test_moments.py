"""The first moment that a text tells of, in the forms in which logs and responses write moments."""

from datetime import UTC, datetime

import pytest

from bot.report.moments import first_moment
from bot.report.plain import plain
from bot.report.reading import Reader
from bot.report.symptoms import Signatures

AT = datetime(2026, 11, 19, 8, 30, 21, tzinfo=UTC)


def first(text):
    return first_moment(plain(text))


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-19T08:30:21.402Z ERROR",
        '{"@timestamp":"2026-11-19 08:30:21.402+00:00"}',
        "2026-11-19T17:30:21+09:00",
        "2026-11-19T05:30:21-0300",
        "(3b0c) Thu Nov 19 08:30:21 UTC 2026 : Starting execution for request",
        '198.51.100.7 - - [19/Nov/2026:08:30:21 +0000] "GET /pets HTTP/1.1" 403',
        "[19/Nov/2026:17:30:21 +0900]",
        "< date: Thu, 19 Nov 2026 08:30:21 GMT",
        '{"Date": "Thu, 19 Nov 2026 08:30:21 GMT"}',
        r"{\"date\":\"Thu, 19 Nov 2026 08:30:21 GMT\"}",
        "2026-11-19T09:00:00Z then 2026-11-19T08:30:21Z then 2026-11-20T08:30:21Z",
    ],
)
def test_a_moment(text):
    assert first(text) == AT


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a1b2c3d4e5 answers 403",
        "2026-11-19 08:30:21",
        "2026-11-19T08:30:21",
        "2026-13-45T08:30:21Z",
        "2026-11-19T29:30:21Z",
        "2012-10-17",
        "last-modified: Thu, 19 Nov 2026 08:30:21 GMT",
        "update: Thu, 19 Nov 2026 08:30:21 GMT",
        "* start date: Nov 19 08:30:21 2026 GMT",
        "Thu Nov 19 08:30:21 JST 2026",
        "20261119T083021Z",
        "[30/Feb/2026:08:30:21 +0000]",
    ],
)
def test_no_moment(text):
    assert first(text) is None


def test_of_very_many_moments_the_first_are_read():
    assert first("2026-11-19T08:30:21Z x " * 100_000) == AT


def test_a_report_tells_it():
    assert Reader(Signatures(())).read("at 2026-11-19T08:30:21Z").failed_at == AT
    assert Reader(Signatures(())).read("403").failed_at is None
