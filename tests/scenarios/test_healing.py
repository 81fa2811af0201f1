"""What an answer prints heals the account: its commands through the real AWS CLI, its templates as stacks; and both undone."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from bot.demo.world import World
from bot.model import Mend, Reply
from tests.conftest import Ask, Deploy, RunShell
from tests.scenarios.every import EVERY, name_of
from tests.scenarios.scenario import Scenario
from tests.scenarios.test_findings import asked

_REGIONS = ["eu-west-1", "us-east-1", "ap-northeast-1", "cn-north-1"]


def _story(reply: Reply) -> list[tuple[Any, ...]]:
    """What an answer says is wrong, without what a fix may change about how it says so."""
    mends = (*reply.findings, *reply.advice)
    return [(mend.finding.cause, mend.finding.scope, dict(mend.finding.facts)) for mend in mends]


def _run(script: str | None, mend: Mend, run_shell: RunShell) -> None:
    if script:
        run_shell(script, mend.fix.account)


@pytest.mark.parametrize("build", EVERY, ids=name_of)
def test_commands(build: Scenario, world: World, ask: Ask, run_shell: RunShell) -> None:
    case = build(world)
    before = asked(case, ask)
    mends = (*before.findings, *before.advice)
    if not any(mend.fix.cli for mend in mends):
        assert not case.heals or not before.findings
        return
    for mend in mends:
        _run(mend.fix.cli, mend, run_shell)
    healed = asked(case, ask)
    assert (str(healed.diagnosis.verdict), _story(healed)) == ("healthy", []) or not case.heals

    undoable = all(mend.fix.rollback_cli for mend in mends if mend.fix.cli)
    for mend in reversed(mends):
        _run(mend.fix.rollback_cli, mend, run_shell)
    assert not undoable or _story(asked(case, ask)) == _story(before)


@cache
def _linter() -> Any:
    # Its rules take a third of a second to load; then a template takes a few milliseconds.
    from cfnlint.config import ConfigMixIn
    from cfnlint.runner import Runner

    return Runner(ConfigMixIn(regions=_REGIONS))


def _complaints(template: str) -> list[str]:
    from cfnlint.decode import decode_str

    decoded, broken = decode_str(template)
    return [str(match) for match in (broken or _linter().validate_template(decoded))]


@pytest.mark.parametrize("build", EVERY, ids=name_of)
def test_templates(build: Scenario, world: World, ask: Ask, deploy: Deploy) -> None:
    case = build(world)
    before = asked(case, ask)
    mends = [mend for mend in (*before.findings, *before.advice) if mend.fix.cloudformation]
    for mend in mends:
        assert _complaints(str(mend.fix.cloudformation)) == []
    deployable = [mend for mend in mends if mend.fix.cloudformation_use == "deploy"]
    undo = [
        deploy(f"mend-{number}", mend.fix.cloudformation, mend.fix.account, mend.fix.region)
        for number, mend in enumerate(deployable)
    ]
    mended = {mend.finding.cause for mend in deployable if not mend.finding.advice}
    if case.verdict != "could_not_check":
        assert not mended & {cause for cause, _, _ in _story(asked(case, ask))}
    for delete in reversed(undo):
        delete()
    assert _story(asked(case, ask)) == _story(before)
