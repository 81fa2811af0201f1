"""Threads: what is remembered of them while the store fails, and who knows of them."""

from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing
from threading import Event

import pytest

from bot.inbox.sealed import Seal
from bot.inbox.sqlite import SqliteInbox
from bot.slack.conversation.answers import Answers, Kept
from bot.slack.conversation.intake import Intake
from bot.slack.conversation.notkept import NotKept
from bot.slack.conversation.threads import Conversation, Threads
from bot.slack.incoming.entrances import Asked, Thread, Way
from bot.store.database import MEMORY
from bot.store.sqlite import SqliteStore
from bot.store.store import StoreFails
from tests.inbox.unreliable import Unreliable
from tests.slack.replies import a_diagnosis

THREAD, OTHER = Thread("C1", "1.0"), Thread("C1", "2.0")
ALL = {"get", "put", "add"}


@pytest.fixture
def kept(tmp_path):
    with closing(SqliteStore(tmp_path / "kintsugi.db")) as opened:
        yield opened


@pytest.fixture
def store(kept):
    """As this process sees it."""
    return Unreliable(kept)


@pytest.fixture
def threads(store):
    return Threads(store, 3600)


@pytest.fixture
def elsewhere(kept):
    """Another process's."""
    return Threads(kept, 3600)


def saying(*texts):
    return Conversation(texts)


@pytest.mark.parametrize("deed", ["put", "get", "add"])
def test_a_failure_in_passing_costs_nothing(threads, elsewhere, store, deed):
    store.failing, store.times = {deed}, 2
    threads.expect(OTHER)
    threads.remember(THREAD, saying("an error"))
    assert threads.find(THREAD) == elsewhere.find(THREAD) == saying("an error")
    assert elsewhere.knows(OTHER)
    assert store.failed == [deed] * 2


def test_what_cannot_be_told_is_not_denied(threads, store):
    store.failing = ALL
    assert threads.knows(THREAD)
    assert threads.recall(THREAD) is None
    with pytest.raises(StoreFails):
        threads.find(THREAD)


def test_what_was_said_stays_where_the_bot_takes_part_once_more_while_the_store_fails(threads, store):
    threads.remember(THREAD, saying("an error"))
    store.failing = ALL
    threads.begin(THREAD)
    assert threads.find(THREAD) == Conversation()
    store.failing = set()
    assert threads.find(THREAD) == saying("an error")


def test_what_the_store_did_not_take_is_written_back_once_it_works(threads, elsewhere, store):
    elsewhere.remember(THREAD, saying("an error"))
    store.failing = {"put"}
    threads.remember(THREAD, saying("an error", "more of it"))
    store.failing = ALL
    assert threads.recall(THREAD) == saying("an error", "more of it")
    store.failing = set()
    assert threads.recall(THREAD) == saying("an error", "more of it")
    assert elsewhere.recall(THREAD) == saying("an error", "more of it")
    puts = store.called.count("put")
    elsewhere.remember(THREAD, saying("something else"))
    assert threads.recall(THREAD) == saying("something else")
    assert store.called.count("put") == puts == 1


def test_what_another_process_remembers_since_outweighs_it(threads, elsewhere, store):
    store.failing = {"put"}
    threads.remember(THREAD, saying("first error"))
    store.failing = set()
    elsewhere.remember(THREAD, saying("second, quite another error"))
    for _ in range(2):
        assert threads.recall(THREAD) == elsewhere.recall(THREAD) == saying("second, quite another error")


def test_what_it_did_not_take_of_one_thread_is_written_back_when_another_is_asked_for(threads, elsewhere, store):
    store.failing = ALL
    threads.begin(THREAD)
    assert not elsewhere.knows(THREAD)
    store.failing = set()
    assert threads.find(OTHER) is None
    assert elsewhere.find(THREAD) == Conversation()


def test_memory_is_bounded_by_characters_and_by_time():
    now = [0.0]
    memory = NotKept(most_characters=3_000, clock=lambda: now[0])
    for number in range(4):
        memory.put(str(number), "x" * 500, 60)
    assert [memory.get(str(number)) is not None for number in range(4)] == [False, True, True, True]
    memory.put("4", "x" * 2_500, 60)
    assert [memory.get(str(number)) is not None for number in range(5)] == [False] * 4 + [True]
    memory.put("4", "y", 60)
    memory.put("5", "z", 60)
    assert (memory.get("4").text, memory.get("5").text, memory.oldest()) == ("y", "z", "4")
    now[0] = 60.0
    assert memory.get("4") is None
    memory.drop("5")
    assert memory.oldest() is None


def test_a_slow_call_about_one_thread_holds_up_no_other(threads, store, kept):
    asked, go = Event(), Event()

    def put(shelf, key, *words):
        if key.endswith(THREAD.ts):
            asked.set()
            assert go.wait(20)
        kept.put(shelf, key, *words)

    store.put = put
    with ThreadPoolExecutor(2) as pool:
        slow = pool.submit(threads.remember, THREAD, saying("an error"))
        assert asked.wait(20)
        begins = pool.submit(threads.begin, THREAD)
        threads.remember(OTHER, saying("another"))
        assert threads.recall(OTHER) == saying("another")
        assert not wait([slow, begins], 0.05).done
        go.set()
        begins.result(20)
    assert threads.recall(THREAD) == saying("an error"), "what is done with one thread is done in turn"


# A reply may come to another process than what it is a reply to.


def asked(way, thread=THREAD):
    return Asked("U1", "an error", thread, way, ("message", thread.channel, thread.ts), thread.channel)


def intake(threads):
    return Intake(SqliteInbox(MEMORY, 1), Seal("secret"), threads)


@pytest.mark.parametrize("way", [Way.MENTION, Way.SHORTCUT])
def test_a_reply_may_come_to_another_process_before_its_thread_s_question_is_begun_with(threads, elsewhere, way):
    reply = asked(Way.REPLY)
    assert not intake(elsewhere).concerns(reply)
    intake(threads).take(asked(way))
    assert intake(elsewhere).concerns(reply)
    assert not intake(elsewhere).concerns(asked(Way.REPLY, OTHER))
    assert elsewhere.find(THREAD) is None, "it takes part when it has answered, and not where it turns somebody away"
    elsewhere.begin(THREAD)
    assert threads.find(THREAD) == Conversation()


def test_a_thread_of_the_bot_s_stays_as_it_is_when_it_is_mentioned_again(threads):
    threads.remember(THREAD, saying("an error"))
    intake(threads).take(asked(Way.MENTION))
    assert threads.find(THREAD) == saying("an error")


def test_what_is_asked_is_taken_though_the_store_fails(threads, store):
    store.failing = ALL
    taking = intake(threads)
    taking.take(asked(Way.MENTION))
    store.failing = set()
    assert taking.concerns(asked(Way.REPLY))


def test_a_text_is_kept_no_longer_because_people_go_on(tmp_path):
    now = [1_790_000_000.0]
    with closing(SqliteStore(tmp_path / "kintsugi.db", clock=lambda: now[0])) as store:
        threads = Threads(store, 3600, clock=lambda: now[0])
        answers = Answers(store, 3600, clock=lambda: now[0])
        conversation = Conversation(began=now[0]).with_text("the paste")
        for _ in range(3):
            threads.remember(THREAD, conversation)
            id = answers.keep(Kept("U1", "en", "UTC", conversation, a_diagnosis()))
            now[0] += 1199
            conversation = conversation.with_text(f"another thing, {now[0]}")
        assert threads.recall(THREAD) is not None
        assert answers.get(id) is not None
        now[0] += 3
        assert threads.recall(THREAD) is None
        assert answers.get(id) is None
        store.sweep()
        assert not any(b"the paste" in each.read_bytes() for each in tmp_path.iterdir())
