"""Whatever single read is closed, an answer never says the opposite of the truth, and says what it could not see."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.aws.account import Read, Result, Source
from bot.aws.reads import READS
from bot.demo.world import World
from bot.model import Outcome, Question, Reply, UnseenReason, Verdict
from tests.conftest import Troubleshoot
from tests.scenarios.every import EVERY, name_of
from tests.scenarios.scenario import Scenario

_DENIED = Result(Outcome.DENIED, error="AccessDeniedException: not authorized", reason=UnseenReason.DENIED)
_THROTTLED = Result(Outcome.FAILED, error="TooManyRequestsException: Rate exceeded", reason=UnseenReason.THROTTLED)
# What says nothing about a fault: the API's own entry beside its parts, and what else there is in the region.
_NEEDLESS = {("apigateway", "GetRestApi"), ("apigateway", "GetRestApis"), ("apigatewayv2", "GetApis")}


class Door:
    """A source that remembers every answer, and is closed to the reads that `closed` chooses."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.told: dict[Read, Result] = {}
        self.closed: Callable[[Read], Result | None] = lambda _: None

    def __call__(self, read: Read) -> Result:
        """The answer, from memory where there is one."""
        if (refusal := self.closed(read)) is not None:
            return refusal
        if read not in self.told:
            self.told[read] = self._source(read)
        return self.told[read]


@pytest.mark.parametrize("build", EVERY, ids=name_of)
def test_one_read_closed(build: Scenario, world: World, troubleshooter: Troubleshoot, live: Source) -> None:
    case = build(world)
    door = Door(live)
    bot = troubleshooter(case.accounts, door)
    question = Question(case.asks, case.locale, case.region, case.stage)
    whole = bot.answer(question)
    for read in list(door.told):
        for refusal in (_DENIED, _THROTTLED):
            door.closed = lambda each, read=read, refusal=refusal: refusal if each == read else None
            _is_honest(whole, bot.answer(question), {(read.service, read.operation)}, refusal.reason)


@pytest.mark.parametrize("build", EVERY, ids=name_of)
def test_one_kind_of_read_closed(build: Scenario, world: World, troubleshooter: Troubleshoot, live: Source) -> None:
    case = build(world)
    door = Door(live)
    bot = troubleshooter(case.accounts, door)
    question = Question(case.asks, case.locale, case.region, case.stage)
    whole = bot.answer(question)
    for kind in dict.fromkeys((read.service, read.operation) for read in door.told):
        door.closed = lambda each, kind=kind: _DENIED if (each.service, each.operation) == kind else None
        _is_honest(whole, bot.answer(question), {kind}, UnseenReason.DENIED)


def _is_honest(whole: Reply, partial: Reply, closed: set[tuple[str, str]], reason: UnseenReason) -> None:
    before, after = whole.diagnosis, partial.diagnosis
    opposites = {Verdict.FOUND, Verdict.HEALTHY}
    assert {before.verdict, after.verdict} != opposites, closed
    proven = {(each.cause, each.region) for each in after.findings if each.certainty == "proven"}
    assert proven <= {(each.cause, each.region) for each in before.findings}, closed
    names = {operation for _, operation in closed}
    told = [each for each in after.unseen if each.operation in names and each.reason is reason]
    if _story(whole) != _story(partial) or (after.verdict is Verdict.HEALTHY and not closed <= _NEEDLESS):
        assert told, closed
    for each in told:
        assert each.action in {READS[kind].action for kind in closed}
        assert (each.grant is not None) == (reason is UnseenReason.DENIED)
        assert each.grant is None or each.grant["Action"] == each.action
    if after.verdict is Verdict.HEALTHY:
        assert not after.unseen


def _story(reply: Reply) -> tuple[Verdict, list[tuple[str, str]]]:
    return reply.diagnosis.verdict, [(each.cause, str(each.scope)) for each in reply.diagnosis.findings]
