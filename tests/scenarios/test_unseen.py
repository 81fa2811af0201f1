"""Whatever gives no answer, a reply never says the opposite of the truth, and says what it could not see and why."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from itertools import combinations

import pytest

from bot.aws.account import Read, Result, Source
from bot.aws.reads import READS
from bot.demo.world import World
from bot.diagnosis import CannotDiagnose
from bot.model import Certainty, Diagnosis, Finding, Outcome, Question, UnseenRead, UnseenReason, Verdict
from bot.troubleshooter import Troubleshooter
from tests.conftest import Troubleshoot
from tests.scenarios import changes
from tests.scenarios.closing import (
    DENIED,
    FAILED,
    FORBIDDEN,
    GONE,
    GONE_MEANWHILE,
    THROTTLED,
    TIMED_OUT,
    Doors,
    cut_after,
    question_of,
    wordless,
)
from tests.scenarios.every import EVERY, name_of
from tests.scenarios.granting import closes_the_gap
from tests.scenarios.scenario import Scenario

_WAYS = (DENIED, FORBIDDEN, FAILED, THROTTLED, TIMED_OUT)
_PAIRS = 4
"""So many pairs of reads of each scenario are closed together, the same in each run."""

# What says nothing about a fault: the API's own entry beside its parts, and what else there is in the region.
_NEEDLESS = {("apigateway", "GetRestApi"), ("apigateway", "GetRestApis"), ("apigatewayv2", "GetApis")}

# Who brought a fault about makes it no more and no less of one.
_TELLS_WHO = "LookupEvents"

# What may be missing by itself without contradicting anything: a policy that nobody ever wrote, a log that nobody
# keeps, an API of the other kind, an endpoint that lies in another account.
_MAY_BE_MISSING = {
    ("lambda", "GetPolicy"),
    ("logs", "FilterLogEvents"),
    ("apigatewayv2", "GetApi"),
    ("ec2", "DescribeVpcEndpoints"),
    ("apigateway", "GetBasePathMappings"),
}


@pytest.mark.parametrize("build", EVERY, ids=name_of)
def test_closed_doors(
    build: Scenario, world: World, troubleshooter: Troubleshoot, live: Source, request: pytest.FixtureRequest
) -> None:
    case = build(world)
    doors = Doors(live)
    bot, question = wordless(troubleshooter(case.accounts, doors)), question_of(case)
    whole = bot.answer(question).diagnosis
    # Behind a closed door other things may be found, and other reads made to mend them: these tell nothing here.
    asked = list(doors.told)
    told = dict(doors.told)
    others = list(_in_other_ways(asked, EVERY.index(build), is_whole=request.config.getoption("--every-way")))
    for closed in [*({read: DENIED} for read in asked), *others, *_several(asked)]:
        doors.instead = closed
        try:
            partial = bot.answer(question).diagnosis
        except CannotDiagnose:
            assert any(result.unreachable for result in closed.values()), closed
            continue
        _is_honest(whole, partial, closed, told)
    for read in asked:
        if told[read].outcome is Outcome.FOUND and _is_never_missing(read):
            doors.instead = {read: GONE}
            _believes_neither(whole, bot.answer(question).diagnosis, read)
    for closed, pages in _second_pages(told, EVERY.index(build), is_whole=request.config.getoption("--every-way")):
        doors.instead = pages
        _is_honest(whole, bot.answer(question).diagnosis, closed, told)
    for way in _WAYS if asked else ():
        doors.instead, doors.told, doors.source = {}, {}, lambda _, way=way: way
        _claims_nothing(bot, question, way)


@pytest.mark.parametrize("build", [each for each in EVERY if each.__module__ == changes.__name__], ids=name_of)
def test_an_event_history_that_goes_on_after_an_empty_page_tells_nothing(
    build: Scenario, world: World, troubleshooter: Troubleshoot, live: Source
) -> None:
    case = build(world)
    asked: list[Read] = []

    def source(read: Read) -> Result:
        asked.append(read)
        if read.operation == _TELLS_WHO:
            return Result(Outcome.FOUND, body={"Events": [], "NextToken": "more"})
        return live(read)

    question = question_of(case)
    whole = wordless(troubleshooter(case.accounts, live)).answer(question).diagnosis
    partial = wordless(troubleshooter(case.accounts, source)).answer(question).diagnosis
    assert (_story(partial), partial.unseen) == (_story(whole), whole.unseen)
    assert not any(name.startswith("changed_") for each in partial.findings for name in each.facts)
    lookups = [read for read in asked if read.operation == _TELLS_WHO]
    # One page is all that is asked for, so that no other can be denied or come too late.
    assert lookups
    assert not any("NextToken" in read.arguments for read in lookups)


def _in_other_ways(asked: list[Read], scenario: int, *, is_whole: bool) -> Iterator[dict[Read, Result]]:
    """Each read fails in each other way; or every second read in one of them, since only `reason` tells them apart."""
    for number, read in enumerate(asked, scenario):
        if is_whole:
            yield from ({read: way} for way in _WAYS[1:])
        elif number % 2:
            yield {read: _WAYS[1 + number // 2 % 4]}


def _second_pages(
    told: Mapping[Read, Result], scenario: int, *, is_whole: bool
) -> Iterator[tuple[dict[Read, Result], dict[Read, Result]]]:
    """What is closed, and the pages given: of each log a first page, empty or half of it, and no second one."""
    ways = (*_WAYS, GONE_MEANWHILE)
    logs = [(read, page) for read, page in told.items() if (page.body or {}).get("events")]
    for number, (read, page) in enumerate(logs, scenario):
        for way in ways if is_whole else (ways[number % len(ways)],):
            half = len((page.body or {})["events"]) // 2
            _, pages = cut_after(read, page, 0, way)
            yield {read: way}, pages
            second, pages = cut_after(read, page, half, way)
            yield {second: way}, pages


def _is_never_missing(read: Read) -> bool:
    """Whether it names a thing that other reads show too; what names nothing is never absent."""
    names_a_thing = bool(read.parameters) and read.operation != _TELLS_WHO
    return names_a_thing and (read.service, read.operation) not in _MAY_BE_MISSING


def _several(asked: list[Read]) -> Iterator[dict[Read, Result]]:
    """Some pairs of reads, each of its two closed in some way; then each region of several."""
    chance = random.Random(len(asked))
    pairs = list(combinations(asked, 2))
    for pair in chance.sample(pairs, min(_PAIRS, len(pairs))):
        yield {read: chance.choice(_WAYS) for read in pair}
    regions = dict.fromkeys(read.region for read in asked)
    for region in regions if len(regions) > 1 else ():
        yield {read: chance.choice(_WAYS) for read in asked if read.region == region}


def _is_honest(
    whole: Diagnosis, partial: Diagnosis, closed: Mapping[Read, Result], told: Mapping[Read, Result]
) -> None:
    """The verdict moves towards `could_not_check` or not at all; what is proven rests on nothing closed."""
    if whole.verdict is Verdict.NEED_TARGET and partial.target:
        # Of two APIs that may be meant one is closed: what the other one lacks is true of it all the same.
        assert partial.target.id in {each.target.id for each in whole.candidates}
    else:
        assert partial.verdict in (whole.verdict, Verdict.COULD_NOT_CHECK), closed
        _finds_nothing_new(whole, partial, closed)
    assert not any(_rests_on_nothing(finding, partial) for finding in (*partial.findings, *partial.advice)), closed
    unseen = [each for each in partial.unseen if any(_is_about(each, read, way) for read, way in closed.items())]
    needed = any(not (_says_nothing(read, told) or _is_covered(read, told)) for read in closed)
    if _story(whole) != _story(partial) or (partial.verdict is Verdict.HEALTHY and needed):
        assert unseen, closed
    for read in closed if len(closed) == 1 else ():
        if read.operation == _TELLS_WHO:
            assert (_story(whole), len(unseen)) == (_story(partial), 1), closed
        for each in unseen:
            assert each.action == READS[read.service, read.operation].action
            assert (each.grant is not None) == (each.reason is UnseenReason.DENIED)
            assert each.denied_by is closed[read].denied_by
            assert each.grant is None or closes_the_gap(each, read, whole, told), closed
    assert partial.verdict is not Verdict.HEALTHY or not partial.unseen, closed


def _finds_nothing_new(whole: Diagnosis, partial: Diagnosis, closed: Mapping[Read, Result]) -> None:
    assert whole.verdict is not Verdict.HEALTHY or not partial.findings, closed
    known = {finding.cause for finding in whole.findings}
    for finding in partial.findings:
        if finding.cause not in known:
            # The fault is seen, and which of its kinds it is is not.
            assert (finding.certainty, finding.is_undecided) == (Certainty.LIKELY, True), closed
        elif finding.certainty is Certainty.PROVEN:
            same = [each for each in whole.findings if _key(each) == _key(finding)]
            assert any(not _rests_on(each, whole, closed) for each in same), closed


def _believes_neither(whole: Diagnosis, mixed: Diagnosis, gone: Read) -> None:
    """Something is gone that the other answers show: nothing is proven by its absence, and nothing healthy."""
    shown_otherwise = mixed.verdict is not Verdict.HEALTHY or whole.verdict is Verdict.HEALTHY
    assert shown_otherwise, gone
    proven = {finding.cause for finding in mixed.findings if finding.certainty is Certainty.PROVEN}
    # Where no policy shows that a function is there, its absence is all that there is to see.
    is_missing = {cause for cause in proven if cause.endswith(("function_missing", "qualifier_missing"))}
    if gone.operation == "GetFunctionConfiguration":
        proven -= is_missing
    if whole.verdict is not Verdict.NEED_TARGET:
        assert proven <= {finding.cause for finding in whole.findings}, gone


def _claims_nothing(bot: Troubleshooter, question: Question, way: Result) -> None:
    """Nothing at all answers: nothing is found, nothing is healthy, and nothing is said not to exist."""
    try:
        blind = bot.answer(question).diagnosis
    except CannotDiagnose:
        assert way.unreachable
        return
    assert (blind.verdict, blind.findings, blind.advice) == (Verdict.COULD_NOT_CHECK, (), ())
    assert {each.reason for each in blind.unseen} == {way.reason}


def _key(finding: Finding) -> tuple[str, str]:
    """A finding's cause and place; of a fault that is one for many calls, only those elsewhere may be seen to fail."""
    return finding.cause, finding.region


def _rests_on_nothing(finding: Finding, diagnosis: Diagnosis) -> bool:
    """Whether one of the reads that are named as proof gave no answer."""
    outcomes = {each.id: each.outcome for each in diagnosis.evidence}
    return any(outcomes[id] not in (Outcome.FOUND, Outcome.ABSENT) for id in finding.evidence)


def _rests_on(finding: Finding, diagnosis: Diagnosis, closed: Mapping[Read, Result]) -> bool:
    shut = [(read.operation, read.region, read.arguments) for read in closed if read.operation != _TELLS_WHO]
    proof = [each for each in diagnosis.evidence if each.id in finding.evidence]
    return any((each.operation, each.region, each.parameters) in shut for each in proof)


def _is_about(unseen: UnseenRead, read: Read, way: Result) -> bool:
    return (unseen.operation, unseen.reason, unseen.hint) == (read.operation, way.reason, way.hint)


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
    return is_unused or is_beside or (read.service, read.operation) in _NEEDLESS or read.operation == _TELLS_WHO


def _is_covered(read: Read, told: Mapping[Read, Result]) -> bool:
    """A read beside which others say the same: the function itself, where its alias or version was read, too."""
    name, qualifier = (read.arguments.get(member) for member in ("FunctionName", "Qualifier"))
    beside = [other.arguments for other in told if other.operation == read.operation == "GetFunctionConfiguration"]
    return qualifier is None and any(each["FunctionName"] == name and "Qualifier" in each for each in beside)


def _story(diagnosis: Diagnosis) -> tuple[Verdict, list[tuple[str, str]]]:
    return diagnosis.verdict, [(each.cause, str(each.scope)) for each in diagnosis.findings]
