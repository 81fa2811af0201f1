"""Shows how far a question is, now and then, without ever holding up the work on it."""

import time
from collections.abc import Callable
from functools import partial
from threading import Lock

from bot.model import Progress
from bot.reply.templates import Words
from bot.slack.conversation.delivery import CANNOT_SAY, Outlet
from bot.slack.outgoing.progress import progress_message
from bot.worker import TooBusy, Worker

_SECONDS_BETWEEN = 1.5
"""Slack takes about one message a second in a channel: https://docs.slack.dev/apis/web-api/rate-limits"""


class Ticker:
    """Told of each step, it edits the one message at most every 1.5 seconds; a quick answer is preceded by nothing."""

    def __init__(
        self, outlet: Outlet, words: Words, errands: Worker, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._outlet = outlet
        self._words = words
        self._errands = errands
        self._clock = clock
        self._shown_at = clock()
        self._at_it = Lock()
        self._is_under_way = False
        self._is_over = False

    def __call__(self, progress: Progress) -> None:
        """Show it, unless something was shown just before or still waits to be."""
        now = self._clock()
        if not self._outlet.can_edit or now - self._shown_at < _SECONDS_BETWEEN or self._is_under_way:
            return
        self._shown_at, self._is_under_way = now, True
        try:
            self._errands.submit(partial(self._show, progress), lambda error: None)
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
                    self._outlet.show(progress_message(progress, self._words))
            except CANNOT_SAY:
                return  # the answer itself will tell whether it can be said
            finally:
                self._is_under_way = False
