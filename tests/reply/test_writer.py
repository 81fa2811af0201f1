"""Diagnoses are put into words: each finding with its fix, and a summary for every verdict in every language."""

from dataclasses import replace

import pytest
import yaml

from bot.library import read_playbook
from bot.model import (
    REDACTED,
    Candidate,
    Certainty,
    Hint,
    Report,
    Scope,
    Sighting,
    Target,
    TargetKind,
    UnseenRead,
    UnseenReason,
    Verdict,
)
from bot.reply.locales import LANGUAGES
from bot.reply.writer import Writer
from bot.settings import Settings
from tests.playbooks_made_up import PAGE, a_finding
from tests.slack.replies import TARGET, a_diagnosis

CARD = {
    "target": "rest_api",
    "answers": ["generic-500"],
    "causes": {"some_cause": "some_fix", "other_cause": "other_fix", "third_cause": "broken_fix"},
    "fixes": {
        "some_fix": {"references": [PAGE], "cloudformation": "merge", "redeploy": True, "commands": "shared"},
        "other_fix": {"references": [PAGE]},
        "broken_fix": {"references": [PAGE]},
    },
}
WORDS = """
{% block title %}{% trans %}{{ name }} is wrong{% endtrans %}{% endblock %}
{% block why %}{% trans %}Because of {{ region }}.{% endtrans %}{% endblock %}
{% block steps %}
1. {% trans %}Do this
   first.{% endtrans %}


```python
if able:

    1. / {{ name }}
```

{% trans %}And so on.{% endtrans %}


1. {% trans %}Then that.{% endtrans %}
{% endblock %}
{% block would_disprove %}{% trans %}It works.{% endtrans %}{% endblock %}
{% block cli_note %}{% trans %}No command.{% endtrans %}{% endblock %}
{% block rollback_note %}{% trans %}No way back.{% endtrans %}{% endblock %}
{% block cloudformation_note %}{% trans %}No template.{% endtrans %}{% endblock %}
"""


@pytest.fixture
def writer(tmp_path):
    folder = tmp_path / "playbooks" / "seen"
    (folder / "fixes").mkdir(parents=True)
    (folder / "diagnose.py").write_text('"""Something is seen."""\n', "utf-8")
    (folder / "playbook.yaml").write_text(yaml.safe_dump(CARD), "utf-8")
    for fix in ("some_fix", "other_fix"):
        (folder / "fixes" / f"{fix}.md.j2").write_text(WORDS, "utf-8")
    (folder / "fixes" / "broken_fix.md.j2").write_text(WORDS.replace("region", "no_such_value"), "utf-8")
    (folder / "fixes" / "shared.sh.j2").write_text("{% if able %}\naws mend {{ name }}\n{% endif %}\n", "utf-8")
    (folder / "fixes" / "shared.rollback.sh.j2").write_text("aws undo {{ before or name }}\n", "utf-8")
    (folder / "fixes" / "shared.yaml.j2").write_text("{% if able %}\nName: {{ name }}\n{% endif %}\n", "utf-8")
    return Writer([read_playbook(folder)], [], lambda text: "AKIA" in text)


def finding(fix="some_fix", able=True, name="it's", before="", **changes):
    return a_finding(fix=fix, playbook="seen", facts={"name": name}, remedy={"able": able, "before": before}, **changes)


def fix_of(writer, found, language="en"):
    (mend,) = writer.reply(a_diagnosis(findings=(found,)), language).findings
    assert mend.finding is found
    return mend.fix


def test_a_fix_is_written_from_the_files_that_its_card_names(writer):
    fix = fix_of(writer, finding())
    assert (fix.title, fix.why) == ("`it's` is wrong", "Because of `eu-west-1`.")
    assert fix.steps == (
        'Do this first.\n\n```python\nif able:\n\n    1. / "it\'s"\n```\n\nAnd so on.',
        "Then that.",
    )
    assert (fix.cli, fix.rollback_cli) == ("aws mend 'it'\"'\"'s'", "aws undo 'it'\"'\"'s'")
    assert (fix.cloudformation, fix.cloudformation_use) == ('Name: "it\'s"', "merge")
    assert (fix.cli_note, fix.rollback_note, fix.cloudformation_note) == (None, None, None)
    assert (fix.account, fix.region, fix.redeploy) == ("123456789012", "eu-west-1", True)


@pytest.mark.parametrize("found", [finding(able=False), finding(fix="other_fix")])
def test_what_there_is_not_is_explained_and_nothing_is_undone_or_deployed(writer, found):
    fix = fix_of(writer, found)
    assert (fix.cli, fix.rollback_cli, fix.cloudformation, fix.cloudformation_use) == (None, None, None, None)
    assert (fix.cli_note, fix.rollback_note, fix.cloudformation_note) == ("No command.", "No way back.", "No template.")
    assert fix.redeploy is False


@pytest.mark.parametrize("broken", [{"fix": "no_such_fix"}, {"fix": "broken_fix"}])
def test_a_fix_that_cannot_be_written_silences_no_other_and_is_reported(writer, broken):
    reply = writer.reply(a_diagnosis(findings=(finding(), finding(**broken), finding(fix="other_fix"))), "en")
    assert [mend.finding.fix for mend in reply.findings] == ["some_fix", "other_fix"]
    assert reply.diagnosis.findings == tuple(mend.finding for mend in reply.findings)
    assert [(each.operation, each.hint) for each in reply.diagnosis.unseen] == [("playbook seen", Hint.BROKEN_PLAYBOOK)]
    assert reply.diagnosis.verdict is Verdict.FOUND


def test_where_no_fix_can_be_written_nothing_is_called_found(writer):
    reply = writer.reply(a_diagnosis(findings=(finding(fix="broken_fix"),)), "en")
    assert (reply.diagnosis.verdict, reply.findings) == (Verdict.COULD_NOT_CHECK, ())


@pytest.mark.parametrize("name", ["{{resolve:secretsmanager:s}}", "x{{resolve:ssm-secure:p:1}}"])
def test_a_template_that_cloudformation_would_put_a_secret_into_is_withheld(writer, name):
    fix = fix_of(writer, finding(name=name))
    assert (fix.cloudformation, fix.cloudformation_use) == (None, None)
    assert fix.cloudformation_note
    assert name in fix.cli


@pytest.mark.parametrize("name", [f"ann:{REDACTED}@db", "AKIA"])
@pytest.mark.parametrize("language", ["en", "es"])
def test_what_would_hold_a_secret_is_withheld_and_that_is_said(writer, name, language):
    fix = fix_of(writer, finding(name=name), language)
    words = writer.words("reply", language)
    assert (fix.cli, fix.rollback_cli, fix.cloudformation, fix.cloudformation_use) == (None, None, None, None)
    assert (fix.cli_note, fix.cloudformation_note) == (words.block("commands_secret"), words.block("template_secret"))
    assert fix.redeploy is False


def test_a_way_back_alone_can_be_withheld(writer):
    fix = fix_of(writer, finding(before="AKIA"))
    assert (fix.cli, fix.rollback_cli) == ("aws mend 'it'\"'\"'s'", None)
    assert fix.rollback_note == writer.words("reply", "en").block("rollback_secret")


@pytest.mark.parametrize(("certainty", "said"), [(Certainty.PROVEN, None), (Certainty.LIKELY, "It works.")])
def test_only_what_is_likely_can_be_disproved(writer, certainty, said):
    assert fix_of(writer, finding(certainty=certainty)).would_disprove == said


@pytest.mark.parametrize(("language", "segment"), [("en", ""), ("ja", "ja_jp/"), ("zh_TW", "zh_tw/"), ("es", "es_es/")])
def test_pages_are_those_of_the_language(writer, language, segment):
    (page,) = fix_of(writer, finding(), language).references
    assert page == PAGE.replace(".com/", f".com/{segment}", 1)


def test_advice_is_written_like_a_finding_and_kept_apart(writer):
    reply = writer.reply(a_diagnosis(findings=(finding(),), advice=(finding(fix="other_fix"),)), "en")
    assert [mend.finding.fix for mend in reply.findings] == ["some_fix"]
    assert [mend.finding.fix for mend in reply.advice] == ["other_fix"]
    assert reply.advice[0].fix.title == "`it's` is wrong"


def test_the_summary_of_one_cause_is_its_title_and_of_several_tells_how_many(writer):
    one = writer.reply(a_diagnosis(findings=(finding(),)), "en").summary
    elsewhere = writer.reply(a_diagnosis(findings=(finding(scope=Scope.ELSEWHERE),)), "en").summary
    several = writer.reply(a_diagnosis(findings=(finding(), finding(), finding())), "en").summary
    assert one == "`it's` is wrong."
    assert one in elsewhere
    assert elsewhere != one
    assert "3" in several
    assert "`it's` is wrong" in several


GAP = UnseenRead("lambda:GetPolicy", "GetPolicy", "arn", UnseenReason.DENIED)
NO_ACCOUNT = UnseenRead("", "", "*", UnseenReason.NOT_TRIED, hint=Hint.NO_ACCOUNT)
UNSUPPORTED = UnseenRead("", "throttled", "a1b2c3d4e5", UnseenReason.NOT_SUPPORTED)
HTTP = Target(TargetKind.HTTP_API, "a1b2c3d4e5", "123456789012", "eu-west-1")
NAMED = Report("", (), {"api_id": "a1b2c3d4e5"}, 0)
SUMMARIES = {
    "healthy": a_diagnosis(verdict=Verdict.HEALTHY),
    "not explained": a_diagnosis(verdict=Verdict.HEALTHY, report=Report("", (Sighting("generic-500", "it"),), {}, 0)),
    "gap": a_diagnosis(verdict=Verdict.COULD_NOT_CHECK, unseen=(GAP,)),
    "gaps": a_diagnosis(verdict=Verdict.COULD_NOT_CHECK, unseen=(GAP, UNSUPPORTED)),
    "unsupported": a_diagnosis(verdict=Verdict.COULD_NOT_CHECK, unseen=(UNSUPPORTED,)),
    "other kind": a_diagnosis(verdict=Verdict.COULD_NOT_CHECK, target=HTTP, unseen=(UNSUPPORTED,)),
    "closed": a_diagnosis(verdict=Verdict.COULD_NOT_CHECK, target=None, unseen=(GAP,)),
    "closed in part": a_diagnosis(
        verdict=Verdict.COULD_NOT_CHECK, target=None, unseen=(replace(GAP, account="shop"),), accounts=("shop", "bank")
    ),
    "no account": a_diagnosis(verdict=Verdict.COULD_NOT_CHECK, target=None, unseen=(NO_ACCOUNT,)),
    "unknown": a_diagnosis(verdict=Verdict.UNKNOWN_SYMPTOM, target=None),
    "candidates": a_diagnosis(verdict=Verdict.NEED_TARGET, target=None, candidates=(Candidate(TARGET, "pets"),)),
    "nothing there": a_diagnosis(verdict=Verdict.NEED_TARGET, target=None, searched=("eu-west-1",)),
    "nowhere": a_diagnosis(verdict=Verdict.TARGET_NOT_FOUND, target=None, report=NAMED, searched=("eu-west-1",)),
    "nowhere at all": a_diagnosis(verdict=Verdict.TARGET_NOT_FOUND, target=None, report=NAMED, searched=("a", "b")),
    "in none": a_diagnosis(
        verdict=Verdict.TARGET_NOT_FOUND, target=None, report=NAMED, searched=("a", "b"), accounts=("shop", "bank")
    ),
    "unused": a_diagnosis(verdict=Verdict.TARGET_NOT_FOUND, target=None, searched=("eu-west-1",)),
    "no such stage": a_diagnosis(verdict=Verdict.TARGET_NOT_FOUND, candidates=(Candidate(TARGET, "prod"),)),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_outcome_has_a_summary_of_its_own(language):
    writer = Writer([], [folder / "locales" for folder in Settings().content_folders])
    said = {name: writer.reply(diagnosis, language).summary for name, diagnosis in SUMMARIES.items()}
    assert all(said.values())
    assert len(set(said.values())) == len(said)
    assert all("\n" not in summary and "  " not in summary for summary in said.values())


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("healthy", ["`a1b2c3d4e5`", "`eu-west-1`"]),
        ("not explained", ["`a1b2c3d4e5`", "`eu-west-1`"]),
        ("unsupported", ["`throttled`"]),
        ("other kind", ["`HTTP API`"]),
        ("nowhere", ["`a1b2c3d4e5`", "`eu-west-1`"]),
        ("nowhere at all", ["`a`, `b`"]),
        ("in none", ["`shop`, `bank`", "`a`, `b`"]),
        ("no such stage", ["`prod`"]),
    ],
)
def test_a_summary_names_what_it_is_about(name, facts):
    summary = Writer([], []).reply(SUMMARIES[name], "en").summary
    assert all(fact in summary for fact in facts)


def test_a_check_up_says_what_was_looked_at_and_a_failure_what_else_it_can_be():
    said = {name: Writer([], []).reply(SUMMARIES[name], "en").summary for name in ("healthy", "not explained")}
    assert "resource policy" in said["healthy"]
    assert "request ID" in said["not explained"]
    logged = Report("", (Sighting("no-error-log", "it"),), {}, 0)
    asked = Report("", (), {"request_id": "5f1c7c59"}, 0)
    for report, alike in ((logged, "healthy"), (asked, "not explained")):
        diagnosis = a_diagnosis(verdict=Verdict.HEALTHY, report=report)
        assert Writer([], []).reply(diagnosis, "en").summary == said[alike]
