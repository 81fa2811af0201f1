"""A line of the audit log is one line, whatever is in it; it is written where it is set, or else logged."""

import io
import json
import logging
import os
import stat
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import MISSING, fields, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.audit import STANDARD_ERROR, AuditLog, Ended, seen
from bot.logs import about, log_for_operators
from bot.model import Verdict
from bot.settings import BadSettings, read_settings
from tests.slack.replies import TARGET, a_diagnosis, a_finding
from tools.pages import OPERATING, pages

ENDED = Ended(question="0" * 32, outcome="answered", way="mention", person="U1", causes=("a", "b"), unseen=0)
SECRET = "AKIA" + "IOSFODNN7EXAMPLE"


def read(file):
    return [json.loads(line) for line in file.read_text("ascii").splitlines()]


class Telemetry:
    def __init__(self):
        self.failed = []

    def store_failed(self, place):
        self.failed.append(place)


def test_a_line_has_every_field_and_the_time(tmp_path):
    at = datetime(2026, 11, 26, 12, 0, tzinfo=timezone(timedelta(hours=9)))
    AuditLog(tmp_path / "audit", clock=lambda: at).write(ENDED)
    (line,) = read(tmp_path / "audit")
    assert list(line) == ["time", *(field.name for field in fields(Ended))]
    assert (line["time"], line["causes"], line["unseen"], line["reads"]) == (
        "2026-11-26T03:00:00.000Z", ["a", "b"], 0, None,
    )  # fmt: skip


def test_what_is_told_of_a_diagnosis_is_names_and_numbers():
    told = seen(a_diagnosis(findings=(a_finding(),)))
    assert told == {
        "account": "123456789012",
        "region": "eu-west-1",
        "api": "a1b2c3d4e5",
        "stage": "prod",
        "verdict": "found",
        "causes": ("integration_permission_missing",),
        "unseen": 0,
        "accounts": ("123456789012",),
        "reads": 2,
    }
    assert seen(a_diagnosis(target=None, verdict=Verdict.UNKNOWN_SYMPTOM, evidence=()))["account"] is None


@pytest.mark.parametrize("stage", ["a word of the paste", "prod\n", "x" * 129, f"prod/{SECRET}", ""])
def test_what_cannot_be_the_name_of_a_stage_is_not_repeated(stage):
    assert seen(a_diagnosis(target=replace(TARGET, stage=stage)))["stage"] is None


@settings(max_examples=50)
@given(st.text(max_size=400), st.lists(st.text(max_size=30), max_size=60))
def test_whatever_is_told_a_line_is_one_object_in_ascii(text, causes):
    stream = io.StringIO()
    before, sys.stderr = sys.stderr, stream
    try:
        AuditLog(STANDARD_ERROR).write(replace(ENDED, api=text, why=f"\n{text}\r\u2028", causes=tuple(causes)))
    finally:
        sys.stderr = before
    written = stream.getvalue()
    assert written.isascii()
    assert written.endswith("\n")
    assert written[:-1].isprintable()
    line = json.loads(written)
    assert len(line["api"]) <= 200
    assert len(line["causes"]) <= 50
    assert len(written) < 20_000


def test_a_secret_is_in_no_line(tmp_path):
    AuditLog(tmp_path / "audit").write(replace(ENDED, api=SECRET, causes=(SECRET,)))
    assert SECRET not in (tmp_path / "audit").read_text("ascii")


def test_ids_and_names_stand_as_they_are(tmp_path):
    ended = replace(ENDED, thread_ts="1700000000.000100", account="123456789012", api="a1b2c3d4e5", team="T0123")
    AuditLog(tmp_path / "audit").write(ended)
    (line,) = read(tmp_path / "audit")
    told = {field.name: getattr(ended, field.name) for field in fields(Ended)}
    assert {**told, "causes": ["a", "b"], "accounts": []} == {name: line[name] for name in told}


def test_only_its_owner_may_read_a_file_and_one_that_is_moved_is_begun_anew(tmp_path):
    file, moved = tmp_path / "audit", tmp_path / "audit.1"
    before = os.umask(0)
    try:
        AuditLog(file).write(ENDED)
    finally:
        os.umask(before)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    log = AuditLog(file)
    log.write(ENDED)
    file.rename(moved)
    log.write(replace(ENDED, way="command"))
    assert [line["way"] for line in read(moved)] == ["mention", "mention"]
    assert [line["way"] for line in read(file)] == ["command"]


def test_many_threads_and_several_logs_write_whole_lines(tmp_path):
    logs = [AuditLog(tmp_path / "audit") for _ in range(3)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda number: logs[number % 3].write(replace(ENDED, reads=number)), range(120)))
    assert sorted(line["reads"] for line in read(tmp_path / "audit")) == list(range(120))


def a_pipe(folder):
    os.mkfifo(folder / "pipe")
    return folder / "pipe"


@pytest.mark.parametrize(
    "sink", [lambda folder: folder, lambda folder: folder / "no" / "audit", a_pipe], ids=["folder", "nowhere", "pipe"]
)
def test_what_a_file_does_not_take_is_logged_and_counted(tmp_path, caplog, sink):
    caplog.set_level(logging.INFO)
    telemetry = Telemetry()
    AuditLog(sink(tmp_path), telemetry).write(ENDED)
    failure, line = caplog.records
    assert failure.getMessage().startswith("the audit log cannot be written, and goes here instead")
    assert (line.msg, line.person, line.causes) == ("audit", "U1", ("a", "b"))
    assert telemetry.failed == ["audit"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
def test_a_full_disk_is_a_failure(caplog):
    telemetry = Telemetry()
    AuditLog(Path("/dev/full"), telemetry).write(ENDED)
    assert telemetry.failed == ["audit"]


@pytest.mark.parametrize("level", ["debug", "error"])
def test_without_a_file_the_line_is_in_the_log_whatever_that_begins_with(monkeypatch, level):
    stream, root = io.StringIO(), logging.getLogger()
    kept = root.level, root.handlers[:], (sys.excepthook, sys.unraisablehook)
    monkeypatch.setattr(sys, "stderr", stream)
    try:
        log_for_operators("json", level)
        with about(ENDED.question):
            AuditLog().write(ENDED)
    finally:
        logging.captureWarnings(False)
        root.setLevel(kept[0])
        root.handlers[:] = kept[1]
        sys.excepthook, sys.unraisablehook = kept[2]
    (line,) = map(json.loads, stream.getvalue().splitlines())
    assert (line["logger"], line["message"], line["question"]) == ("bot.audit", "audit", ENDED.question)
    assert {field.name for field in fields(Ended)} <= set(line)
    assert (line["causes"], line["person"], line["unseen"], line["reads"]) == (["a", "b"], "U1", 0, None)


def test_where_it_is_written_is_a_setting():
    assert read_settings({}).audit is None
    assert read_settings({"KINTSUGI_AUDIT": "-"}).audit == STANDARD_ERROR
    assert read_settings({"KINTSUGI_AUDIT": "/var/log/a.jsonl"}).audit == Path("/var/log/a.jsonl")
    with pytest.raises(BadSettings, match="a file, or '-' for standard error"):
        read_settings({"KINTSUGI_AUDIT": "~nobody-of-this-name/a"})


def test_the_page_that_describes_a_line_is_fresh():
    assert OPERATING.read_text("utf-8") == pages()[OPERATING]


def test_every_field_says_what_it_is():
    assert all(field.metadata["meaning"] for field in fields(Ended))
    assert [field.name for field in fields(Ended) if field.default is MISSING] == ["question", "outcome", "way"]
