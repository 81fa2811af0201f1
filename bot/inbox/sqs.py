"""The inbox of several machines: records in DynamoDB say what is owed, messages in SQS that it is to be looked at."""

import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from threading import Lock

from bot.inbox.inbox import FAILED_SECONDS, Full, Item, Lease, Owed, Stage, Waiting
from bot.inbox.queues import Message, NotHeld, Queues
from bot.inbox.records import Records
from bot.inbox.turns import Turns
from bot.store.clients import Clients
from bot.store.store import StoreFails
from bot.store.table import Refused, Row, Table

log = logging.getLogger(__name__)

_NEWER_SECONDS = 1.0
"""How long an item that this release does not know is hidden, from those who know it as well."""
_UNSENT_SECONDS = 2.0
"""How long a group is kept waiting before a message that could not be sent is tried again."""
_REPEATED_SECONDS = 2.0
"""What is repeated so soon is a twin, and its message on the way."""
_ROUND_SECONDS = 60.0
_LOST_SECONDS = 6 * 60.0
"""After so long without being taken, an item's message may be lost. AWS lets clocks differ by five minutes."""
_DEAD_AT_ONCE = 10


class SqsInbox:
    """An `Inbox` for which every record that is owed has a message in its stage's queue, sooner or later.

    The record is written first, the message sent next. A message too many is deleted when its record shows that it is;
    one too few is sent again: by who could not send it, by who meets the one of the stage before, or by a look at what
    is owed. So an item whose message was lost comes behind what its group was sent meanwhile.
    """

    def __init__(
        self,
        name: str,
        newest_form: int,
        region: str | None = None,
        *,
        most: int = 10_000,
        failed_seconds: float = FAILED_SECONDS,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Open the table and the queues of that name. Raises CannotOpen.

        boto3's own configuration says where they are, but for the region if one is given. Items of forms above
        `newest_form` are left to others. Above `most` items owed it is `Full`, give or take what other processes wrote
        down in the last minute. `failed_seconds` is how long what was given up is kept. `clock` tells the seconds of
        the epoch.
        """
        self._clients = Clients(name, region)
        self._queues = Queues(self._clients)
        self._records = Records(Table(self._clients), newest_form, failed_seconds, clock)
        self._most = most
        self._turns = {stage: Turns() for stage in Stage}
        self._unsent: deque[tuple[Stage, str, str]] = deque()
        self._sending = Lock()
        self._looking_after = Lock()
        self._next_round = 0.0
        # Counted when something first arrives, and then once a minute; in between it is not exact.
        self._room = 0

    def accept(self, item: Item) -> bool:
        """As in `Inbox`."""
        return self._write_down(item, Stage.ARRIVED)

    def move_in(self, item: Item, stage: Stage, note: str, why: str) -> bool:
        """As in `Inbox`."""
        return self._write_down(item, stage, 1, note, why)

    def lease(self, stage: Stage, seconds: float, wait: float) -> Lease | None:
        """As in `Inbox`; `wait` is rounded to whole seconds."""
        if time.monotonic() >= self._next_round:
            try:
                self.look_after()
            except StoreFails as error:
                log.error("what may be lost is looked for later: %s", error)
        turns = self._turns[stage]
        until, wakings = time.monotonic() + wait, turns.wakings
        while True:
            with turns.mine(until, wakings) as is_mine:
                if not is_mine:
                    return None
                self._send_unsent()
                left = max(0.0, until - time.monotonic())
                messages = self._queues.receive(stage, seconds, left)
            for message in messages:
                if lease := self._take(message, stage, seconds):
                    return lease
            if not messages and (left < 0.5 or turns.wakings != wakings):
                return None

    def extend(self, lease: Lease, seconds: float) -> None:
        """As in `Inbox`."""
        holder, receipt = lease.token.split()
        self._records.hold(lease.item.id, holder, seconds)
        # Where the message may be received again, because time ran out before, the record still says whose the item is.
        with suppress(NotHeld):
            self._queues.hold(lease.stage, receipt, seconds)

    def note(self, lease: Lease, note: str) -> None:
        """As in `Inbox`."""
        holder, _ = lease.token.split()
        self._records.note(lease.item.id, holder, note)

    def pass_on(self, lease: Lease, stage: Stage, note: str) -> None:
        """As in `Inbox`."""
        holder, receipt = lease.token.split()
        self._records.pass_on(lease.item.id, holder, stage, note)
        if self._send(stage, lease.item.id, lease.item.group):
            self._delete(lease.stage, receipt)
        else:
            self._hide(lease.stage, receipt, _UNSENT_SECONDS)  # Its group's next does not overtake it.

    def done(self, lease: Lease) -> None:
        """As in `Inbox`."""
        holder, receipt = lease.token.split()
        self._records.done(lease.item.id, holder)
        self._room += 1
        self._delete(lease.stage, receipt)

    def put_back(self, lease: Lease, seconds: float, *, counts: bool) -> None:
        """As in `Inbox`."""
        holder, receipt = lease.token.split()
        attempts = lease.attempt if counts else lease.attempt - 1
        self._records.put_back(lease.item.id, holder, seconds, attempts)
        self._hide(lease.stage, receipt, seconds)

    def give_up(self, lease: Lease, why: str) -> None:
        """As in `Inbox`."""
        holder, receipt = lease.token.split()
        self._records.give_up(lease.item.id, holder, why)
        self._room += 1
        self._delete(lease.stage, receipt)

    def waiting_beside(self, item: Item) -> Waiting:
        """As in `Inbox`."""
        noted = [each for each in self._records.all() if each["stage"] == Stage.WAITING and each["note"]]
        others = [each for each in map(self._records.owed, noted) if each.id != item.id]
        in_channel = sum(each.channel == item.channel for each in others) if item.channel else 0
        return Waiting(len(others), sum(each.person == item.person for each in others), in_channel)

    def owed(self) -> Sequence[Owed]:
        """As in `Inbox`."""
        return sorted(map(self._records.owed, self._records.all()), key=lambda each: (each.arrived, each.id))

    def find(self, id: str) -> tuple[Owed, Item, str] | None:
        """As in `Inbox`."""
        record = self._records.get(id)
        if record is None:
            return None
        return self._records.owed(record), self._records.item(record), str(record["note"])

    def retry(self, id: str) -> bool:
        """As in `Inbox`."""
        record = self._records.retry(id)
        if record is None:
            return False
        self._send(Stage.ARRIVED, id, str(record["thread"]))
        return True

    def wake(self) -> None:
        """As in `Inbox`: who asks the queue returns within two seconds, the others at once."""
        for turns in self._turns.values():
            turns.wake()

    def close(self) -> None:
        """As in `Inbox`."""
        self._clients.close()

    def look_after(self) -> None:
        """See to it that nothing owed is without a message. Done by `lease` once a minute."""
        if not self._looking_after.acquire(blocking=False):
            return
        try:
            self._next_round = time.monotonic() + _ROUND_SECONDS
            self._send_dead()
            self._send_lost()
        finally:
            self._looking_after.release()

    def _write_down(self, item: Item, stage: Stage, takes: int = 0, note: str = "", why: str = "") -> bool:
        if self._room <= 0:
            self._count()
        if self._room <= 0:
            if self._records.was_heard(item.id):
                return False
            raise Full(f"{self._most} things are owed already")
        if not self._records.add(item, stage, takes, note, why):
            self._send_if_lost(item.id)
            return False
        if stage is not Stage.FAILED:
            self._room -= 1
            self._send(stage, item.id, item.group)
        return True

    def _take(self, message: Message, stage: Stage, seconds: float) -> Lease | None:
        if not message.is_ours:
            log.warning("a message that names no item was deleted from the queue of what %s", stage)
            self._delete(stage, message.receipt)
            return None
        try:
            record = self._records.take(message.id, stage, seconds)
        except Refused as refused:
            self._put_right(message, stage, refused.row)
            return None
        item = self._records.item(record)
        token = f"{record['holder']} {message.receipt}"
        attempt, is_repeated = int(record["attempts"]), record["takes"] != 1
        return Lease(item, stage, attempt, is_repeated, str(record["note"]), token)

    def _put_right(self, message: Message, stage: Stage, record: Row | None) -> None:
        """See to a message whose record is held, at another stage, gone, or not for this release."""
        if record and not self._records.is_known(record):
            self._hide(stage, message.receipt, _NEWER_SECONDS)
        elif record and record["stage"] == stage:
            self._hide(stage, message.receipt, -self._records.overdue(record))
        elif not record or self._send_where_it_is(record):
            self._delete(stage, message.receipt)

    def _send(self, stage: Stage, id: str, group: str) -> bool:
        """Send a message for what is written down already; whether that was done, or is left for later."""
        if not self._unsent:  # Else those before it go first.
            try:
                self._queues.send(stage, id, group)
            except StoreFails as error:
                log.error("a message is to be sent later: %s", error)
            else:
                return True
        self._unsent.append((stage, id, group))
        return False

    def _send_unsent(self) -> None:
        with self._sending, suppress(StoreFails):
            while self._unsent:
                self._queues.send(*self._unsent[0])
                self._unsent.popleft()

    def _send_where_it_is(self, record: Row) -> bool:
        stage = Stage(str(record["stage"]))
        return stage is Stage.FAILED or self._send(stage, str(record["key"]), str(record["thread"]))

    def _send_if_lost(self, id: str) -> None:
        """Slack repeats an event where whoever took it down may have died before the message was sent."""
        with suppress(StoreFails):
            record = self._records.get(id)
            if record and not record["attempts"] and self._records.overdue(record) > _REPEATED_SECONDS:
                self._send_where_it_is(record)

    def _send_dead(self) -> None:
        """What was received too often, whatever for, is sent again: the record's attempts end it, not the queue's."""
        for message in self._queues.receive(Stage.FAILED, 30, 0, _DEAD_AT_ONCE):
            record = self._records.get(message.id) if message.is_ours else None
            log.warning(
                "a message comes back from the dead-letter queue: %s", message.id if record else "nothing is owed"
            )
            if not record or self._send_where_it_is(record):
                self._delete(Stage.FAILED, message.receipt)

    def _send_lost(self) -> None:
        owed = [record for record in self._records.all() if record["stage"] != Stage.FAILED]
        self._room = self._most - len(owed)
        for record in owed:
            # In a long queue a message is not lost because it waits: the second look is later than the first.
            patience = _LOST_SECONDS * 2 ** (int(record["sendings"]) - 1)
            if self._records.overdue(record) > patience and self._records.claim_sending(record):
                self._send_where_it_is(record)

    def _count(self) -> None:
        self._room = self._most - sum(record["stage"] != Stage.FAILED for record in self._records.all())

    def _hide(self, stage: Stage, receipt: str, seconds: float) -> None:
        with suppress(NotHeld, StoreFails):  # It comes back by itself when its time runs out.
            self._queues.hold(stage, receipt, seconds)

    def _delete(self, stage: Stage, receipt: str) -> None:
        with suppress(NotHeld, StoreFails):  # It comes back, and is deleted then.
            self._queues.delete(stage, receipt)
