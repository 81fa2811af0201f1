"""How often one person may press and open things: whoever is faster takes from everybody what Slack lets the bot do."""

import time
from collections.abc import Callable
from threading import Lock

from bot.slack.calling.limits import Bucket, Limit
from bot.slack.conversation.memory import Memory

_LIMIT = Limit(burst=20, per_minute=20)
"""Of the 35 edits a minute that the bot may make, no client that presses by itself has more than these."""
_MOST = 10_000
_SECONDS = 10 * 60


class Haste:
    """Counts what each person presses here, whatever it does. Safe between threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._buckets: Memory[str, Bucket] = Memory(_MOST, _SECONDS, clock)
        self._lock = Lock()

    def is_too_fast(self, person: str) -> bool:
        """Whether somebody has pressed too much lately; what is refused for that does not count."""
        with self._lock:
            now = self._clock()
            bucket = self._buckets.get(person) or Bucket(_LIMIT)
            if bucket.next(now) > now:
                return True
            bucket.take(now)
            self._buckets.put(person, bucket)
            return False
