"""Threads are known though the store fails now and then, and though their question came to another process."""

import pytest

from bot.inbox.sealed import Seal
from bot.inbox.sqlite import SqliteInbox
from bot.slack.conversation.intake import Intake
from bot.slack.conversation.threads import Conversation, Threads
from bot.slack.incoming.entrances import Asked, Thread, Way
from bot.slack.incoming.lasting import FORM
from bot.store.database import MEMORY
from bot.store.sqlite import SqliteStore
from bot.store.store import StoreFails

THREAD = Thread("C1", "1.0")
SAID = Conversation(("an error",))


class Unreliable:
    """A store that fails so many times from when it is told to."""

    def __init__(self, store):
        self.store, self.times = store, 0

    def __getattr__(self, name):
        method = getattr(self.store, name)

        def call(*words):
            if self.times > 0:
                self.times -= 1
                raise StoreFails("the disk is full")
            return method(*words)

        return call


@pytest.fixture
def store(tmp_path):
    store = Unreliable(SqliteStore(tmp_path / "kintsugi.db"))
    yield store
    store.times = 0
    store.close()


@pytest.fixture
def threads(store):
    return Threads(store, 60)


@pytest.fixture
def other(store):
    """Those of another process."""
    return Threads(store, 60)


def test_a_failure_in_passing_costs_nothing(threads, other, store):
    store.times = 2
    threads.remember(THREAD, SAID)
    store.times = 2
    assert other.find(THREAD) == SAID
    store.times = 2
    assert other.knows(THREAD)


def test_what_the_store_does_not_take_is_remembered_here(threads, other, store):
    store.times = 9
    threads.remember(THREAD, SAID)
    assert threads.find(THREAD) == SAID
    store.times = 0
    assert threads.knows(THREAD)
    assert threads.find(THREAD) == SAID
    assert not other.knows(THREAD)
    later = SAID.with_text("another one")
    threads.remember(THREAD, later)
    assert (threads.find(THREAD), other.find(THREAD)) == (later, later)
    other.remember(THREAD, SAID)
    assert threads.find(THREAD) == SAID, "nothing older hides what the store has by now"


def test_so_is_that_the_bot_takes_part(threads, store):
    store.times = 9
    threads.begin(THREAD)
    assert threads.find(THREAD) == Conversation()
    store.times = 0
    assert threads.knows(THREAD)


def test_and_what_was_said_there_before_stays(threads, store):
    threads.remember(THREAD, SAID)
    store.times = 9
    threads.begin(THREAD)
    store.times = 0
    assert threads.find(THREAD) == SAID


def test_what_cannot_be_told_is_not_denied(threads, store):
    store.times = 99
    assert threads.knows(THREAD)
    assert threads.recall(THREAD) is None
    with pytest.raises(StoreFails):
        threads.find(THREAD)


def asked(way):
    return Asked("U1", "an error", THREAD, way, ("C1", way), hangs_on=THREAD.ts)


def test_a_reply_may_come_to_another_process_than_the_question_before_it(threads, other):
    inbox = SqliteInbox(MEMORY, FORM)
    one, another = (Intake(inbox, Seal("secret"), each) for each in (threads, other))
    assert not another.concerns(asked(Way.REPLY))
    one.take(asked(Way.MENTION))
    assert another.concerns(asked(Way.REPLY))
    inbox.close()
