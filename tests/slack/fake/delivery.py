"""Delivery to the bot, by whichever transport: three seconds to acknowledge, and events are tried again.

https://docs.slack.dev/apis/events-api#retries
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from threading import Event
from typing import Any, Protocol

from tests.slack.fake.workspace import Workspace

_LATE = ("timeout", "http_timeout")

EVENTS, COMMANDS, INTERACTIVE = "events_api", "slash_commands", "interactive"


@dataclass(frozen=True)
class Retry:
    """Which repetition of an event this is, from 1, and why there is one."""

    number: int
    reason: str


@dataclass(frozen=True)
class Outcome:
    """What became of one attempt: acknowledged, with a payload perhaps, or not, and why; `is_final` if for good."""

    is_acknowledged: bool
    payload: dict[str, Any] = field(default_factory=dict)
    reason: str = ""
    is_final: bool = False


@dataclass(frozen=True)
class Attempt:
    """One attempt as it went: what was sent, and how many seconds its acknowledgement took."""

    kind: str
    payload: Mapping[str, Any]
    retry: Retry | None
    outcome: Outcome
    seconds: float


class Transport(Protocol):
    """A way to the bot."""

    def attempt(self, kind: str, payload: Mapping[str, Any], retry: Retry | None) -> Outcome:
        """Send once, and wait for the acknowledgement as long as Slack does."""

    def is_reachable(self) -> bool:
        """Whether the bot seems to be there."""


class Delivery:
    """Sends what happens to the bot. Whoever calls waits until it is acknowledged, or given up."""

    def __init__(self, workspace: Workspace, transport: Transport, retry_seconds: Sequence[float]) -> None:
        self.transport = transport
        self.attempts: list[Attempt] = []
        self._workspace = workspace
        self._retry_seconds = retry_seconds
        self._stopped = Event()

    def stop(self) -> None:
        """Nothing is tried again from now on."""
        self._stopped.set()

    def event(self, payload: Mapping[str, Any]) -> bool:
        """Deliver an event, as often as Slack tries; whether it was acknowledged in the end."""
        outcome = self._try(EVENTS, payload, None)
        for number, seconds in enumerate(self._retry_seconds, start=1):
            if outcome.is_acknowledged or outcome.is_final or self._stopped.wait(seconds):
                break
            outcome = self._try(EVENTS, payload, Retry(number, outcome.reason))
        return outcome.is_acknowledged

    def repeat(self, attempt: Attempt) -> bool:
        """Send what was sent before once more."""
        return self._try(attempt.kind, attempt.payload, Retry(1, "http_timeout")).is_acknowledged

    def once(self, kind: str, payload: Mapping[str, Any]) -> Outcome:
        """Deliver a command or an interaction: it is not repeated, whoever did it sees that it failed."""
        return self._try(kind, payload, None)

    def echo(self, payload: Mapping[str, Any]) -> None:
        """Deliver an event of the bot's own doing, once; a bot that has left in the meantime need not hear of it."""
        if self._stopped.is_set() or not self.transport.is_reachable():
            return
        self._try(EVENTS, payload, None, must_be_there=False)

    def _try(self, kind: str, payload: Mapping[str, Any], retry: Retry | None, must_be_there: bool = True) -> Outcome:
        began = time.monotonic()
        outcome = self.transport.attempt(kind, payload, retry)
        with self._workspace.changing():
            self.attempts.append(Attempt(kind, payload, retry, outcome, time.monotonic() - began))
            if kind == EVENTS and outcome.payload:
                self._workspace.complain(f"an event is acknowledged with nothing, not {outcome.payload}")
            if not outcome.is_acknowledged and (must_be_there or outcome.reason in _LATE):
                self._workspace.complain(f"{_named(kind, payload)} was not acknowledged: {outcome.reason}")
        return outcome


def _named(kind: str, payload: Mapping[str, Any]) -> str:
    return str(payload.get("event", payload).get("type") or kind)
