"""Bounded memory: what is remembered for a while, and what must happen only once."""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Memory(Generic[Key, Value]):
    """Remembers at most `most` values, each for `seconds`; the oldest is forgotten first. Safe between threads."""

    def __init__(self, most: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._seconds = seconds
        self._clock = clock
        self._kept: OrderedDict[Key, tuple[float, Value]] = OrderedDict()
        self._lock = Lock()

    def put(self, key: Key, value: Value) -> None:
        """Remember, instead of what was remembered under the key before."""
        with self._lock:
            self._kept.pop(key, None)
            self._kept[key] = (self._clock() + self._seconds, value)
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)

    def amend(self, key: Key, value: Value) -> None:
        """Remember something else of what is remembered, and no longer than that."""
        with self._lock:
            if (kept := self._kept.get(key)) is not None:
                self._kept[key] = (kept[0], value)

    def get(self, key: Key) -> Value | None:
        """What is remembered, or None."""
        with self._lock:
            return self._unexpired(self._kept.get(key))

    def _unexpired(self, kept: tuple[float, Value] | None) -> Value | None:
        return kept[1] if kept is not None and self._clock() < kept[0] else None


class Once:
    """Tells the first delivery from its repetitions."""

    def __init__(self, most: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._seen: Memory[Hashable, bool] = Memory(most, seconds, clock)
        self._lock = Lock()

    def first(self, key: Hashable) -> bool:
        """Whether the key is new; from now on it is not."""
        with self._lock:
            is_new = not self.knows(key)
            self._seen.put(key, True)
            return is_new

    def knows(self, key: Hashable) -> bool:
        """Whether the key was put down before."""
        return bool(self._seen.get(key))

    def put(self, key: Hashable) -> None:
        """Put the key down."""
        self._seen.put(key, True)
