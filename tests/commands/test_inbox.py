"""`kintsugi inbox`: what is owed and what failed, without secrets, and how it is tried anew."""

import json
import sqlite3
from contextlib import closing

import pytest

from bot.inbox.inbox import Item, Stage
from bot.inbox.sealed import Seal
from bot.inbox.sqlite import SqliteInbox
from bot.slack.incoming.entrances import Asked, Clicked, Commented, Thread, Way
from bot.slack.incoming.lasting import written

ARRIVED = 1_790_000_000.75
TOKEN = "xoxb-111-222-not-a-token-of-anybody"
ASKED = Asked(
    person="U1",
    pasted="Forbidden\x1b[2J\n  at api a1b2c3d4e5, Authorization: Bearer abcdefghijklmnopqrstuvwxyz012345",
    answer_to=Thread("C1", "1.5"),
    way=Way.MENTION,
    key=("C1", "1.5"),
)
ONE, OTHER, THIRD = "1" * 32, "1" * 15 + "2" * 17, "3" * 32


@pytest.fixture
def file(tmp_path, monkeypatch):
    file = tmp_path / "kept.db"
    monkeypatch.setenv("KINTSUGI_STORE", str(file))
    monkeypatch.delenv("SLACK_BOT_TOKEN", raising=False)
    return file


@pytest.fixture
def inbox(file):
    with closing(SqliteInbox(file, 1)) as inbox:
        yield inbox


def accept(inbox, id=ONE, channel="C1", entrance=ASKED):
    inbox.accept(Item(id, id, "U1", channel, "mention", 1, ARRIVED, Seal(TOKEN).close(written(entrance))))


def fail(inbox, note="", why="it broke"):
    lease = inbox.lease(Stage.ARRIVED, 30, 0)
    inbox.note(lease, note)
    inbox.give_up(lease, why)


def test_what_is_owed_and_what_failed_is_listed(kintsugi, inbox):
    accept(inbox)
    fail(inbox, why="it\nbroke\x1b[2J")
    accept(inbox, THIRD, channel=None)
    inbox.lease(Stage.ARRIVED, 30, 0)
    result = kintsugi("inbox", "list")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == (
        "id            stage             kind     person  channel  since                 attempts  why\n"
        "111111111111  failed            mention  U1      C1       2026-09-21T14:13:20Z  1         it broke\\u001b[2J\n"
        "333333333333  arrived, in work  mention  U1      -        2026-09-21T14:13:20Z  1\n"
    )


def test_nothing_owed_is_said(kintsugi, inbox):
    assert kintsugi("inbox", "list").stdout == "nothing is owed, and nothing failed\n"
    assert json.loads(kintsugi("inbox", "list", "--format", "json").stdout) == {"schema": 1, "owed": []}


def test_as_json_it_says_the_same(kintsugi, inbox):
    accept(inbox)
    fail(inbox, "posted", "\x1b")
    document = {
        "id": ONE,
        "stage": "failed",
        "group": ONE,
        "person": "U1",
        "channel": "C1",
        "kind": "mention",
        "arrived": "2026-09-21T14:13:20Z",
        "attempts": 1,
        "is_leased": False,
        "why": "\x1b",
    }
    listed = kintsugi("inbox", "list", "--format", "json").stdout
    assert json.loads(listed) == {"schema": 1, "owed": [document]}
    assert "\x1b" not in listed
    sealed = "What was asked is sealed: set SLACK_BOT_TOKEN to the bot's token to read it."
    assert json.loads(kintsugi("inbox", "show", ONE, "--format", "json").stdout) == {
        "schema": 1,
        **document,
        "form": 1,
        "note": "posted",
        "asked": None,
        "not_opened": sealed,
    }


def test_what_was_asked_is_shown_without_secrets_to_who_has_the_token(kintsugi, inbox, monkeypatch):
    accept(inbox)
    fail(inbox, note='{"posted": "1.5"}')
    assert "is sealed: set SLACK_BOT_TOKEN" in kintsugi("inbox", "show", ONE).stdout
    monkeypatch.setenv("SLACK_BOT_TOKEN", TOKEN)
    shown = kintsugi("inbox", "show", "111").stdout
    assert shown == (
        f"id: {ONE}\nstage: failed\ngroup: {ONE}\nperson: U1\nchannel: C1\nkind: mention\n"
        "arrived: 2026-09-21T14:13:20Z\nattempts: 1\nis_leased: False\nwhy: it broke\nform: 1\n"
        'note: {"posted": "1.5"}\n'
        "\nWhat was asked:\n"
        "  Forbidden\\u001b[2J\n"
        "  at api a1b2c3d4e5, Authorization: Bearer [redacted]\n"
    )


@pytest.mark.parametrize(
    ("entrance", "shown"),
    [
        (Commented("U1", "C1-1", "the role is there", ("x",)), "  the role is there\n"),
        (Clicked("U1", "again", "v", "t", ("x",)), "  (pressed again)\n"),
    ],
)
def test_what_was_wanted_otherwise_is_shown(kintsugi, inbox, monkeypatch, entrance, shown):
    monkeypatch.setenv("SLACK_BOT_TOKEN", TOKEN)
    accept(inbox, entrance=entrance)
    assert kintsugi("inbox", "show", ONE).stdout.endswith(f"\nWhat was asked:\n{shown}")


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (Seal("xoxb-another").close("x"), "it was sealed with another secret, or is damaged"),
        (Seal(TOKEN).close("x"), "it is none of what was written"),
    ],
    ids=["sealed with another", "not written"],
)
def test_what_cannot_be_read_is_said(kintsugi, inbox, monkeypatch, body, why):
    monkeypatch.setenv("SLACK_BOT_TOKEN", TOKEN)
    inbox.accept(Item(ONE, "g", "U1", "C1", "mention", 1, ARRIVED, body))
    assert kintsugi("inbox", "show", ONE).stdout.endswith(f"\nWhat was asked cannot be read: {why}.\n")


def test_what_failed_begins_anew(kintsugi, inbox):
    accept(inbox)
    fail(inbox)
    result = kintsugi("inbox", "retry", "1111")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith(f"{ONE} begins anew, with no attempts. A bot that runs on this store takes it up")
    assert inbox.lease(Stage.ARRIVED, 30, 0).item.id == ONE
    again = kintsugi("inbox", "retry", ONE)
    assert (again.exit_code, again.stdout) == (1, "")
    assert f"{ONE} has not failed, it is arrived: the bot sees to it without being told" in again.stderr


@pytest.mark.parametrize("command", ["show", "retry"])
def test_an_id_must_be_one_there_is(kintsugi, inbox, command):
    for id in (ONE, OTHER):
        accept(inbox, id)
    unknown, several = kintsugi("inbox", command, "9"), kintsugi("inbox", command, "1" * 15)
    assert (unknown.exit_code, several.exit_code) == (1, 1)
    assert "nothing in the inbox has an id that begins with '9'; kintsugi inbox list shows" in unknown.stderr
    assert f"2 ids begin with '{'1' * 15}', give more of it: {ONE}, {OTHER}" in several.stderr


@pytest.mark.parametrize("words", [["list"], ["show", "1"], ["retry", "1"]])
def test_without_a_store_it_says_where_it_looked_and_begins_none(kintsugi, file, words):
    result = kintsugi("inbox", *words)
    assert result.exit_code == 1
    assert f"kintsugi: there is no store at {file} yet; set KINTSUGI_STORE" in result.stderr
    assert not file.exists()


@pytest.mark.parametrize("words", [["list"], ["show", "1"], ["retry", "1"]])
def test_a_store_of_an_older_release_is_left_as_it_is(kintsugi, file, words):
    SqliteInbox(file, 1).close()
    with closing(sqlite3.connect(file)) as connection, connection:
        for table in ("heard", "bodies", "owed"):
            connection.execute(f"DROP TABLE {table}")
        connection.execute("UPDATE schema SET version = 1")
    before = file.read_bytes()
    result = kintsugi("inbox", *words)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "(schema 1, this one needs 2); 'kintsugi serve' will bring it up to date" in result.stderr
    assert file.read_bytes() == before
