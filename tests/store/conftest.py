"""Stores and the clock they go by."""

import pytest

from bot.store.dynamodb import DynamoStore
from bot.store.sqlite import SqliteStore


class Clock:
    """A wall clock that stands still until it is set."""

    def __init__(self):
        self.now = 1_790_000_000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def file(tmp_path):
    return tmp_path / "kintsugi" / "kintsugi.db"


@pytest.fixture(params=["sqlite", "aws"])
def any_store(request, clock):
    """A store of each kind."""
    if request.param == "sqlite":
        yield request.getfixturevalue("store")
        return
    opened = DynamoStore(request.getfixturevalue("deployed").name, clock=clock)
    yield opened
    opened.close()


@pytest.fixture
def store(file, clock):
    opened = SqliteStore(file, clock)
    yield opened
    opened.close()
