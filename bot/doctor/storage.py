"""Whether what outlives a restart can be kept, and whether anything in the inbox waits in vain."""

import os
import secrets
import shlex
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

from bot.doctor.check import Check, ok, problem, unchecked
from bot.inbox.inbox import Owed, Stage
from bot.settings import AwsStore, BadSettings, Settings
from bot.storage import Storage, open_existing
from bot.store.private_file import OTHERS, require_own
from bot.store.store import CannotOpen, OutOfDate, StoreFails

OPENED, WRITTEN, DISK, MODE, INBOX = "store.open", "store.write", "store.disk", "store.permissions", "store.inbox"

_SHELF = "doctor"
_PROBE_SECONDS = 60.0
"""For how long a probe is kept at most: who is killed between writing and dropping it leaves nothing."""
_LEAST_FREE = 100_000_000
_LONGEST_SECONDS = 15 * 60
"""Longer than the longest question, with four attempts, takes."""


def _free(folder: Path) -> int:
    return shutil.disk_usage(folder).free


def examine(
    settings: Settings, now: Callable[[], float] = time.time, free: Callable[[Path], int] = _free
) -> Iterator[Check]:
    """Opens what there is, and begins nothing.

    `now` tells the seconds of the epoch, `free` how many bytes may still be written to the disk of a folder.
    """
    if isinstance(settings.store, AwsStore):
        yield from _opened(settings, f"aws:{settings.store.name}", now())
        return
    try:
        file = settings.store_file
    except BadSettings as error:
        yield from (problem(OPENED, *fault) for fault in error.faults)
        return
    yield _disk(file, free)
    if not os.path.lexists(file):  # it raises nothing where a folder may not be looked into
        yield _may_begin(file)
        return
    try:
        yield _mode(file)
    except CannotOpen as error:
        yield problem(OPENED, error.what, error.remedy)
        return
    yield from _opened(settings, str(file), now())


def _opened(settings: Settings, where: str, now: float) -> Iterator[Check]:
    try:
        with closing(open_existing(settings)) as storage:
            yield ok(OPENED, "its schema is known, and it can be opened", where)
            yield _written(storage, where)
            yield from _inbox(storage.inbox.owed(), now)
    except OutOfDate as error:
        yield unchecked(OPENED, error.what, error.remedy)
    except CannotOpen as error:
        yield problem(OPENED, error.what, error.remedy)
    except StoreFails as error:
        yield problem(INBOX, error.what, error.remedy)


def _disk(file: Path, free: Callable[[Path], int]) -> Check:
    try:
        left = free(_nearest(file))
    except OSError as error:
        return unchecked(
            DISK, f"the disk cannot be asked ({error.strerror})", "let the bot's user see its folder", str(file)
        )
    seen = f"{left // 1_000_000} MB are free"
    if left < _LEAST_FREE:
        return problem(DISK, seen, f"make room: {_LEAST_FREE // 1_000_000} MB at least", str(file))
    return ok(DISK, seen, str(file))


def _mode(file: Path) -> Check:
    """Whether nobody else may use what there is of it. Raises CannotOpen where it is not one that a bot would use."""
    try:
        found = require_own(file)
    except OSError as error:
        return unchecked(MODE, f"cannot be seen ({error.strerror})", "let the bot's user see its folder", str(file))
    if opened := {path: mode for path, mode in found if mode & OTHERS}:
        remedy = shlex.join(["chmod", "600", *map(str, opened)])
        told = ", ".join(f"{mode:o}" for mode in dict.fromkeys(opened.values()))
        return problem(MODE, f"others than its owner may use it ({told})", remedy, str(file))
    return ok(MODE, "only its owner may read it", str(file))


def _may_begin(file: Path) -> Check:
    folder = _nearest(file)
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        remedy = "let the bot's user write there, or set KINTSUGI_STORE to another file"
        return problem(WRITTEN, f"there is none yet, and {folder} cannot be written", remedy, str(file))
    return ok(WRITTEN, f"there is none yet; 'kintsugi serve' may begin one in {folder}", str(file))


def _nearest(file: Path) -> Path:
    """The folder of a file, or the first above it that there is."""
    return next(folder for folder in file.absolute().parents if os.path.exists(folder) or folder == folder.parent)


def _written(storage: Storage, where: str) -> Check:
    key = value = secrets.token_hex(8)
    try:
        storage.store.put(_SHELF, key, value, _PROBE_SECONDS)
        kept = storage.store.get(_SHELF, key)
        storage.store.drop(_SHELF, key)
        left = storage.store.get(_SHELF, key)
    except StoreFails as error:
        return problem(WRITTEN, error.what, error.remedy)
    if (kept, left) != (value, None):
        return problem(WRITTEN, "does not give back what is put into it", "see that nothing else writes it", where)
    return ok(WRITTEN, "a text was written, read and deleted", where)


def _inbox(owed: Sequence[Owed], now: float) -> Iterator[Check]:
    failed = [each for each in owed if each.stage is Stage.FAILED]
    waiting = [each for each in owed if each.stage is not Stage.FAILED]
    forgotten = [each for each in waiting if not each.is_leased and now - each.arrived > _LONGEST_SECONDS]
    if failed:
        remedy = (
            "see 'kintsugi inbox show ID', mend the reason and 'kintsugi inbox retry ID'; "
            "it is forgotten after KINTSUGI_KEEP_HOURS"
        )
        yield problem(INBOX, f"{len(failed)} failed: {_some(failed)}", remedy)
    if forgotten:
        remedy = "see that 'kintsugi serve' runs on this store"
        yield problem(INBOX, f"{len(forgotten)} waiting since more than 15 minutes: {_some(forgotten)}", remedy)
    if not failed and not forgotten:
        yield ok(INBOX, f"nothing failed; {len(waiting)} under way")


def _some(owed: Sequence[Owed]) -> str:
    return ", ".join(each.id[:12] for each in owed[:5]) + (", …" if len(owed) > 5 else "")
