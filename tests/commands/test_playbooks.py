"""`kintsugi playbooks`: the shelf is listed, shown, checked, and grows."""

import pytest

from bot.library import read_playbooks
from bot.settings import Settings

OWN = read_playbooks(Settings().content_folders)
NAME = "traces_missing"


def test_every_playbook_is_listed_with_its_opening_sentence(kintsugi):
    result = kintsugi("playbooks", "list")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [f"{playbook.name}: {playbook.summary}" for playbook in OWN]


@pytest.mark.parametrize("playbook", OWN, ids=lambda playbook: playbook.name)
def test_a_playbook_shows_everything_its_card_says(kintsugi, playbook):
    shown = kintsugi("playbooks", "show", playbook.name).stdout.splitlines()
    card = playbook.card
    assert shown[:2] == [playbook.name, playbook.summary]
    assert {f"  {symptom}" for symptom in card.answers} <= set(shown)
    assert {f"  {cause}{' (advice)' if cause in card.advice else ''}" for cause in card.causes} <= set(shown)
    pages = [line for line in shown if line.startswith("  https://")]
    assert set(pages) == {f"  {url}" for fix in card.fixes.values() for url in fix.references}
    assert len(pages) == len(set(pages))


def test_a_name_that_there_is_not_is_a_mistake_of_usage(kintsugi):
    result = kintsugi("playbooks", "show", "nothing")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "there is no playbook 'nothing'" in result.stderr


def test_a_playbook_is_begun_checked_and_then_listed(kintsugi, tmp_path, monkeypatch):
    made = kintsugi("playbooks", "new", NAME, "--folder", tmp_path)
    assert made.exit_code == 0
    assert str(tmp_path / "playbooks" / NAME / "diagnose.py") in made.stdout.splitlines()
    checked = kintsugi("playbooks", "check", tmp_path)
    assert (checked.exit_code, checked.stdout) == (0, "All in order.\n")
    monkeypatch.setenv("KINTSUGI_CONTENT", str(tmp_path))
    assert kintsugi("playbooks", "list").stdout.splitlines()[-1].startswith(f"{NAME}: ")


def test_the_name_of_a_file_commands_no_terminal(kintsugi, tmp_path):
    (tmp_path / "playbooks" / "a\x1b]0;owned\x07").mkdir(parents=True)
    result = kintsugi("playbooks", "check", tmp_path)
    assert result.exit_code == 1
    assert r"a\u001b]0;owned\u0007" in result.stdout
    assert result.stdout.replace("\n", "").isprintable()


def test_every_fault_is_named_and_counted(kintsugi, tmp_path):
    kintsugi("playbooks", "new", NAME, "--folder", tmp_path)
    fixes = tmp_path / "playbooks" / NAME / "fixes"
    (fixes / "tracing_off.sh.j2").unlink()
    (fixes / "tracing_off.rollback.sh.j2").unlink()
    result = kintsugi("playbooks", "check", tmp_path)
    assert (result.exit_code, len(result.stdout.splitlines())) == (1, 2)
    assert result.stderr == "kintsugi: 2 to mend\n"


@pytest.mark.parametrize("name", ["Traces", "a-b", "../x"])
def test_a_bad_name_is_a_mistake_of_usage_and_makes_nothing(kintsugi, tmp_path, name):
    result = kintsugi("playbooks", "new", name, "--folder", tmp_path)
    assert result.exit_code == 2
    assert "lower-case words joined by underscores" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_is_not_written_over(kintsugi, tmp_path):
    kintsugi("playbooks", "new", NAME, "--folder", tmp_path)
    again = kintsugi("playbooks", "new", NAME, "--folder", tmp_path)
    assert again.exit_code == 2
    assert "is there already" in again.stderr


def test_a_folder_that_cannot_hold_it_is_named(kintsugi, tmp_path):
    (tmp_path / "file").write_text("", "utf-8")
    result = kintsugi("playbooks", "new", NAME, "--folder", tmp_path / "file")
    assert result.exit_code == 2
    assert "Not a directory" in result.stderr


def test_content_that_cannot_be_used_is_named(kintsugi, tmp_path, monkeypatch):
    monkeypatch.setenv("KINTSUGI_CONTENT", str(tmp_path))
    result = kintsugi("playbooks", "list")
    assert (result.exit_code, result.stdout) == (1, "")
    assert f"{tmp_path}: has no folder 'playbooks'" in result.stderr
