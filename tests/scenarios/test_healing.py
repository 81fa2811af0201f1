"""What an answer prints heals the account, by the real AWS CLI and as a stack, and can be undone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest

from bot.aws.account import Read, Source
from bot.demo.world import World
from bot.model import Mend, Outcome, Reply
from tests.conftest import Ask, Deploy, RunShell, Troubleshoot
from tests.scenarios.every import EVERY, name_of
from tests.scenarios.mixing import Mixture
from tests.scenarios.scenario import Scenario
from tests.scenarios.test_findings import asked

_REGIONS = ["eu-west-1", "us-east-1", "ap-northeast-1", "cn-north-1"]
_FLEETING = {"RevisionId", "deploymentId", "lastUpdatedDate", "UpdateDate", "RoleLastUsed"}


def _story(reply: Reply) -> list[tuple[Any, ...]]:
    """What an answer says is wrong, without what a fix may change about how it says so."""
    mends = (*reply.findings, *reply.advice)
    return [(mend.finding.cause, mend.finding.scope, dict(mend.finding.facts)) for mend in mends]


def _state(reply: Reply, live: Source) -> dict[Read, Any]:
    """What the account now answers to everything that a reply rests on."""
    own = reply.diagnosis.target.account if reply.diagnosis.target else None
    reads = [
        Read.of(each.service, each.operation, each.region, **each.parameters)
        for each in reply.diagnosis.evidence
        if each.account == own and each.outcome is Outcome.FOUND
    ]
    return {read: _lasting(live(read).body) for read in reads}


def _lasting(answer: Any) -> Any:
    """An answer without what every change leaves behind, a policy's statements in the order of their ids."""
    if isinstance(answer, Mapping):
        return {name: _lasting(value) for name, value in answer.items() if name not in _FLEETING}
    if isinstance(answer, list):
        return [_lasting(each) for each in answer]
    if isinstance(answer, str) and answer.startswith('{"Version"'):
        return sorted(json.loads(answer)["Statement"], key=lambda statement: str(statement.get("Sid")))
    return answer


def _run(script: str | None, mend: Mend, run_shell: RunShell) -> None:
    if script:
        run_shell(script, mend.fix.account)


@pytest.mark.parametrize("build", EVERY, ids=name_of)
def test_commands(
    build: Scenario, world: World, ask: Ask, run_shell: RunShell, live: Source, troubleshooter: Troubleshoot
) -> None:
    case = build(world)
    before = asked(case, ask)
    state = _state(before, live)
    mends = (*before.findings, *before.advice)
    if not case.by_hand and not any(mend.fix.cli for mend in mends):
        assert not case.heals or not before.findings
        return
    mixture = Mixture.of(case, troubleshooter, live)
    for mend in mends:
        _run(mend.fix.cli, mend, run_shell)
    if case.by_hand:
        case.by_hand()
    if case.heals:
        healed = asked(case, ask)
        assert (str(healed.diagnosis.verdict), healed.findings) == ("healthy", ())
        assert bool(healed.advice) == case.advice_stays
        mixture.check()

    undoable = not case.by_hand and all(mend.fix.rollback_cli for mend in mends if mend.fix.cli)
    for mend in reversed(mends):
        _run(mend.fix.rollback_cli, mend, run_shell)
    if undoable:
        assert _story(asked(case, ask)) == _story(before)
        assert _state(before, live) == state


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
    if not deployable:
        return
    undo = [
        deploy(f"mend-{number}", mend.fix.cloudformation, mend.fix.account, mend.fix.region)
        for number, mend in enumerate(deployable)
    ]
    mended = {mend.finding.cause for mend in deployable if not mend.finding.advice}
    if case.verdict != "could_not_check":
        assert not mended & {cause for cause, _, _ in _story(asked(case, ask))}
    for delete in reversed(undo):
        delete()
    assert case.stack_stays or _story(asked(case, ask)) == _story(before)
