"""An inbox with a shelter beside it: what arrives while the inbox fails is kept in memory, and answered from there."""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from threading import Lock

from bot.inbox.inbox import Full, Inbox, Item, Lease, LeaseLost, Owed, Stage, Waiting
from bot.store.persistently import QUICK_SECONDS, persistently
from bot.store.store import StoreFails
from bot.telemetry import Telemetry

log = logging.getLogger(__name__)

_HEARD_AT_MOST = 20_000
_PAUSE_SECONDS = 1.0
"""For how long an inbox is left alone that took long to fail, so that nobody waits for it who need not."""
_TWIN_SECONDS = 5.0
_MOVING_SECONDS = 5.0
"""For so long what is in the shelter is moved at the end, though each thing may take long to fail."""
_SHELTER = "shelter:"
"""Begins the tokens of leases from the shelter."""


class Sheltered:
    """An `Inbox` that accepts whatever it can while the one that it is made of fails.

    What is in the shelter is lost with the process. So an inbox that fails at once is asked again at once; what it does
    not take then it is asked to take before anybody begins with it, and when this is closed. Each item is in one of the
    two, as far as this process can know: an inbox that fails may have written it down all the same. A group keeps its
    order though it is in both: what follows something in the shelter goes there too, and what follows something in the
    inbox waits there.
    """

    def __init__(
        self, inbox: Inbox, shelter: Inbox, telemetry: Telemetry, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`shelter` never waits for anybody; `telemetry` hears of each time that `inbox` fails."""
        self._inbox = inbox
        self._shelter = shelter
        self._telemetry = telemetry
        self._clock = clock
        self._failing_until = float("-inf")
        self._lock = Lock()
        self._heard: dict[str, bool] = {}
        """The ids of late, the oldest first, and whether each was sheltered."""
        self._not_begun: set[str] = set()
        """What is in the shelter and nobody has begun with."""
        self._moved: set[str] = set()
        """What was in the shelter until the end."""

    def accept(self, item: Item) -> bool:
        """As in `Inbox`. Raises Full where the shelter is."""
        with self._lock:
            if item.id in self._heard:
                return False
        # Several deliveries may come here at once: none is taken for a repetition of what may yet fail.
        return self._accept(item)

    def move_in(self, item: Item, stage: Stage, note: str, why: str) -> bool:
        """As in `Inbox`: never into the shelter."""
        with self._told():
            return self._inbox.move_in(item, stage, note, why)

    def lease(self, stage: Stage, seconds: float, wait: float) -> Lease | None:
        """As in `Inbox`; None sooner than after `wait` where it is better to ask again."""
        while (lease := self._lease_sheltered(stage, seconds, 0.0)) is not None:
            if self._is_begun_here(lease):
                return lease
        if not self._is_failing:
            if self._is_sheltering:
                wait = min(wait, _PAUSE_SECONDS)
            try:
                with self._told():
                    return self._without_twin(self._inbox.lease(stage, seconds, wait))
            except StoreFails as error:
                log.error("nothing can be taken up but what is in memory: %s", error)
        return self._lease_sheltered(stage, seconds, min(wait, _PAUSE_SECONDS))

    def extend(self, lease: Lease, seconds: float) -> None:
        """As in `Inbox`."""
        persistently(lambda: self._extend(lease, seconds))

    def note(self, lease: Lease, note: str) -> None:
        """As in `Inbox`."""
        persistently(lambda: self._note(lease, note))

    def pass_on(self, lease: Lease, stage: Stage, note: str) -> None:
        """As in `Inbox`."""
        with self._holding(lease) as (inbox, own):
            inbox.pass_on(own, stage, note)

    def done(self, lease: Lease) -> None:
        """As in `Inbox`."""
        with self._holding(lease) as (inbox, own):
            inbox.done(own)

    def put_back(self, lease: Lease, seconds: float, *, counts: bool) -> None:
        """As in `Inbox`."""
        with self._holding(lease) as (inbox, own):
            inbox.put_back(own, seconds, counts=counts)

    def give_up(self, lease: Lease, why: str) -> None:
        """As in `Inbox`."""
        with self._holding(lease) as (inbox, own):
            inbox.give_up(own, why)

    def waiting_beside(self, item: Item) -> Waiting:
        """As in `Inbox`; what is in the shelter alone, where the inbox fails."""
        sheltered = self._shelter.waiting_beside(item)
        try:
            with self._told():
                return self._inbox.waiting_beside(item) + sheltered
        except StoreFails as error:
            log.error("what waits cannot be counted but for what is in memory: %s", error)
            return sheltered

    def owed(self) -> Sequence[Owed]:
        """As in `Inbox`; what is in the shelter alone, where the inbox fails."""
        sheltered = self._shelter.owed()
        try:
            with self._told():
                return sorted([*self._inbox.owed(), *sheltered], key=lambda owed: owed.arrived)
        except StoreFails as error:
            log.error("what is owed cannot be listed but for what is in memory: %s", error)
            return sheltered

    def find(self, id: str) -> tuple[Owed, Item, str] | None:
        """As in `Inbox`."""
        if (found := self._shelter.find(id)) is not None:
            return found
        with self._told():
            return self._inbox.find(id)

    def retry(self, id: str) -> bool:
        """As in `Inbox`."""
        if self._shelter.retry(id):
            self.wake()
            return True
        with self._told():
            return self._inbox.retry(id)

    def wake(self) -> None:
        """As in `Inbox`."""
        self._shelter.wake()
        with suppress(StoreFails):  # Whoever waits there comes back by itself.
            self._inbox.wake()

    def close(self) -> None:
        """As in `Inbox`. What is in the shelter moves to the inbox, if that takes it by now."""
        self._move()
        self._shelter.close()
        try:
            self._inbox.close()
        except StoreFails as error:
            log.error("the inbox cannot be closed: %s", error)

    def _accept(self, item: Item) -> bool:
        if not self._is_failing and not any(owed.group == item.group for owed in self._open(self._shelter)):
            try:
                accepted = persistently(lambda: self._write_down(item), self._clock)
            except StoreFails as error:
                log.error("what arrives is kept in memory alone: %s", error)
            else:
                with self._lock:
                    self._hear(item.id, self._heard.get(item.id, False))
                return accepted
        with self._lock:
            if item.id in self._heard:
                return False  # Another delivery of it was accepted meanwhile.
            accepted = self._shelter.accept(item)
            self._hear(item.id, True)
            self._not_begun.add(item.id)
        self.wake()  # Whoever waits there finds it here.
        return accepted

    def _hear(self, id: str, is_sheltered: bool) -> None:
        self._heard[id] = is_sheltered
        if len(self._heard) > _HEARD_AT_MOST:
            del self._heard[next(iter(self._heard))]

    def _write_down(self, item: Item) -> bool:
        began = self._clock()
        try:
            with self._told():
                return self._inbox.accept(item)
        except StoreFails:
            if self._clock() - began > QUICK_SECONDS:
                self._failing_until = self._clock() + _PAUSE_SECONDS
            raise

    def _extend(self, lease: Lease, seconds: float) -> None:
        with self._holding(lease) as (inbox, own):
            inbox.extend(own, seconds)

    def _note(self, lease: Lease, note: str) -> None:
        with self._holding(lease) as (inbox, own):
            inbox.note(own, note)

    def _is_begun_here(self, lease: Lease) -> bool:
        """Whether it is to be begun with, or was, in the shelter: not what the inbox has or takes by now.

        While the inbox is left alone that is put off, once.
        """
        if lease.item.id not in self._not_begun:
            return True
        own = replace(lease, token=lease.token.removeprefix(_SHELTER))
        if self._is_failing and not lease.is_repeated:
            self._shelter.put_back(own, _PAUSE_SECONDS, counts=False)
            return False
        if not self._is_failing:
            try:
                self._write_down(lease.item)
            except (Full, StoreFails) as error:
                log.error("what arrived is answered from memory: %s", error)
            else:
                with self._lock:
                    self._heard[lease.item.id] = False
                    self._not_begun.discard(lease.item.id)
                    self._shelter.done(own)
                return False
        if self._is_behind(lease.item):
            self._shelter.put_back(own, _PAUSE_SECONDS, counts=False)
            return False
        self._not_begun.discard(lease.item.id)
        return True

    def _is_behind(self, item: Item) -> bool:
        """Whether the inbox, as far as it can be read, holds what belongs before an item of the shelter."""
        with suppress(StoreFails):
            return any(
                owed.group == item.group and owed.id != item.id and owed.arrived <= item.arrived
                for owed in self._open(self._inbox)
            )
        return False

    def _lease_sheltered(self, stage: Stage, seconds: float, wait: float) -> Lease | None:
        lease = self._shelter.lease(stage, seconds, wait)
        return lease and replace(lease, token=f"{_SHELTER}{lease.token}")

    def _without_twin(self, lease: Lease | None) -> Lease | None:
        """None where the same is or was in the shelter: the inbox wrote down what it failed to accept."""
        if lease is None:
            return None
        with self._lock:  # It may be about to be moved.
            if not self._heard.get(lease.item.id):
                return lease
            sheltered = self._shelter.find(lease.item.id)
        if sheltered is not None and sheltered[0].stage is not Stage.FAILED:
            self._inbox.put_back(lease, _TWIN_SECONDS, counts=False)  # Not struck off before it was answered.
        else:
            self._inbox.done(lease)
        return None

    def _move(self) -> None:
        """Whoever works on something here still has lost it: otherwise it would be lost with them."""
        until = self._clock() + _MOVING_SECONDS
        for owed in self._shelter.owed():
            self._moved.add(owed.id)
            if (found := self._shelter.find(owed.id)) is None:
                continue
            try:
                if self._clock() > until:
                    raise StoreFails("there is no time left to move it to the inbox")
                self._move_out(*found)
            except (Full, StoreFails) as error:
                self._moved.discard(owed.id)
                log.error("%s, which arrived while the inbox failed, is lost with this process: %s", owed.id, error)

    def _move_out(self, owed: Owed, item: Item, note: str) -> None:
        persistently(lambda: self.move_in(item, owed.stage, note, owed.why), self._clock)

    @property
    def _is_failing(self) -> bool:
        return self._clock() < self._failing_until

    @property
    def _is_sheltering(self) -> bool:
        return bool(self._open(self._shelter))

    @staticmethod
    def _open(inbox: Inbox) -> list[Owed]:
        return [owed for owed in inbox.owed() if owed.stage is not Stage.FAILED]

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except StoreFails:
            self._telemetry.store_failed("inbox")
            raise

    @contextmanager
    def _holding(self, lease: Lease) -> Iterator[tuple[Inbox, Lease]]:
        """Whose lease it is, and as it is known there."""
        token = lease.token.removeprefix(_SHELTER)
        if token == lease.token:
            with self._told():
                yield self._inbox, lease
        else:
            if lease.item.id in self._moved:
                raise LeaseLost(f"{lease.item.id} has moved to the inbox")
            yield self._shelter, replace(lease, token=token)
            self.wake()  # Whoever waits there may find something here now.
