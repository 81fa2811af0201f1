"""Each difference of what is installed from our manifest has its phrase, whatever Slack sends."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.doctor.manifest import differences
from bot.slack.manifest import manifest

URL = "https://kintsugi.example.com"


def changed(change, url=None):
    installed = json.loads(json.dumps(manifest(url)))
    change(installed)
    return list(differences(manifest(url), installed))


@pytest.mark.parametrize("url", [None, URL])
def test_what_is_installed_as_it_should_be(url):
    def as_slack_gives_it_back(installed):
        installed["_metadata"] = {"major_version": 1}
        installed["display_information"]["name"] = "Fixer"
        installed["oauth_config"]["scopes"]["bot"].reverse()
        for name in ("org_deploy_enabled", "token_rotation_enabled"):
            del installed["settings"][name]

    assert changed(as_slack_gives_it_back, url) == []


def test_each_thing_that_is_not_as_it_should_be_is_named():
    def meddle(installed):
        installed["oauth_config"]["scopes"]["bot"].remove("chat:write")
        installed["oauth_config"]["scopes"]["bot"].append("chat:write.public")
        installed["settings"]["event_subscriptions"]["bot_events"].remove("message.im")
        installed["features"]["slash_commands"][0]["command"] = "/fix"
        installed["features"]["shortcuts"] = []
        installed["settings"]["socket_mode_enabled"] = False
        installed["settings"]["interactivity"] = {"is_enabled": False}
        installed["features"]["app_home"]["messages_tab_read_only_enabled"] = True

    assert changed(meddle) == [
        "scope missing: chat:write",
        "scope not ours: chat:write.public",
        "event missing: message.im",
        "command missing: /diagnose",
        "command not ours: /fix",
        "shortcut missing: " + manifest()["features"]["shortcuts"][0]["callback_id"],
        "Socket Mode is off instead of on",
        "interactivity is off instead of on",
        "the messages tab being read-only is on instead of off",
    ]


def test_another_address():
    def move(installed):
        installed["settings"]["event_subscriptions"]["request_url"] = "https://old.example.com/slack/events"

    assert changed(move, URL) == [
        "the address for events is 'https://old.example.com/slack/events' instead of "
        "'https://kintsugi.example.com/slack/events'"
    ]


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


@settings(max_examples=30)
@given(anything, st.sampled_from(["settings", "features", "oauth_config"]), anything)
def test_whatever_is_installed_it_is_described(other, where, there):
    for installed in ({where: there}, {**manifest(), where: there}, {where: {**manifest()[where], "x": other}}):
        assert all(isinstance(each, str) for each in differences(manifest(), installed))
