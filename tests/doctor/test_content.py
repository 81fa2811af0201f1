"""Playbooks that break, and catalogs that lack something, are named before anybody asks a question."""

import shutil
from dataclasses import replace

import pytest

from bot.check import begin_playbook
from bot.doctor.check import Outcome
from bot.doctor.content import catalog, own_sentences, playbooks, shelf, symptoms
from bot.reply.locales import LANGUAGES
from bot.settings import read_settings

OURS = read_settings({})
OWN = OURS.content_folders[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_ours_is_complete(language):
    check = catalog(language, own_sentences(), [OWN / "locales"])
    assert (check.outcome, check.subject, check.remedy) == (Outcome.OK, language, "")
    assert f"{len(own_sentences())} sentences" in check.seen


def test_a_playbook_that_breaks(tmp_path):
    begin_playbook(tmp_path, "cannot_sign_in")
    code = tmp_path / "playbooks" / "cannot_sign_in" / "diagnose.py"
    code.write_text('"""Somebody cannot sign in."""\n\nimport nothing_like_that\n', "utf-8")
    check = playbooks(tmp_path)
    assert (check.outcome, check.subject) == (Outcome.PROBLEM, str(tmp_path))
    assert f"{code}: cannot be imported" in check.seen
    assert check.remedy.startswith(f"run 'kintsugi playbooks check {tmp_path}'")


def test_folders_that_do_not_go_together(tmp_path):
    begin_playbook(tmp_path, next((OWN / "playbooks").iterdir()).name)
    check = shelf(replace(OURS, content=(tmp_path,)))
    assert check.outcome is Outcome.PROBLEM
    assert "the name is taken" in check.seen
    assert shelf(replace(OURS, content=(tmp_path / "nowhere",))).outcome is Outcome.PROBLEM


def test_a_symptom_that_cannot_be_read(tmp_path):
    (tmp_path / "symptoms").mkdir()
    (tmp_path / "symptoms" / "bad.yaml").write_text("[", "utf-8")
    check = symptoms(replace(OURS, content=(tmp_path,)))
    assert check.outcome is Outcome.PROBLEM
    assert "bad.yaml" in check.seen


@pytest.mark.parametrize(
    ("written", "says"),
    [
        (None, "lacks 'a sentence of nobody'"),
        ('msgid "broken', "cannot be read as a catalog"),
    ],
)
def test_a_catalog_that_lacks_a_sentence_or_cannot_be_read(tmp_path, written, says):
    folders = [tmp_path]
    file = tmp_path / "ja" / "LC_MESSAGES" / "messages.po"
    file.parent.mkdir(parents=True)
    shutil.copy(OWN / "locales" / "ja" / "LC_MESSAGES" / "messages.po", file)
    if written:
        file.write_text(written, "utf-8")
    check = catalog("ja", own_sentences() | {"a sentence of nobody"}, folders)
    assert (check.outcome, check.subject) == (Outcome.PROBLEM, "ja")
    assert says in check.seen


def test_a_language_without_any_catalog(tmp_path):
    check = catalog("es", {"one", "two", "three", "four"}, [tmp_path])
    assert check.seen == "lacks 'four'; 'one'; 'three'; and 1 more"
