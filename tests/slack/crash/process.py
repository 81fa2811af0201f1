"""The process that serves, and dies: whatever it writes to its store, it first asks whether it may."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from functools import wraps
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Lock
from typing import Any

from bot.model import Place, Question, Reply
from bot.settings import read_settings
from bot.slack.app import connected
from bot.slack.http import Http
from bot.slack.webserver import Address
from bot.store.sqlite import SqliteStore
from tests.slack.engine import WRITER, a_broken, broken

WITH_FILES = "broken"
"""Where this is in a question, its answer has these files beside it; all others find that nothing is broken."""
FILES = ["answer.md", "thing_broken.yaml"]
_STORE = {"put": 0, "add": 0, "take": 0, "drop": 0}
_INBOX = {"accept": None, "note": None, "pass_on": 1, "done": None, "put_back": None, "give_up": None, "retry": None}
"""The methods that change something, and which of their arguments tells one such change from another."""


@dataclass(frozen=True)
class Plan:
    """How a process serves: its settings, and the folder with its store and its log."""

    environment: Mapping[str, str]
    folder: Path


class Finder:
    """Answers every question at once."""

    def answer(self, question: Question, watch: object = None) -> Reply:
        findings = (a_broken("orders", remedy={"size": 12_000}),) if WITH_FILES in question.pasted else ()
        return WRITER.reply(broken(findings=findings), question.locale)

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


def serve(plan: Plan, line: Connection, told_to_stop: Connection) -> None:
    """Serve over HTTP until the other end of `told_to_stop` is closed; the first word on `line` is the port."""
    with (plan.folder / "log").open("ab") as log:
        os.dup2(log.fileno(), 2)
    given = read_settings(plan.environment)
    transport = Http(given, Address("127.0.0.1", 0))
    with (
        closing(SqliteStore(plan.folder / "kintsugi.db")) as store,
        connected(given, Finder(), WRITER, Stepwise("store", store, _STORE, Asking(line)), transport),
    ):
        line.send(transport.port)
        with suppress(EOFError):
            told_to_stop.recv()
