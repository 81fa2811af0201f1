"""Taking turns: of the threads that wait at a stage one asks the queue, so that waiting costs the same for many."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition


class Turns:
    """Whose turn it is, of several threads."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._is_taken = False
        self.wakings = 0
        """How many times everybody was woken."""

    @contextmanager
    def mine(self, until: float, wakings: int) -> Iterator[bool]:
        """Whether it is this thread's turn, for the block; not after `until` (monotonic), nor after another waking."""
        with self._changed:
            self._changed.wait_for(
                lambda: not self._is_taken or self.wakings != wakings, max(0.0, until - time.monotonic())
            )
            is_mine = not self._is_taken and self.wakings == wakings
            self._is_taken |= is_mine
        try:
            yield is_mine
        finally:
            if is_mine:
                with self._changed:
                    self._is_taken = False
                    self._changed.notify()

    def wake(self) -> None:
        """Let nobody wait any longer."""
        with self._changed:
            self.wakings += 1
            self._changed.notify_all()
