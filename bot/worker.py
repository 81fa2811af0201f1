"""Takes up what is owed at one stage of the inbox, in threads of its own, and sees to it that each thing ends."""

import logging
import time
from collections.abc import Callable
from threading import Event, Lock, Thread
from typing import Protocol, TypeVar

from bot.explained import Explained
from bot.inbox.held import LEASE_SECONDS, Held
from bot.inbox.inbox import Inbox, Lease, LeaseLost, Stage
from bot.logs import trace_of
from bot.store.store import StoreFails

__all__ = ["LEASE_SECONDS", "PAUSE_SECONDS", "Handler", "Held", "Hopeless", "Later", "Worker"]
log = logging.getLogger(__name__)

_WAIT_SECONDS = 10.0
_WAKING_SECONDS = 0.1
_MOST_ATTEMPTS = 4
_MOST_ATTEMPTS_TO_TELL = 8
"""Of both together: to do it, and then to tell that it will not be done."""
_LONGEST_SECONDS = 60 * 60
"""For so long something is put off. By then an answer is of no use any more; that there was none still is."""
_STORE_SECONDS = 8.0
"""For so long something is put off that cannot be done without the store."""
_UNNOTED_STORE_SECONDS = 5 * 60.0
"""The same where nothing is noted of it: nobody looks at a placeholder, and perhaps nobody would be told."""
PAUSE_SECONDS = 1.0
_LONGEST_PAUSE_SECONDS = 60.0
_MOST_REMEMBERED = 10_000


_Thing = TypeVar("_Thing")


class Later(Explained):
    """It cannot be done now, through no fault of its own; it may be tried again after so many seconds.

    None leaves that to the worker: after as long as it has been put off already, but a minute at most.
    """

    def __init__(self, seconds: float | None, why: str) -> None:
        super().__init__(why)
        self.seconds = seconds


class Hopeless(Explained):
    """It cannot be done, and no further attempt would change that."""


class Handler(Protocol):
    """Does what an item is about."""

    def handle(self, held: Held) -> None:
        """Do it; if it was not settled, it is struck off. May raise anything, and Later or Hopeless on purpose."""

    def give_up(self, held: Held, error: BaseException | None) -> None:
        """Tell whoever waits for it that nothing will come; None if nobody came back from it to say why.

        Where this raises anything it is done again, some times.
        """


class Worker:
    """So many threads, each with one item at a time."""

    def __init__(
        self,
        name: str,
        inbox: Inbox,
        stage: Stage,
        handler: Handler,
        threads: int,
        *,
        lease_seconds: float = LEASE_SECONDS,
        pause_seconds: float = PAUSE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`name` prefixes the threads' names; `pause_seconds` is how soon something is tried again at the soonest.

        `clock` tells for how long something has been put off; it need not be the wall's.
        """
        self._inbox = inbox
        self._stage = stage
        self._handler = handler
        self._lease_seconds = lease_seconds
        self._pause_seconds = pause_seconds
        self._clock = clock
        self._held: set[Held] = set()
        self._lock = Lock()
        self._unended: dict[str, Held] = {}
        """What is settled and the inbox does not know, by id. Where it is leased again it is ended, and no more."""
        self._lost: dict[str, Lease] = {}
        """By which lease it could not be ended, of what is unended, since that is no longer ours."""
        self._ending = Lock()
        self._begun: dict[str, float] = {}
        """When what was put off was begun first here, by id."""
        self._stopping = Event()
        self._stopped = Event()
        # What is left when time is up is nobody's to wait for: it stands in the inbox, and another takes it up.
        self._threads = [Thread(target=self._work, name=f"{name}_{n}", daemon=True) for n in range(threads)]
        self._heart = Thread(target=self._beat, name=f"{name}_lease", daemon=True)

    def start(self) -> None:
        """Begin to take up what is owed."""
        for thread in (*self._threads, self._heart):
            thread.start()

    def take_no_more(self) -> None:
        """Take up nothing from now on; what is under way goes on."""
        self._stopping.set()

    def stop(self, grace_seconds: float) -> None:
        """Take up nothing more, and wait so long for what is under way. What is not done then stays in the inbox."""
        self.take_no_more()
        until = time.monotonic() + grace_seconds
        for thread in self._threads:
            while thread.is_alive() and (left := until - time.monotonic()) > 0:
                self._inbox.wake()  # Again and again: it may have been about to wait.
                thread.join(min(left, _WAKING_SECONDS))
        self._stopped.set()
        if self.busy:
            log.warning("stopped with %d things under way: they stay in the inbox", self.busy)
        if self._heart.is_alive():
            self._heart.join(max(self._pause_seconds, until - time.monotonic()))

    @property
    def is_alive(self) -> bool:
        """Whether what is owed is being taken up."""
        return not self._stopping.is_set() and all(thread.is_alive() for thread in (*self._threads, self._heart))

    @property
    def busy(self) -> int:
        """How many items are being worked on here."""
        with self._lock:
            return len(self._held)

    def _work(self) -> None:
        while not self._stopping.is_set():
            try:
                lease = self._inbox.lease(self._stage, self._lease_seconds, _WAIT_SECONDS)
                if lease is not None and not self._was_settled(lease):
                    self._see_to(Held(self._inbox, lease, self._lease_seconds))
            except StoreFails as error:
                log.error("nothing can be taken up: %s", error)
                self._stopping.wait(self._pause_seconds)
            except Exception as error:  # noqa: BLE001
                # A thread that ended would be missed until the next start.
                log.error("a fault of the worker or of the inbox: %s", trace_of(error))
                self._stopping.wait(self._pause_seconds)

    def _see_to(self, held: Held) -> None:
        with self._lock:
            self._held.add(held)
        try:
            if self._stopping.is_set():
                held.put_back(0, counts=False)  # It came while nobody was to take up anything any more.
            else:
                self._do(held)
        except LeaseLost:
            log.warning("reference %s: somebody else has taken up what took too long here", held.reference)
        finally:
            if held.is_settled and not held.is_ended:
                with self._ending:
                    _remember(self._unended, held.lease.item.id, held)
            with self._lock:
                self._held.discard(held)

    def _do(self, held: Held) -> None:
        begun = self._begun.pop(held.lease.item.id, self._clock())
        if held.lease.attempt > _MOST_ATTEMPTS:
            self._give_up(held, None, f"{_MOST_ATTEMPTS} attempts failed, or those who made them never came back")
            return
        try:
            self._handler.handle(held)
        except LeaseLost:
            raise
        except Hopeless as error:
            self._give_up(held, error, str(error))
        except Later as later:
            self._put_off(held, begun, later, later.seconds, counts=False)
        except StoreFails as error:
            longest = _STORE_SECONDS if held.note else _UNNOTED_STORE_SECONDS
            self._put_off(held, begun, error, self._pause_seconds, counts=False, longest=longest)
        except (Exception, SystemExit) as error:  # noqa: BLE001
            log.error("reference %s: attempt %d failed: %s", held.reference, held.lease.attempt, trace_of(error))
            self._put_off(held, begun, error, self._seconds_to_retry(held), counts=True)
        else:
            if not held.is_settled:
                held.done()

    def _put_off(
        self,
        held: Held,
        begun: float,
        error: BaseException,
        seconds: float | None,
        *,
        counts: bool,
        longest: float = _LONGEST_SECONDS,
    ) -> None:
        if held.is_settled:
            log.error("reference %s: ended, and then failed: %s", held.reference, type(error).__name__)
        elif self._clock() - begun > longest:
            self._give_up(held, error, f"it took too long: {_reason(error)}")
        elif counts and held.lease.attempt >= _MOST_ATTEMPTS:
            self._give_up(held, error, _reason(error))
        else:
            log.info("reference %s: put off: %s", held.reference, _reason(error))
            _remember(self._begun, held.lease.item.id, begun)
            if seconds is None:
                seconds = min(max(self._pause_seconds, self._clock() - begun), _LONGEST_PAUSE_SECONDS)
            held.put_back(max(0.0, seconds), counts=counts)

    def _seconds_to_retry(self, held: Held) -> float:
        return self._pause_seconds * 2.0 ** (held.lease.attempt - 1)

    def _give_up(self, held: Held, error: BaseException | None, why: str) -> None:
        """Told first, then given up: told twice is better than not at all."""
        if held.is_settled:
            return
        try:
            self._handler.give_up(held, error)
        except LeaseLost:
            raise
        except (Exception, SystemExit) as silent:  # noqa: BLE001
            log.error("reference %s: that it failed cannot be told: %s", held.reference, trace_of(silent))
            if held.lease.attempt < _MOST_ATTEMPTS_TO_TELL:
                held.put_back(self._seconds_to_retry(held), counts=True)
                return
        held.give_up(why[:1_000])

    def _was_settled(self, lease: Lease) -> bool:
        """Whether it is settled already, which the inbox could not be told: it is told now."""
        if lease.item.id not in self._unended:
            return False  # as nearly always; nobody is waited for
        with self._ending:
            held = self._unended.get(lease.item.id)
            if held is not None:
                held.lease = lease
                self._end(held)
            return held is not None

    def _end_all(self) -> None:
        for held in list(self._unended.values()):
            with self._ending:
                if not self._end(held):
                    return

    def _end(self, held: Held) -> bool:
        """Whether the inbox takes part. What somebody else has taken up is theirs to end, and no more kept in mind."""
        id = held.lease.item.id
        try:
            held.end()
        except LeaseLost:
            if self._lost.get(id) is not held.lease:
                _remember(self._lost, id, held.lease)  # One of our own threads may have it, and be about to end it.
                return True
        except Exception as error:  # noqa: BLE001
            log.error("reference %s: the inbox cannot be told how it ended: %s", held.reference, _reason(error))
            return False
        self._lost.pop(id, None)
        self._unended.pop(id, None)
        return True

    def _beat(self) -> None:
        while not self._stopped.wait(self._seconds_to_next_beat()):
            with self._lock:
                held = [each for each in self._held if not each.is_settled]
            for each in held:
                self._extend(each)
            self._end_all()
        self._end_all()

    def _seconds_to_next_beat(self) -> float:
        seconds = self._lease_seconds / 3
        return min(seconds, self._pause_seconds) if self._unended else seconds

    def _extend(self, held: Held) -> None:
        try:
            held.hold()
        except LeaseLost:
            pass  # Whoever works on it finds out before it shows anything.
        except Exception as error:  # noqa: BLE001
            log.error("reference %s: its lease cannot be renewed: %s", held.reference, _reason(error))


def _remember(things: dict[str, _Thing], id: str, thing: _Thing) -> None:
    things[id] = thing
    if len(things) > _MOST_REMEMBERED:
        del things[next(iter(things))]


def _reason(error: BaseException) -> str:
    """Why something failed; of what was not raised on purpose the kind alone, since it may quote what was pasted."""
    return str(error) if isinstance(error, Explained) else type(error).__name__
