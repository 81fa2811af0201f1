"""`kintsugi feedback`: what people said, counted and quoted, and nothing that their words could do to a terminal."""

import json
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone

import pytest

from bot.store.feedback import Feedback, Opinion
from bot.store.sqlite import SqliteStore

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
CAUSE, OTHER = "integration_permission_missing", "role_missing"


@pytest.fixture
def file(tmp_path, monkeypatch):
    file = tmp_path / "kept.db"
    monkeypatch.setenv("KINTSUGI_STORE", str(file))
    return file


@pytest.fixture
def record(file):
    def put(*vote):
        with closing(SqliteStore(file)) as store:
            Feedback(store).record(*vote)

    return put


def test_totals_come_first_then_causes_then_what_was_wrong_the_newest_first(kintsugi, record):
    record("C1-1", "U1", Opinion.HELPFUL, (CAUSE,), NOW, "thank you")
    record("C1-2", "U1", Opinion.WRONG, (CAUSE, OTHER), NOW, "the role is there")
    record("C1-3", "U2", Opinion.WRONG, (), NOW.astimezone(timezone(timedelta(hours=9))) + timedelta(hours=1), "no")
    record("C1-4", "U2", Opinion.WRONG, (OTHER,), NOW)
    result = kintsugi("feedback")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == (
        " helpful   wrong\n"
        "       1       3  all answers\n"
        "       1       1  integration_permission_missing\n"
        "       0       2  role_missing\n"
        "\n"
        "What was wrong, the newest first:\n"
        "\n"
        "2026-11-20 10:30 UTC · no cause found · U2\n"
        "  no\n"
        "\n"
        "2026-11-20 09:30 UTC · integration_permission_missing, role_missing · U1\n"
        "  the role is there\n"
    )


def test_nothing_said_is_nothing_counted(kintsugi, file):
    SqliteStore(file).close()
    assert kintsugi("feedback").stdout == " helpful   wrong\n       0       0  all answers\n"


def test_as_json_it_says_the_same(kintsugi, record):
    record("C1-1", "U1", Opinion.HELPFUL, (CAUSE,), NOW, "thank you")
    record("C1-2", "U1", Opinion.WRONG, (CAUSE,), NOW, "違います\x1b[31m\x9b\ud83d")
    result = kintsugi("feedback", "--format", "json")
    assert result.exit_code == 0
    assert result.stdout.isascii()
    assert json.loads(result.stdout) == {
        "schema": 1,
        "votes": {"helpful": 1, "wrong": 1},
        "causes": [{"cause": CAUSE, "helpful": 1, "wrong": 1}],
        "wrong": [
            {
                "answer": "C1-2",
                "person": "U1",
                "verdict": "wrong",
                "causes": [CAUSE],
                "comment": "違います\x1b[31m\x9b\ud83d",
                "at": "2026-11-20T09:30:00+00:00",
            }
        ],
    }


@pytest.mark.parametrize(
    "hostile",
    ["\x1b[2J\x1b]0;owned\x07", "\x9b31m", "\r\nall answers", "\u202eevil", "\u2028x", "\x00", "\ud83d", "\x08\x7f"],
)
def test_no_word_of_anybody_s_commands_the_terminal_or_passes_for_a_line(kintsugi, record, hostile):
    record("C1-1", "U1", Opinion.WRONG, (f"c{hostile}d",), NOW, f"a{hostile}b")
    result = kintsugi("feedback")
    assert result.exit_code == 0
    lines = result.stdout.split("\n")
    assert len(lines) == 9
    assert lines[7].startswith("  a")
    assert lines[7].endswith("b")
    assert all(line.isprintable() for line in lines)


@pytest.mark.parametrize("form", ["text", "json"])
def test_where_there_is_no_store_none_is_begun(kintsugi, file, form):
    result = kintsugi("feedback", "--format", form)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        f"kintsugi: there is no store at {file} yet; set KINTSUGI_STORE to the one that the bot writes\n"
    )
    assert not file.exists()


def test_a_store_that_cannot_be_used_is_one_sentence(kintsugi, file):
    file.write_text("a diary, which is long enough to be mistaken for nothing else\n" * 20)
    result = kintsugi("feedback")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(f"kintsugi: the store {file} cannot be used (file is not a database); ")


@pytest.mark.parametrize("form", ["markdown", ""])
def test_other_forms_are_a_mistake_of_usage(kintsugi, form):
    assert kintsugi("feedback", "--format", form).exit_code == 2
