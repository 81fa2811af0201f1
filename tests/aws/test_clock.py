"""What time it is at AWS stands in its answers."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.aws.clock import hear_the_time, seconds_ahead

AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("told", "ahead"),
    [
        ("Fri, 20 Nov 2026 09:30:00 GMT", 0),
        ("Fri, 20 Nov 2026 09:24:00 GMT", 360),
        ("Fri, 20 Nov 2026 09:30:30 -0000", -30),
        ("Fri, 20 Nov 2026 10:30:00 +0100", 0),
        ("yesterday", None),
        ("", None),
        ("Fri, 99 Nov 2026 09:30:00 GMT", None),
    ],
)
def test_the_header(told, ahead):
    assert seconds_ahead({"DATE": told}, AT) == ahead
    assert seconds_ahead({}, AT) is None


@pytest.mark.parametrize("minutes", [0, 7, -7])
def test_it_is_heard_in_a_refusal_as_well(aws, minutes):
    aws.error("sts", "GetCallerIdentity", "SignatureDoesNotMatch", "Signature expired", times=1)
    heard = [hear_the_time(None, lambda: datetime.now(UTC) + timedelta(minutes=minutes)) for _ in range(2)]
    # The header has no fractions of a second, and answers take their time.
    assert all(abs(each - minutes * 60) < 20 for each in heard)


def test_nobody_tells_it(environment, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    assert hear_the_time("eu-west-1", lambda: AT) is None
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    assert hear_the_time("eu-west-1", lambda: AT) is None
