"""The manifest of the Slack app: all that it may do and hear, from which Slack sets it up.

Its words are the only ones that people read and that stand outside of `bot/reply/words`: Slack shows them as they are,
in one language, and takes no translations. https://docs.slack.dev/reference/app-manifest
"""

from typing import Any

from bot.slack.actions import COMMAND, MESSAGE_SHORTCUT

EVENTS_PATH = "/slack/events"
"""Where everything comes in that Slack sends over HTTP: events, commands and interactions."""

SCOPES = (
    "app_mentions:read",  # hear that it is mentioned
    "channels:history",  # read the thread that it is asked in, and what follows there: in public channels,
    "chat:write",  # answer
    "commands",  # be called by the slash command and by the message shortcut
    "files:read",  # read a log that is attached; Slack makes a file of a long paste
    "files:write",  # attach what is too long for a message
    "groups:history",  # … in private channels that it was invited to,
    "im:history",  # … and in direct messages to it
    "users:read",  # each person's language, time zone and team
)
"""Each scope of the bot's token, with its reason."""

EVENTS = ("app_home_opened", "app_mention", "message.channels", "message.groups", "message.im")


def manifest(url: str | None = None) -> dict[str, Any]:
    """The manifest for Socket Mode; or for HTTP, where `url` is the bot's public address without a path of Slack's."""
    request_url = {"request_url": url + EVENTS_PATH} if url else {}
    return {
        "display_information": {
            "name": "Kintsugi",
            "description": "Paste an AWS API Gateway error, get its cause and a fix. Reads AWS, never writes to it.",
            "background_color": "#33302e",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            # Not always online: the green dot would shine while the bot is down.
            "bot_user": {"display_name": "kintsugi", "always_online": False},
            "shortcuts": [
                {
                    "name": "Diagnose this error",
                    "type": "message",
                    "callback_id": MESSAGE_SHORTCUT,
                    "description": "Find the cause of the API Gateway error in this message",
                }
            ],
            "slash_commands": [
                {
                    "command": COMMAND,
                    **({"url": url + EVENTS_PATH} if url else {}),
                    "description": "Find the cause of an API Gateway error; only you see the answer",
                    "usage_hint": "an error, a log, a URL, an ARN or the ID of an API",
                    "should_escape": False,
                }
            ],
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": {**request_url, "bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True, **request_url},
            "org_deploy_enabled": False,
            "socket_mode_enabled": not url,
            "token_rotation_enabled": False,
        },
    }
