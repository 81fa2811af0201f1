"""The process that serves, and dies: whatever it writes to its store, it first asks whether it may."""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from functools import wraps
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Lock
from typing import Any

from bot.inbox.inbox import Lease, Stage
from bot.inbox.sqlite import SqliteInbox
from bot.model import Place, Question, Reply
from bot.settings import read_settings
from bot.slack.app import connected
from bot.slack.http import Http
from bot.slack.incoming.lasting import FORM
from bot.slack.webserver import Address
from bot.storage import Storage
from bot.store.sqlite import SqliteStore
from tests.slack.engine import WRITER, a_broken, broken

WITH_FILES = "broken"
"""Where this is in a question, its answer has these files beside it; all others find that nothing is broken."""
FILES = ["answer.md", "thing_broken.yaml"]
_STORE = {"put": 0, "add": 0, "take": 0, "drop": 0}
_INBOX = {"accept": None, "note": None, "pass_on": 1, "done": None, "put_back": None, "give_up": None}
"""The methods that change something, and which of their arguments tells one such change from another."""


@dataclass(frozen=True)
class Plan:
    """How a process serves: its settings, and the file of its log.

    Its inbox's clock is so many seconds `ahead`: whoever comes after a death need not wait until a lease is over.
    """

    environment: Mapping[str, str]
    log: Path
    ahead: float = 0.0


class Finder:
    """Answers every question at once."""

    def answer(self, question: Question, watch: object = None) -> Reply:
        findings = (a_broken("orders", remedy={"size": 12_000}),) if WITH_FILES in question.pasted else ()
        return WRITER.reply(broken(findings=findings), question.locale)

    def subject_of(self, question: Question) -> str | None:
        return None

    def understands(self, *texts: str) -> bool:
        return any("error" in text for text in texts)

    def places(self) -> tuple[Place, ...]:
        return (Place("123456789012", True, "eu-west-1"),)

    def regions(self) -> tuple[str, ...]:
        return ("eu-west-1",)


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


def serve(plan: Plan, line: Connection, told_to_stop: Connection) -> None:
    """Serve over HTTP until the other end of `told_to_stop` is closed.

    On `line` come the names of steps, to be let happen, and once the port; None when it has ended as it should.
    """
    with plan.log.open("ab") as log:
        os.dup2(log.fileno(), 2)
    given = read_settings(plan.environment)
    asking = Asking(line)
    transport = Http(given, Address("127.0.0.1", 0))
    with (
        closing(SqliteStore(given.store_file)) as store,
        closing(SqliteInbox(given.store_file, FORM, clock=lambda: time.time() + plan.ahead)) as inbox,
    ):
        stepwise = Storage(Stepwise("store", store, _STORE, asking), StepwiseInbox("inbox", inbox, _INBOX, asking))
        with connected(given, Finder(), WRITER, stepwise, transport):
            asking.tell(transport.port)
            with suppress(EOFError):
                told_to_stop.recv()
    asking.tell(None)
