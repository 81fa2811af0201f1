"""Answers that are kept for the buttons beneath them: what was asked, by whom, and what the account showed."""

import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.model import Diagnosis
from bot.slack.conversation.threads import Conversation
from bot.store.diagnosis_text import Unreadable, read, written
from bot.store.store import Store

SHELF = "answers"


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer: its diagnosis, which can be put into words again in any language without a read of AWS."""

    asker: str
    language: str
    timezone: str
    conversation: Conversation
    diagnosis: Diagnosis
    look: str = field(default_factory=lambda: secrets.token_hex(4))
    """Which look at the account this is, of those that are shown under one id."""


class Answers:
    """Answers by an id that a button carries, for so many seconds after what they answer was first said.

    Ids cannot be guessed.
    """

    def __init__(self, store: Store, seconds: float, clock: Callable[[], float] = time.time) -> None:
        """`clock` tells the seconds of the epoch."""
        self._store = store
        self._seconds = seconds
        self._clock = clock

    def keep(self, answer: Kept, id: str | None = None) -> str:
        """Keep an answer, perhaps instead of the one that had the id; its id."""
        id = id or secrets.token_urlsafe(12)
        record = {
            "asker": answer.asker,
            "language": answer.language,
            "timezone": answer.timezone,
            "conversation": answer.conversation.written(),
            "diagnosis": written(answer.diagnosis),
            "look": answer.look,
        }
        seconds = answer.conversation.lasts(self._seconds, self._clock())
        self._store.put(SHELF, id, json.dumps(record, ensure_ascii=False), seconds)
        return id

    def forget(self, id: str) -> None:
        """Keep an answer no longer."""
        self._store.drop(SHELF, id)

    def get(self, id: str) -> Kept | None:
        """The answer, unless it is too old or was written by another version."""
        text = self._store.get(SHELF, id)
        if text is None:
            return None
        try:
            record = json.loads(text)
            return Kept(
                asker=record["asker"],
                language=record["language"],
                timezone=record["timezone"],
                conversation=Conversation.read(record["conversation"]),
                diagnosis=read(record["diagnosis"]),
                look=record["look"],
            )
        except (ValueError, TypeError, KeyError, Unreadable):
            return None
