"""How long whoever calls Slack is willing to wait for a turn."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

USUAL = 5.0
"""Seconds; what cannot be done by then is put off, and the thread does something else meanwhile."""
FOR_AN_ANSWER = 120.0
"""Seconds; what took long to find out is not found out again for the sake of a minute."""

_seconds: ContextVar[float] = ContextVar("patience", default=USUAL)


@contextmanager
def patience(seconds: float) -> Iterator[None]:
    """Calls of Slack in this thread wait so long at most while inside; with 0 they are made at once or not at all."""
    before = _seconds.set(seconds)
    try:
        yield
    finally:
        _seconds.reset(before)


def patience_now() -> float:
    """How many seconds a call may wait."""
    return _seconds.get()
