"""Texts that the store did not take, as many as memory is to hold of them."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

_MOST_CHARACTERS = 2_000_000
_CHARACTERS_EACH = 500
"""What one takes beside its text."""


@dataclass(frozen=True, slots=True)
class Own:
    """A text, and for how many seconds it is to be kept; in memory until a moment of the clock."""

    text: str
    seconds: float
    until: float

    @property
    def characters(self) -> int:
        """How much memory it takes, roughly."""
        return len(self.text) + _CHARACTERS_EACH


class NotKept:
    """Safe between threads. Where they are too many, the oldest are forgotten."""

    def __init__(self, most_characters: int = _MOST_CHARACTERS, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most_characters
        self._clock = clock
        self._lock = Lock()
        self._own: OrderedDict[str, Own] = OrderedDict()
        self._characters = 0

    def put(self, key: str, text: str, seconds: float) -> None:
        """Remember a text instead of what was remembered under the key before."""
        with self._lock:
            self._drop(key)
            self._own[key] = own = Own(text, seconds, self._clock() + seconds)
            self._characters += own.characters
            while self._characters > self._most:
                self._drop(next(iter(self._own)))

    def get(self, key: str) -> Own | None:
        """What is remembered, or None."""
        with self._lock:
            own = self._own.get(key)
            if own is not None and own.until <= self._clock():
                self._drop(key)
                return None
            return own

    def oldest(self) -> str | None:
        """The key under which something has been remembered for the longest time, if anything is."""
        with self._lock:
            return next(iter(self._own), None)

    def drop(self, key: str) -> None:
        """Remember nothing under the key any more."""
        with self._lock:
            self._drop(key)

    def _drop(self, key: str) -> None:
        if (own := self._own.pop(key, None)) is not None:
            self._characters -= own.characters
