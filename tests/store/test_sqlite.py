"""The store in a file: shared, outliving its processes, and clear about what keeps it from being used."""

import os
import signal
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from bot.inbox.inbox import Item, Stage
from bot.inbox.sqlite import SqliteInbox
from bot.store.sqlite import SqliteStore
from bot.store.store import CannotOpen, StoreFails

ROOT = Path(__file__).parents[2]
# The processes wait until all of them are there, and then do everything at once.
OPENING = """
import sys
from pathlib import Path
from bot.store.sqlite import SqliteStore
sys.stdin.readline()
for number in range(30):
    store = SqliteStore(Path(sys.argv[1], f"{number}.db"))
    store.put("answers", sys.argv[2], "x")
    store.close()
"""
WRITING = """
import sys
from pathlib import Path
from bot.store.sqlite import SqliteStore
store = SqliteStore(Path(sys.argv[1]))
store.put("answers", sys.argv[2], "x")
store.close()
"""
TAKING = """
import sys
from pathlib import Path
from bot.store.sqlite import SqliteStore
store = SqliteStore(Path(sys.argv[1]))
sys.stdin.readline()
numbers = [str(number) for number in range(400)]
taken = sum(store.take("to take", number) is not None for number in numbers)
added = sum(store.add("to add", number, sys.argv[2]) for number in numbers)
store.close()
print(taken, added)
"""
KILLED = """
import os, signal, sys
from pathlib import Path
from bot.store.sqlite import SqliteStore
store = SqliteStore(Path(sys.argv[1]))
store.put("answers", "a", "one")
os.kill(os.getpid(), signal.SIGKILL)
"""
LIMITED = """
import resource, signal, sys
from pathlib import Path
from bot.store.sqlite import SqliteStore
from bot.store.store import StoreFails
store = SqliteStore(Path(sys.argv[1]))
store.put("answers", "a", "one")
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
try:
    store.put("answers", "b", "x" * 1_000_000)
except StoreFails as error:
    print(error)
print(store.get("answers", "a"), store.get("answers", "b"))
"""


@pytest.fixture
def process():
    """Starts a process that runs some code, and ends it after the test whatever happens."""
    started = []

    def start(code, *words):
        command = [sys.executable, "-c", code, *map(str, words)]
        pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
        started.append(subprocess.Popen(command, text=True, cwd=ROOT, **pipes))
        return started[-1]

    yield start
    for each in started:
        each.kill()
        each.communicate()


@pytest.fixture
def at_once(process):
    """Runs some code in four processes at once; what each of them printed."""

    def run(code, where):
        processes = [process(code, where, number) for number in range(4)]
        for each in processes:
            each.stdin.write("\n")
            each.stdin.flush()
        results = [(*each.communicate(timeout=60), each.returncode) for each in processes]
        assert [(err, status) for _, err, status in results] == [("", 0)] * 4
        return [out for out, _, _ in results]

    return run


def rows_of(file):
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute("SELECT count(*) FROM kept").fetchone()[0]


def test_it_outlives_whoever_wrote_it(file):
    with closing(SqliteStore(file)) as store:
        store.put("answers", "a", "one")
    with closing(SqliteStore(file)) as store:
        assert store.get("answers", "a") == "one"


def test_what_has_expired_is_swept_out_of_the_file_and_of_what_is_written_ahead(file, clock):
    unmistakable = "a text that is found again"
    item = Item("a" * 32, "C1:1.1", "U1", "C1", "asked", 1, clock(), unmistakable * 900)
    with (
        closing(SqliteStore(file, clock)) as store,
        closing(SqliteInbox(file, 1, failed_seconds=60, clock=clock)) as inbox,
    ):
        inbox.accept(item)
        inbox.give_up(inbox.lease(Stage.ARRIVED, 30, 0), "it broke")
        for number in range(300):
            store.put("threads", str(number), f"{unmistakable} {number}" * 20, 60)
        store.put("threads", "kept", "something else", 120)
        assert held(file, unmistakable)
        clock.now += 61
        assert held(file, unmistakable)
        store.sweep()
        assert not held(file, unmistakable)
        assert store.get("threads", "kept") == "something else"
        assert rows_of(file) == 1


def held(file, text):
    """Whether a text stands in the file or in one beside it, deleted or not."""
    return any(text.encode() in path.read_bytes() for path in file.parent.iterdir())


def test_nothing_is_lost_with_a_process_that_is_killed(file, process):
    killed = process(KILLED, file)
    killed.communicate(timeout=60)
    assert killed.returncode == -signal.SIGKILL
    with closing(SqliteStore(file)) as store:
        assert store.get("answers", "a") == "one"


def test_several_processes_open_at_once_what_none_of_them_has_made(file, at_once):
    at_once(OPENING, file.parent)
    for number in range(30):
        with closing(SqliteStore(file.parent / f"{number}.db")) as store:
            assert list(store.items("answers")) == [(each, "x") for each in "0123"]


def test_of_several_processes_one_takes_and_one_adds_each(file, at_once):
    with closing(SqliteStore(file)) as store:
        for number in range(400):
            store.put("to take", str(number), "x")
        taken, added = map(sum, zip(*(map(int, out.split()) for out in at_once(TAKING, file)), strict=True))
        assert (taken, added) == (400, 400)
        assert list(store.items("to take")) == []
        assert len(list(store.items("to add"))) == 400


def test_file_and_folder_are_their_owner_s_alone(file):
    before = os.umask(0)
    try:
        with closing(SqliteStore(file)) as store:
            store.put("answers", "a", "one")
            modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (file.parent, *file.parent.iterdir())}
    finally:
        os.umask(before)
    assert modes == {
        "kintsugi": 0o700,
        "kintsugi.db": 0o600,
        "kintsugi.db-wal": 0o600,
        "kintsugi.db-shm": 0o600,
    }


def test_it_is_written_ahead_and_leaves_one_file_when_it_is_closed(file):
    with closing(SqliteStore(file)) as store:
        store.put("answers", "a", "one")
    assert [path.name for path in file.parent.iterdir()] == ["kintsugi.db"]
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_what_has_expired_is_deleted_by_later_writes_some_at_a_time(file, store, clock):
    for number in range(50):
        store.put("answers", str(number), "x", 60)
    clock.now += 60
    assert store.get("answers", "0") is None
    assert rows_of(file) == 50
    store.put("answers", "new", "x", 60)
    assert rows_of(file) == 50 - 16 + 1
    for _ in range(3):
        store.add("answers", "new", "x", 60)
    assert rows_of(file) == 1


def test_what_is_dropped_does_not_lie_about_in_the_file(file):
    with closing(SqliteStore(file)) as store:
        store.put("answers", "a", "a rather unmistakable text")
        store.drop("answers", "a")
    assert b"unmistakable" not in file.read_bytes()


def test_an_empty_file_becomes_a_store(file):
    file.parent.mkdir()
    file.touch()
    with closing(SqliteStore(file)) as store:
        store.put("answers", "a", "one")
        assert store.get("answers", "a") == "one"


def refusal(file, **settings):
    with pytest.raises(CannotOpen) as refused:
        SqliteStore(file, **settings)
    assert str(file) in str(refused.value)
    return str(refused.value)


def test_an_older_release_starts_beside_a_newer_one_that_only_added(file, process):
    knowing = "import bot.store.database as d\nd._MIGRATIONS = (*d._MIGRATIONS, {more})[:{most}]\n" + WRITING
    newer = '("CREATE TABLE more (word TEXT)", "CREATE INDEX more_by_word ON more (word)")'
    for number, most in enumerate((1, 3, 2, 1, 3, 2)):
        writing = process(knowing.format(more=newer, most=most), file, number)
        assert writing.communicate(timeout=60) == ("", "")
    with closing(SqliteStore(file)) as store, closing(sqlite3.connect(file)) as connection:
        assert dict(store.items("answers")) == {str(number): "x" for number in range(6)}
        assert connection.execute("SELECT version FROM schema").fetchall() == [(3,)]
        assert connection.execute("PRAGMA user_version").fetchone() == (1,)
        assert connection.execute("SELECT count(*) FROM more").fetchone() == (0,)


def test_a_newer_schema_that_did_more_than_add_is_left_alone(file):
    SqliteStore(file).close()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA user_version = 7")
    before = file.read_bytes()
    assert "(schema 7 has to be known, this one knows 2); run that one" in refusal(file)
    assert file.read_bytes() == before


def test_another_program_s_database_is_left_alone(file):
    file.parent.mkdir()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")
    before = file.read_bytes()
    assert "is a database of another program; set KINTSUGI_STORE" in refusal(file)
    assert file.read_bytes() == before


def test_what_is_no_database_is_left_alone(file):
    file.parent.mkdir()
    file.write_text("a diary, which is long enough to be mistaken for nothing else\n" * 20)
    before = file.read_bytes()
    assert "(file is not a database); move the file away" in refusal(file)
    assert file.read_bytes() == before


@pytest.mark.parametrize("name", ["file/kintsugi.db", "file/folder/kintsugi.db"])
def test_where_no_file_can_be_is_no_store(tmp_path, name):
    (tmp_path / "file").touch()
    assert refusal(tmp_path / name).endswith(
        "; let the bot's user write the file and its folder, or set KINTSUGI_STORE to another file"
    )


def test_a_folder_is_no_store(tmp_path):
    assert refusal(tmp_path) == f"{tmp_path} is a folder; set KINTSUGI_STORE to a file, like {tmp_path / 'kintsugi.db'}"


def test_a_file_that_may_not_be_written_is_no_store(file):
    SqliteStore(file).close()
    # SQLite takes a file of a later format for read-only, whoever reads it; a file's mode does not bind root.
    content = bytearray(file.read_bytes())
    content[18] = 3
    file.write_bytes(content)
    assert "readonly database); let the bot's user write the file" in refusal(file)


def test_a_file_that_another_program_keeps_locked_is_named(file):
    with closing(SqliteStore(file, patience=0.0)) as store, closing(sqlite3.connect(file)) as other:
        store.put("answers", "a", "one")
        other.isolation_level = None
        other.execute("BEGIN IMMEDIATE")
        assert "(database is locked); end the program that keeps it locked" in refusal(file, patience=0.0)
        with pytest.raises(StoreFails, match="is locked"):
            store.put("answers", "a", "two")
        assert store.get("answers", "a") == "one"  # readers do not wait for a writer
        other.execute("ROLLBACK")
        store.put("answers", "a", "two")
        assert store.get("answers", "a") == "two"


def test_a_file_that_is_damaged_is_named(file):
    with closing(SqliteStore(file)) as store:
        for number in range(300):
            store.put("answers", str(number), "x" * 500)
    content = file.read_bytes()
    file.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))
    assert "(database disk image is malformed); restore it" in refusal(file)
    file.write_bytes(content[:-8192] + b"\xff" * 8192)
    with closing(SqliteStore(file)) as store, pytest.raises(StoreFails) as failed:
        list(store.items("answers"))
    assert f"the store {file} cannot be used (database disk image is malformed); restore it" in str(failed.value)


def test_a_disk_that_takes_no_more_is_named_and_what_was_kept_stays(file, process):
    limited = process(LIMITED, file)
    out, err = limited.communicate(timeout=60)
    assert (limited.returncode, err) == (0, "")
    assert out.splitlines() == [
        f"the store {file} cannot be used (disk I/O error); see that its disk is a local one and has room",
        "one None",
    ]


def test_a_file_that_is_full_is_named_and_what_was_kept_stays(file, store):
    store.put("answers", "a", "one")
    store._database._connection.execute("PRAGMA max_page_count = 6")
    with pytest.raises(StoreFails, match=r"\(database or disk is full\); make room on its disk"):
        store.put("answers", "b", "x" * 100_000)
    assert (store.get("answers", "a"), store.get("answers", "b")) == ("one", None)
    assert store.take("answers", "a") == "one"


def test_after_it_is_closed_it_fails_by_name(file):
    store = SqliteStore(file)
    store.close()
    with pytest.raises(StoreFails, match=r"kintsugi\.db cannot be used \(Cannot operate on a closed database"):
        store.get("answers", "a")
