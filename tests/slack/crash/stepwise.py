"""What a process writes to its storage, step by step: before and after each it asks the test whether it may go on."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from multiprocessing.connection import Connection
from threading import Lock
from typing import Any

from bot.inbox.inbox import Lease, Stage
from bot.storage import Storage

_STORE = {"put": 0, "add": 0, "take": 0, "drop": 0}
_INBOX = {"accept": None, "note": None, "pass_on": 1, "done": None, "put_back": None, "give_up": None}
"""The methods that change something, and which of their arguments tells one such change from another."""


class Asking:
    """Asks the test, by a pipe, before and after each thing that this process changes in its store."""

    def __init__(self, line: Connection) -> None:
        self._line = line
        self._lock = Lock()

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """What is done inside is one step. If it is the last one, this never comes back."""
        with self._lock:
            self._say(name)
            try:
                yield
            finally:
                self._say(name)

    def tell(self, word: int | None) -> None:
        """Let the test know where this process serves; by then it may have begun with what is owed. None at the end."""
        with self._lock:
            self._line.send(word)

    def _say(self, name: str) -> None:
        self._line.send(name)
        self._line.recv()


class Stepwise:
    """Stands for something whose changes are steps, by the methods that change it."""

    def __init__(self, name: str, inner: Any, changes: Mapping[str, int | None], asking: Asking) -> None:
        self._name, self._inner, self._changes, self._asking = name, inner, changes, asking

    def __getattr__(self, method: str) -> Any:
        does: Callable[..., Any] = getattr(self._inner, method)
        if method not in self._changes:
            return does
        told_by = self._changes[method]

        @wraps(does)
        def step(*given: Any, **named: Any) -> Any:
            what = f" {given[told_by]}" if told_by is not None else ""
            with self._asking.step(f"{self._name}.{method}{what}"):
                return does(*given, **named)

        return step


class StepwiseInbox(Stepwise):
    """An inbox to wait at: that something was leased is a step, and waiting is none."""

    def lease(self, stage: Stage, seconds: float, wait: float) -> Lease | None:
        lease: Lease | None = self._inner.lease(stage, seconds, wait)
        if lease is not None:
            with self._asking.step(f"inbox.lease {stage}"):
                pass
        return lease


def stepwise(storage: Storage, asking: Asking) -> Storage:
    """The storage, whose changes are steps."""
    return Storage(
        Stepwise("store", storage.store, _STORE, asking), StepwiseInbox("inbox", storage.inbox, _INBOX, asking)
    )
