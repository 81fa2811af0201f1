"""That the audit log cannot be written is known before anybody asks a question."""

import os

import pytest

from bot.audit import AuditLog, Ended
from bot.doctor.audit import examine
from bot.doctor.check import Outcome
from bot.settings import read_settings


def check_of(place):
    return examine(read_settings({"KINTSUGI_AUDIT": str(place)}))


@pytest.mark.parametrize("place", ["", "-"])
def test_what_is_written_to_no_file_is_well(place):
    assert check_of(place).outcome is Outcome.OK


def test_a_file_is_neither_begun_nor_written_by_looking(tmp_path):
    file = tmp_path / "audit.jsonl"
    check = check_of(file)
    assert (check.outcome, check.subject) == (Outcome.OK, str(file))
    assert not file.exists()
    AuditLog(file).write(Ended(question="q", outcome="answered", way="mention"))
    before = file.read_bytes()
    assert check_of(file).outcome is Outcome.OK
    assert file.read_bytes() == before


def test_what_cannot_be_appended_to_is_a_problem(tmp_path):
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    for place in ("folder", "pipe", "file/audit.jsonl", "nowhere/audit.jsonl"):
        check = check_of(tmp_path / place)
        assert (check.name, check.outcome) == ("audit.write", Outcome.PROBLEM), place
        assert "KINTSUGI_AUDIT to another file" in check.remedy
        assert str(tmp_path) in f"{check.subject}"


def test_where_the_bot_s_user_may_not_write_none_can_be_begun(tmp_path):
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o500)
    expected = Outcome.OK if os.access(folder, os.W_OK) else Outcome.PROBLEM  # no mode binds root
    assert check_of(folder / "audit.jsonl").outcome is expected
