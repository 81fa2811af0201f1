"""What is made of pip-audit's report, which calls free of vulnerabilities what its service does not even know."""

import re
from pathlib import Path

import pytest

from tools.audit import LOCKS, ROOT, Audit, CannotAudit, audited, lines_of, none_for

_REPORT = {
    "dependencies": [
        {"name": "jinja2", "version": "2.4.1", "vulns": [{"id": "PYSEC-2014-8", "fix_versions": ["2.7.2"]}]},
        {"name": "six", "version": "1.17.0", "vulns": []},
        {"name": "boto3", "skip_reason": "Dependency not found on PyPI and could not be audited: boto3 (1.44.5)"},
        {"name": "wheel", "version": "1.0", "vulns": [{"id": "PYSEC-2099-1", "fix_versions": []}]},
    ],
    "fixes": [],
}


def test_each_vulnerability_is_a_line():
    assert Audit.of(_REPORT).vulnerable == (
        "jinja2 2.4.1: PYSEC-2014-8, mended in 2.7.2",
        "wheel 1.0: PYSEC-2099-1, not mended yet",
    )


def test_what_was_skipped_is_not_called_audited():
    audit = Audit.of(_REPORT)
    assert (audit.audited, audit.unknown) == (3, ("boto3",))


def test_and_what_nobody_could_be_asked_about_is_said():
    assert lines_of("dev.txt", Audit.of(_REPORT))[-1].startswith("dev.txt: 1 packages NOT AUDITED")
    assert "NOT AUDITED" in lines_of("dev.txt", None)[0]


def test_every_lock_is_asked_about():
    holding = {path for path in ROOT.glob("**/*.txt") if path.relative_to(ROOT).parts[0] in ("requirements", "tools")}
    within_another = {ROOT / "requirements" / name for name in ("runtime.txt", "demo.txt")}
    assert holding - within_another == {ROOT / lock for lock in LOCKS}
    pinned = {lock: set(re.findall(r"^[^ ]+==[^ ]+", lock.read_text("utf-8"), re.MULTILINE)) for lock in holding}
    assert all(pinned[lock] <= pinned[ROOT / "requirements/dev.txt"] for lock in within_another)


def test_a_lock_that_cannot_be_audited_is_no_service_out_of_reach(tmp_path: Path):
    lock = tmp_path / "lock.txt"
    lock.write_text("six==1.17.0\n", "utf-8")
    with pytest.raises(CannotAudit, match="does not contain a hash"):
        audited(lock)


@pytest.mark.parametrize(
    "told",
    [
        "Traceback …\nrequests.exceptions.ProxyError: HTTPSConnectionPool(host='index.example', port=443): …",
        "requests.exceptions.ConnectionError: [Errno 111] Connection refused",
        "requests.exceptions.ReadTimeout: HTTPSConnectionPool(…)\n",
        "ERROR:pip_audit._cli:Could not connect\n"
        "ERROR:pip_audit._cli:Tip: your network may be blocking this service. Try another service with `-s SERVICE`",
    ],
)
def test_a_service_out_of_reach_fails_nothing(told: str):
    none_for(told)


@pytest.mark.parametrize(
    "told",
    ["", "/usr/bin/python: No module named pip_audit", "KeyError: 'requests.exceptions.ConnectionError'",
     "ERROR:pip_audit._cli:invalid requirements input: requirements/dev.txt"],
)  # fmt: skip
def test_anything_else_fails_with_its_last_line(told: str):
    with pytest.raises(CannotAudit) as raised:
        none_for(told)
    assert str(raised.value) in (told or "pip-audit says nothing")
