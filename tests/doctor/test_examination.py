"""All groups are looked at together, what is skipped is not, and one that does not end holds up nobody for ever."""

from concurrent.futures import Future

from bot.doctor.check import Outcome, ok
from bot.doctor.examination import GROUPS, Examination, in_time
from bot.settings import read_settings


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
    ]
    assert checks_of(tmp_path, *GROUPS) == []


def test_an_accounts_file_that_cannot_be_read_ends_the_checks_of_aws_alone(tmp_path):
    file = tmp_path / "accounts.toml"
    file.write_text("[[accounts]]\nid = 1\n", "utf-8")
    settings, aws = checks_of(tmp_path, "slack", "content", "store", KINTSUGI_ACCOUNTS=str(file))
    assert settings.outcome is Outcome.OK
    assert (aws.name, aws.outcome) == ("aws.accounts", Outcome.PROBLEM)
    assert str(file) in aws.seen
    assert "kintsugi accounts check" in aws.remedy


def test_without_anything_to_reach_aws_with_it_says_so(tmp_path, environment, monkeypatch):
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    checks = checks_of(tmp_path, "slack", "content", "store", "settings")
    assert [(check.name, check.outcome) for check in checks] == [
        ("aws.clock", Outcome.COULD_NOT_CHECK),
        ("aws.identity", Outcome.PROBLEM),
    ]
    assert "check AWS_PROFILE" in checks[1].seen


def test_a_group_that_does_not_end():
    (check,) = in_time("aws", Future(), 0)
    assert (check.name, check.outcome) == ("aws", Outcome.COULD_NOT_CHECK)
    ended = Future()
    ended.set_result([ok("aws.clock", "is right")])
    assert [check.name for check in in_time("aws", ended, 0)] == ["aws.clock"]
