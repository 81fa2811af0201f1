"""Takes up what is owed at one stage of the inbox, in threads of its own, and sees to it that each thing ends."""

import logging
import time
from collections.abc import Callable
from threading import Event, Lock, Thread
from typing import Protocol

from bot.inbox.inbox import Inbox, Lease, LeaseLost, Stage
from bot.logs import trace_of
from bot.store.store import StoreFails

log = logging.getLogger(__name__)

LEASE_SECONDS = 30.0
"""How long a thing whose worker died waits before another takes it up, at most. Whoever lives renews it in time."""
_WAIT_SECONDS = 10.0
_MOST_ATTEMPTS = 4
_LONGEST_SECONDS = 60 * 60
"""After this long an answer is of no use any more; that there was none still is."""
_STORE_SECONDS = 1.0
"""How long to wait for a store that fails before it is tried again."""


class Later(Exception):
    """It cannot be done now, through no fault of its own; it may be tried again after so many seconds."""

    def __init__(self, seconds: float, why: str) -> None:
        super().__init__(why)
        self.seconds = seconds


class Hopeless(Exception):
    """It cannot be done, and no further attempt would change that."""


class Held:
    """An item that this process works on. Every method raises LeaseLost and StoreFails."""

    def __init__(self, inbox: Inbox, lease: Lease) -> None:
        self.lease = lease
        self.note = lease.note
        """What was noted of the item last."""
        self.is_settled = False
        """Whether nothing is left to be done with it here."""
        self._inbox = inbox

    @property
    def reference(self) -> str:
        """What people can be told of it, and logs be searched for: the beginning of its id."""
        return self.lease.item.id[:8]

    @property
    def is_repeated(self) -> bool:
        """Whether somebody may have begun with it before, here or at an earlier stage, and not come to an end."""
        return self.lease.attempt > 1

    def write(self, note: str) -> None:
        """Keep a note with the item, for whoever has to go on with it."""
        self._inbox.note(self.lease, note)
        self.note = note

    def hold(self, seconds: float = LEASE_SECONDS) -> None:
        """Make sure that it is still in our hands, before something is done that must not be done twice."""
        self._inbox.extend(self.lease, seconds)

    def pass_on(self, stage: Stage) -> None:
        """Let it be taken up at the next stage."""
        self._inbox.pass_on(self.lease, stage, self.note)
        self.is_settled = True

    def done(self) -> None:
        """Strike it off."""
        self._inbox.done(self.lease)
        self.is_settled = True

    def put_back(self, seconds: float, *, counts: bool) -> None:
        """Let it be taken up again after a while."""
        self._inbox.put_back(self.lease, seconds, counts=counts)
        self.is_settled = True

    def give_up(self, why: str) -> None:
        """Keep it as something that failed."""
        self._inbox.give_up(self.lease, why)
        self.is_settled = True


class Handler(Protocol):
    """Does what an item is about."""

    def handle(self, held: Held) -> None:
        """Do it; if it was not settled, it is struck off. May raise anything, and Later or Hopeless on purpose."""

    def give_up(self, held: Held, error: BaseException | None) -> None:
        """Tell whoever waits for it that nothing will come; None if nobody came back from it to say why."""


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
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`name` prefixes the threads' names; `clock` is the wall's, by which it is known how long an item waits."""
        self._inbox = inbox
        self._stage = stage
        self._handler = handler
        self._lease_seconds = lease_seconds
        self._clock = clock
        self._held: set[Held] = set()
        self._lock = Lock()
        self._stopping = Event()
        self._stopped = Event()
        # What is left when time is up is nobody's to wait for: it stands in the inbox, and another takes it up.
        self._threads = [Thread(target=self._work, name=f"{name}_{n}", daemon=True) for n in range(threads)]
        self._heart = Thread(target=self._beat, name=f"{name}_lease", daemon=True)

    def start(self) -> None:
        """Begin to take up what is owed."""
        for thread in (*self._threads, self._heart):
            thread.start()

    def stop(self, grace_seconds: float) -> None:
        """Take up nothing more, and wait so long for what is under way. What is not done then stays in the inbox."""
        self._stopping.set()
        self._inbox.wake()
        until = time.monotonic() + grace_seconds
        for thread in self._threads:
            if thread.is_alive():
                thread.join(max(0.0, until - time.monotonic()))
        self._stopped.set()
        with self._lock:
            left = len(self._held)
        if left:
            log.warning("stopped with %d things under way: they stay in the inbox", left)
        if self._heart.is_alive():
            self._heart.join()

    @property
    def busy(self) -> int:
        """How many items are being worked on here."""
        with self._lock:
            return len(self._held)

    def _work(self) -> None:
        while not self._stopping.is_set():
            try:
                lease = self._inbox.lease(self._stage, self._lease_seconds, _WAIT_SECONDS)
            except StoreFails as error:
                log.error("nothing can be taken up: %s", error)
                self._stopping.wait(_STORE_SECONDS)
                continue
            if lease is not None:
                self._see_to(Held(self._inbox, lease))

    def _see_to(self, held: Held) -> None:
        with self._lock:
            self._held.add(held)
        try:
            if self._stopping.is_set():
                held.put_back(0, counts=False)  # It came while nobody was to take up anything any more.
            else:
                self._do(held)
        except LeaseLost:
            log.warning("somebody else has taken up what took too long here")
        except StoreFails as error:
            log.error("something stays in the inbox although it is done with: %s", error)
        finally:
            with self._lock:
                self._held.discard(held)

    def _do(self, held: Held) -> None:
        lease = held.lease
        is_late = self._clock() - lease.item.arrived > _LONGEST_SECONDS
        if is_late or lease.attempt > _MOST_ATTEMPTS:
            self._give_up(held, None, "it took too long" if is_late else "whoever worked on it never came back")
            return
        try:
            self._handler.handle(held)
        except (LeaseLost, StoreFails):
            raise
        except Later as later:
            log.info("put off: %s", later)
            held.put_back(later.seconds, counts=False)
        except Hopeless as error:
            self._give_up(held, error, str(error))
        except Exception as error:  # noqa: BLE001
            if lease.attempt >= _MOST_ATTEMPTS:
                self._give_up(held, error, type(error).__name__)
            else:
                log.error("attempt %d failed: %s", lease.attempt, trace_of(error))
                held.put_back(float(2**lease.attempt), counts=True)
        else:
            if not held.is_settled:
                held.done()

    def _give_up(self, held: Held, error: BaseException | None, why: str) -> None:
        """Told first, then given up: told twice is better than not at all."""
        self._handler.give_up(held, error)
        held.give_up(why[:1_000])

    def _beat(self) -> None:
        while not self._stopped.wait(self._lease_seconds / 3):
            with self._lock:
                held = [each for each in self._held if not each.is_settled]
            for each in held:
                try:
                    each.hold(self._lease_seconds)
                except LeaseLost:
                    pass  # Whoever works on it finds out before it shows anything.
                except StoreFails as error:
                    log.error("a lease cannot be renewed: %s", error)
