"""The rules of manifests let a good one pass and find what Slack would find, and more."""

import copy
from functools import reduce

import pytest

from tests.slack.manifest_rules import check_manifest, granted

GOOD = {
    "display_information": {"name": "Mender", "description": "Mends", "background_color": "#33302e"},
    "features": {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True, "messages_tab_read_only_enabled": False},
        "bot_user": {"display_name": "mender", "always_online": False},
        "shortcuts": [{"name": "Mend", "type": "message", "callback_id": "mend", "description": "Mend this"}],
        "slash_commands": [
            {"command": "/mend", "description": "Mend it", "usage_hint": "what", "should_escape": False}
        ],
    },
    "oauth_config": {"scopes": {"bot": ["app_mentions:read", "chat:write", "commands", "im:history"]}},
    "settings": {
        "event_subscriptions": {"bot_events": ["app_home_opened", "app_mention", "message.im"]},
        "interactivity": {"is_enabled": True},
        "org_deploy_enabled": False,
        "socket_mode_enabled": True,
        "token_rotation_enabled": False,
    },
}


def changed(place, value):
    """The good manifest with something else at a place: names and positions between dots."""
    manifest = copy.deepcopy(GOOD)
    *path, last = [int(step) if step.isdecimal() else step for step in place.split("/")]
    reduce(lambda part, step: part[step], path, manifest)[last] = value
    return manifest


def test_a_good_one_passes():
    check_manifest(GOOD)
    assert granted(GOOD)["events"] == {"app_home_opened", "app_mention", "message.im"}
    assert "commands" in granted(GOOD)["scopes"]


@pytest.mark.parametrize(
    ("place", "value", "complaint"),
    [
        ("display_information/name", "x" * 36, "35 characters"),
        ("display_information/description", "x" * 141, "140 characters"),
        ("display_information/long_description", "short", "175 characters"),
        ("display_information/background_color", "red", "background_color"),
        ("display_information/icon", "x", "icon"),
        ("features/bot_user/display_name", "", "1 character"),
        ("features/bot_user", None, "no bot user"),
        ("features/shortcuts/0/name", "x" * 25, "24 characters"),
        ("features/shortcuts/0/type", "private", "type"),
        ("features/shortcuts/0/description", "x" * 151, "150 characters"),
        ("features/shortcuts", [], "at least 1"),
        ("features/slash_commands/0/command", "mend", "command"),
        ("features/slash_commands/0/command", "/Mend it", "command"),
        ("features/slash_commands/0/should_escape", "no", "should_escape"),
        ("features/slash_commands/0/url", "http://example.com", "url"),
        ("features/app_home/messages_tab_read_only_enabled", True, "nobody can write"),
        ("features/app_home", {}, "nobody can write|no Home"),
        ("oauth_config/scopes/bot", ["app_mentions:read", "chat:write", "im:history"], "the scope commands"),
        ("oauth_config/scopes/bot/3", "im:histories", "im:histories"),
        ("oauth_config/scopes/bot/1", "commands", "a scope twice"),
        ("oauth_config/scopes/bot/0", "users:read", "app_mention needs"),
        ("oauth_config/scopes/user", ["chat:write"], "user"),
        ("settings/event_subscriptions/bot_events/0", "app_mention", "an event twice"),
        ("settings/event_subscriptions/bot_events/0", "message.direct", "message.direct"),
        ("settings/interactivity", {}, "is_enabled"),
        ("settings/interactivity/is_enabled", False, "need interactivity"),
        ("settings/socket_mode_enabled", False, "nowhere to go"),
        ("settings/is_hosted", True, "is_hosted"),
    ],
)
def test_what_is_found(place, value, complaint):
    with pytest.raises((AssertionError, ValueError), match=complaint):
        check_manifest(changed(place, value))


def test_over_http_everything_needs_an_address():
    manifest = changed("settings/socket_mode_enabled", False)
    url = "https://bot.example.com/slack/events"
    manifest["settings"]["event_subscriptions"]["request_url"] = url
    manifest["settings"]["interactivity"]["request_url"] = url
    with pytest.raises(AssertionError, match="a command has nowhere to go"):
        check_manifest(manifest)
    manifest["features"]["slash_commands"][0]["url"] = url
    check_manifest(manifest)
