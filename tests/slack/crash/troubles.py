"""Troubles within a process, at random: a store that fails before or after the deed, and answers that do not come."""

import time
from collections.abc import Callable, Collection
from functools import wraps
from random import Random
from threading import Lock
from typing import Any

from bot.model import Question, Reply
from bot.store.store import StoreFails
from tests.slack.crash.finder import Finder

_SLOW_SECONDS = 0.3


class Chance:
    """Whether something happens this time; safe between threads."""

    def __init__(self, share: float, seed: int) -> None:
        self._share = share
        self._random = Random(seed)
        self._lock = Lock()

    def among(self, kinds: Collection[str]) -> str | None:
        """One of these kinds, in this share of cases."""
        with self._lock:
            return self._random.choice(list(kinds)) if self._random.random() < self._share else None


class Failing:
    """Stands for a store or an inbox, each method of which may fail."""

    def __init__(self, inner: Any, chance: Chance) -> None:
        self._inner, self._chance = inner, chance

    def __getattr__(self, method: str) -> Any:
        does: Callable[..., Any] = getattr(self._inner, method)
        if method in ("close", "wake"):
            return does

        @wraps(does)
        def attempt(*given: Any, **named: Any) -> Any:
            trouble = self._chance.among(("before", "after"))
            if trouble == "before":
                raise StoreFails("the disk is full")
            done = does(*given, **named)
            if trouble == "after":
                raise StoreFails("the disk was slow")
            return done

        return attempt


class FailingFinder(Finder):
    """Fails, or takes its time."""

    def __init__(self, chance: Chance) -> None:
        self._chance = chance

    def answer(self, question: Question, watch: object = None) -> Reply:
        match self._chance.among(("fault", "slow")):
            case "fault":
                raise ArithmeticError("a fault of ours")
            case "slow":
                time.sleep(_SLOW_SECONDS)
        return super().answer(question, watch)
