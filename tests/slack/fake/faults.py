"""Troubles that a test orders of Slack: refusals, rate limits, breakdowns, and connections that die after the deed."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
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


@dataclass
class Fault:
    """A trouble that comes `times` times: the answer, and whether what was asked for is done all the same."""

    answer: Answer
    times: int
    is_done: bool


class Faults:
    """The troubles still to come, by the name of a Web API method, or response_url, upload or file."""

    def __init__(self) -> None:
        self._ordered: dict[str, list[Fault]] = {}
        self._lock = Lock()

    def order(
        self, name: str, error: str, *, status: int | None, retry_after: int | None, times: int, done: bool
    ) -> None:
        """See FakeSlack.fail."""
        if error == "reset":
            answer = Answer(0, "", is_reset=True)
        elif error == "ratelimited":
            headers = {"Retry-After": str(1 if retry_after is None else retry_after)}
            answer = Answer.of({"ok": False, "error": error}, status or 429, **headers)
        elif status is None and "." in name:
            answer = Answer.of({"ok": False, "error": error})
        else:
            answer = Answer(status or 500, error)
        with self._lock:
            self._ordered.setdefault(name, []).append(Fault(answer, times, done))

    def around(self, name: str, do: Callable[[], Answer]) -> Answer:
        """What is answered: the trouble that is due, or what the request itself brings about."""
        with self._lock:
            waiting = self._ordered.get(name)
            fault = waiting[0] if waiting else None
            if waiting and fault:
                fault.times -= 1
                if fault.times <= 0:
                    waiting.pop(0)
        if fault is None:
            return do()
        if fault.is_done:
            do()
        return fault.answer
