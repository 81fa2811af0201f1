"""Asking a store again at once, where what failed at once does no harm done twice."""

import time
from collections.abc import Callable
from typing import TypeVar

from bot.store.store import StoreFails

T = TypeVar("T")

QUICK_SECONDS = 0.3
"""What takes longer to fail has waited already, for a lock or for the network: it is not waited for again."""
_ATTEMPTS = 3


def persistently(do: Callable[[], T], clock: Callable[[], float] = time.monotonic) -> T:
    """What comes of it, of three attempts as long as they fail quickly. Raises StoreFails."""
    for _ in range(_ATTEMPTS - 1):
        began = clock()
        try:
            return do()
        except StoreFails:
            if clock() - began > QUICK_SECONDS:
                raise
    return do()
