"""The pool does what it accepts, refuses what is too much, and tells of everything that it did not do."""

from queue import Queue
from threading import Event, Thread, current_thread

import pytest

from bot.pool import NotBegun, Pool, TooBusy

PATIENCE = 20


@pytest.fixture
def failures():
    return Queue()


@pytest.fixture
def pool():
    pool = Pool("tested", threads=1, waiting=1)
    yield pool
    pool.stop(PATIENCE)


class Blocking:
    """A task that shows that it has begun and ends when it is let go."""

    def __init__(self):
        self.begun, self.go = Event(), Event()

    def __call__(self):
        self.begun.set()
        assert self.go.wait(PATIENCE)


def test_works_in_a_thread_of_its_own(pool, failures):
    names = Queue()
    pool.submit(lambda: names.put(current_thread().name), failures.put)
    assert names.get(timeout=PATIENCE).startswith("tested")
    assert failures.empty()


def test_a_failure_is_told_and_harms_nothing_after_it(pool, failures):
    done = Event()
    fault = ValueError("a bug")

    def fail():
        raise fault

    pool.submit(fail, failures.put)
    assert failures.get(timeout=PATIENCE) is fault
    pool.submit(done.set, failures.put)
    assert done.wait(PATIENCE)


def test_refuses_what_would_wait_too_long_and_accepts_again_later(pool, failures):
    first, second = Blocking(), Blocking()
    pool.submit(first, failures.put)
    pool.submit(second, failures.put)
    with pytest.raises(TooBusy):
        pool.submit(lambda: None, failures.put)
    first.go.set()
    assert second.begun.wait(PATIENCE)
    third = Event()
    pool.submit(third.set, failures.put)
    second.go.set()
    assert third.wait(PATIENCE)
    assert failures.empty()


def test_stopping_finishes_what_was_accepted(failures):
    pool = Pool("tested", threads=1, waiting=5)
    running, done = Blocking(), Queue()
    pool.submit(running, failures.put)
    pool.submit(lambda: done.put("waited"), failures.put)
    stopping = Thread(target=pool.stop, args=(PATIENCE,))
    assert running.begun.wait(PATIENCE)
    stopping.start()
    running.go.set()
    stopping.join(PATIENCE)
    assert not stopping.is_alive()
    assert done.get_nowait() == "waited"
    assert failures.empty()
    with pytest.raises(TooBusy):
        pool.submit(lambda: None, failures.put)


def test_what_has_not_begun_in_time_is_told_so(failures):
    pool = Pool("tested", threads=1, waiting=5)
    running, done = Blocking(), Queue()
    pool.submit(running, failures.put)
    pool.submit(lambda: done.put("never"), failures.put)
    assert running.begun.wait(PATIENCE)
    stopping = Thread(target=pool.stop, args=(0,))
    stopping.start()
    assert isinstance(failures.get(timeout=PATIENCE), NotBegun)
    running.go.set()
    stopping.join(PATIENCE)
    assert not stopping.is_alive()
    assert done.empty()
