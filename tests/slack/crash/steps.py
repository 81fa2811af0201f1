"""Steps: everything that a bot's process changes outside of itself, one at a time, and what happens at one of them."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event, Lock
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Step:
    """The `number`-th change of a name, as in `chat.update 2`: whatever several threads do between, it is the same."""

    name: str
    number: int

    def __str__(self) -> str:
        return f"{self.name} {self.number}"


@dataclass(frozen=True)
class Death:
    """Dying at a step: before anything is changed, or after, without having heard that it was."""

    step: Step
    is_after: bool

    def __str__(self) -> str:
        return f"{'after' if self.is_after else 'before'} {self.step}"


class Steps:
    """Lets one step happen at a time, so that something may stand between two. They count once they are `watched`."""

    def __init__(self) -> None:
        self.taken: list[Step] = []
        self.has_happened = Event()
        self._numbers: Counter[str] = Counter()
        self._is_watched = False
        self._death: Death | None = None
        self._happens: Callable[[Step], bool] = lambda step: False
        self._one_at_a_time = Lock()

    def watch(self, death: Death | None, happens: Callable[[Step], bool]) -> None:
        """Count from now on. There something `happens`; whether the process is gone when that returns."""
        with self._one_at_a_time:
            self._is_watched, self._death, self._happens = True, death, happens

    def take(self, name: str, do: Callable[[], T]) -> T | None:
        """Do something that changes something; None for whoever died of it."""
        with self._one_at_a_time:
            if not self._is_watched:
                return do()
            self._numbers[name] += 1
            step = Step(name, self._numbers[name])
            self.taken.append(step)
            if self._dies(Death(step, is_after=False)):
                return None
            done = do()
            return None if self._dies(Death(step, is_after=True)) else done

    def _dies(self, here: Death) -> bool:
        if here != self._death:
            return False
        self._death = None
        is_gone = self._happens(here.step)
        self.has_happened.set()
        return is_gone
