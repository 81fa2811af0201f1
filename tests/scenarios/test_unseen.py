"""Whatever is denied or throttled, an answer never says the opposite of the truth, and says what it could not see."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from bot.aws.account import Read, Result, Source
from bot.aws.reads import READS
from bot.demo.world import World
from bot.model import Certainty, Outcome, Question, Reply, UnseenReason, Verdict
from tests.conftest import Troubleshoot
from tests.scenarios.every import EVERY, name_of
from tests.scenarios.scenario import Scenario

_DENIED = Result(Outcome.DENIED, error="AccessDeniedException: not authorized", reason=UnseenReason.DENIED)
_THROTTLED = Result(Outcome.FAILED, error="TooManyRequestsException: Rate exceeded", reason=UnseenReason.THROTTLED)
# What says nothing about a fault: the API's own entry beside its parts, and what else there is in the region.
_NEEDLESS = {("apigateway", "GetRestApi"), ("apigateway", "GetRestApis"), ("apigatewayv2", "GetApis")}

# Who brought a fault about makes it no more and no less of one.
_TELLS_WHO = ("cloudtrail", "LookupEvents")


class Door:
    """A source that remembers every answer, and is closed to one read, or to one kind of read."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.told: dict[Read, Result] = {}
        self.denied: Read | None = None
        self.throttled: tuple[str, str] | None = None

    def __call__(self, read: Read) -> Result:
        """The answer, from memory where there is one."""
        if read == self.denied:
            return _DENIED
        if (read.service, read.operation) == self.throttled:
            return _THROTTLED
        if read not in self.told:
            self.told[read] = self._source(read)
        return self.told[read]


@pytest.mark.parametrize("build", EVERY, ids=name_of)
def test_closed_doors(build: Scenario, world: World, troubleshooter: Troubleshoot, live: Source) -> None:
    case = build(world)
    door = Door(live)
    bot = troubleshooter(case.accounts, door)
    question = Question(case.asks, case.locale, case.region, case.stage)
    whole = bot.answer(question)
    # Behind a closed door other things may be found, and other reads made to mend them: these tell nothing here.
    asked = list(door.told)
    for read in asked:
        door.denied = read
        needed = not _says_nothing(read, door.told) and not _is_covered(read, door.told)
        _is_honest(whole, bot.answer(question), read, UnseenReason.DENIED, needed=needed)
    door.denied = None
    for kind, read in {(read.service, read.operation): read for read in asked}.items():
        door.throttled = kind
        needed = not _says_nothing(read, door.told)
        _is_honest(whole, bot.answer(question), read, UnseenReason.THROTTLED, needed=needed)


def _says_nothing(read: Read, told: Mapping[Read, Result]) -> bool:
    """A read that shows no fault: the authorizers are none where no method uses one.

    Nor is there an API of another kind by the id of a REST API; several accounts are asked for both at once.
    """
    resources = [result.body for other, result in told.items() if other.operation == "GetResources"]
    is_unused = read.operation == "GetAuthorizers" and "authorizerId" not in str(resources)
    is_beside = read.operation == "GetApi" and any(
        other.arguments.get("restApiId") == read.arguments["ApiId"] and result.outcome is Outcome.FOUND
        for other, result in told.items()
        if other.operation == "GetRestApi"
    )
    return is_unused or is_beside or (read.service, read.operation) in {*_NEEDLESS, _TELLS_WHO}


def _is_covered(read: Read, told: Mapping[Read, Result]) -> bool:
    """A read beside which others say the same: the function itself, where its alias or version was read, too."""
    name, qualifier = (read.arguments.get(member) for member in ("FunctionName", "Qualifier"))
    beside = [other.arguments for other in told if other.operation == read.operation == "GetFunctionConfiguration"]
    return qualifier is None and any(each["FunctionName"] == name and "Qualifier" in each for each in beside)


def _is_honest(whole: Reply, partial: Reply, closed: Read, reason: UnseenReason, *, needed: bool) -> None:
    before, after = whole.diagnosis, partial.diagnosis
    assert {before.verdict, after.verdict} != {Verdict.FOUND, Verdict.HEALTHY}, closed
    if before.verdict is not Verdict.NEED_TARGET:
        # Otherwise a target that seems the only one, since others are closed, was looked at: what it proves stands.
        proven = {(each.cause, each.region) for each in after.findings if each.certainty is Certainty.PROVEN}
        assert proven <= {(each.cause, each.region) for each in before.findings}, closed
    told = [each for each in after.unseen if each.operation == closed.operation and each.reason is reason]
    if _story(whole) != _story(partial) or (after.verdict is Verdict.HEALTHY and needed):
        assert told, closed
    if (closed.service, closed.operation) == _TELLS_WHO:
        # A history asked for only where another door is closed is not asked for here.
        was_asked = any(each.parameters == closed.arguments for each in before.evidence)
        assert (_story(whole), len(told)) == (_story(partial), int(was_asked)), closed
    for each in told:
        assert each.action == READS[closed.service, closed.operation].action
        assert (each.grant is not None) == (reason is UnseenReason.DENIED)
        assert each.grant is None or each.grant["Action"] == each.action
    assert after.verdict is not Verdict.HEALTHY or not after.unseen, closed


def _story(reply: Reply) -> tuple[Verdict, list[tuple[str, str]]]:
    return reply.diagnosis.verdict, [(each.cause, str(each.scope)) for each in reply.diagnosis.findings]
