"""Answers before and after a mend are told apart: what was mended is, what was not is not, and no closed door mends."""

from __future__ import annotations

import pytest

from bot.aws.account import Source
from bot.comparison import compared
from bot.demo.world import World
from bot.model import Finding, Question
from tests.conftest import Ask, RunShell, Troubleshoot
from tests.scenarios import several
from tests.scenarios.closing import DENIED, Doors
from tests.scenarios.every import EVERY, name_of
from tests.scenarios.scenario import Scenario
from tests.scenarios.test_findings import asked

_SEVERAL = [build for build in EVERY if build.__module__ == several.__name__]


def _causes(findings: tuple[Finding, ...]) -> list[str]:
    return [finding.cause for finding in findings]


@pytest.mark.parametrize("build", _SEVERAL, ids=name_of)
def test_one_after_the_other_is_mended(build: Scenario, world: World, ask: Ask, run_shell: RunShell) -> None:
    case = build(world)
    reply = asked(case, ask)
    first = before = reply.diagnosis
    mends = [mend for mend in reply.findings if mend.fix.cli]
    for mend in mends:
        run_shell(mend.fix.cli, mend.fix.account)
        after = asked(case, ask).diagnosis
        comparison = compared(before, after)
        assert (comparison.blind, comparison.unknown) == (False, ())
        # The commands before may have mended it already.
        was_left = mend.finding.cause in _causes(before.findings)
        assert (mend.finding.cause in _causes(comparison.mended)) == was_left
        assert sorted(_causes((*comparison.mended, *comparison.remaining))) == sorted(_causes(before.findings))
        before = after
    if case.heals and len(mends) == len(first.findings):
        assert compared(first, before).mended == first.findings


@pytest.mark.parametrize("build", _SEVERAL, ids=name_of)
def test_what_is_not_seen_is_not_mended(
    build: Scenario, world: World, troubleshooter: Troubleshoot, live: Source
) -> None:
    case = build(world)
    doors = Doors(live)
    bot = troubleshooter(case.accounts, doors)
    question = Question(case.asks, case.locale, case.region, case.stage)
    whole = bot.answer(question).diagnosis
    assert compared(whole, whole).remaining == whole.findings
    for read in list(doors.told):
        doors.instead = {read: DENIED}
        comparison = compared(whole, bot.answer(question).diagnosis)
        assert comparison.mended == ()
        assert comparison.blind or comparison.unknown == ()
