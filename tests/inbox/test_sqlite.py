"""The inbox in a file: what a clock, a crash, another release and a broken disk cannot do to it."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from bot.inbox.inbox import LeaseLost, Stage
from bot.inbox.sqlite import SqliteInbox
from bot.store.sqlite import SqliteStore
from bot.store.store import CannotOpen, StoreFails

ROOT = Path(__file__).parents[2]
ARRIVED, WAITING, FAILED = Stage
SECONDS, HOUR, YEAR = 30.0, 3600.0, 365 * 24 * 3600.0
KILLED = """
import os, signal, sys
from pathlib import Path
from bot.inbox.inbox import Item
from bot.inbox.sqlite import SqliteInbox
inbox = SqliteInbox(Path(sys.argv[1]), 1)
inbox.accept(Item("0" * 16, "g", "U1", None, "mention", 1, 1.5, "sealed"))
os.kill(os.getpid(), signal.SIGKILL)
"""
VERSION_1 = """
CREATE TABLE kept (shelf TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, expires REAL, PRIMARY KEY (shelf, key));
CREATE INDEX kept_by_expiry ON kept (expires) WHERE expires IS NOT NULL;
PRAGMA application_id = 1265200756;
PRAGMA user_version = 1;
"""


@pytest.fixture
def place(sqlite_place):
    return sqlite_place


@pytest.fixture
def file(place):
    return place.file


def take(inbox, stage=ARRIVED):
    lease = inbox.lease(stage, SECONDS, 0)
    assert lease is not None
    return lease


def rows_of(inbox, table):
    with inbox._database.reading() as connection:
        return connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


def pretend_to_have_heard(inbox, count, at):
    with inbox._database.writing() as connection:
        rows = ((f"{at}/{number}", at) for number in range(count))
        connection.executemany("INSERT INTO heard (id, at) VALUES (?, ?)", rows)


def test_a_clock_that_jumps_ahead_makes_nobody_answer_twice(inbox, clock, item):
    inbox.accept(item("a"))
    inbox.done(take(inbox))
    pretend_to_have_heard(inbox, 19_990, clock.now)
    clock.now += YEAR
    for number in range(9):
        inbox.accept(item(f"later {number}"))
    assert not inbox.accept(item("a"))


@pytest.mark.parametrize("jump", [26 * HOUR, -26 * HOUR, YEAR, -YEAR])
def test_ids_are_forgotten_some_at_a_time_so_that_they_never_pile_up(inbox, clock, item, jump):
    pretend_to_have_heard(inbox, 20_100, clock.now)
    clock.now += jump
    for number in range(40):
        inbox.accept(item(str(number)))
    assert rows_of(inbox, "heard") == 20_000


def test_ids_are_known_for_a_day_however_many_there_are(inbox, clock, item):
    pretend_to_have_heard(inbox, 30_000, clock.now)
    clock.now += 24 * HOUR
    inbox.accept(item("a"))
    assert rows_of(inbox, "heard") == 30_001


def test_an_id_that_is_still_owed_is_never_new(inbox, clock, item):
    inbox.accept(item("a"))
    with inbox._database.writing() as connection:
        connection.execute("DELETE FROM heard")
    assert not inbox.accept(item("a"))


def test_a_clock_that_is_set_back_does_not_leave_anything_with_the_dead(inbox, clock, item):
    inbox.accept(item("a"))
    dead = take(inbox)
    clock.now -= HOUR
    assert not inbox.owed()[0].is_leased
    living = take(inbox)
    assert inbox.lease(ARRIVED, SECONDS, 0) is None
    with pytest.raises(LeaseLost):
        inbox.extend(dead, SECONDS)
    inbox.put_back(living, 60, counts=True)
    clock.now -= HOUR
    assert take(inbox).attempt == 3


def test_a_clock_that_is_set_back_a_little_takes_nothing_from_the_living(inbox, clock, item):
    inbox.accept(item("a"))
    lease = take(inbox)
    clock.now -= 0.5
    assert inbox.lease(ARRIVED, SECONDS, 0) is None
    clock.now -= HOUR
    inbox.extend(lease, SECONDS)
    assert inbox.lease(ARRIVED, SECONDS, 0) is None
    inbox.done(lease)


def test_what_failed_long_ago_is_no_longer_in_the_file(inbox, clock, item):
    for name in "abc":
        inbox.accept(item(name))
        inbox.give_up(take(inbox), "it broke")
    clock.now += 8 * 24 * HOUR
    inbox.accept(item("d"))
    assert (rows_of(inbox, "owed"), rows_of(inbox, "bodies")) == (1, 1)


def test_for_how_long_what_failed_is_kept_can_be_set(open_another, clock, item):
    inbox = open_another(failed_seconds=60)
    inbox.accept(item("a"))
    inbox.give_up(take(inbox), "it broke")
    clock.now += 59
    assert len(inbox.owed()) == 1
    clock.now += 1
    assert inbox.owed() == []


def test_what_was_acknowledged_survives_a_kill_and_is_synchronized_with_the_disk(file, item):
    done = subprocess.run([sys.executable, "-c", KILLED, file], cwd=ROOT, timeout=60, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (-signal.SIGKILL, "")
    with closing(SqliteInbox(file, 1)) as inbox:
        assert take(inbox).item.id == "0" * 16
        inbox.accept(item("b"))
        # https://www.sqlite.org/pragma.html#pragma_synchronous: 2 is FULL, a commit waits for the disk; 1 is NORMAL
        told = []
        with inbox._database.writing(durable=True) as connection:
            told += connection.execute("PRAGMA synchronous").fetchone()
        with inbox._database.reading() as connection:
            told += connection.execute("PRAGMA synchronous").fetchone()
            connection.set_trace_callback(told.append)
        inbox.accept(item("c"))
        inbox.done(take(inbox))
    assert told[:4] == [2, 1, "PRAGMA synchronous = FULL", "BEGIN IMMEDIATE"]
    assert told.count("PRAGMA synchronous = FULL") == 1


def test_an_older_release_goes_on_beside_a_newer_one(file, item):
    file.parent.mkdir()
    with closing(sqlite3.connect(file, isolation_level=None)) as older:
        older.executescript(f"PRAGMA journal_mode = WAL; {VERSION_1}")
        keep, find = "INSERT OR REPLACE INTO kept VALUES (?, ?, ?, ?)", "SELECT value FROM kept WHERE key = ?"
        older.execute(keep, ("answers", "a", "one", None))
        with closing(SqliteInbox(file, 1)) as inbox, closing(SqliteStore(file)) as store:
            assert store.get("answers", "a") == "one"
            assert inbox.accept(item("a"))
            older.execute(keep, ("answers", "a", "two", None))
            assert store.get("answers", "a") == "two"
            store.put("answers", "a", "three")
            assert older.execute(find, ("a",)).fetchone() == ("three",)
            inbox.done(take(inbox))
        older.execute(keep, ("answers", "a", "four", None))


def test_what_is_done_does_not_lie_about_in_the_file(file, item):
    with closing(SqliteInbox(file, 1)) as inbox:
        inbox.accept(item("a", body="a rather unmistakable text" * 1_000))
        inbox.done(take(inbox))
    assert b"unmistakable" not in file.read_bytes()
    assert [path.name for path in file.parent.iterdir()] == ["kintsugi.db"]


def test_memory_is_an_inbox_too_and_leaves_nothing(tmp_path, item):
    with closing(SqliteInbox(":memory:", 1)) as inbox:
        inbox.accept(item("a"))
        assert take(inbox).item == item("a")
        assert inbox.lease(ARRIVED, SECONDS, 0.01) is None
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_locked_is_named_in_time_and_can_still_be_read(file, item):
    with closing(SqliteInbox(file, 1, patience=0.05)) as inbox, closing(sqlite3.connect(file)) as other:
        inbox.accept(item("a"))
        other.isolation_level = None
        other.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        with pytest.raises(StoreFails, match=r"kintsugi\.db cannot be used \(database is locked\); end the program"):
            inbox.accept(item("b"))
        with pytest.raises(StoreFails):
            inbox.lease(ARRIVED, SECONDS, 0)
        assert time.monotonic() - began < 2
        assert len(inbox.owed()) == 1
        other.execute("ROLLBACK")
        assert inbox.accept(item("b"))


def test_whoever_takes_too_long_keeps_nobody_else_waiting(file, item):
    with closing(SqliteInbox(file, 1, patience=0.05)) as inbox:
        with inbox._database.reading():
            began = time.monotonic()
            with pytest.raises(StoreFails, match=r"was busy for 0\.05 seconds; see that"):
                inbox.accept(item("a"))
            assert time.monotonic() - began < 2
        assert inbox.accept(item("a"))


def test_what_a_full_disk_refused_was_not_heard(inbox, item):
    with inbox._database.reading() as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages + 1}")
    with pytest.raises(StoreFails, match="make room on its disk"):
        inbox.accept(item("a", body="x" * 100_000))
    assert inbox.owed() == []
    with inbox._database.reading() as connection:
        connection.execute("PRAGMA max_page_count = 1000000")
    assert inbox.accept(item("a"))


def test_where_no_file_can_be_is_no_inbox(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(CannotOpen, match="let the bot's user write the file and its folder"):
        SqliteInbox(tmp_path / "file" / "kintsugi.db", 1)
    assert os.listdir(tmp_path) == ["file"]


def test_a_long_queue_of_one_group_is_looked_through_quickly(file, item, clock):
    with closing(SqliteInbox(file, 1, clock=clock)) as inbox:
        with inbox._database.writing() as connection:
            row = '(id, stage, "group", person, kind, form, arrived, due, lasts, attempts, is_begun, note, why)'
            rows = ((f"{number:016}", "g", clock.now) for number in range(9_999))
            values = "(?1, 'arrived', ?2, 'U1', 'mention', 1, ?3, ?3, 0, 0, 0, '', '')"
            connection.executemany(f"INSERT INTO owed {row} VALUES {values}", rows)
            connection.execute("INSERT INTO bodies SELECT number, 'sealed' FROM owed")
        assert take(inbox).item.id == "0" * 16
        began = time.monotonic()
        for _ in range(10):
            assert inbox.lease(ARRIVED, SECONDS, 0) is None
        assert time.monotonic() - began < 2
