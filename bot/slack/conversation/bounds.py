"""How much of the bot one person, one channel and all together may take, and how long whoever is over it would wait."""

import math
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock

from bot.inbox.inbox import Item, Stage, Waiting
from bot.worker import Held, Later

_FIRST_GUESS_SECONDS = 8.0
"""What a question takes, as long as none has been answered here."""
_WEIGHT = 0.2
"""How much of the average the newest answer makes up."""
_PAUSE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Limits:
    """How many questions may be open (waiting, or being worked on), and how many are worked on at once here."""

    open_in_all: int
    open_of_person: int
    open_in_channel: int
    at_once: int
    at_once_of_person: int
    at_once_in_channel: int


@dataclass(frozen=True, slots=True)
class Exceeded:
    """Which bound a question exceeds, as one of Slack's words, and when asking again should go through."""

    words: str
    minutes: int


class Bounds:
    """Safe between threads. What is open counts for all processes together; what is worked on at once, for each.

    What other processes have let in and not passed on yet is not seen: each may exceed a bound of open questions by as
    many as the others receive at the same moment.
    """

    def __init__(self, limits: Limits, waiting_beside: Callable[[Item], Waiting]) -> None:
        """`waiting_beside` is the inbox's."""
        self._limits = limits
        self._waiting_beside = waiting_beside
        self._average = _FIRST_GUESS_SECONDS
        self._lock = Lock()
        self._persons: Counter[str] = Counter()
        self._channels: Counter[str] = Counter()
        self._admission = Lock()
        self._admitted: dict[str, Item] = {}
        """By id, what was let in here and the inbox does not count yet, since its asker is being told."""

    @contextmanager
    def arriving(self, item: Item) -> Iterator[None]:
        """Inside, a question is let in or turned away, and passed on; afterwards it counts only if the inbox has it."""
        try:
            yield
        finally:
            with self._admission:
                self._admitted.pop(item.id, None)

    def exceeded(self, item: Item) -> Exceeded | None:
        """The bound that a question that is `arriving` would exceed, if it were to wait as well; if none, it is let in.

        Raises StoreFails.
        """
        with self._admission:
            exceeded = self._exceeded(self._waiting_beside(item) + self._admitted_beside(item))
            if exceeded is None:
                self._admitted[item.id] = item
            return exceeded

    def pass_on(self, held: Held) -> None:
        """Let a question that is `arriving` wait for its turn: from now on the inbox counts it. Raises LeaseLost."""
        with self._admission:  # Counted by one of both at every moment, and never by both.
            held.pass_on(Stage.WAITING)
            self._admitted.pop(held.lease.item.id, None)

    def _admitted_beside(self, item: Item) -> Waiting:
        others = [each for each in self._admitted.values() if each.id != item.id]
        in_channel = sum(each.channel == item.channel for each in others) if item.channel else 0
        return Waiting(len(others), sum(each.person == item.person for each in others), in_channel)

    def _exceeded(self, waiting: Waiting) -> Exceeded | None:
        limits = self._limits
        if waiting.of_person >= limits.open_of_person:
            return Exceeded("too_many_of_yours", self._minutes(waiting.of_person, limits.at_once_of_person))
        if waiting.in_channel >= limits.open_in_channel:
            return Exceeded("too_many_here", self._minutes(waiting.in_channel, limits.at_once_in_channel))
        if waiting.in_all >= limits.open_in_all:
            return Exceeded("too_busy", self._minutes(waiting.in_all, limits.at_once))
        return None

    @contextmanager
    def turn(self, item: Item) -> Iterator[None]:
        """Inside, it is worked on. Raises Later where as many of that person or in that channel are already."""
        limits, channel = self._limits, item.channel or ""
        with self._lock:
            if self._persons[item.person] >= limits.at_once_of_person:
                raise Later(_PAUSE_SECONDS, "the same person's questions are worked on")
            if channel and self._channels[channel] >= limits.at_once_in_channel:
                raise Later(_PAUSE_SECONDS, "questions of the same channel are worked on")
            self._persons[item.person] += 1
            self._channels[channel] += 1
        try:
            yield
        finally:
            with self._lock:
                self._persons -= Counter([item.person])
                self._channels -= Counter([channel])

    def took(self, seconds: float) -> None:
        """Learn how long a question was worked on."""
        with self._lock:
            self._average += _WEIGHT * (seconds - self._average)

    def _minutes(self, ahead: int, at_once: int) -> int:
        return max(1, math.ceil(ahead / at_once * self._average / 60))
