"""The storage: both of its parts in the place that the settings name."""

from contextlib import closing
from queue import Queue
from sqlite3 import connect

import pytest

from bot.inbox.inbox import Item, Stage
from bot.settings import read_settings
from bot.storage import open_existing, open_storage, swept
from bot.store.store import CannotOpen, StoreFails


def test_store_and_inbox_are_in_one_file_and_outlive_whoever_wrote_them(tmp_path):
    settings = read_settings({"KINTSUGI_STORE": str(tmp_path / "kept" / "kintsugi.db")})
    with closing(open_storage(settings, newest_form=3)) as storage:
        storage.store.put("answers", "a", "one")
        storage.inbox.accept(Item("0" * 16, "C1/1.0", "U1", None, "mention", 3, 1.5, "sealed"))
        assert storage.inbox.lease(Stage.ARRIVED, 30, 0)
    assert [path.name for path in (tmp_path / "kept").iterdir()] == ["kintsugi.db"]
    with closing(open_existing(settings)) as storage:
        assert storage.store.get("answers", "a") == "one"
        assert [owed.id for owed in storage.inbox.owed()] == ["0" * 16]
    with pytest.raises(StoreFails):
        storage.inbox.owed()
    with pytest.raises(StoreFails):
        storage.store.get("answers", "a")


def test_to_look_at_it_begins_nothing(tmp_path):
    with pytest.raises(CannotOpen, match=r"there is no store at .*; set KINTSUGI_STORE"):
        open_existing(read_settings({"KINTSUGI_STORE": str(tmp_path / "kept" / "kintsugi.db")}))
    assert list(tmp_path.iterdir()) == []


class Sweepable:
    """A store that tells when it is swept; the first time, that fails."""

    def __init__(self):
        self.sweeps = Queue()
        self.failures = [StoreFails("it is busy")]

    def sweep(self):
        self.sweeps.put("swept")
        if self.failures:
            raise self.failures.pop()


def test_it_is_swept_at_once_and_again_though_nobody_asks_anything_and_a_sweep_fails():
    store = Sweepable()
    with swept(store, seconds=0.001):
        for _ in range(3):
            assert store.sweeps.get(timeout=20) == "swept"


def test_sweeping_ends_when_it_is_left_however_long_the_next_sweep_is_away():
    store = Sweepable()
    with swept(store, seconds=3600):
        store.sweeps.get(timeout=20)
    assert store.sweeps.empty()


def test_what_failed_is_kept_for_the_hours_that_the_settings_name(tmp_path):
    settings = read_settings({"KINTSUGI_STORE": str(tmp_path / "kintsugi.db"), "KINTSUGI_KEEP_HOURS": "5"})
    with closing(open_storage(settings, newest_form=3)) as storage:
        storage.inbox.accept(Item("0" * 16, "C1/1.0", "U1", None, "mention", 3, 1.5, "sealed"))
        storage.inbox.give_up(storage.inbox.lease(Stage.ARRIVED, 30, 0), "it broke")
    with closing(connect(tmp_path / "kintsugi.db")) as file:
        (due,) = file.execute("SELECT due - unixepoch('now') FROM owed").fetchone()
    assert 5 * 3600 - 60 < due <= 5 * 3600 + 1
