"""The inbox in one file of SQLite's, or in memory alone, for several threads and processes at once."""

import secrets
import sqlite3
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Condition, Lock
from typing import Any

from bot.inbox.inbox import FAILED_SECONDS, Full, Item, Lease, LeaseLost, Owed, Stage, Waiting
from bot.store.database import FORGET_FAILED, Database, Memory

_HEARD_SECONDS = 25 * 3600.0
_HEARD_AT_LEAST = 20_000
"""So many ids are remembered whatever the clock says."""
_SWEPT_AT_ONCE = 4
"""How much an `accept` forgets at most: more than it adds, so that nothing piles up, and too little to be felt."""
_POLL_SECONDS = 0.5
"""How often to look for what other processes wrote down."""
_LEEWAY_SECONDS = 1.0
"""What is due later than it can be, by more than this, was put off by a clock that has been set back: it is due."""

_HEAR = "INSERT INTO heard (id, at) VALUES (?, ?) ON CONFLICT (id) DO NOTHING"
_FORGET_HEARD = """
    DELETE FROM heard WHERE number IN (SELECT number FROM (SELECT number, at FROM heard ORDER BY number LIMIT :most)
        WHERE number <= (SELECT max(number) FROM heard) - :kept AND abs(:now - at) > :seconds)
"""
"""Of the oldest alone, whatever was heard long ago, or by a clock that was far ahead."""
_COUNT = "SELECT count(*) FROM owed WHERE stage IN ('arrived', 'waiting')"
_WRITE_DOWN = """
    INSERT INTO owed
    (id, stage, "group", person, channel, kind, form, arrived, due, lasts, token, attempts, is_begun, note, why)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, NULL, 0, ?, ?, ?)
    ON CONFLICT (id) DO NOTHING
"""
_KEEP_BODY = "INSERT INTO bodies VALUES (?, ?)"
_FIRST = """
    SELECT id FROM owed AS first
    WHERE stage = :stage AND (due <= :now OR due > :now + lasts + :leeway) AND form <= :form AND NOT EXISTS
        (SELECT * FROM owed WHERE stage = first.stage AND "group" = first."group" AND number < first.number)
    ORDER BY number LIMIT 1
"""
_TAKE = "UPDATE owed SET token = ?, due = ?, lasts = ?, attempts = attempts + 1, is_begun = 1 WHERE id = ?"
_OPEN = """
    SELECT id, "group", person, channel, kind, form, arrived, body, attempts, is_begun, note
    FROM owed JOIN bodies USING (number) WHERE id = ?
"""
_EXTEND = "UPDATE owed SET due = ?, lasts = ? WHERE id = ? AND token = ?"
_NOTE = "UPDATE owed SET note = ? WHERE id = ? AND token = ?"
_MOVE_ON = """
    UPDATE owed SET stage = ?, note = ?, due = ?, lasts = 0, token = NULL, attempts = 0, is_begun = 0
    WHERE id = ? AND token = ?
"""
_DONE = "DELETE FROM owed WHERE id = ? AND token = ?"
_PUT_BACK = "UPDATE owed SET due = ?, lasts = ?, token = NULL, attempts = attempts - ? WHERE id = ? AND token = ?"
_GIVE_UP = "UPDATE owed SET stage = 'failed', why = ?, due = ?, lasts = 0, token = NULL WHERE id = ? AND token = ?"
_RETRY = """
    UPDATE owed SET number = (SELECT max(number) + 1 FROM owed), stage = 'arrived', due = :now, attempts = 0, why = ''
    WHERE id = :id AND stage = 'failed' AND due > :now
"""
"""As the last of its group, so that at every stage a group's numbers keep the order in which it is worked on."""
_SHOW = """
    SELECT id, stage, "group", person, channel, kind, arrived, attempts,
        token IS NOT NULL AND due > :now AND due <= :now + lasts + :leeway, why
    FROM owed WHERE (stage <> 'failed' OR due > :now) AND (:id IS NULL OR id = :id) ORDER BY arrived, number
"""


_WAITING = """
    SELECT count(*), coalesce(sum(person = ?), 0), coalesce(sum(channel = ?), 0)
    FROM owed WHERE stage = 'waiting' AND note <> '' AND id <> ?
"""


class SqliteInbox:
    """An `Inbox` in the store's file.

    What it accepts is on the disk when `accept` returns. Other changes may be missing after a loss of power, as if
    whoever made them had died before.
    """

    def __init__(
        self,
        file: Path | Memory,
        newest_form: int,
        *,
        most: int = 10_000,
        failed_seconds: float = FAILED_SECONDS,
        clock: Callable[[], float] = time.time,
        patience: float = 1.0,
        as_it_is: bool = False,
    ) -> None:
        """Open the inbox, or begin it. Raises CannotOpen.

        Items of forms above `newest_form` are left to others. Above `most` items owed it is `Full`. `failed_seconds` is
        how long what was given up is kept. `clock` tells the seconds of the epoch; `patience` is how many seconds to
        wait for another thread, and then for another process: together less than the three that Slack waits.
        `as_it_is` as in `Database`.
        """
        self._newest_form = newest_form
        self._most = most
        self._failed_seconds = failed_seconds
        self._clock = clock
        self._database = Database(file, patience, as_it_is=as_it_is)
        self._lock = Lock()
        self._changed = {stage: Condition(self._lock) for stage in Stage}
        self._changes = dict.fromkeys(Stage, 0)
        self._wakings = 0

    def accept(self, item: Item) -> bool:
        """As in `Inbox`."""
        return self._write_down(item, Stage.ARRIVED)

    def move_in(self, item: Item, stage: Stage, note: str, why: str) -> bool:
        """As in `Inbox`."""
        return self._write_down(item, stage, 1, note, why)

    def lease(self, stage: Stage, seconds: float, wait: float) -> Lease | None:
        """As in `Inbox`."""
        until = time.monotonic() + wait
        wakings, changes = self._wakings, self._changes[stage]
        while (lease := self._lease_now(stage, seconds)) is None:
            with self._lock:
                left = until - time.monotonic()
                if self._wakings == wakings and self._changes[stage] == changes and left > 0:
                    self._changed[stage].wait(min(left, _POLL_SECONDS))
                if self._wakings != wakings or until <= time.monotonic():
                    return None
                changes = self._changes[stage]
        return lease

    def extend(self, lease: Lease, seconds: float) -> None:
        """As in `Inbox`."""
        self._change_held(lease, _EXTEND, self._clock() + seconds, seconds)

    def note(self, lease: Lease, note: str) -> None:
        """As in `Inbox`."""
        self._change_held(lease, _NOTE, note)

    def pass_on(self, lease: Lease, stage: Stage, note: str) -> None:
        """As in `Inbox`."""
        self._change_held(lease, _MOVE_ON, stage, note, self._clock())
        self._tell(lease.stage, stage)

    def done(self, lease: Lease) -> None:
        """As in `Inbox`."""
        self._change_held(lease, _DONE)
        self._tell(lease.stage)

    def put_back(self, lease: Lease, seconds: float, *, counts: bool) -> None:
        """As in `Inbox`."""
        self._change_held(lease, _PUT_BACK, self._clock() + seconds, seconds, 0 if counts else 1)
        self._tell(lease.stage)

    def give_up(self, lease: Lease, why: str) -> None:
        """As in `Inbox`."""
        self._change_held(lease, _GIVE_UP, why, self._clock() + self._failed_seconds)
        self._tell(lease.stage)

    def waiting_beside(self, item: Item) -> Waiting:
        """As in `Inbox`."""
        with self._database.reading() as connection:
            return Waiting(*connection.execute(_WAITING, (item.person, item.channel, item.id)).fetchone())

    def owed(self) -> Sequence[Owed]:
        """As in `Inbox`."""
        with self._database.reading() as connection:
            return self._shown(connection, None)

    def find(self, id: str) -> tuple[Owed, Item, str] | None:
        """As in `Inbox`."""
        with self._database.reading() as connection:
            shown = self._shown(connection, id)
            opened = connection.execute(_OPEN, (id,)).fetchone()
        if not shown or opened is None:
            return None
        *fields, _, _, note = opened
        return shown[0], Item(*fields), note

    def retry(self, id: str) -> bool:
        """As in `Inbox`."""
        with self._database.writing() as connection:
            retried = connection.execute(_RETRY, {"id": id, "now": self._clock()}).rowcount > 0
        self._tell(Stage.ARRIVED)
        return retried

    def wake(self) -> None:
        """As in `Inbox`: all who wait in this process."""
        with self._lock:
            self._wakings += 1
            for changed in self._changed.values():
                changed.notify_all()

    def close(self) -> None:
        """As in `Inbox`."""
        self._database.close()

    def _write_down(self, item: Item, stage: Stage, is_begun: int = 0, note: str = "", why: str = "") -> bool:
        now = self._clock()
        due = now + (self._failed_seconds if stage is Stage.FAILED else 0)
        with self._database.writing(durable=True) as connection:
            if not connection.execute(_HEAR, (item.id, now)).rowcount:
                return False
            if connection.execute(_COUNT).fetchone()[0] >= self._most:
                raise Full(f"{self._most} things are owed already")
            row = connection.execute(_WRITE_DOWN, (*_outside(item, stage), due, is_begun, note, why))
            if not row.rowcount:
                return False  # It is older than what is remembered of ids, and still here.
            connection.execute(_KEEP_BODY, (row.lastrowid, item.body))
            self._forget(connection, now)
        self._tell(stage)
        return True

    def _lease_now(self, stage: Stage, seconds: float) -> Lease | None:
        sought = self._now() | {"stage": stage, "form": self._newest_form}
        with self._database.reading() as connection:
            # Where there is nothing, which is most of the time, nobody else's writing is held up.
            if connection.execute(_FIRST, sought).fetchone() is None:
                return None
        with self._database.writing() as connection:
            first = connection.execute(_FIRST, sought).fetchone()
            if first is None:
                return None
            token = secrets.token_hex(16)
            *fields, attempts, is_begun, note = connection.execute(_OPEN, first).fetchone()
            connection.execute(_TAKE, (token, self._clock() + seconds, seconds, *first))
        return Lease(Item(*fields), stage, attempts + 1, bool(is_begun), note, token)

    def _change_held(self, lease: Lease, statement: str, *values: object) -> None:
        with self._database.writing() as connection:
            if not connection.execute(statement, (*values, lease.item.id, lease.token)).rowcount:
                raise LeaseLost(f"somebody else has taken up {lease.item.id}")

    def _forget(self, connection: sqlite3.Connection, now: float) -> None:
        bounds = {"now": now, "most": _SWEPT_AT_ONCE, "kept": _HEARD_AT_LEAST, "seconds": _HEARD_SECONDS}
        connection.execute(_FORGET_HEARD, bounds)
        connection.execute(FORGET_FAILED, bounds)

    def _tell(self, *stages: Stage) -> None:
        """Have one of those who wait for a lease at each stage look again: at most one more item is to be had there."""
        with self._lock:
            for stage in stages:
                self._changes[stage] += 1
                self._changed[stage].notify()

    def _shown(self, connection: sqlite3.Connection, id: str | None) -> list[Owed]:
        return [_owed(row) for row in connection.execute(_SHOW, self._now() | {"id": id})]

    def _now(self) -> dict[str, Any]:
        return {"now": self._clock(), "leeway": _LEEWAY_SECONDS}


def _outside(item: Item, stage: Stage) -> tuple[object, ...]:
    """What stands on an item, in the order of the columns."""
    return item.id, stage, item.group, item.person, item.channel, item.kind, item.form, item.arrived


def _owed(row: Sequence[Any]) -> Owed:
    id, stage, group, person, channel, kind, arrived, attempts, is_leased, why = row
    return Owed(id, Stage(stage), group, person, channel, kind, arrived, attempts, bool(is_leased), why)
