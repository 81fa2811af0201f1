"""Commands, shortcuts, clicks and forms, as Slack tells the bot of them.

https://docs.slack.dev/reference/interaction-payloads, https://docs.slack.dev/interactivity/implementing-slash-commands
"""

from collections.abc import Mapping
from typing import Any

from tests.slack.fake.state import state_of
from tests.slack.fake.things import Channel, Message, View
from tests.slack.fake.views import shown
from tests.slack.fake.workspace import APP, TEAM, Workspace

_DOMAIN = "example"
_NAMES = {"im": "directmessage", "group": "privategroup", "mpim": "privategroup"}


def command(
    workspace: Workspace, user: str, channel: Channel, name: str, text: str, response_url: str
) -> dict[str, str]:
    """A slash command. It has no message, so it has neither a thread nor blocks."""
    enterprise = workspace.enterprise
    return {
        "token": "legacy", "team_id": TEAM, "team_domain": _DOMAIN, "channel_id": channel.id,
        "channel_name": _NAMES.get(channel.kind, channel.name), "user_id": user, "user_name": user.lower(),
        "command": name, "text": text, "api_app_id": APP, "is_enterprise_install": "false",
        "response_url": response_url, "trigger_id": workspace.new_trigger(user),
    } | ({"enterprise_id": enterprise, "enterprise_name": "Example"} if enterprise else {})  # fmt: skip


def message_action(
    workspace: Workspace, user: str, message: Message, callback_id: str, response_url: str
) -> dict[str, Any]:
    """A shortcut on a message, which comes with it as it stands."""
    channel = workspace.channels[message.channel]
    return _by(workspace, user, "message_action") | {
        "callback_id": callback_id, "trigger_id": workspace.new_trigger(user), "response_url": response_url,
        "channel": _place(channel), "message_ts": message.ts, "message": message.as_json(),
        "action_ts": workspace.new_ts(),
    }  # fmt: skip


def shortcut(workspace: Workspace, user: str, callback_id: str) -> dict[str, Any]:
    """A global shortcut: from anywhere, about nothing."""
    return _by(workspace, user, "shortcut") | {
        "callback_id": callback_id, "trigger_id": workspace.new_trigger(user), "action_ts": workspace.new_ts(),
    }  # fmt: skip


def action(workspace: Workspace, block: str, element: Mapping[str, Any], choice: Mapping[str, Any]) -> dict[str, Any]:
    """What was done to one element."""
    told = {"action_id": element["action_id"], "block_id": block, "type": element["type"]} | choice
    if element["type"] == "button":
        told |= {name: element[name] for name in ("text", "value", "style", "url") if name in element}
    return told | {"action_ts": workspace.new_ts()}


def used_in_message(
    workspace: Workspace, user: str, message: Message, told: Mapping[str, Any], response_url: str
) -> dict[str, Any]:
    """block_actions from a message. One that only one person sees is not repeated in it."""
    channel = workspace.channels[message.channel]
    is_ephemeral = message.ephemeral_to is not None
    container = {
        "type": "message", "message_ts": message.ts, "channel_id": channel.id, "is_ephemeral": is_ephemeral,
    } | ({"thread_ts": message.thread_ts} if message.thread_ts else {})  # fmt: skip
    payload = _by(workspace, user, "block_actions") | {
        "container": container, "trigger_id": workspace.new_trigger(user), "channel": _place(channel),
        "state": {"values": state_of(message.blocks, message.values)}, "response_url": response_url,
        "actions": [told],
    }  # fmt: skip
    return payload if is_ephemeral else payload | {"message": message.as_json()}


def used_in_view(workspace: Workspace, user: str, view: View, told: Mapping[str, Any]) -> dict[str, Any]:
    """block_actions from a modal or the Home tab: there is no channel and no response_url."""
    return _by(workspace, user, "block_actions") | {
        "container": {"type": "view", "view_id": view.id}, "trigger_id": workspace.new_trigger(user, view.id),
        "view": shown(view), "actions": [told],
    }  # fmt: skip


def submitted(workspace: Workspace, user: str, view: View) -> dict[str, Any]:
    """view_submission, with everything that is filled in."""
    return _by(workspace, user, "view_submission") | {
        "trigger_id": workspace.new_trigger(user, view.id), "view": shown(view), "response_urls": [],
    }  # fmt: skip


def closed(workspace: Workspace, user: str, view: View, is_cleared: bool) -> dict[str, Any]:
    """view_closed."""
    return _by(workspace, user, "view_closed") | {"view": shown(view), "is_cleared": is_cleared}


def _by(workspace: Workspace, user: str, kind: str) -> dict[str, Any]:
    enterprise = workspace.enterprise
    team = workspace.people.get(user, {}).get("team_id", TEAM)
    return {
        "type": kind, "token": "legacy", "api_app_id": APP, "is_enterprise_install": False,
        "team": {"id": TEAM, "domain": _DOMAIN},
        "enterprise": {"id": enterprise, "name": "Example"} if enterprise else None,
        "user": {"id": user, "username": user.lower(), "name": user.lower(), "team_id": team},
    }  # fmt: skip


def _place(channel: Channel) -> dict[str, str]:
    return {"id": channel.id, "name": _NAMES.get(channel.kind, channel.name)}
