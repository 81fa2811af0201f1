"""All groups are looked at together, what is skipped is not, and one that does not end holds up nobody for ever."""

import subprocess
import sys
import time
from pathlib import Path
from threading import Event

import pytest

from bot.doctor.check import Outcome, ok
from bot.doctor.examination import GROUPS, Examination, begin, in_time, without_settings
from bot.settings import BadSettings, read_settings
from tests.slack.fake import BOT_TOKEN

ROOT = Path(__file__).parents[2]
HANGING = """
import time
from threading import Event
from bot.doctor.examination import begin, in_time
print([check.seen for check in in_time("slack", begin("slack", lambda: iter(Event().wait, None)), time.monotonic())])
"""


def checks_of(tmp_path, *skipped, **given):
    settings = read_settings({"KINTSUGI_STORE": str(tmp_path / "kept.db"), **given})
    return list(Examination(settings, skipped=skipped).checks())


def test_groups_are_told_in_order_and_what_is_skipped_is_not_looked_at(tmp_path):
    names = [check.name for check in checks_of(tmp_path, "aws", "content", "slack.manifest")]
    assert names == [
        "settings",
        "slack.bot_token",
        "slack.scopes",
        "slack.clock",
        "slack.app_token",
        "store.disk",
        "store.write",
        "audit.write",
    ]
    assert checks_of(tmp_path, *GROUPS) == []


def test_an_accounts_file_that_cannot_be_read_ends_the_checks_of_aws_alone(tmp_path):
    file = tmp_path / "accounts.toml"
    file.write_text("[[accounts]]\nid = 1\n", "utf-8")
    settings, aws = checks_of(tmp_path, "slack", "content", "store", "audit", KINTSUGI_ACCOUNTS=str(file))
    assert settings.outcome is Outcome.OK
    assert (aws.name, aws.outcome) == ("aws.accounts", Outcome.PROBLEM)
    assert str(file) in aws.seen
    assert "kintsugi accounts check" in aws.remedy


def test_without_anything_to_reach_aws_with_it_says_so(tmp_path, environment, monkeypatch):
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    checks = checks_of(tmp_path, "slack", "content", "store", "audit", "settings")
    assert [(check.name, check.outcome) for check in checks] == [
        ("aws.clock", Outcome.COULD_NOT_CHECK),
        ("aws.identity", Outcome.PROBLEM),
    ]
    assert (checks[0].seen, checks[0].remedy) == ("AWS told no time", "see to aws.identity first")
    assert "check AWS_PROFILE" in checks[1].remedy


def test_without_credentials_the_one_line_that_is_at_fault_says_what_to_set(tmp_path, environment, monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    clock, identity, read = checks_of(tmp_path, "slack", "content", "store", "audit", "settings")
    assert clock.remedy == read.remedy == "see to aws.identity first"
    assert (identity.outcome, identity.seen) == (Outcome.PROBLEM, "there are no AWS credentials")
    assert identity.remedy.startswith("set AWS_PROFILE, or ")


def arrived(name, group, until=None):
    return list(in_time(name, begin(name, group), time.monotonic() + 60 if until is None else until))


@pytest.mark.parametrize("error", [AttributeError("no attribute 'get': xoxb-secret"), SystemExit(0)])
def test_a_group_that_breaks_off_keeps_what_it_had_checked_and_is_not_well(error):
    def breaking():
        yield ok("slack.bot_token", "is one")
        raise error

    kept, broken = arrived("slack", breaking)
    assert (kept.name, kept.outcome) == ("slack.bot_token", Outcome.OK)
    assert (broken.name, broken.outcome) == ("slack", Outcome.COULD_NOT_CHECK)
    assert broken.seen == f"broke off ({type(error).__name__})"
    assert broken.remedy


@pytest.mark.parametrize("body", [b"[]", b"\xff\xfe", b'{"ok": true, "user": []}'])
def test_a_proxy_that_answers_for_slack_ends_no_other_group(tmp_path, answering, body):
    url = answering(body)
    checks = checks_of(tmp_path, "aws", "content", SLACK_API_URL=url, SLACK_BOT_TOKEN=BOT_TOKEN)
    names = [check.name for check in checks]
    assert {name.partition(".")[0] for name in names} == {"settings", "slack", "store", "audit"}
    assert any(check.outcome is not Outcome.OK for check in checks if check.name.startswith("slack"))
    assert all(check.outcome is Outcome.OK for check in checks if not check.name.startswith("slack"))


def test_a_group_that_does_not_end_is_said_and_keeps_what_it_had_checked():
    hanging, told = Event(), Event()

    def never_ending():
        yield ok("aws.clock", "is right")
        told.set()
        hanging.wait()

    try:
        arriving = begin("aws", never_ending)
        assert told.wait(60)
        kept, late = in_time("aws", arriving, time.monotonic())
    finally:
        hanging.set()
    assert (kept.name, kept.outcome) == ("aws.clock", Outcome.OK)
    assert (late.name, late.outcome, late.seen) == ("aws", Outcome.COULD_NOT_CHECK, "did not end in time")


def test_the_program_ends_without_a_group_that_does_not():
    ended = subprocess.run([sys.executable, "-c", HANGING], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (ended.stdout, ended.stderr, ended.returncode) == ("['did not end in time']\n", "", 0)


def test_without_usable_settings_all_faults_are_told_and_that_nothing_else_is_known():
    with pytest.raises(BadSettings) as caught:
        read_settings({"KINTSUGI_WORKERS": "many", "KINTSUGI_LOG": "loud"})
    checks = list(without_settings(caught.value, ("slack",)))
    assert [(check.name, str(check.outcome)) for check in checks] == [
        ("settings", "problem"),
        ("settings", "problem"),
        *((group, "could_not_check") for group in GROUPS if group not in ("settings", "slack")),
    ]
    assert all(check.remedy for check in checks)
