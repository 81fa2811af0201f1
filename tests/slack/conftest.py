"""A Slack with people in it, and the bot that serves it."""

import pytest

from tests.slack.fakeslack import FakeSlack
from tests.slack.serving import StubTroubleshooter, serving


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def slack():
    people = {
        "UEN": {"team_id": "T1", "locale": "en-GB"},
        "UJA": {"team_id": "T1", "locale": "ja-JP", "tz": "Asia/Tokyo"},
        "UES": {"team_id": "T1", "locale": "es-LA"},
        "UFAR": {"team_id": "T9", "locale": "en-US", "is_stranger": True},
    }
    with FakeSlack(people=people) as slack:
        yield slack
    assert slack.complaints == []


@pytest.fixture
def stub():
    return StubTroubleshooter()


@pytest.fixture
def served(slack, stub):
    """Slack while one worker serves it: questions are answered one after the other, in their order."""
    with serving(slack, stub):
        yield slack
