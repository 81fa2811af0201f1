"""Every account of `kintsugi demo` is answered rightly in every language, without AWS."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from bot.cli import app
from bot.demo.scenarios import SCENARIOS
from bot.demo.show import answer_of
from bot.reply.document import markdown
from bot.reply.json_form import diagnosis_object
from bot.reply.locales import LANGUAGES
from bot.settings import read_settings

SCHEMA = Draft202012Validator(
    json.loads((Path(__file__).parents[1] / "contract" / "diagnosis.schema.json").read_text())
)
FOUND = {
    "order-desk": ["integration_permission_on_other_qualifier"],
    "bookings": ["authorizer_permission_source_arn_mismatch"],
    "invoices": ["integration_role_cannot_invoke"],
    "parcels": ["integration_method_not_post"],
    "gym": ["authorizer_cache_too_narrow"],
    "trains": ["change_not_deployed"],
    "catalogue": [],
}


@pytest.fixture(scope="module", params=SCENARIOS)
def answered(request):
    """A scenario's name, what was pasted, the English reply, and the words it is written with."""
    return request.param, *answer_of(SCENARIOS[request.param], read_settings({}), "en")


def test_the_cause_is_the_one_that_was_built_in(answered):
    name, _, reply, _ = answered
    assert [mend.finding.cause for mend in reply.findings] == FOUND[name]
    assert reply.diagnosis.verdict == ("found" if FOUND[name] else "healthy")
    assert reply.diagnosis.unseen == ()


def test_neither_the_name_nor_the_story_gives_the_cause_away():
    for name, scenario in SCENARIOS.items():
        told = f"{name} {scenario.story}".lower()
        assert not any(word in told for word in ("permission", "role", "policy", "post", "arn", "authorizer"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_the_same_in_its_own_words(answered, language):
    _, _, english, writer = answered
    reply = writer.reply(english.diagnosis, language)
    shown = diagnosis_object(reply)
    assert [error.message for error in SCHEMA.iter_errors(json.loads(json.dumps(shown)))] == []
    assert shown["language"] == language
    assert [mend.fix.cli for mend in reply.findings] == [mend.fix.cli for mend in english.findings]
    document = markdown(reply, writer.words("reply", language))
    assert all(mend.fix.title in document for mend in reply.findings[1:])
    assert (reply.summary == english.summary) is (language == "en")


def demo(*words):
    result = CliRunner().invoke(app, ["demo", *words])
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout


def test_the_list_names_every_scenario_with_its_story():
    assert demo("--list").splitlines() == [f"{name}: {each.story}" for name, each in SCENARIOS.items()]


def test_what_was_pasted_stands_quoted_before_the_answer_of_the_first_scenario(monkeypatch):
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    lines = demo().splitlines()
    quoted = [line for line in lines if line.startswith(">")]
    assert quoted[0].startswith("> API-Gateway-Execution-Logs_")
    assert lines[: len(quoted)] == quoted
    assert any("aws lambda add-permission" in line for line in lines)


def test_as_json_it_is_the_object_alone():
    shown = json.loads(demo("--format", "json", "--lang", "ja", "--scenario", "catalogue"))
    SCHEMA.validate(shown)
    assert (shown["language"], shown["verdict"]) == ("ja", "healthy")
