"""An item in the hands of this process, and how it ends."""

import logging
import time
from collections.abc import Callable

from bot.inbox.inbox import Inbox, Lease, LeaseLost, Stage
from bot.store.store import StoreFails

log = logging.getLogger(__name__)

LEASE_SECONDS = 30.0
"""How long a thing whose worker died waits before another takes it up, at most. Whoever lives renews it in time."""


class Held:
    """An item that this process works on. Every method raises LeaseLost.

    How an item ends is decided once, and then told to the inbox; where that fails, whoever gave it out tells it later.
    """

    def __init__(
        self,
        inbox: Inbox,
        lease: Lease,
        lease_seconds: float = LEASE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """It was leased just now. `clock` tells how long ago that is; it need not be the wall's."""
        self.lease = lease
        self.note = lease.note
        """What is noted of the item, or will be when it is written or the item ends."""
        self._noted = lease.note
        self._inbox = inbox
        self._lease_seconds = lease_seconds
        self._clock = clock
        self._renewed = clock()
        self._ending: Callable[[Lease], None] | None = None
        self._is_ended = False

    @property
    def reference(self) -> str:
        """What people can be told of it, and logs be searched for: the beginning of its id."""
        return self.lease.item.id[:8]

    @property
    def is_repeated(self) -> bool:
        """Whether somebody may have begun with it before, and not come to an end."""
        return self.lease.is_repeated

    @property
    def is_settled(self) -> bool:
        """Whether nothing is left to be decided about it here."""
        return self._ending is not None

    @property
    def is_ended(self) -> bool:
        """Whether it is settled, and the inbox knows."""
        return self._is_ended

    def write(self, note: str) -> None:
        """Keep a note with the item, for whoever has to go on with it. Raises StoreFails."""
        self.note = note
        self._inbox.note(self.lease, note)
        self._noted = note

    def hold(self) -> None:
        """Make sure that it is still in our hands, before something is done that must not be done twice.

        Where the inbox does not answer, that is so as long as the lease lasts that it gave last. Whether somebody has
        taken the item up after that, nobody knows: it counts as lost.
        """
        began = self._clock()
        try:
            self._inbox.extend(self.lease, self._lease_seconds)
        except StoreFails as error:
            log.error("reference %s: its lease cannot be renewed: %s", self.reference, error)
            if self._clock() - self._renewed >= self._lease_seconds:
                raise LeaseLost(f"the lease of {self.lease.item.id} has run out, and cannot be renewed") from error
        else:
            self._renewed = began

    def pass_on(self, stage: Stage) -> None:
        """Let it be taken up at the next stage."""
        self._settle(lambda lease: self._inbox.pass_on(lease, stage, self.note))

    def done(self) -> None:
        """Strike it off."""
        self._settle(self._inbox.done)

    def put_back(self, seconds: float, *, counts: bool) -> None:
        """Let it be taken up again after a while."""

        def put_back(lease: Lease) -> None:
            self._keep_note()
            self._inbox.put_back(lease, seconds, counts=counts)

        self._settle(put_back)

    def give_up(self, why: str) -> None:
        """Keep it as something that failed."""

        def give_up(lease: Lease) -> None:
            self._keep_note()
            self._inbox.give_up(lease, why)

        self._settle(give_up)

    def end(self) -> None:
        """Tell the inbox how it ends, if that is decided and the inbox does not know. Raises StoreFails."""
        if self._ending is not None and not self._is_ended:
            self._ending(self.lease)
            self._is_ended = True

    def _settle(self, ending: Callable[[Lease], None]) -> None:
        self._ending = ending
        try:
            self.end()
        except StoreFails as error:
            log.error("reference %s: the inbox has yet to be told how it ended: %s", self.reference, error)

    def _keep_note(self) -> None:
        if self.note != self._noted:
            self.write(self.note)
