"""The events of the Events API, as Slack wraps and words them: https://docs.slack.dev/reference/events."""

from typing import Any

from tests.slack.fake.things import Channel, Message
from tests.slack.fake.views import shown
from tests.slack.fake.workspace import APP, BOT_USER, TEAM, Workspace
from tests.slack.manifest_rules import BOT_EVENTS

_MESSAGES = {"channel": "message.channels", "group": "message.groups", "im": "message.im", "mpim": "message.mpim"}


def is_delivered(workspace: Workspace, kind: str, channel: Channel | None = None) -> bool:
    """Whether the app has subscribed to this type of event, has its scope, and is in the channel where it happened."""
    name = _MESSAGES[channel.kind] if kind == "message" and channel is not None else kind
    needed = BOT_EVENTS[name]
    if channel is not None and kind == "member_joined_channel":
        needed = ("channels:read",) if channel.kind == "channel" else ("groups:read",)
    is_there = channel is None or BOT_USER in channel.members
    return is_there and name in workspace.events and (not needed or bool(workspace.scopes & set(needed)))


def wrapped(workspace: Workspace, event: dict[str, Any], channel: Channel | None = None) -> dict[str, Any]:
    """An event with what Slack says around it."""
    authorization = {
        "enterprise_id": workspace.enterprise, "team_id": TEAM, "user_id": BOT_USER, "is_bot": True,
        "is_enterprise_install": False,
    }  # fmt: skip
    user = event.get("user")
    team = workspace.people.get(user, {}).get("team_id", TEAM) if isinstance(user, str) else TEAM
    is_shared = (channel is not None and channel.is_shared) or team != TEAM
    event_id = workspace.new_id("Ev")
    body = {
        "token": "legacy", "team_id": TEAM, "context_team_id": TEAM, "context_enterprise_id": workspace.enterprise,
        "api_app_id": APP, "event": {"event_ts": event.get("ts") or workspace.new_ts()} | event,
        "type": "event_callback", "event_id": event_id, "event_time": int(workspace.clock()),
        "authorizations": [authorization], "is_ext_shared_channel": is_shared, "event_context": f"4-{event_id}",
    }  # fmt: skip
    return body | ({"enterprise_id": workspace.enterprise} if workspace.enterprise else {})


def message_event(workspace: Workspace, message: Message) -> dict[str, Any]:
    """`message`: somebody, or something, has written."""
    channel = workspace.channels[message.channel]
    event = _of(workspace, message) | {"channel": channel.id, "channel_type": channel.kind}
    if message.thread_ts is not None:
        parent = channel.message(message.thread_ts)
        event["parent_user_id"] = parent.user if parent else None
    return wrapped(workspace, event, channel)


def app_mention(workspace: Workspace, message: Message) -> dict[str, Any]:
    """`app_mention`: the bot was mentioned. Of files it has the ids and nothing else."""
    channel = workspace.channels[message.channel]
    event = _of(workspace, message) | {"type": "app_mention", "channel": channel.id}
    event.pop("subtype", None)
    if message.files:
        event["files"] = [{"id": file.id} for file in message.files]
    return wrapped(workspace, event, channel)


def message_changed(workspace: Workspace, message: Message, before: Message) -> dict[str, Any]:
    """`message` of the subtype message_changed."""
    channel = workspace.channels[message.channel]
    event = {
        "type": "message", "subtype": "message_changed", "hidden": True, "channel": channel.id,
        "channel_type": channel.kind, "ts": workspace.new_ts(), "message": _of(workspace, message),
        "previous_message": _of(workspace, before),
    }  # fmt: skip
    return wrapped(workspace, event, channel)


def member_joined(workspace: Workspace, channel: Channel, user: str, inviter: str | None) -> dict[str, Any]:
    """`member_joined_channel`: somebody, or the bot itself, is in a channel now."""
    event = {"type": "member_joined_channel", "user": user, "channel": channel.id, "channel_type": "C", "team": TEAM}
    if channel.kind != "channel":
        event["channel_type"] = "G"
    return wrapped(workspace, event | ({"inviter": inviter} if inviter else {}), channel)


def home_opened(workspace: Workspace, user: str, tab: str) -> dict[str, Any]:
    """`app_home_opened`: somebody looks at the app. The Home tab comes with what is shown there by now."""
    event = {"type": "app_home_opened", "user": user, "channel": workspace.dm(user).id, "tab": tab}
    home = workspace.homes.get(user)
    if tab == "home" and home is not None:
        event["view"] = shown(home)
    return wrapped(workspace, event)


def user_changed(workspace: Workspace, user: dict[str, Any]) -> dict[str, Any]:
    """`user_change`: somebody has another language, time zone, name or standing now."""
    return wrapped(workspace, {"type": "user_change", "user": user, "cache_ts": int(workspace.clock())})


def _of(workspace: Workspace, message: Message) -> dict[str, Any]:
    said = message.as_json()
    person = workspace.people.get(message.user or "", {})
    team = person.get("team_id", TEAM)
    said.setdefault("team", team)
    if team != TEAM:
        said |= {"user_team": team, "source_team": team, "user_profile": {"name": str(message.user), "team": team}}
    return said
