"""What others could read, or have put there, is no store."""

import os
import sqlite3
import stat
from contextlib import closing

import pytest

from bot.store.private_file import require_own
from bot.store.sqlite import SqliteStore
from bot.store.store import CannotOpen


def modes(file):
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in file.parent.iterdir()}


def test_what_others_could_use_is_taken_from_them(file, caplog):
    SqliteStore(file).close()
    file.chmod(0o666)
    with closing(sqlite3.connect(file)) as before:
        before.execute("SELECT * FROM kept").fetchall()  # so that there are files beside it, of the same mode
        assert set(modes(file).values()) == {0o666}
        with closing(SqliteStore(file)) as store:
            store.put("answers", "a", "one")
            assert modes(file) == dict.fromkeys(("kintsugi.db", "kintsugi.db-wal", "kintsugi.db-shm"), 0o600)
    assert f"{file} could be used by others than its owner (666)" in caplog.text


def test_to_look_at_it_changes_no_mode(file):
    SqliteStore(file).close()
    file.chmod(0o640)
    SqliteStore(file, as_it_is=True).close()
    assert modes(file) == {"kintsugi.db": 0o640}


@pytest.mark.parametrize("as_it_is", [False, True])
@pytest.mark.parametrize("suffix", ["", "-wal", "-shm"])
def test_a_link_is_followed_nowhere(file, tmp_path, suffix, as_it_is):
    SqliteStore(file).close()
    elsewhere = tmp_path / "elsewhere.db"
    link = file.with_name(file.name + suffix)
    if not suffix:
        file.rename(elsewhere)
    link.symlink_to(elsewhere)
    with pytest.raises(CannotOpen, match=f"{link} is a link; set KINTSUGI_STORE to the file itself"):
        SqliteStore(file, as_it_is=as_it_is)
    assert elsewhere.exists() == (not suffix)


def test_a_link_that_leads_nowhere_makes_no_file(file, tmp_path):
    file.parent.mkdir()
    file.symlink_to(tmp_path / "elsewhere.db")
    with pytest.raises(CannotOpen, match="is a link"):
        SqliteStore(file)
    assert not (tmp_path / "elsewhere.db").exists()


def test_what_is_no_file_at_all(file):
    file.parent.mkdir()
    os.mkfifo(file)
    with pytest.raises(CannotOpen, match="is no file that a store can be kept in; set KINTSUGI_STORE to another"):
        SqliteStore(file)


def test_the_file_of_another_user_is_not_taken_but_by_root(file):
    SqliteStore(file).close()
    owner = file.stat().st_uid
    for user in (owner, 0):
        assert require_own(file, user) == [(file, 0o600)]
    with pytest.raises(CannotOpen, match=rf"belongs to another user \({owner}\); run this as that user"):
        require_own(file, owner + 1)


def test_another_program_s_file_keeps_its_mode(file):
    file.parent.mkdir()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")
    file.chmod(0o644)
    with pytest.raises(CannotOpen, match="another program"):
        SqliteStore(file)
    assert modes(file) == {"kintsugi.db": 0o644}
