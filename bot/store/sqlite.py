"""The store in one file of SQLite's, which several threads and processes may have open at once."""

import fcntl
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from threading import Lock

from bot.store.store import CannotOpen, StoreFails

_APPLICATION = int.from_bytes(b"Kint", "big")
"""Stands in the file's header, so that no other program's database is taken for ours."""
_MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        "CREATE TABLE kept (shelf TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, expires REAL,"
        " PRIMARY KEY (shelf, key))",
        "CREATE INDEX kept_by_expiry ON kept (expires) WHERE expires IS NOT NULL",
    ),
)
"""What makes each version of the schema out of the one before. `expires` is in seconds of the epoch."""
_HEADER = """
    SELECT application_id, user_version, (SELECT count(*) FROM sqlite_master)
    FROM pragma_application_id, pragma_user_version
"""
"""One statement, so that it sees the file before or after another process has made it, not in between."""
_FIND = "SELECT value FROM kept WHERE shelf = ? AND key = ? AND (expires IS NULL OR expires > ?)"
_NEXT = (
    "SELECT key, value FROM kept WHERE shelf = ? AND key > ? AND (expires IS NULL OR expires > ?) ORDER BY key LIMIT ?"
)
_KEEP = "INSERT OR REPLACE INTO kept VALUES (?, ?, ?, ?)"
_DROP = "DELETE FROM kept WHERE shelf = ? AND key = ?"
_SWEEP = "DELETE FROM kept WHERE rowid IN (SELECT rowid FROM kept WHERE expires <= ? ORDER BY expires LIMIT ?)"
_SWEPT_AT_ONCE = 16
"""How many expired texts a write deletes at most: more than it adds, so that they never pile up."""
_PAGE = 100
_REMEDIES = {
    sqlite3.SQLITE_BUSY: "end the program that keeps it locked",
    sqlite3.SQLITE_FULL: "make room on its disk",
    sqlite3.SQLITE_IOERR: "see that its disk is a local one and has room",
    sqlite3.SQLITE_CORRUPT: "restore it, or move it away: the bot then begins an empty one",
    sqlite3.SQLITE_NOTADB: "move the file away, or set KINTSUGI_STORE to another one",
}
_REMEDY = "let the bot's user write the file and its folder, or set KINTSUGI_STORE to another file"


class SqliteStore:
    """A `Store` in a file, written ahead (WAL) and synchronized at checkpoints.

    After a loss of power the file is whole, and may lack what was written last.
    """

    def __init__(self, file: Path, clock: Callable[[], float] = time.time, patience: float = 5.0) -> None:
        """Open the file, or begin it, readable by its owner alone. Raises CannotOpen.

        `clock` tells the seconds of the epoch; `patience` is how many seconds to wait for another process's write.
        """
        self._file = file
        self._clock = clock
        self._lock = Lock()
        with _failing_as(CannotOpen, file), _one_at_a_time(file.parent):
            _begin(file)
            self._connection = _opened(file, patience)

    def put(self, shelf: str, key: str, value: str, seconds: float | None = None) -> None:
        """As in `Store`."""
        with self._writing() as connection:
            self._sweep(connection)
            connection.execute(_KEEP, (shelf, key, value, self._end(seconds)))

    def add(self, shelf: str, key: str, value: str, seconds: float | None = None) -> bool:
        """As in `Store`."""
        with self._writing() as connection:
            self._sweep(connection)
            if self._find(connection, shelf, key) is not None:
                return False
            connection.execute(_KEEP, (shelf, key, value, self._end(seconds)))
            return True

    def get(self, shelf: str, key: str) -> str | None:
        """As in `Store`."""
        with self._reading() as connection:
            return self._find(connection, shelf, key)

    def take(self, shelf: str, key: str) -> str | None:
        """As in `Store`."""
        with self._writing() as connection:
            value = self._find(connection, shelf, key)
            connection.execute(_DROP, (shelf, key))
            return value

    def drop(self, shelf: str, key: str) -> None:
        """As in `Store`."""
        with self._writing() as connection:
            connection.execute(_DROP, (shelf, key))

    def items(self, shelf: str) -> Iterator[tuple[str, str]]:
        """As in `Store`."""
        # Page by page, so that nobody waits for whoever is slow to read on.
        last = ""
        while page := self._page(shelf, last):
            yield from page
            last, _ = page[-1]

    def close(self) -> None:
        """As in `Store`."""
        with self._reading() as connection:
            connection.close()

    def _page(self, shelf: str, last: str) -> list[tuple[str, str]]:
        with self._reading() as connection:
            return connection.execute(_NEXT, (shelf, last, self._clock(), _PAGE)).fetchall()

    def _find(self, connection: sqlite3.Connection, shelf: str, key: str) -> str | None:
        row = connection.execute(_FIND, (shelf, key, self._clock())).fetchone()
        return str(row[0]) if row else None

    def _sweep(self, connection: sqlite3.Connection) -> None:
        connection.execute(_SWEEP, (self._clock(), _SWEPT_AT_ONCE))

    def _end(self, seconds: float | None) -> float | None:
        return None if seconds is None else self._clock() + seconds

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._lock, _failing_as(StoreFails, self._file):
            yield self._connection

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._reading() as connection, _transaction(connection):
            yield connection


@contextmanager
def _failing_as(failure: type[StoreFails], file: Path) -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        code = getattr(error, "sqlite_errorcode", None)
        # An extended code has the primary one in its lowest byte.
        remedy = _REMEDIES.get(code & 0xFF, _REMEDY) if code is not None else _REMEDY
        raise failure(f"the store {file} cannot be used ({error}); {remedy}") from error


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Keeps every other writer out from its beginning, so that what it reads stays true until it writes."""
    connection.execute("BEGIN IMMEDIATE")
    with connection:  # commits, or rolls back
        yield


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    """Of several processes one opens the store: SQLite waits for nobody where two begin to write ahead at once."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _begin(file: Path) -> None:
    """Make the file, if there is none, as SQLite would not: for its owner alone.

    A file that is there is not opened: closing it again would end the locks that this process has on it
    (https://www.sqlite.org/howtocorrupt.html, 2.2). SQLite gives the files beside it the same mode.
    """
    with suppress(FileExistsError):
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


def _opened(file: Path, patience: float) -> sqlite3.Connection:
    with ExitStack() as opened:
        connection = sqlite3.connect(file, timeout=patience, isolation_level=None, check_same_thread=False)
        opened.enter_context(closing(connection))
        _version(connection, file)  # before anything is changed that may not be ours
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA secure_delete = ON")  # what is deleted is not left lying in the file
        with _transaction(connection):
            _migrate(connection, _version(connection, file))
        opened.pop_all()
        return connection


def _version(connection: sqlite3.Connection, file: Path) -> int:
    """Of the schema; 0 is an empty file's. Raises CannotOpen where it is not for this program to write."""
    application, version, tables = connection.execute(_HEADER).fetchone()
    if tables and application != _APPLICATION:
        raise CannotOpen(f"{file} is a database of another program; set KINTSUGI_STORE to another file")
    if version > len(_MIGRATIONS):
        raise CannotOpen(
            f"the store {file} was written by a newer Kintsugi (its schema is {version}, this one knows "
            f"{len(_MIGRATIONS)}); run that one, or set KINTSUGI_STORE to another file"
        )
    return int(version)


def _migrate(connection: sqlite3.Connection, version: int) -> None:
    for migration in _MIGRATIONS[version:]:
        for statement in migration:
            connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {_APPLICATION}")
    connection.execute(f"PRAGMA user_version = {len(_MIGRATIONS)}")
