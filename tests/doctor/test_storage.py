"""A store is written, read and emptied again; what waits in vain in the inbox is said."""

import sqlite3
from contextlib import closing

import pytest

from bot.doctor.check import Outcome
from bot.doctor.storage import examine
from bot.inbox.inbox import Item, Stage
from bot.settings import read_settings
from bot.storage import open_storage

NOW = 1_800_000_000.0


@pytest.fixture
def file(tmp_path):
    return tmp_path / "kept" / "kintsugi.db"


def begun(file, *items, failed=()):
    with closing(open_storage(read_settings({"KINTSUGI_STORE": str(file)}), 1)) as storage:
        for item in items:
            storage.inbox.accept(item)
        for _ in failed:
            lease = storage.inbox.lease(Stage.ARRIVED, 30, 0)
            storage.inbox.give_up(lease, "it failed")


def item(number, arrived=NOW):
    return Item(f"{number:016}", f"C1/{number}", "U1", "C1", "mention", 1, arrived, "sealed")


def examined(place, **given):
    checks = list(examine(read_settings({"KINTSUGI_STORE": str(place)}), lambda: NOW, **given))
    assert all(check.remedy for check in checks if check.outcome is not Outcome.OK)
    return {check.name: check for check in checks}


def not_well(checks):
    return {name: str(check.outcome) for name, check in checks.items() if check.outcome is not Outcome.OK}


def test_all_is_well_and_the_probe_is_gone(file):
    begun(file, item(1))
    checks = examined(file)
    assert not_well(checks) == {}
    assert list(checks) == ["store.disk", "store.permissions", "store.open", "store.write", "store.inbox"]
    assert checks["store.inbox"].seen == "nothing failed; 1 under way"
    with closing(open_storage(read_settings({"KINTSUGI_STORE": str(file)}), 1)) as storage:
        assert list(storage.store.items("doctor")) == []


def test_a_store_that_is_not_begun_is_not_begun_by_looking(file, tmp_path):
    checks = examined(file)
    assert not_well(checks) == {}
    assert checks["store.write"].seen == f"there is none yet; 'kintsugi serve' may begin one in {tmp_path}"
    assert list(tmp_path.iterdir()) == []


def test_where_none_can_be_begun(tmp_path):
    (tmp_path / "kept").write_text("a file, and no folder")
    assert not_well(examined(tmp_path / "kept" / "kintsugi.db")) == {"store.write": "problem"}


def test_a_file_that_others_may_read(file):
    begun(file)
    file.chmod(0o640)
    check = examined(file)["store.permissions"]
    assert (check.outcome, check.seen) == (Outcome.PROBLEM, "others than its owner may use it (640)")
    assert check.remedy == f"chmod 600 {file}"
    assert file.stat().st_mode & 0o777 == 0o640


def test_a_folder_is_no_file(tmp_path):
    checks = examined(tmp_path)
    assert not_well(checks) == {"store.open": "problem"}
    assert checks["store.open"].seen == f"{tmp_path} is a folder"
    assert checks["store.open"].remedy.startswith("set KINTSUGI_STORE to a file, like ")


@pytest.mark.parametrize("leads", [True, False])
def test_a_link_is_not_followed(file, tmp_path, leads):
    if leads:
        begun(tmp_path / "elsewhere.db")
    file.parent.mkdir()
    file.symlink_to(tmp_path / "elsewhere.db")
    checks = examined(file)
    assert not_well(checks) == {"store.open": "problem"}
    assert checks["store.open"].seen == f"{file} is a link"
    assert (tmp_path / "elsewhere.db").exists() == leads


def test_an_older_store_is_not_changed_by_looking(file):
    begun(file)
    with closing(sqlite3.connect(file)) as connection, connection:
        for table in ("heard", "bodies", "owed"):
            connection.execute(f"DROP TABLE {table}")
        connection.execute("UPDATE schema SET version = 1")
    before = file.read_bytes()
    checks = examined(file)
    assert not_well(checks) == {"store.open": "could_not_check"}
    assert checks["store.open"].seen == f"the store {file} is of an older Kintsugi (schema 1, this one needs 2)"
    assert checks["store.open"].remedy == "'kintsugi serve' will bring it up to date"
    assert file.read_bytes() == before
    begun(file, item(1))
    assert not_well(examined(file)) == {}


def test_a_file_of_another_program(file):
    file.parent.mkdir()
    file.write_bytes(b"not a database, but long enough to be looked at" * 100)
    file.chmod(0o600)
    checks = examined(file)
    assert not_well(checks) == {"store.open": "problem"}
    assert str(file) in checks["store.open"].seen


def test_a_full_disk(file):
    begun(file)
    check = examined(file, free=lambda folder: 1_000_000)["store.disk"]
    assert (check.outcome, check.seen) == (Outcome.PROBLEM, "1 MB are free")


def test_what_failed_and_what_nobody_takes_up_is_said(file):
    begun(file, item(1), item(2, NOW - 16 * 60), failed=[1])
    checks = list(examine(read_settings({"KINTSUGI_STORE": str(file)}), lambda: NOW))
    said = [(check.outcome, check.seen) for check in checks if check.name == "store.inbox"]
    assert said == [
        (Outcome.PROBLEM, "1 failed: 000000000000"),
        (Outcome.PROBLEM, "1 waiting since more than 15 minutes: 000000000000"),
    ]


def test_a_store_in_aws(deployed):
    place = f"aws:{deployed.name}"
    well = examined(place)
    assert (list(well), not_well(well)) == (["store.open", "store.write", "store.inbox"], {})
    assert not_well(examined("aws:elsewhere")) == {"store.open": "problem"}
    for service, operation, name in (
        ("dynamodb", "GetItem", "store.open"),
        ("sqs", "GetQueueUrl", "store.open"),
        ("dynamodb", "PutItem", "store.write"),
    ):
        deployed.server.clear_faults()
        deployed.server.deny(service, operation)
        checks = examined(place)
        assert not_well(checks) == {name: "problem"}
        assert "attach the policy" in checks[name].remedy
