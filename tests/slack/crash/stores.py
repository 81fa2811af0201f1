"""Troubles of a store in a file: it is full, locked by somebody else, no longer to be written, or gone."""

import resource
import sqlite3
from pathlib import Path
from typing import Protocol

_SMALL = 4_096
"""Bytes. A file that is written ahead is longer from its first change on."""


class Trouble(Protocol):
    """Begins and ends while a process serves. It `is_outlived` if questions are answered while it lasts, and soon."""

    is_outlived: bool

    def begin(self, pid: int) -> None:
        """From now on that process has it."""

    def end(self) -> None:
        """From now on it has not."""


class Full:
    """No file grows any more."""

    is_outlived = True

    def __init__(self, file: Path) -> None:
        self._pid = 0

    def begin(self, pid: int) -> None:
        """As in `Trouble`."""
        self._pid = pid
        self._bound(_SMALL)

    def end(self) -> None:
        """As in `Trouble`."""
        self._bound(resource.RLIM_INFINITY)

    def _bound(self, most: int) -> None:
        _, hard = resource.prlimit(self._pid, resource.RLIMIT_FSIZE)
        resource.prlimit(self._pid, resource.RLIMIT_FSIZE, (most, hard))


class Locked:
    """Somebody else writes and does not come to an end. Everything waits for that, and then fails."""

    is_outlived = False

    def __init__(self, file: Path) -> None:
        self._file = file

    def begin(self, pid: int) -> None:
        """As in `Trouble`."""
        self._connection = sqlite3.connect(self._file, isolation_level=None, check_same_thread=False)
        self._connection.execute("BEGIN IMMEDIATE")

    def end(self) -> None:
        """As in `Trouble`."""
        self._connection.execute("ROLLBACK")
        self._connection.close()


class Gone:
    """Somebody has removed the files."""

    is_outlived = True

    def __init__(self, file: Path) -> None:
        self._file = file

    def begin(self, pid: int) -> None:
        """As in `Trouble`."""
        for file in self._file.parent.glob(f"{self._file.name}*"):
            file.unlink()

    def end(self) -> None:
        """They do not come back."""


TROUBLES = {"full": Full, "locked": Locked, "gone": Gone}
