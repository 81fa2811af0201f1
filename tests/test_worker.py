"""The worker: what it takes up ends, once, whatever fails meanwhile; and its threads live until they are stopped."""

import threading
import time
from contextlib import ExitStack
from queue import Queue
from threading import Event

import pytest

from bot.inbox.inbox import Item, LeaseLost, Stage
from bot.inbox.sqlite import SqliteInbox
from bot.store.database import MEMORY
from bot.store.store import StoreFails
from bot.worker import Held, Hopeless, Later, Worker
from tests.inbox.unreliable import Unreliable

ARRIVED, WAITING, FAILED = Stage
PATIENCE = 20
LEASE = 0.15
"""Seconds; the heart beats three times as often. For the inbox, time stands still until a test sets its clock."""
PAUSE = 0.02


class Clock:
    """Stands still until it is set."""

    def __init__(self):
        self.now = 1_790_000_000.0

    def __call__(self):
        return self.now


class Scripted:
    """Handles an item as the next of its acts says, and the rest without a word; tells what it did."""

    def __init__(self, *acts):
        self.acts = list(acts)
        self.handled = Queue()
        self.given_up = Queue()
        self.cannot_tell = []

    def handle(self, held):
        act = self.acts.pop(0) if self.acts else None
        try:
            if isinstance(act, BaseException):
                raise act
            if act is not None:
                act(held)
        finally:
            self.handled.put(held)

    def give_up(self, held, error):
        if self.cannot_tell:
            raise self.cannot_tell.pop(0)
        self.given_up.put((held, error))


def eventually(condition):
    until = time.monotonic() + PATIENCE
    while not (result := condition()):
        assert time.monotonic() < until, "it never came about"
        Event().wait(0.005)
    return result


def item(name="a", group=None):
    return Item(name * 16, group or name, "U1", "C1", "mention", 1, 1_790_000_000.0, "sealed")


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def inbox(clock):
    inbox = Unreliable(SqliteInbox(MEMORY, 1, clock=clock))
    yield inbox
    inbox.inbox.close()


@pytest.fixture
def let_pass(inbox, clock):
    """Lets so many seconds go by, and everybody see it."""

    def let_pass(seconds):
        clock.now += seconds
        inbox.wake()

    return let_pass


@pytest.fixture
def start(inbox, clock):
    """Starts a worker, and stops it after the test."""
    with ExitStack() as started:

        def start(handler, threads=1, stage=ARRIVED):
            settings = {"lease_seconds": LEASE, "pause_seconds": PAUSE, "clock": clock}
            worker = Worker("tested", inbox, stage, handler, threads, **settings)
            worker.start()
            started.callback(worker.stop, PATIENCE)
            return worker

        yield start
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("tested")] == []


def stages(inbox):
    return [owed.stage for owed in inbox.inbox.owed()]


def test_what_is_handled_is_struck_off(inbox, start):
    handler = Scripted()
    start(handler)
    inbox.accept(item())
    assert handler.handled.get(timeout=PATIENCE).lease.item == item()
    eventually(lambda: stages(inbox) == [])
    assert handler.given_up.empty()


def test_what_is_passed_on_is_left_to_the_next_stage(inbox, start):
    def pass_on(held):
        held.write("written")
        held.note = "noted"
        held.pass_on(WAITING)

    first, second = Scripted(pass_on), Scripted()
    start(first)
    start(second, stage=WAITING)
    inbox.accept(item())
    held = second.handled.get(timeout=PATIENCE)
    assert (held.note, held.is_repeated) == ("noted", False)
    eventually(lambda: stages(inbox) == [])


def test_what_fails_is_tried_again_and_then_given_up_and_told_once(inbox, start, let_pass):
    errors = [ValueError("a bug"), SystemExit(3), ValueError("a bug"), KeyError("the last")]
    handler = Scripted(*errors)
    start(handler)
    inbox.accept(item())
    for attempt in (1, 2, 3, 4):
        held = handler.handled.get(timeout=PATIENCE)
        assert (held.lease.attempt, held.is_repeated) == (attempt, attempt > 1)
        if attempt < 4:
            eventually(lambda: not inbox.inbox.owed()[0].is_leased)
            let_pass(2**attempt)
    assert handler.given_up.get(timeout=PATIENCE) == (held, errors[-1])
    eventually(lambda: stages(inbox) == [FAILED])
    assert inbox.inbox.owed()[0].why == "KeyError", "its text may quote what was pasted"
    assert handler.given_up.empty()


def test_what_can_be_done_later_is_no_attempt(inbox, start, let_pass):
    handler = Scripted(*(Later(30, "throttled") for _ in range(6)))
    start(handler)
    inbox.accept(item())
    for number in range(7):
        held = handler.handled.get(timeout=PATIENCE)
        assert (held.lease.attempt, held.is_repeated) == (1, number > 0)
        if number < 6:
            eventually(lambda: not inbox.inbox.owed()[0].is_leased)
            let_pass(30)
    eventually(lambda: stages(inbox) == [])


def test_nothing_is_put_off_for_ever(inbox, start, let_pass):
    handler = Scripted(Later(30, "throttled"), Later(30, "still throttled"))
    start(handler)
    inbox.accept(item())
    handler.handled.get(timeout=PATIENCE)
    eventually(lambda: not inbox.inbox.owed()[0].is_leased)
    let_pass(3601)
    handler.handled.get(timeout=PATIENCE)
    eventually(lambda: stages(inbox) == [FAILED])
    assert inbox.inbox.owed()[0].why == "it took too long: still throttled"
    assert str(handler.given_up.get(timeout=PATIENCE)[1]) == "still throttled"


def test_what_is_old_when_it_is_taken_up_is_still_tried(inbox, start, let_pass):
    let_pass(3 * 24 * 3600)
    handler = Scripted(Later(5, "throttled"))
    inbox.accept(item())
    start(handler)
    handler.handled.get(timeout=PATIENCE)
    eventually(lambda: not inbox.inbox.owed()[0].is_leased)
    let_pass(5)
    handler.handled.get(timeout=PATIENCE)
    eventually(lambda: stages(inbox) == [])


@pytest.mark.parametrize(("note", "patience"), [("", 300), ("posted 1.1", 8)])
def test_while_the_store_fails_it_is_put_off_longer_where_nobody_knows_of_it(inbox, start, let_pass, note, patience):
    def fail(held):
        held.note = note
        raise StoreFails("locked")

    handler = Scripted(*[fail] * 3)
    start(handler)
    inbox.accept(item())
    for seconds in (patience, 1):
        handler.handled.get(timeout=PATIENCE)
        eventually(lambda: not inbox.inbox.owed()[0].is_leased)
        assert handler.given_up.empty()
        let_pass(seconds)
    handler.given_up.get(timeout=PATIENCE)
    eventually(lambda: stages(inbox) == [FAILED])


def test_what_is_hopeless_is_given_up_at_once(inbox, start):
    handler = Scripted(Hopeless("it cannot be opened"))
    start(handler)
    inbox.accept(item())
    handler.given_up.get(timeout=PATIENCE)
    eventually(lambda: stages(inbox) == [FAILED])
    assert inbox.inbox.owed()[0].why == "it cannot be opened"


def test_what_kills_whoever_takes_it_up_is_given_up(inbox, start, let_pass):
    inbox.accept(item())
    for _ in range(4):
        assert inbox.lease(ARRIVED, 30, 0)
        let_pass(30)
    handler = Scripted()
    start(handler)
    assert handler.given_up.get(timeout=PATIENCE)[1] is None
    eventually(lambda: stages(inbox) == [FAILED])
    assert handler.handled.empty()


def test_that_it_failed_is_told_later_where_it_cannot_be_told_now(inbox, start, let_pass):
    handler = Scripted(*(ValueError() for _ in range(4)))
    handler.cannot_tell = [OSError("Slack is away"), Later(30, "throttled")]
    start(handler)
    inbox.accept(item())

    def is_told():
        let_pass(1)
        return not handler.given_up.empty()

    eventually(is_told)
    eventually(lambda: stages(inbox) == [FAILED])
    assert handler.handled.qsize() == 4


def test_who_can_never_be_told_keeps_nobody_busy_for_ever(inbox, start, let_pass):
    handler = Scripted(*(ValueError() for _ in range(4)))
    handler.cannot_tell = [OSError("Slack is away")] * 100
    start(handler)
    inbox.accept(item())

    def is_given_up():
        let_pass(1)
        return stages(inbox) == [FAILED]

    eventually(is_given_up)


def test_who_lives_keeps_what_it_works_on(inbox, start, let_pass):
    go = Event()
    handler = Scripted(lambda held: go.wait(PATIENCE))
    start(handler)
    inbox.accept(item())
    eventually(lambda: inbox.inbox.owed()[0].is_leased)
    for _ in range(5):
        let_pass(LEASE * 0.9)
        beats = inbox.called.count("extend")
        eventually(lambda: inbox.called.count("extend") > beats + 1)  # noqa: B023
        assert inbox.inbox.lease(ARRIVED, 30, 0) is None
    go.set()
    eventually(lambda: stages(inbox) == [])


def test_who_lost_it_to_somebody_else_finds_out_before_it_is_shown(inbox, start, let_pass):
    inbox.failing = {"extend"}
    begun, go, shown = Event(), Event(), []

    def slowly(held):
        begun.set()
        assert go.wait(PATIENCE)
        held.hold()
        shown.append(held)

    handler = Scripted(slowly)
    start(handler)
    inbox.accept(item())
    assert begun.wait(PATIENCE)
    let_pass(LEASE)
    other = inbox.inbox.lease(ARRIVED, 30, 0)
    inbox.failing = set()
    go.set()
    handler.handled.get(timeout=PATIENCE)
    inbox.accept(item("b"))
    assert handler.handled.get(timeout=PATIENCE).lease.item.id == item("b").id
    assert shown == []
    inbox.inbox.done(other)


@pytest.mark.parametrize("late", [False, True])
def test_what_was_answered_is_not_answered_again_where_it_could_not_be_struck_off(inbox, start, let_pass, late):
    inbox.failing, inbox.late = {"done", "extend"}, late
    handler = Scripted()
    start(handler, threads=2)
    inbox.accept(item())
    handler.handled.get(timeout=PATIENCE)
    eventually(lambda: late or inbox.failed.count("done") > 2)
    leases = inbox.called.count("lease")
    let_pass(LEASE + 1)
    eventually(lambda: late or inbox.called.count("lease") > leases)
    inbox.failing = set()
    eventually(lambda: stages(inbox) == [])
    inbox.accept(item("b"))
    assert handler.handled.get(timeout=PATIENCE).lease.item.id == item("b").id


def test_where_another_has_it_its_end_is_forgotten_here(inbox, start, let_pass):
    """Else it would be struck off unseen when it begins anew, and the heart would beat for it for ever."""
    inbox.failing = {"done", "extend"}
    handler = Scripted()
    worker = start(handler)
    inbox.accept(item())
    handler.handled.get(timeout=PATIENCE)
    eventually(lambda: inbox.failed.count("done") > 1)
    leasing = inbox.inbox.lease
    inbox.lease = lambda *words: None
    let_pass(LEASE + 1)
    inbox.inbox.give_up(eventually(lambda: leasing(ARRIVED, 30, 0)), "given up by another")
    inbox.failing = set()
    eventually(lambda: worker._unended == worker._lost == {})
    assert inbox.inbox.retry(item().id)
    del inbox.lease
    inbox.wake()
    assert handler.handled.get(timeout=PATIENCE).is_repeated
    eventually(lambda: stages(inbox) == [])


def test_who_cannot_renew_a_lease_goes_on_as_long_as_it_lasts(inbox):
    inbox.accept(item())
    moments = [0.0]
    held = Held(inbox, inbox.lease(ARRIVED, 30, 0), 30, lambda: moments[0])
    moments[0] = 20
    held.hold()
    inbox.failing = {"extend"}
    moments[0] = 49.9
    held.hold()
    moments[0] = 50.0
    with pytest.raises(LeaseLost, match="has run out, and cannot be renewed"):
        held.hold()


def test_what_was_noted_while_the_store_failed_is_known_at_the_next_attempt(inbox, start, let_pass):
    inbox.failing = {"note", "put_back", "extend"}
    handler = Scripted(lambda held: held.write("posted 1.1"))
    start(handler)
    inbox.accept(item())
    handler.handled.get(timeout=PATIENCE)
    eventually(lambda: inbox.failed.count("note") > 2)
    inbox.failing = set()
    eventually(lambda: "put_back" in inbox.called)
    let_pass(PAUSE)
    held = handler.handled.get(timeout=PATIENCE)
    assert (held.note, held.is_repeated, held.lease.attempt) == ("posted 1.1", True, 1)
    eventually(lambda: stages(inbox) == [])


@pytest.mark.parametrize("deed", ["pass_on", "give_up", "put_back"])
def test_however_it_ended_the_inbox_is_told_when_it_works_again(inbox, start, deed):
    inbox.failing = {deed, "extend"}
    acts = {
        "pass_on": lambda held: held.pass_on(WAITING),
        "give_up": Hopeless("no use"),
        "put_back": Later(60, "throttled"),
    }
    handler = Scripted(acts[deed])
    start(handler)
    inbox.accept(item())
    eventually(lambda: inbox.failed.count(deed) > 2)
    inbox.failing = set()
    expected = {"pass_on": WAITING, "give_up": FAILED, "put_back": ARRIVED}[deed]
    eventually(lambda: [(o.stage, o.is_leased) for o in inbox.inbox.owed()] == [(expected, False)])
    assert handler.handled.qsize() == 1


def test_what_fails_after_it_was_settled_is_not_done_again(inbox, start, caplog):
    def fail_at_last(held):
        held.pass_on(WAITING)
        raise ValueError("a bug")

    handler = Scripted(fail_at_last)
    start(handler)
    inbox.accept(item())
    eventually(lambda: "ended, and then failed: ValueError" in caplog.text)
    assert stages(inbox) == [WAITING]
    assert handler.given_up.empty()


def test_its_threads_outlive_a_store_and_an_inbox_that_fail(inbox, start):
    broken, lease = [ValueError("a bug"), StoreFails("gone"), LeaseLost("a bug")], inbox.inbox.lease

    def leasing(*words):
        if broken:
            raise broken.pop(0)
        return lease(*words)

    inbox.lease = leasing
    handler = Scripted()
    start(handler)
    inbox.accept(item())
    assert handler.handled.get(timeout=PATIENCE)
    assert broken == []


def test_who_waits_for_work_stops_at_once(start):
    worker = start(Scripted(), threads=4)
    began = time.monotonic()
    worker.stop(PATIENCE)
    assert time.monotonic() - began < 5


def test_what_is_under_way_has_its_time_and_then_stays(inbox, start, let_pass):
    begun, go = Queue(), Event()

    def slowly(held):
        begun.put(held)
        assert go.wait(PATIENCE)

    worker = start(Scripted(slowly), threads=1)
    inbox.accept(item())
    begun.get(timeout=PATIENCE)
    assert worker.busy == 1
    worker.stop(0.05)
    assert inbox.inbox.owed()[0].is_leased
    let_pass(LEASE)
    assert inbox.inbox.lease(ARRIVED, 30, 0).attempt == 2
    go.set()


def test_what_comes_while_it_stops_is_left_to_others(inbox, start):
    leased, go, lease = Event(), Event(), inbox.inbox.lease

    def leasing(*words):
        taken = lease(*words)
        if taken is not None:
            leased.set()
            assert go.wait(PATIENCE)
        return taken

    inbox.lease = leasing
    handler = Scripted()
    worker = start(handler)
    inbox.accept(item())
    assert leased.wait(PATIENCE)
    worker.stop(0.01)
    go.set()
    eventually(lambda: "put_back" in inbox.called)
    assert handler.handled.empty()
    assert lease(ARRIVED, 30, 0).attempt == 1


def test_it_stops_in_time_with_a_store_that_never_answers(inbox, start):
    go = Event()
    asked = Event()

    def hang(*words):
        asked.set()
        go.wait(PATIENCE)
        raise StoreFails("gone")

    inbox.lease = inbox.done = inbox.extend = hang
    worker = start(Scripted(), threads=2)
    assert asked.wait(PATIENCE)
    began = time.monotonic()
    worker.stop(0.1)
    assert time.monotonic() - began < 2
    go.set()


def test_what_could_not_be_struck_off_is_once_more_when_it_stops(inbox, start):
    inbox.failing = {"done"}
    handler = Scripted()
    worker = start(handler)
    inbox.accept(item())
    eventually(lambda: inbox.failed.count("done") > 1)
    inbox.failing = set()
    worker.stop(PATIENCE)
    assert stages(inbox) == []
