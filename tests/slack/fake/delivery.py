"""Delivery to the bot, by whichever transport: three seconds to acknowledge, and events are tried again.

https://docs.slack.dev/apis/events-api#retries
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from threading import Event
from typing import Any, Protocol

from tests.slack.fake.events import is_delivered
from tests.slack.fake.things import Channel
from tests.slack.fake.workspace import Workspace

_LATE = ("timeout", "http_timeout")

CLOSED = "connection closed"
"""Why something was not acknowledged for which the bot is not to blame: it has connections renewed, or is restarted."""

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

    def tell(self, payload: Mapping[str, Any], channel: Channel | None = None) -> bool:
        """Deliver an event, if the app hears of its kind and is there; whether it was acknowledged in the end."""
        if not is_delivered(self._workspace, payload["event"]["type"], channel):
            return False
        outcome = self._try(EVENTS, payload, None)
        for number, seconds in enumerate(self._retry_seconds, start=1):
            if outcome.is_acknowledged or outcome.is_final or self._stopped.wait(seconds):
                break
            if outcome.reason != CLOSED:
                self._complain(EVENTS, payload, outcome)
            outcome = self._try(EVENTS, payload, Retry(number, outcome.reason))
        if not outcome.is_acknowledged:
            self._complain(EVENTS, payload, outcome)
        return outcome.is_acknowledged

    def once(self, kind: str, payload: Mapping[str, Any], retry: Retry | None = None) -> Outcome:
        """Deliver a command or an interaction: it is not repeated, whoever did it sees that it failed."""
        outcome = self._try(kind, payload, retry)
        if outcome.reason == CLOSED:
            outcome = self._try(kind, payload, retry)
        if not outcome.is_acknowledged:
            self._complain(kind, payload, outcome)
        return outcome

    def repeat(self, attempt: Attempt) -> bool:
        """Send what was sent before once more, as if its acknowledgement were lost."""
        return self.once(attempt.kind, attempt.payload, Retry(1, "http_timeout")).is_acknowledged

    def echo(self, payload: Mapping[str, Any]) -> None:
        """Deliver an event of the bot's own doing, once; a bot that has left in the meantime need not hear of it."""
        if self._stopped.is_set() or not self.transport.is_reachable():
            return
        outcome = self._try(EVENTS, payload, None)
        if outcome.reason in _LATE:
            self._complain(EVENTS, payload, outcome)

    def _try(self, kind: str, payload: Mapping[str, Any], retry: Retry | None) -> Outcome:
        began = time.monotonic()
        outcome = self.transport.attempt(kind, payload, retry)
        with self._workspace.changing():
            self.attempts.append(Attempt(kind, payload, retry, outcome, time.monotonic() - began))
            if kind == EVENTS and outcome.payload:
                self._workspace.complain(f"an event is acknowledged with nothing, not {outcome.payload}")
        return outcome

    def _complain(self, kind: str, payload: Mapping[str, Any], outcome: Outcome) -> None:
        name = payload.get("event", payload).get("type") or kind
        self._workspace.complain(f"{name} was not acknowledged: {outcome.reason}")
