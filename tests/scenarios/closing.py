"""Doors that close before a scenario's question: a source with answers of its own, and a bot that says no word."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, cast

from bot.aws.account import Inquiry, Read, Result, Source
from bot.aws.accounts import Accounts
from bot.aws.bounds import Bounds
from bot.model import DenyingPolicy, Diagnosis, Hint, Outcome, Question, Reply, UnseenReason
from bot.reply.writer import Writer
from bot.report.reading import Reader
from bot.troubleshooter import Troubleshooter
from tests.aws.tapes import AtOnce
from tests.scenarios.scenario import Case

DENIED = Result(Outcome.DENIED, error="AccessDeniedException: not authorized", reason=UnseenReason.DENIED)
FORBIDDEN = replace(
    DENIED,
    error="AccessDeniedException: not authorized with an explicit deny in a service control policy",
    denied_by=DenyingPolicy.SERVICE_CONTROL,
)
FAILED = Result(Outcome.FAILED, error="InternalFailure: an unknown error")
THROTTLED = Result(Outcome.FAILED, error="TooManyRequestsException: Rate exceeded", reason=UnseenReason.THROTTLED)
TIMED_OUT = Result(Outcome.FAILED, error="Read timeout", reason=UnseenReason.NOT_TRIED, unreachable=True)
GONE = Result(Outcome.ABSENT, error="NotFoundException: there is none")
GONE_MEANWHILE = replace(GONE, reason=UnseenReason.NOT_SUPPORTED, hint=Hint.CONTRADICTED)
"""The same of what a page before was read from; reason and hint are those that a reply gives."""


@dataclass
class Doors:
    """A source that remembers every answer (`told`), and gives those of `instead` before its own."""

    source: Source
    instead: Mapping[Read, Result] = field(default_factory=dict)
    told: dict[Read, Result] = field(default_factory=dict)

    def __call__(self, read: Read) -> Result:
        """The answer, from memory where there is one."""
        if read in self.instead:
            return self.instead[read]
        if read not in self.told:
            self.told[read] = self.source(read)
        return self.told[read]


def cut_after(read: Read, page: Result, kept: int, then: Result) -> tuple[Read, dict[Read, Result]]:
    """A page of a log that has so many of its events, and a second one that is answered with `then`."""
    assert page.body is not None
    names = ("logGroupName", "filterPattern", "nextToken", "startTime", "endTime")  # in the order of the bot's own
    given = {**read.arguments, "nextToken": "second"}
    second = Read.of(read.service, read.operation, read.region, **{name: given.get(name) for name in names})
    first = replace(page, body={**page.body, "events": page.body["events"][:kept], "nextToken": "second"})
    return second, {read: first, second: then}


class _Wordless:
    """Writes nothing, which takes most of the time of an answer."""

    def reply(self, diagnosis: Diagnosis, locale: str) -> Reply:
        return Reply(locale, "", diagnosis)


class _AtOnce:
    """Accounts that are read without threads: a remembered answer takes less time than a thread."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts

    def inquiry(self, seconds: float, bounds: Bounds | None = None) -> Inquiry:
        return Inquiry(AtOnce(), time.monotonic() + seconds, bounds)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._accounts, name)


class _Read:
    """Reads each text once."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._read: dict[Any, Any] = {}

    def read_all(self, texts: tuple[str, ...]) -> Any:
        if texts not in self._read:
            self._read[texts] = self._reader.read_all(texts)
        return self._read[texts]


def wordless(bot: Troubleshooter) -> Troubleshooter:
    """The same bot, but for its words: it diagnoses, and says nothing of it, in a third of the time."""
    return replace(
        bot,
        writer=cast(Writer, _Wordless()),
        reader=cast(Reader, _Read(bot.reader)),
        accounts=cast(Accounts, _AtOnce(bot.accounts)),
    )


def question_of(case: Case) -> Question:
    """What a case asks."""
    return Question(case.asks, case.locale, case.region, case.stage)
