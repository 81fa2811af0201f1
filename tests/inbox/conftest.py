"""Inboxes of every kind, and the time that goes by for them."""

import hashlib
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from bot.inbox.inbox import Item
from bot.inbox.sqlite import SqliteInbox


class Clock:
    """A wall clock that stands still until it is set."""

    def __init__(self):
        self.now = 1_790_000_000.0

    def __call__(self):
        return self.now


@dataclass
class SqlitePlace:
    """A place that several handles on one inbox can be opened at."""

    file: object
    clock: Clock

    @property
    def opening(self):
        """The lines that open it as `inbox` in a process of its own, on the wall's clock."""
        return (
            "from pathlib import Path\n"
            "from bot.inbox.sqlite import SqliteInbox\n"
            f"inbox = SqliteInbox(Path({str(self.file)!r}), 1)\n"
        )

    def open(self, newest_form=1, **settings):
        return SqliteInbox(self.file, newest_form, clock=self.clock, **settings)

    def pass_time(self, seconds):
        """Let so much time go by, as the inbox sees it."""
        self.clock.now += seconds


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def sqlite_place(tmp_path, clock):
    return SqlitePlace(tmp_path / "kintsugi" / "kintsugi.db", clock)


@pytest.fixture(params=["sqlite_place"])
def place(request):
    return request.getfixturevalue(request.param)


@pytest.fixture
def open_another(place):
    """Opens one more handle on the same inbox, and closes it after the test."""
    with ExitStack() as opened:

        def open_another(**settings):
            another = place.open(**settings)
            opened.callback(another.close)
            return another

        yield open_another


@pytest.fixture
def inbox(open_another):
    return open_another()


@pytest.fixture
def item():
    """Makes an item of a short name; of the same name, the same."""

    def item(name, group="C1/1.0", form=1, arrived=1_790_000_000.0, body="sealed"):
        id = hashlib.sha256(name.encode()).hexdigest()[:32]
        return Item(id, group, "U1", "C1", "mention", form, arrived, body)

    return item
