"""What Slack demands of an app's manifest, as far as ours can have it, and what an app with it is granted.

Rewritten from https://docs.slack.dev/reference/app-manifest and from the schemas that Slack publishes as
slackapi/manifest-schema. Those check neither names of scopes and events nor what goes together: this does.
"""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

BOT_SCOPES = frozenset(
    re.findall(
        r"\S+",
        """
    app_mentions:read assistant:write bookmarks:read bookmarks:write calls:read calls:write canvases:read canvases:write
    channels:history channels:join channels:manage channels:read channels:write.invites channels:write.topic chat:write
    chat:write.customize chat:write.public commands conversations.connect:manage conversations.connect:read
    conversations.connect:write dnd:read emoji:read files:read files:write groups:history groups:read groups:write
    groups:write.invites groups:write.topic im:history im:read im:write incoming-webhook links.embed:write links:read
    links:write lists:read lists:write metadata.message:read mpim:history mpim:read mpim:write mpim:write.topic
    pins:read pins:write reactions:read reactions:write reminders:read reminders:write remote_files:read
    remote_files:share remote_files:write team.billing:read team.preferences:read team:read usergroups:read
    usergroups:write users.profile:read users:read users:read.email users:write workflow.steps:execute
        """,
    )
)
"""https://docs.slack.dev/reference/scopes, those that a bot token can have."""

BOT_EVENTS: dict[str, tuple[str, ...]] = {
    "app_home_opened": (),
    "app_mention": ("app_mentions:read",),
    "app_uninstalled": (),
    "assistant_thread_context_changed": ("assistant:write",),
    "assistant_thread_started": ("assistant:write",),
    "channel_archive": ("channels:read",),
    "channel_created": ("channels:read",),
    "channel_deleted": ("channels:read",),
    "channel_left": ("channels:read",),
    "channel_rename": ("channels:read",),
    "channel_shared": ("channels:read", "groups:read"),
    "channel_unarchive": ("channels:read",),
    "channel_unshared": ("channels:read", "groups:read"),
    "emoji_changed": ("emoji:read",),
    "file_change": ("files:read",),
    "file_created": ("files:read",),
    "file_deleted": ("files:read",),
    "file_shared": ("files:read",),
    "function_executed": (),
    "group_left": ("groups:read",),
    "group_rename": ("groups:read",),
    "link_shared": ("links:read",),
    "member_joined_channel": ("channels:read", "groups:read"),
    "member_left_channel": ("channels:read", "groups:read"),
    "message.channels": ("channels:history",),
    "message.groups": ("groups:history",),
    "message.im": ("im:history",),
    "message.mpim": ("mpim:history",),
    "message_metadata_posted": ("metadata.message:read",),
    "pin_added": ("pins:read",),
    "pin_removed": ("pins:read",),
    "reaction_added": ("reactions:read",),
    "reaction_removed": ("reactions:read",),
    "subteam_created": ("usergroups:read",),
    "subteam_members_changed": ("usergroups:read",),
    "subteam_updated": ("usergroups:read",),
    "team_join": ("users:read",),
    "team_rename": ("team:read",),
    "tokens_revoked": (),
    "user_change": ("users:read",),
}
"""The events that a bot can subscribe to, and the scopes of which each needs one: https://docs.slack.dev/reference/events."""


def _text(most: int, least: int = 1, pattern: str | None = None) -> Any:
    return Annotated[str, Field(min_length=least, max_length=most, pattern=pattern, strict=True)]


_Url = _text(3_000, pattern="^https://")
_Flag = Annotated[bool, Field(strict=True)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _DisplayInformation(_Part):
    name: _text(35)
    description: _text(140) = "none"
    long_description: _text(4_000, least=175) = "-" * 175
    background_color: _text(7, pattern=r"^#(?:[0-9a-fA-F]{3}){1,2}$") = "#000"


class _AppHome(_Part):
    home_tab_enabled: _Flag = False
    messages_tab_enabled: _Flag = False
    messages_tab_read_only_enabled: _Flag = False


class _BotUser(_Part):
    display_name: _text(80)
    always_online: _Flag = False


class _Shortcut(_Part):
    name: _text(24)
    type: Literal["message", "global"]
    callback_id: _text(255)
    description: _text(150)


class _Command(_Part):
    command: _text(32, least=2, pattern=r"^/[^\sA-Z]+$")
    description: _text(2_000)
    url: _Url | None = None
    usage_hint: _text(1_000) = "none"
    should_escape: _Flag = False


class _Features(_Part):
    app_home: _AppHome = _AppHome()
    bot_user: _BotUser | None = None
    shortcuts: Annotated[list[_Shortcut], Field(min_length=1, max_length=10)] | None = None
    slash_commands: Annotated[list[_Command], Field(min_length=1, max_length=50)] | None = None


class _Scopes(_Part):
    bot: Annotated[list[_text(50)], Field(max_length=255)] = []


class _OAuth(_Part):
    scopes: _Scopes = _Scopes()


class _Events(_Part):
    bot_events: Annotated[list[_text(50)], Field(max_length=100)] = []
    request_url: _Url | None = None


class _Interactivity(_Part):
    is_enabled: _Flag
    request_url: _Url | None = None


class _Settings(_Part):
    event_subscriptions: _Events = _Events()
    interactivity: _Interactivity = _Interactivity(is_enabled=False)
    org_deploy_enabled: _Flag = False
    socket_mode_enabled: _Flag = False
    token_rotation_enabled: _Flag = False


class _Manifest(_Part):
    display_information: _DisplayInformation
    features: _Features = _Features()
    oauth_config: _OAuth = _OAuth()
    settings: _Settings = _Settings()


def check_manifest(manifest: Mapping[str, Any]) -> None:
    """Raises AssertionError, or pydantic's ValidationError, unless Slack would make an app of it that works."""
    read = _Manifest.model_validate(manifest)
    scopes, events = read.oauth_config.scopes.bot, read.settings.event_subscriptions.bot_events
    commands, shortcuts = read.features.slash_commands or [], read.features.shortcuts or []
    assert len(set(scopes)) == len(scopes), "a scope twice"
    assert len(set(events)) == len(events), "an event twice"
    assert set(scopes) <= BOT_SCOPES, f"no scopes of a bot: {sorted(set(scopes) - BOT_SCOPES)}"
    assert set(events) <= BOT_EVENTS.keys(), f"no events of a bot: {sorted(set(events) - BOT_EVENTS.keys())}"
    for event in events:
        needed = BOT_EVENTS[event]
        assert not needed or set(needed) & set(scopes), f"{event} needs one of {needed}"
    assert not scopes or read.features.bot_user, "scopes of a bot, but no bot user"
    assert not (commands or shortcuts) or "commands" in scopes, "commands and shortcuts need the scope commands"
    assert not shortcuts or read.settings.interactivity.is_enabled, "shortcuts need interactivity"
    _check_home(read.features.app_home, events)
    _check_addresses(read.settings, commands)


def granted(manifest: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    """The scopes and events of an app with this manifest, as FakeSlack takes them."""
    read = _Manifest.model_validate(manifest)
    events = read.settings.event_subscriptions.bot_events
    return {"scopes": frozenset(read.oauth_config.scopes.bot), "events": frozenset(events)}


def _check_home(home: _AppHome, events: list[str]) -> None:
    has_messages = home.messages_tab_enabled and not home.messages_tab_read_only_enabled
    assert "message.im" not in events or has_messages, "nobody can write to the bot"
    has_tab = home.home_tab_enabled or home.messages_tab_enabled
    assert "app_home_opened" not in events or has_tab, "there is no Home to be opened"


def _check_addresses(settings: _Settings, commands: list[_Command]) -> None:
    if settings.socket_mode_enabled:
        return
    events, interactivity = settings.event_subscriptions, settings.interactivity
    assert not events.bot_events or events.request_url, "events have nowhere to go"
    assert not interactivity.is_enabled or interactivity.request_url, "interactions have nowhere to go"
    assert all(command.url for command in commands), "a command has nowhere to go"
