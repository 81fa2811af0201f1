"""The manifest asks for what the bot needs and for nothing else, over either transport."""

from bot.slack.actions import COMMAND, MESSAGE_SHORTCUT
from bot.slack.manifest import manifest

URL = "https://kintsugi.example.com"
SOCKET_MODE, HTTP = manifest(), manifest(URL)


def places(value, path=()):
    """Every value that is no object, by where it stands."""
    if isinstance(value, dict):
        return {place: each for name, part in value.items() for place, each in places(part, (*path, name)).items()}
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return {place: each for n, part in enumerate(value) for place, each in places(part, (*path, n)).items()}
    return {path: value}


def test_the_bot_may_do_nothing_that_it_does_not_need():
    assert SOCKET_MODE["oauth_config"] == {
        "scopes": {
            "bot": [
                "app_mentions:read",
                "channels:history",
                "chat:write",
                "commands",
                "files:read",
                "files:write",
                "groups:history",
                "im:history",
                "users:read",
            ]
        }
    }


def test_it_hears_what_it_answers():
    assert SOCKET_MODE["settings"]["event_subscriptions"] == {
        "bot_events": ["app_home_opened", "app_mention", "message.channels", "message.groups", "message.im"]
    }
    assert SOCKET_MODE["settings"]["interactivity"] == {"is_enabled": True}


def test_people_reach_it_by_the_names_that_it_listens_to():
    (command,), (shortcut,) = SOCKET_MODE["features"]["slash_commands"], SOCKET_MODE["features"]["shortcuts"]
    assert (command["command"], command["should_escape"]) == (COMMAND, False) == ("/diagnose", False)
    assert (shortcut["callback_id"], shortcut["type"]) == (MESSAGE_SHORTCUT, "message")
    assert MESSAGE_SHORTCUT == "diagnose_message_v1"
    assert SOCKET_MODE["features"]["app_home"] == {
        "home_tab_enabled": True,
        "messages_tab_enabled": True,
        "messages_tab_read_only_enabled": False,
    }


def test_the_transports_differ_in_their_addresses_alone():
    by_socket, by_http = places(SOCKET_MODE), places(HTTP)
    assert by_socket.keys() <= by_http.keys()
    assert {place: by_http[place] for place in by_http if by_socket.get(place) != by_http[place]} == {
        ("features", "slash_commands", 0, "url"): f"{URL}/slack/events",
        ("settings", "event_subscriptions", "request_url"): f"{URL}/slack/events",
        ("settings", "interactivity", "request_url"): f"{URL}/slack/events",
        ("settings", "socket_mode_enabled"): False,
    }
    assert by_socket["settings", "socket_mode_enabled"] is True


def test_no_text_is_longer_than_slack_takes():
    # https://docs.slack.dev/reference/app-manifest
    shown, features = SOCKET_MODE["display_information"], SOCKET_MODE["features"]
    (command,), (shortcut,) = features["slash_commands"], features["shortcuts"]
    assert len(shown["name"]) <= 35
    assert len(shown["description"]) <= 140
    assert len(features["bot_user"]["display_name"]) <= 80
    assert len(shortcut["name"]) <= 24
    assert len(shortcut["description"]) <= 150
    assert len(command["command"]) <= 32
    assert len(command["description"]) <= 2_000
    assert len(command["usage_hint"]) <= 1_000
