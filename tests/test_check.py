"""Every fault of a stranger's content folder is found and named, and a playbook that was just begun has none."""

import shutil

import pytest
import yaml

from bot.aws.accounts import Accounts
from bot.check import BadName, begin_playbook, check_folder
from bot.library import read_playbooks
from bot.model import Question, Verdict
from bot.reply.writer import Writer
from bot.settings import Settings
from bot.troubleshooter import Troubleshooter
from bot.workshop import make_reader
from tests.aws.tapes import ACCOUNT, API, REGION, Tape, found, function_arn, method, record_api

NAME = "traces_missing"
SYMPTOM = {
    "rank": 50,
    "signatures": [{"pattern": "trace [0-9]+ is lost", "examples": ["trace 7 is lost"], "not": ["no trace is lost"]}],
}
TITLE = '"The stage %(stage)s does not trace requests"'


@pytest.fixture
def begun(tmp_path):
    """The folder of a playbook that was just begun in an empty content folder."""
    begin_playbook(tmp_path, NAME)
    return tmp_path / "playbooks" / NAME


@pytest.fixture
def content(begun):
    return begun.parents[1]


def faults(content):
    return list(check_folder(content))


def change(file, old, new):
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


def change_card(playbook, **members):
    file = playbook / "playbook.yaml"
    file.write_text(yaml.safe_dump(yaml.safe_load(file.read_text("utf-8")) | members), "utf-8")


def test_what_was_just_begun_is_in_order(content):
    assert faults(content) == []


def test_our_own_content_has_no_fault_but_perhaps_a_translation_under_way():
    own = Settings().content_folders[0]
    assert [fault for fault in faults(own) if not fault.startswith(f"{own}/locales/")] == []


def test_a_folder_without_a_shelf(tmp_path):
    assert faults(tmp_path) == [f"{tmp_path}: has no folder 'playbooks'; a content folder holds one"]


def _unknown_symptom(playbook):
    change_card(playbook, answers=["nobody-describes-this"])


def _bad_card(playbook):
    change_card(playbook, target="rest-api")


def _no_python(playbook):
    (playbook / "diagnose.py").write_text("def", "utf-8")


def _no_docstring(playbook):
    (playbook / "diagnose.py").write_text("def diagnose(api): ...\n", "utf-8")


def _no_function(playbook):
    change(playbook / "diagnose.py", "def diagnose", "def diagnosis")


def _cannot_be_imported(playbook):
    change(playbook / "diagnose.py", "from bot.aws.account import Read", "from bot.aws.account import Reed")


def _no_words(playbook):
    (playbook / "fixes" / "tracing_off.md.j2").unlink()


def _no_title(playbook):
    change(playbook / "fixes" / "tracing_off.md.j2", "{% block title %}", "{% block heading %}")


def _bad_template(playbook):
    change(playbook / "fixes" / "tracing_off.md.j2", "{% block title %}", "{% block title")


def _no_commands(playbook):
    (playbook / "fixes" / "tracing_off.sh.j2").unlink()


def _no_rollback(playbook):
    (playbook / "fixes" / "tracing_off.rollback.sh.j2").unlink()


def _no_template_and_no_note(playbook):
    change(playbook / "fixes" / "tracing_off.md.j2", "{% block cloudformation_note %}", "{% block other %}")


def _template_of_unknown_use(playbook):
    (playbook / "fixes" / "tracing_off.yaml.j2").write_text("Resources: {}\n", "utf-8")


def _use_without_template(playbook):
    card = yaml.safe_load((playbook / "playbook.yaml").read_text("utf-8"))
    card["fixes"]["tracing_off"]["cloudformation"] = "deploy"
    change_card(playbook, **card)


def _unknown_event(playbook):
    card = yaml.safe_load((playbook / "playbook.yaml").read_text("utf-8"))
    changed_by = {"service": "apigateway", "events": ["StopTracing"], "of": "api_id"}
    card["fixes"]["tracing_off"]["changed_by"] = [changed_by]
    change_card(playbook, **card)


def _words_nobody_can_translate(playbook):
    change(playbook / "fixes" / "tracing_off.md.j2", "{% block why %}", "{% block why %}\nBecause.")


@pytest.mark.parametrize(
    ("spoil", "file", "says"),
    [
        (_unknown_symptom, "playbook.yaml", "answers 'nobody-describes-this', which no file"),
        (_bad_card, "playbook.yaml", "target: "),
        (_unknown_event, "playbook.yaml", "'events' names ['StopTracing'], which bot/aws/changes.py does not list"),
        (_no_python, "diagnose.py", "is no Python"),
        (_no_docstring, "diagnose.py", "has no docstring"),
        (_no_function, "diagnose.py", "has no function 'diagnose'"),
        (_cannot_be_imported, "diagnose.py", "cannot be imported (ImportError: cannot import name 'Reed'"),
        (_no_words, "fixes/tracing_off.md.j2", "is missing; it holds the words of the fix"),
        (_no_title, "fixes/tracing_off.md.j2", "has no block 'title'"),
        (_no_commands, "fixes/tracing_off.sh.j2", "has no block 'cli_note' that says why"),
        (_no_rollback, "fixes/tracing_off.rollback.sh.j2", "has no block 'rollback_note' that says why"),
        (_no_template_and_no_note, "fixes/tracing_off.yaml.j2", "has no block 'cloudformation_note' that says why"),
        (_template_of_unknown_use, "fixes/tracing_off.yaml.j2", "is there exactly if the card says its use"),
        (_words_nobody_can_translate, "fixes/tracing_off.md.j2", "'Because.' stands outside of {% trans %}"),
    ],
)
def test_one_fault_is_named_once_with_its_file(content, begun, spoil, file, says):
    spoil(begun)
    (fault,) = faults(content)
    assert fault.startswith(f"{begun / file}: ")
    assert says in fault


def test_a_template_that_cannot_be_parsed_is_named(content, begun):
    _bad_template(begun)
    assert all(fault.startswith(f"{begun / 'fixes' / 'tracing_off.md.j2'}: ") for fault in faults(content))
    assert faults(content)


def test_a_use_without_a_template_is_named(content, begun):
    _use_without_template(begun)
    assert any("is there exactly if the card says its use" in fault for fault in faults(content))


def test_one_faulty_playbook_hides_no_other(content, begun):
    begin_playbook(content, "another_seen")
    _no_python(begun)
    _no_words(content / "playbooks" / "another_seen")
    assert [fault.split(": ")[1][:10] for fault in faults(content)] == ["is missing", "is no Pyth"]


def test_a_name_of_ours_is_taken(tmp_path):
    own = read_playbooks(Settings().content_folders)[0]
    shutil.copytree(own.folder, tmp_path / "playbooks" / own.name)
    (fault,) = faults(tmp_path)
    assert fault.startswith(f"{tmp_path / 'playbooks' / own.name}: the name is taken")


def with_symptom(content, begun, **members):
    shelf = content / "symptoms"
    shelf.mkdir(exist_ok=True)
    (shelf / "trace-lost.yaml").write_text(yaml.safe_dump(SYMPTOM | members), "utf-8")
    change_card(begun, answers=["trace-lost"])


def test_a_symptom_of_one_s_own_can_be_answered(content, begun):
    with_symptom(content, begun)
    assert faults(content) == []


@pytest.mark.parametrize(
    ("signature", "says"),
    [
        ({"examples": ["trace is lost"]}, "the example 'trace is lost' does not show the symptom"),
        ({"not": ["trace 8 is lost"]}, "the counterexample 'trace 8 is lost' shows the symptom"),
    ],
)
def test_examples_and_counterexamples_have_to_hold(content, begun, signature, says):
    with_symptom(content, begun, signatures=[SYMPTOM["signatures"][0] | signature])
    assert faults(content) == [f"symptoms/trace-lost.yaml: {says}"]


@pytest.mark.parametrize(
    ("members", "says"),
    [
        ({"rank": 500}, "rank: a whole number from 0 to 100"),
        ({"signatures": [{"pattern": "(?=x)abc", "examples": ["abc"]}]}, "RE2 does not accept"),
    ],
)
def test_a_symptom_that_cannot_be_used_is_named(content, begun, members, says):
    with_symptom(content, begun, **members)
    assert any(says in fault and "trace-lost" in fault for fault in faults(content))


def translate(content, *entries, language="ja"):
    folder = content / "locales" / language / "LC_MESSAGES"
    folder.mkdir(parents=True, exist_ok=True)
    header = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n'
    (folder / "messages.po").write_text("\n".join([header, *entries]), "utf-8")


def of_language(content, language):
    return [fault for fault in faults(content) if fault.startswith(f"{content}/locales/{language}: ")]


def test_every_language_lacks_what_it_does_not_say(content):
    translate(content)
    lacking = {language: len(of_language(content, language)) for language in ("ja", "zh_TW", "es")}
    assert lacking["ja"] == lacking["zh_TW"] == lacking["es"] == 5
    translate(content, f'msgid {TITLE}\nmsgstr "%(stage)s"\n')
    assert len(of_language(content, "ja")) == 4
    assert len(of_language(content, "es")) == 5


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ("nothing", "has other placeholders"),
        ("%(stage)s %(api_id)s", "has other placeholders"),
        ("%(stage)s `x`", "has other code"),
    ],
)
def test_a_translation_has_the_same_placeholders_and_code(content, said, says):
    translate(content, f'msgid {TITLE}\nmsgstr "{said}"\n')
    assert any(says in fault for fault in of_language(content, "ja"))


def test_a_catalog_that_cannot_be_read_is_named(content):
    translate(content, "msgid without quotes")
    assert any("messages.po: cannot be read as a catalog" in fault for fault in faults(content))


def test_beginning_says_what_it_made(tmp_path):
    made = begin_playbook(tmp_path, NAME)
    assert [str(path.relative_to(tmp_path / "playbooks" / NAME)) for path in made] == [
        "diagnose.py",
        "fixes/tracing_off.md.j2",
        "fixes/tracing_off.rollback.sh.j2",
        "fixes/tracing_off.sh.j2",
        "playbook.yaml",
    ]


@pytest.mark.parametrize(
    "name", ["", "Traces", "traces-missing", "../traces", "a b", "_a", "a_", "a__b", "トレース", "a\n"]
)
def test_names_that_no_playbook_can_have(tmp_path, name):
    with pytest.raises(BadName, match="lower-case words joined by underscores"):
        begin_playbook(tmp_path, name)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_written_over(begun, content):
    change(begun / "diagnose.py", "Nobody", "Somebody")
    with pytest.raises(FileExistsError, match="is there already"):
        begin_playbook(content, NAME)
    assert "Somebody" in (begun / "diagnose.py").read_text("utf-8")


def test_what_was_just_begun_really_runs(content):
    stages = ({"stageName": "prod"}, {"stageName": "dev", "tracingEnabled": True}, {"stageName": "it's $(me)"})
    tape = record_api(Tape(), {"GET /": method(function_arn("pets"))}, stages)
    tape.holds("sts", "GetCallerIdentity", found(Account=ACCOUNT, Arn=f"arn:aws:iam::{ACCOUNT}:root"))
    playbooks = read_playbooks([content])
    accounts = Accounts(own=lambda: tape, region=REGION)
    troubleshooter = Troubleshooter(make_reader(Settings()), playbooks, accounts, Writer(playbooks, []), 60)
    reply = troubleshooter.answer(Question(API, "en"))
    assert reply.diagnosis.verdict is Verdict.HEALTHY
    assert [mend.finding.facts["stage"] for mend in reply.advice] == ["prod", "it's $(me)"]
    first, hostile = (mend.fix for mend in reply.advice)
    assert first.title == "The stage `prod` does not trace requests"
    assert len(first.steps) == 2
    assert f"update-stage --rest-api-id {API} --stage-name prod " in first.cli
    assert first.rollback_cli.replace("value=false", "value=true") == first.cli
    assert first.cloudformation is None
    assert "TracingEnabled" in first.cloudformation_note
    assert """--stage-name 'it'"'"'s $(me)' """ in hostile.cli
