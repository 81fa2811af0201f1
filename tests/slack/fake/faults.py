"""Troubles that a test orders of Slack: refusals, rate limits, breakdowns, and connections that die after the deed."""

import itertools
import json
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from random import Random
from threading import Lock
from typing import Any


@dataclass(frozen=True)
class Answer:
    """What Slack answers a request. With `is_reset` nothing comes, and the connection is gone."""

    status: int
    content: str | bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    is_reset: bool = False

    @classmethod
    def of(cls, payload: Mapping[str, Any], status: int = 200, **headers: str) -> "Answer":
        """An answer in JSON."""
        return cls(status, json.dumps(payload), {"Content-Type": "application/json; charset=utf-8"} | headers)

    @classmethod
    def too_often(cls, seconds: int) -> "Answer":
        """That this was asked too often, and may be asked again after so many seconds."""
        return cls.of({"ok": False, "error": "ratelimited"}, 429, **{"Retry-After": str(seconds)})


@dataclass(frozen=True)
class Kind:
    """A kind of trouble, and whether what was asked for is done all the same. See FakeSlack.fail."""

    error: str
    status: int | None = None
    is_done: bool = False


KINDS = (
    Kind("ratelimited"),
    Kind("reset"),
    Kind("reset", is_done=True),
    Kind("broken", 500),
    Kind("broken", 502, is_done=True),
    Kind("internal_error"),
    Kind("internal_error", is_done=True),
)
"""Everything that passes: whoever tries it again, and looks before whether it was done, comes to an end."""


@dataclass
class Fault:
    """A trouble that comes `times` times, from the call of this number on."""

    kind: Kind
    retry_after: int | None
    times: int
    begins: int


class Faults:
    """The troubles still to come, by the name of a Web API method, or response_url, upload or file."""

    def __init__(self) -> None:
        self._ordered: dict[str, list[Fault]] = {}
        self._calls: Counter[str] = Counter()
        self._share = 0.0
        self._random = Random(0)
        self._kinds = itertools.cycle(KINDS)
        self._names: Collection[str] | None = None
        self._lock = Lock()
        self.happened: Counter[Kind] = Counter()
        """How often each kind of trouble came."""

    def order(self, name: str, kind: Kind, *, retry_after: int | None, times: int, nth: int) -> None:
        """See FakeSlack.fail."""
        with self._lock:
            begins = self._calls[name] + nth
            self._ordered.setdefault(name, []).append(Fault(kind, retry_after, times, begins))

    def order_at_random(self, share: float, seed: int, names: Collection[str] | None) -> None:
        """See FakeSlack.fail_at_random."""
        with self._lock:
            self._share, self._random, self._names = share, Random(seed), names

    def around(self, name: str, do: Callable[[], Answer]) -> Answer:
        """What is answered: the trouble that is due, or what the request itself brings about."""
        due = self._due(name)
        if due is None:
            return do()
        kind, retry_after = due
        if kind.is_done:
            do()
        return _answer(name, kind, retry_after)

    def _due(self, name: str) -> tuple[Kind, int | None] | None:
        with self._lock:
            self._calls[name] += 1
            ordered = self._ordered.get(name, [])
            fault = next((each for each in ordered if each.begins <= self._calls[name]), None)
            if fault is not None:
                fault.times -= 1
                if fault.times <= 0:
                    ordered.remove(fault)
                due = fault.kind, fault.retry_after
            elif (self._names is None or name in self._names) and self._random.random() < self._share:
                due = next(self._kinds), 0
            else:
                return None
            self.happened[due[0]] += 1
            return due


def _answer(name: str, kind: Kind, retry_after: int | None) -> Answer:
    if kind.error == "reset":
        return Answer(0, "", is_reset=True)
    if kind.error == "ratelimited" and kind.status in (None, 429):
        return Answer.too_often(1 if retry_after is None else retry_after)
    if kind.status is None and "." in name:
        return Answer.of({"ok": False, "error": kind.error})
    return Answer(kind.status or 500, kind.error)
