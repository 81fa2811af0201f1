"""The store in one file of SQLite's, which several threads and processes may have open at once."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from bot.store.database import FORGET_TEXTS, Database

_FIND = "SELECT value FROM kept WHERE shelf = ? AND key = ? AND (expires IS NULL OR expires > ?)"
_NEXT = (
    "SELECT key, value FROM kept WHERE shelf = ? AND key > ? AND (expires IS NULL OR expires > ?) ORDER BY key LIMIT ?"
)
_KEEP = "INSERT OR REPLACE INTO kept VALUES (?, ?, ?, ?)"
_DROP = "DELETE FROM kept WHERE shelf = ? AND key = ?"
_SWEPT_AT_ONCE = 16
"""How many expired texts a write deletes at most: more than it adds, so that they never pile up."""
_PAGE = 100


class SqliteStore:
    """A `Store` in a file, written ahead (WAL) and synchronized at checkpoints.

    After a loss of power the file is whole, and may lack what was written last.
    """

    def __init__(
        self, file: Path, clock: Callable[[], float] = time.time, patience: float = 1.0, *, as_it_is: bool = False
    ) -> None:
        """Open the file, or begin it, readable by its owner alone. Raises CannotOpen.

        `clock` tells the seconds of the epoch; `patience` is how many seconds to wait for another
        thread, and then for another process's write: it is read before a reply is acknowledged, for which Slack waits
        three. `as_it_is` as in `Database`.
        """
        self._clock = clock
        self._database = Database(file, patience, as_it_is=as_it_is)

    def put(self, shelf: str, key: str, value: str, seconds: float | None = None) -> None:
        """As in `Store`."""
        with self._database.writing() as connection:
            self._sweep(connection)
            connection.execute(_KEEP, (shelf, key, value, self._end(seconds)))

    def add(self, shelf: str, key: str, value: str, seconds: float | None = None) -> bool:
        """As in `Store`."""
        with self._database.writing() as connection:
            self._sweep(connection)
            if self._find(connection, shelf, key) is not None:
                return False
            connection.execute(_KEEP, (shelf, key, value, self._end(seconds)))
            return True

    def get(self, shelf: str, key: str) -> str | None:
        """As in `Store`."""
        with self._database.reading() as connection:
            return self._find(connection, shelf, key)

    def take(self, shelf: str, key: str) -> str | None:
        """As in `Store`."""
        with self._database.writing() as connection:
            value = self._find(connection, shelf, key)
            connection.execute(_DROP, (shelf, key))
            return value

    def drop(self, shelf: str, key: str) -> None:
        """As in `Store`."""
        with self._database.writing() as connection:
            connection.execute(_DROP, (shelf, key))

    def items(self, shelf: str) -> Iterator[tuple[str, str]]:
        """As in `Store`."""
        # Page by page, so that nobody waits for whoever is slow to read on.
        last = ""
        while page := self._page(shelf, last):
            yield from page
            last, _ = page[-1]

    def sweep(self) -> None:
        """As in `Store`; what failed long ago in the inbox that shares the file goes, too."""
        self._database.sweep(self._clock())

    def close(self) -> None:
        """As in `Store`."""
        self._database.close()

    def _page(self, shelf: str, last: str) -> list[tuple[str, str]]:
        with self._database.reading() as connection:
            return connection.execute(_NEXT, (shelf, last, self._clock(), _PAGE)).fetchall()

    def _find(self, connection: sqlite3.Connection, shelf: str, key: str) -> str | None:
        row = connection.execute(_FIND, (shelf, key, self._clock())).fetchone()
        return str(row[0]) if row else None

    def _sweep(self, connection: sqlite3.Connection) -> None:
        connection.execute(FORGET_TEXTS, {"now": self._clock(), "most": _SWEPT_AT_ONCE})

    def _end(self, seconds: float | None) -> float | None:
        return None if seconds is None else self._clock() + seconds
