"""The file of SQLite's that the store and the inbox share, each by a connection of its own."""

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from itertools import chain
from pathlib import Path
from threading import Lock
from typing import Final, Literal
from weakref import WeakValueDictionary

from bot.store import private_file
from bot.store.store import CannotOpen, OutOfDate, StoreFails

Memory = Literal[":memory:"]
MEMORY: Final[Memory] = ":memory:"
"""Instead of a file: what is gone with the process."""

_APPLICATION = int.from_bytes(b"Kint", "big")
"""Stands in the file's header, so that no other program's database is taken for ours."""
_MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE kept (
            shelf TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, expires REAL, PRIMARY KEY (shelf, key)
        )""",
        "CREATE INDEX kept_by_expiry ON kept (expires) WHERE expires IS NOT NULL",
    ),
    (
        "CREATE TABLE heard (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, at REAL NOT NULL)",
        """CREATE TABLE owed (
            number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, stage TEXT NOT NULL, "group" TEXT NOT NULL,
            person TEXT NOT NULL, channel TEXT, kind TEXT NOT NULL, form INTEGER NOT NULL, arrived REAL NOT NULL,
            due REAL NOT NULL, lasts REAL NOT NULL, token TEXT, attempts INTEGER NOT NULL, is_begun INTEGER NOT NULL,
            note TEXT NOT NULL, why TEXT NOT NULL
        )""",
        """CREATE TABLE bodies (
            number INTEGER PRIMARY KEY REFERENCES owed ON UPDATE CASCADE ON DELETE CASCADE, body TEXT NOT NULL
        )""",
        'CREATE INDEX owed_by_group ON owed (stage, "group")',
        "CREATE INDEX owed_by_stage ON owed (stage)",
        "CREATE INDEX failed_by_expiry ON owed (due) WHERE stage = 'failed'",
    ),
)
"""What makes each version of the schema out of the one before, only adding: an older release may have the file open.

All moments are in seconds of the epoch. `due` is when something may be leased, while it is leased when the lease ends,
and after it was given up when it is forgotten; `lasts` is how far ahead that was when it was set. Bodies stand apart
because they are large, and everything else changes often.
"""
_OLDEST = 1
"""The schema that a release must know to use the file, to be raised with a migration that does more than add.

It stands in the file as its `user_version`; what the schema is stands in the table `schema`.
"""
_MAKE_SCHEMA = "CREATE TABLE schema (version INTEGER NOT NULL)"
_HAS_SCHEMA = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'schema'"
_HEADER = """
    SELECT application_id, user_version, (SELECT count(*) FROM sqlite_master)
    FROM pragma_application_id, pragma_user_version
"""
"""One statement, so that it sees the file before or after another process has made it, not in between."""
FORGET_TEXTS = """
    DELETE FROM kept WHERE rowid IN (SELECT rowid FROM kept WHERE expires <= :now ORDER BY expires LIMIT :most)
"""
FORGET_FAILED = """
    DELETE FROM owed WHERE number IN (SELECT number FROM owed INDEXED BY failed_by_expiry
        WHERE stage = 'failed' AND due <= :now ORDER BY due LIMIT :most)
"""
_SWEPT_AT_ONCE = 200
"""So few that nobody who has something to write down waits for it."""
_REMEDIES = {
    sqlite3.SQLITE_BUSY: "end the program that keeps it locked",
    sqlite3.SQLITE_FULL: "make room on its disk",
    sqlite3.SQLITE_IOERR: "see that its disk is a local one and has room",
    sqlite3.SQLITE_CORRUPT: "restore it, or move it away: the bot then begins an empty one",
    sqlite3.SQLITE_NOTADB: "move the file away, or set KINTSUGI_STORE to another one",
}
_REMEDY = "let the bot's user write the file and its folder, or set KINTSUGI_STORE to another file"


_turns: WeakValueDictionary[Path, Lock] = WeakValueDictionary()
"""Whose turn it is in each file, of all threads of the process: SQLite itself lets them sleep, the unlucky for long."""


class Database:
    """A connection that threads use in turn, to a file that is written ahead (WAL).

    After a loss of power the file is whole; what was written last may be missing, unless it was `durable`.
    """

    def __init__(self, file: Path | Memory, patience: float, *, as_it_is: bool = False) -> None:
        """Open the file, or begin it, readable by its owner alone. Raises CannotOpen.

        `patience` is how many seconds to wait for another thread, and then for another process's write. A file
        that is there and looked at `as_it_is` is not brought up to date (OutOfDate), nor is its mode mended.
        """
        self._file = file
        self._patience = patience
        self._lock = _turns.setdefault(file.absolute(), Lock()) if isinstance(file, Path) else Lock()
        with ExitStack() as opening:
            opening.enter_context(_failing_as(CannotOpen, file))
            if isinstance(file, Path):
                opening.enter_context(_one_at_a_time(file.parent))
                if as_it_is:
                    private_file.require_own(file)
                else:
                    private_file.begin(file)
            self._connection = _opened(file, patience, as_it_is)

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """The connection, for this thread alone. Raises StoreFails."""
        if not self._lock.acquire(timeout=self._patience):
            raise StoreFails(
                f"the store {self._file} was busy for {self._patience} seconds",
                "see that its disk is a local one and that no other program keeps it locked",
            )
        try:
            with _failing_as(StoreFails, self._file):
                yield self._connection
        finally:
            self._lock.release()

    @contextmanager
    def writing(self, *, durable: bool = False) -> Iterator[sqlite3.Connection]:
        """The connection in a transaction, which ends with the block or changes nothing. Raises StoreFails.

        If it is `durable`, it is on the disk afterwards, with all that was written before it.
        """
        with self.reading() as connection:
            if durable:
                connection.execute("PRAGMA synchronous = FULL")
            try:
                with _transaction(connection):
                    yield connection
            finally:
                if durable:
                    connection.execute("PRAGMA synchronous = NORMAL")

    def sweep(self, now: float) -> None:
        """Delete all that has expired, and what was written ahead of it. Raises StoreFails.

        What is deleted is overwritten in the file (`secure_delete`), and stands in the file that is written ahead until
        that is cut off (https://www.sqlite.org/pragma.html#pragma_wal_checkpoint), which waits for no reader for long.
        """
        bounds = {"now": now, "most": _SWEPT_AT_ONCE}
        for forget in (FORGET_TEXTS, FORGET_FAILED):
            deleted = _SWEPT_AT_ONCE
            while deleted == _SWEPT_AT_ONCE:
                with self.writing() as connection:
                    deleted = connection.execute(forget, bounds).rowcount
        with self.reading() as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()

    def close(self) -> None:
        """Let go of the file; closing twice does nothing. Raises StoreFails."""
        with self.reading() as connection:
            connection.close()


@contextmanager
def _failing_as(failure: type[StoreFails], file: Path | Memory) -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        code = getattr(error, "sqlite_errorcode", None)
        # An extended code has the primary one in its lowest byte.
        remedy = _REMEDIES.get(code & 0xFF, _REMEDY) if code is not None else _REMEDY
        raise failure(f"the store {file} cannot be used ({error})", remedy) from error


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


def _opened(file: Path | Memory, patience: float, as_it_is: bool) -> sqlite3.Connection:
    with ExitStack() as opened:
        connection = sqlite3.connect(file, timeout=patience, isolation_level=None, check_same_thread=False)
        opened.enter_context(closing(connection))
        _oldest(connection, file)  # before anything is changed that may not be ours
        if as_it_is and (version := _version(connection)) < len(_MIGRATIONS):
            raise OutOfDate(
                f"the store {file} is of an older Kintsugi (schema {version}, this one needs {len(_MIGRATIONS)})",
                "'kintsugi serve' will bring it up to date",
            )
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA secure_delete = ON")  # what is deleted is not left lying in the file
        connection.execute("PRAGMA foreign_keys = ON")
        if not as_it_is:
            if isinstance(file, Path):
                private_file.keep_private(file)
            with _transaction(connection):
                _migrate(connection, _oldest(connection, file))
        opened.pop_all()
        return connection


def _oldest(connection: sqlite3.Connection, file: Path | Memory) -> int:
    """The schema that has to be known, 0 in an empty file. Raises CannotOpen if it is not for this program to write."""
    application, oldest, tables = connection.execute(_HEADER).fetchone()
    if tables and application != _APPLICATION:
        raise CannotOpen(f"{file} is a database of another program", "set KINTSUGI_STORE to another file")
    if oldest > len(_MIGRATIONS):
        raise CannotOpen(
            f"the store {file} was written by a newer Kintsugi (schema {oldest} has to be known, this one knows "
            f"{len(_MIGRATIONS)})",
            "run that one, or set KINTSUGI_STORE to another file",
        )
    return int(oldest)


def _version(connection: sqlite3.Connection) -> int:
    """What the schema is, 0 where there is none."""
    if not connection.execute(_HAS_SCHEMA).fetchone()[0]:
        return 0
    return int(connection.execute("SELECT version FROM schema").fetchone()[0])


def _migrate(connection: sqlite3.Connection, oldest: int) -> None:
    connection.execute(f"PRAGMA application_id = {_APPLICATION}")  # Even where it is so: it shows that we may write.
    version = oldest
    if connection.execute(_HAS_SCHEMA).fetchone()[0]:
        (version,) = connection.execute("SELECT version FROM schema").fetchone()
        if version >= len(_MIGRATIONS):
            return  # What a newer release has added is nothing that this one needs.
        connection.execute("UPDATE schema SET version = ?", (len(_MIGRATIONS),))
    else:
        connection.execute(_MAKE_SCHEMA)
        connection.execute("INSERT INTO schema VALUES (?)", (len(_MIGRATIONS),))
    for statement in chain(*_MIGRATIONS[version:]):
        connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {_OLDEST}")
