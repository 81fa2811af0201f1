"""Shows how far a question is, now and then, without ever holding up the work on it."""

import time
from collections.abc import Callable
from functools import partial
from threading import Lock

from bot.model import Progress
from bot.pool import Pool, TooBusy
from bot.reply.templates import Words
from bot.slack.calling.patience import patience
from bot.slack.conversation.delivery import CANNOT_SAY, Outlet
from bot.slack.outgoing.progress import progress_message

_SECONDS_BETWEEN = 2.0
"""Slack takes some 50 edits a minute, of all questions together, and the answers are edits as well.

https://docs.slack.dev/reference/methods/chat.update, https://docs.slack.dev/apis/web-api/rate-limits
"""


class Pace:
    """Whose turn it is to show something: one of all questions, every 2 seconds."""

    def __init__(self) -> None:
        self._next = float("-inf")
        self._lock = Lock()

    def is_free(self, now: float) -> bool:
        """Whether something may be shown; who is told so has had the turn."""
        with self._lock:
            if now < self._next:
                return False
            self._next = now + _SECONDS_BETWEEN
            return True


class Ticker:
    """Told of each step, it edits the one message now and then; a quick answer is preceded by nothing."""

    def __init__(
        self, outlet: Outlet, words: Words, worker: Pool, pace: Pace, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`pace` is shared by all who tell of their steps at a time."""
        self._outlet = outlet
        self._words = words
        self._worker = worker
        self._pace = pace
        self._clock = clock
        self._quick_until = clock() + _SECONDS_BETWEEN
        self._at_it = Lock()
        self._is_under_way = False
        self._is_over = False

    def __call__(self, progress: Progress) -> None:
        """Show it, unless something was shown just before or still waits to be."""
        now = self._clock()
        if not self._outlet.can_edit or now < self._quick_until or self._is_under_way or not self._pace.is_free(now):
            return
        self._is_under_way = True
        try:
            self._worker.submit(partial(self._show, progress), lambda error: None)
        except TooBusy:
            self._is_under_way = False

    def stop(self) -> None:
        """Nothing is shown any more from now on: what comes next is the answer."""
        with self._at_it:
            self._is_over = True

    def _show(self, progress: Progress) -> None:
        with self._at_it:
            try:
                if not self._is_over:
                    # What is dropped now is said by the next, and the turn is left to an answer.
                    with patience(0):
                        self._outlet.show(progress_message(progress, self._words))
            except CANNOT_SAY:
                return  # the answer itself will tell whether it can be said
            finally:
                self._is_under_way = False
