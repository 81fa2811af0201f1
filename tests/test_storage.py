"""The storage: both of its parts in the place that the settings name."""

from contextlib import closing

import pytest

from bot.inbox.inbox import Item, Stage
from bot.settings import read_settings
from bot.storage import open_existing, open_storage
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
