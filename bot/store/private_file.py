"""Sees to it that a store's file, and what SQLite keeps beside it, is the user's own and nobody else's to read."""

import logging
import os
import stat
from contextlib import suppress
from pathlib import Path

from bot.store.store import CannotOpen

log = logging.getLogger(__name__)

OTHERS = 0o077
"""What a mode lets others do than the owner."""
_BESIDE = ("", "-wal", "-shm")
_ROOT = 0


def begin(file: Path) -> None:
    """Make the file, if there is none, as SQLite would not: for its owner alone.

    A file that is there is not opened: closing it again would end the locks that this process has on it
    (https://www.sqlite.org/howtocorrupt.html, 2.2). SQLite gives the files beside it the same mode. Raises CannotOpen
    and OSError.
    """
    with suppress(FileExistsError):  # of a link as well, wherever it leads
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_NOFOLLOW, 0o600))
    require_own(file)


def keep_private(file: Path) -> None:
    """Take the file, and what is beside it, from everybody but its owner. Raises CannotOpen and OSError."""
    for path, mode in require_own(file):
        if mode & OTHERS:
            path.chmod(0o600)
            log.warning("%s could be used by others than its owner (%o), and no longer can", path, mode)


def require_own(file: Path, user: int | None = None) -> list[tuple[Path, int]]:
    """What there is of the file and those beside it, with the modes. Raises CannotOpen where one is not to be trusted.

    In a folder where others may write, one of them may have put it there: as a link to somebody else's file, or as a
    file that stays theirs. Root may look after the file of whichever user the bot runs as. `user` stands in for the
    effective one.
    """
    user = os.geteuid() if user is None else user
    return [(path, mode) for path in _beside(file) if (mode := _mode_of_own(path, user)) is not None]


def _beside(file: Path) -> tuple[Path, ...]:
    """The file, and those that SQLite keeps beside it while it is open."""
    return tuple(file.with_name(file.name + suffix) for suffix in _BESIDE)


def _mode_of_own(path: Path, user: int) -> int | None:
    try:
        found = path.lstat()
    except FileNotFoundError:
        return None
    if stat.S_ISLNK(found.st_mode):
        raise CannotOpen(f"{path} is a link", "set KINTSUGI_STORE to the file itself")
    if stat.S_ISDIR(found.st_mode):
        raise CannotOpen(f"{path} is a folder", f"set KINTSUGI_STORE to a file, like {path / 'kintsugi.db'}")
    if not stat.S_ISREG(found.st_mode):
        raise CannotOpen(f"{path} is no file that a store can be kept in", "set KINTSUGI_STORE to another file")
    if user not in (found.st_uid, _ROOT):
        remedy = "run this as that user, or set KINTSUGI_STORE to a file of the bot's own"
        raise CannotOpen(f"{path} belongs to another user ({found.st_uid})", remedy)
    return stat.S_IMODE(found.st_mode)
