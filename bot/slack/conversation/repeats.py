"""The same error asked again in the same channel: whoever asks is shown the thread that has the answer."""

import json
import logging
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass

from bot.store.store import Store, StoreFails

log = logging.getLogger(__name__)

SHELF = "asked"


@dataclass(frozen=True, slots=True)
class Earlier:
    """An answer that was given: its id, and its message. `at` is in seconds of the epoch."""

    answer: str
    channel: str
    ts: str
    at: float


class Repeats:
    """What was answered in each channel in the last minutes, by what it was about."""

    def __init__(self, store: Store, seconds: float, clock: Callable[[], float] = time.time) -> None:
        """With 0 `seconds`, every question is looked into."""
        self._store = store
        self._seconds = seconds
        self._clock = clock

    def earlier(self, channel: str, subject: str) -> Earlier | None:
        """The answer that was given to the same there, if one was within the time."""
        if not self._seconds:
            return None
        try:
            text = self._store.get(SHELF, _key(channel, subject))
            return None if text is None else Earlier(**json.loads(text))
        except StoreFails as error:
            log.error("it is not known whether the same was asked before: %s", error)
        except (ValueError, TypeError):
            log.info("what was asked before was written by another version")
        return None

    def answered(self, channel: str, subject: str, answer: str, ts: str) -> None:
        """Remember an answer, which stands at `ts`."""
        if not self._seconds:
            return
        given = Earlier(answer, channel, ts, self._clock())
        try:
            self._store.put(SHELF, _key(channel, subject), json.dumps(asdict(given)), self._seconds)
        except StoreFails as error:
            log.error("an answer will not be found again: %s", error)

    def minutes_since(self, earlier: Earlier) -> int:
        """How long ago it was given; 0 for less than a minute."""
        return max(0, int((self._clock() - earlier.at) // 60))


def _key(channel: str, subject: str) -> str:
    return f"{channel}:{subject}"
