"""Every scenario is answered rightly: what is found, what is advised, and the form of it all."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from jsonschema import Draft202012Validator, FormatChecker

from bot.aws.reads import READS
from bot.demo.world import World
from bot.library import read_playbooks
from bot.model import Finding, Mend, Reply
from bot.reply.json_form import diagnosis_object
from bot.reply.locales import LANGUAGES
from bot.settings import Settings
from bot.troubleshooter import Troubleshooter
from tests.conftest import Ask
from tests.scenarios.every import EVERY, name_of
from tests.scenarios.scenario import Case, Expected, Scenario
from tests.store.kept import shown, shown_again

_SCHEMA = json.loads((Path(__file__).parents[1] / "contract/diagnosis.schema.json").read_text("utf-8"))
_FORMATS = FormatChecker(())


@_FORMATS.checks("uri")
def _is_uri(text: object) -> bool:
    return not isinstance(text, str) or bool(urlsplit(text).scheme and urlsplit(text).netloc)


_VALIDATOR = Draft202012Validator(_SCHEMA, format_checker=_FORMATS)
_CARDS = {playbook.name: playbook.card for playbook in read_playbooks(Settings().content_folders)}
_EVERYONE = '"*"'
_PLACEHOLDERS = ("<", "$", "YOUR", "example", "xxx")


def asked(case: Case, ask: Ask) -> Reply:
    """The answer to a case's question."""
    return ask(case.asks, case.locale, case.region, case.stage, case.accounts)


def seen(mends: tuple[Mend, ...]) -> list[tuple[str, str, str]]:
    """What was found: cause, certainty and scope of each, in order."""
    return [(mend.finding.cause, str(mend.finding.certainty), str(mend.finding.scope)) for mend in mends]


@pytest.mark.parametrize("build", EVERY, ids=name_of)
def test_answer(build: Scenario, world: World, ask: Ask, bot: Troubleshooter) -> None:
    case = build(world)
    before = len(world.aws.calls)
    reply = asked(case, ask)
    called = {(call.service, call.operation) for call in world.aws.calls[before:]}
    again = asked(case, ask)

    assert str(reply.diagnosis.verdict) == case.verdict
    _holds(reply.findings, case.finds)
    _holds(reply.advice, case.advises)
    assert called <= {*READS, ("sts", "AssumeRole")}
    _is_valid(diagnosis_object(reply))
    assert _without_times(diagnosis_object(reply)) == _without_times(diagnosis_object(again))
    assert set(case.runs) <= {
        word for mend in reply.findings for line in commands_of(mend.fix.cli or "") for word in line
    }
    steps = "\n".join(step for mend in reply.findings for step in mend.fix.steps)
    assert [text for text in case.says if text not in steps] == []
    for mend in (*reply.findings, *reply.advice):
        _snippets_are_sound(mend, case)
    # Each language in its turn: all four of each would take minutes.
    language = LANGUAGES[EVERY.index(build) % len(LANGUAGES)]
    assert shown_again(reply.diagnosis, bot.writer, language) == shown(reply.diagnosis, bot.writer, language)


def _holds(mends: tuple[Mend, ...], expected: tuple[Expected, ...]) -> None:
    assert seen(mends) == [(each.cause, each.certainty, each.scope) for each in expected]
    for mend, each in zip(mends, expected, strict=True):
        facts, fix = mend.finding.facts, mend.fix
        assert {name: facts.get(name) for name in each.facts} == each.facts
        assert (bool(fix.cli), fix.cloudformation_use) == (each.cli, each.stack)
        assert bool(fix.rollback_cli) == each.rollback
        assert fix.cli or fix.cli_note
        assert fix.cloudformation or fix.cloudformation_note
        assert fix.rollback_cli or fix.rollback_note
        assert fix.redeploy == ("create-deployment" in (fix.cli or ""))
        assert (fix.would_disprove is None) == (mend.finding.certainty == "proven")
        _says_what_may_have_changed(mend.finding)


def _says_what_may_have_changed(finding: Finding) -> None:
    for changed_by in _CARDS[finding.playbook].fixes[finding.fix].changed_by:
        assert {changed_by.of, *changed_by.where.values()} <= {*finding.facts, *finding.remedy}


def _is_valid(answer: dict[str, Any]) -> None:
    _VALIDATOR.validate(json.loads(json.dumps(answer)))
    made = {each["id"] for each in answer["evidence"]}
    for finding in (*answer["findings"], *answer["advice"]):
        assert set(finding["evidence"]) <= made
    for number, unseen in enumerate(answer["unseen"]):
        assert unseen not in answer["unseen"][:number]
        assert unseen["grant"] or unseen["reason"] != "denied"


def _without_times(answer: dict[str, Any]) -> str:
    timeless = {name: value for name, value in answer.items() if name != "elapsed_milliseconds"}
    timeless["evidence"] = [{**each, "milliseconds": 0} for each in answer["evidence"]]
    return json.dumps(timeless)


def commands_of(script: str) -> list[list[str]]:
    """The words of each command of a snippet."""
    return [shlex.split(line) for line in script.replace("\\\n", " ").splitlines()]


def _snippets_are_sound(mend: Mend, case: Case) -> None:
    fix, api = mend.fix, str(mend.finding.facts["api_id"])
    # A stage variable stands in a template as API Gateway itself keeps it.
    template = (fix.cloudformation or "").replace("${stageVariables.", "")
    for snippet in filter(None, (fix.cli, fix.rollback_cli, template)):
        for placeholder in set(_PLACEHOLDERS) - set(case.prints):
            assert placeholder not in snippet
    for script in filter(None, (fix.cli, fix.rollback_cli)):
        for words in commands_of(script):
            assert words[0] == "aws"
            assert re.fullmatch(r"[a-z]{2}(-[a-z]+)+-\d", words[words.index("--region") + 1])
            assert _EVERYONE in case.prints or not _names_everyone("".join(words))
            assert '"Resource": "*"' not in "".join(words)
            assert '"Resource": []' not in "".join(words)
    for words in commands_of(fix.cli or ""):
        if "--source-arn" in words:
            assert f":{api}/" in words[words.index("--source-arn") + 1]
        assert "add-permission" not in words or "--source-arn" in words
    for resource in resources_of(fix.cloudformation):
        text = json.dumps(resource)
        assert _EVERYONE in case.prints or '"Principal": "*"' not in text
        assert '"Resource": "*"' not in text
        assert '"Resource": []' not in text
        if resource["Type"] == "AWS::Lambda::Permission":
            assert f":{api}/" in resource["Properties"]["SourceArn"]
    if fix.cli and fix.cloudformation:
        assert _granted_by(fix.cloudformation) == _granted_in(fix.cli)


def _names_everyone(words: str) -> bool:
    return "Principal" in words and _EVERYONE in words.replace("\\", "")


def _granted_by(template: str) -> set[tuple[str, str]]:
    granted = (each["Properties"] for each in resources_of(template) if each["Type"] == "AWS::Lambda::Permission")
    return {(each["FunctionName"].partition(":function:")[2], each["SourceArn"]) for each in granted}


def _granted_in(script: str) -> set[tuple[str, str]]:
    granted = (
        dict(zip(words[3::2], words[4::2], strict=True)) for words in commands_of(script) if "add-permission" in words
    )
    return {
        (":".join([each["--function-name"].split(":function:")[-1], *_qualifier(each)]), each["--source-arn"])
        for each in granted
    }


def _qualifier(options: dict[str, str]) -> list[str]:
    return [options["--qualifier"]] if "--qualifier" in options else []


def resources_of(template: str | None) -> Iterator[dict[str, Any]]:
    """The resources of a template."""
    yield from (yaml.safe_load(template)["Resources"] if template else {}).values()
