"""The tokens, scopes and manifest of an app, against a Slack behind real sockets."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from bot.doctor.check import Outcome
from bot.doctor.slack import Slack
from bot.slack.manifest import SCOPES, manifest
from tests.slack.fake import APP_TOKEN, BOT_TOKEN, CONFIG_TOKEN

ALL = ["slack.bot_token", "slack.scopes", "slack.clock", "slack.manifest", "slack.app_token"]
URL = "https://kintsugi.example.com"


def examined(settings, **given):
    checks = list(Slack(settings, **given).examine())
    # Whatever is found, no token is told, and what is not well has a remedy.
    for token in (BOT_TOKEN, APP_TOKEN, CONFIG_TOKEN):
        assert token not in repr(checks)
    assert all(check.remedy for check in checks if check.outcome is not Outcome.OK)
    return {check.name: check for check in checks}


def outcomes(checks):
    return {name: str(check.outcome) for name, check in checks.items() if check.outcome is not Outcome.OK}


def test_all_is_well(settings, slack):
    checks = examined(settings())
    assert (list(checks), outcomes(checks)) == (ALL, {})
    assert checks["slack.bot_token"].seen == "is that of kintsugi in Example"
    assert checks["slack.scopes"].seen == f"all {len(SCOPES)} are granted, and no others"
    assert slack.complaints == []
    assert slack.socket.connections == []  # nobody has connected


def test_over_http_a_signing_secret_takes_the_place_of_the_app_token(settings, slack):
    slack.workspace.installed = manifest(URL)
    well = examined(settings(SLACK_APP_TOKEN=None, SLACK_SIGNING_SECRET="s" * 32), url=URL)
    assert outcomes(well) == {}
    assert list(well)[-1] == "slack.signing_secret"
    assert "s" * 32 not in repr(well)
    assert outcomes(examined(settings(SLACK_APP_TOKEN=None), url=URL)) == {"slack.signing_secret": "problem"}


@pytest.mark.parametrize(
    ("changed", "not_well"),
    [
        ({"SLACK_BOT_TOKEN": None}, ["slack.bot_token"]),
        ({"SLACK_BOT_TOKEN": "xapp-1-app"}, ["slack.bot_token"]),
        ({"SLACK_BOT_TOKEN": "xoxb-old"}, ["slack.bot_token"]),
        ({"SLACK_APP_TOKEN": None}, ["slack.app_token"]),
        ({"SLACK_APP_TOKEN": "xoxb-1-bot"}, ["slack.app_token"]),
        ({"SLACK_APP_TOKEN": "xapp-old"}, ["slack.app_token"]),
        ({"SLACK_CONFIG_TOKEN": "xoxb-1-bot"}, ["slack.manifest"]),
        ({"SLACK_CONFIG_TOKEN": "xoxe.xoxp-old"}, ["slack.manifest"]),
    ],
)
def test_a_token_that_is_missing_of_another_kind_or_refused(settings, changed, not_well):
    checks = examined(settings(**changed))
    problems = [name for name, outcome in outcomes(checks).items() if outcome == "problem"]
    assert (list(checks), problems) == (ALL, not_well)
    if not_well == ["slack.bot_token"]:
        asked_by_it = dict.fromkeys(("slack.scopes", "slack.clock", "slack.manifest"), "could_not_check")
        assert outcomes(checks) == {"slack.bot_token": "problem", **asked_by_it}


def test_what_slack_says_of_a_token_is_repeated(settings):
    assert examined(settings(SLACK_BOT_TOKEN="xoxb-old"))["slack.bot_token"].seen == (
        "Slack refuses auth.test (invalid_auth)"
    )


def test_without_a_configuration_token_it_is_not_known_what_is_installed(settings):
    checks = examined(settings(SLACK_CONFIG_TOKEN=None))
    assert outcomes(checks) == {"slack.manifest": "could_not_check"}
    assert "--skip slack.manifest" in checks["slack.manifest"].remedy


def test_without_any_setting_nothing_is_known_of_slack(settings):
    nothing = dict.fromkeys(("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_CONFIG_TOKEN"))
    checks = examined(settings(**nothing))
    assert set(outcomes(checks)) == set(ALL)
    assert set(outcomes(checks).values()) == {"could_not_check"}
    assert all("--skip slack" in check.remedy for check in checks.values())


def test_an_address_that_is_none(settings):
    checks = examined(settings(SLACK_API_URL="nowhere"))
    assert outcomes(checks)["slack.bot_token"] == outcomes(checks)["slack.app_token"] == "problem"
    assert checks["slack.bot_token"].remedy == "see to settings first"


def test_without_its_scope_the_app_cannot_be_told(settings, slack):
    slack.workspace.scopes = frozenset(SCOPES) - {"users:read"}
    check = examined(settings())["slack.manifest"]
    assert (check.outcome, check.seen) == (Outcome.PROBLEM, "Slack refuses bots.info (missing_scope)")
    assert check.remedy == "see to slack.scopes first"


def test_scopes_that_are_missing_or_too_many(settings, slack):
    slack.workspace.scopes = frozenset(SCOPES) - {"users:read", "commands"} | {"channels:manage"}
    checks = examined(settings(SLACK_CONFIG_TOKEN=None))
    assert checks["slack.scopes"].outcome is Outcome.PROBLEM
    assert checks["slack.scopes"].seen == "missing: commands, users:read; granted and not needed: channels:manage"


def test_an_installed_app_that_differs(settings, slack):
    installed = json.loads(json.dumps(manifest()))
    installed["settings"]["event_subscriptions"]["bot_events"].remove("message.im")
    slack.workspace.installed = installed
    check = examined(settings())["slack.manifest"]
    assert (check.outcome, check.seen) == (Outcome.PROBLEM, "event missing: message.im")


@pytest.mark.parametrize(
    ("method", "error", "name"),
    [
        ("auth.test", "internal_error", "slack.bot_token"),
        ("apps.connections.open", "internal_error", "slack.app_token"),
        ("apps.manifest.export", "ratelimited", "slack.manifest"),
        ("bots.info", "fatal_error", "slack.manifest"),
    ],
)
def test_a_slack_that_is_broken_says_nothing_of_the_token(settings, slack, method, error, name):
    slack.fail(method, error, times=20, retry_after=30)
    check = examined(settings())[name]
    assert check.outcome is Outcome.COULD_NOT_CHECK
    assert method in check.seen


def test_a_slack_out_of_reach(settings):
    checks = examined(settings(SLACK_API_URL="http://127.0.0.1:1/api/"))
    assert outcomes(checks) == dict.fromkeys(ALL, "could_not_check")


@pytest.mark.parametrize(("seconds", "word"), [(90, "90 s ahead of"), (-200, "200 s behind")])
def test_the_clock(settings, seconds, word):
    def clock():
        return datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=seconds)

    check = examined(settings(), clock=clock)["slack.clock"]
    assert check.outcome is Outcome.PROBLEM
    # Either may have gone on by a second between the two looks at them.
    amount = int(check.seen.split()[0])
    assert abs(amount - int(word.split()[0])) <= 2
    assert word.partition(" s ")[2] in check.seen
