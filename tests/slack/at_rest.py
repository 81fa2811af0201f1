"""What a store's files hold: their bytes as they are, and each row with all that is packed or sealed in it opened."""

import json
import sqlite3
from contextlib import closing

from bot.inbox.sealed import Seal, Unsealable
from bot.store.diagnosis_text import Unreadable, read
from tests.slack.fake import BOT_TOKEN

_SEAL = Seal(BOT_TOKEN)


def as_it_is(folder):
    """All bytes of all files."""
    return b"".join(each.read_bytes() for each in sorted(folder.iterdir()))


def rows(folder):
    """The rows that hold what somebody said or was answered, by where they stand."""
    with closing(sqlite3.connect(folder / "kintsugi.db")) as database:
        kept = {(shelf, key): value for shelf, key, value in database.execute("SELECT shelf, key, value FROM kept")}
        owed = {("owed", id): note for id, note in database.execute("SELECT id, note FROM owed")}
        bodies = {("bodies", number): body for number, body in database.execute("SELECT number, body FROM bodies")}
    return kept | owed | bodies


def opened(folder):
    """Everything that can be read in the rows by whoever has the bot's token."""
    return "\n".join(text for value in rows(folder).values() for text in _texts(value))


def _texts(value):
    yield value
    for each in _strings(_opened(value)):
        if each != value:
            yield from _texts(each)


def _opened(text):
    """What a text holds, if it is packed, sealed or JSON."""
    for way in (lambda: repr(read(text)), lambda: _SEAL.open(text), lambda: json.loads(text)):
        try:
            return way()
        except (Unreadable, Unsealable, ValueError):
            continue
    return None


def _strings(value):
    if isinstance(value, str):
        yield value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _strings(each)
