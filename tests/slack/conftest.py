"""Nothing here goes through a proxy, and the words are those of the project."""

from pathlib import Path

import pytest

from tests.slack.fake import FakeSlack
from tests.slack.serving import StubTroubleshooter, serving


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def catalogs():
    """The folders with the project's own catalogs."""
    return [Path(__file__).parents[2] / "locales"]


@pytest.fixture
def slack():
    """A workspace with people of it in four languages, and one who is not of it."""
    people = {
        "UEN": {"locale": "en-GB"},
        "UJA": {"locale": "ja-JP", "tz": "Asia/Tokyo"},
        "UZH": {"locale": "zh-TW", "tz": "Asia/Taipei"},
        "UES": {"locale": "es-LA", "tz": "America/Bogota"},
        "UFAR": {"team_id": "T9", "is_stranger": True},
    }
    with FakeSlack(people) as slack:
        yield slack
    assert slack.complaints == []


@pytest.fixture
def stub():
    """What answers."""
    return StubTroubleshooter()


@pytest.fixture
def served(slack, stub, tmp_path):
    """Slack while one worker serves it: questions are answered one after the other, in their order."""
    with serving(slack, stub, tmp_path):
        yield slack


@pytest.fixture
def served_by_socket(slack, stub, tmp_path):
    """The same by Socket Mode."""
    with serving(slack, stub, tmp_path, over="socket"):
        yield slack
