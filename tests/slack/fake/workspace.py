"""The workspace as Slack keeps it: its people, channels, messages, files and views, and waiting for any to change."""

import itertools
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Condition
from typing import Any

from tests.slack.fake.things import Channel, File, Message, View

BOT_TOKEN = "xoxb-1-bot"
APP_TOKEN = "xapp-1-app"
CONFIG_TOKEN = "xoxe.xoxp-1-config"
BOT_USER, BOT_ID, APP, TEAM = "UKINTSUGI", "BKINTSUGI", "AKINTSUGI", "T1"

SCOPES = frozenset({
    "app_mentions:read", "chat:write", "commands", "users:read", "files:read", "files:write", "im:write",
    "channels:history", "groups:history", "im:history", "mpim:history", "channels:read", "groups:read",
})  # fmt: skip
EVENTS = frozenset({
    "app_mention", "app_home_opened", "member_joined_channel", "message.channels", "message.groups", "message.im",
    "message.mpim", "user_change",
})  # fmt: skip


class Refused(Exception):
    """Slack's answer to a call: an error code. Unless `is_fault`, it may well meet a bot that does everything right."""

    def __init__(self, error: str, detail: str = "", is_fault: bool = False, **more: Any) -> None:
        super().__init__(f"{error}: {detail}" if detail else error)
        self.error, self.is_fault, self.more = error, is_fault, more


@dataclass
class Trigger:
    """A right to open a view for somebody, once and soon. `view` is where it was come by, if it was in one."""

    user: str
    expires: float
    view: str | None = None
    is_used: bool = False


@dataclass(eq=False)
class Workspace:
    """All that there is. Whoever reads or changes it holds `changed`, and notifies it of a change."""

    people: dict[str, dict[str, Any]]
    scopes: frozenset[str] = SCOPES
    events: frozenset[str] = EVENTS
    enterprise: str | None = None
    clock: Callable[[], float] = time.time
    trigger_seconds: float = 3
    changed: Condition = field(default_factory=Condition)
    channels: dict[str, Channel] = field(default_factory=dict)
    ephemerals: list[Message] = field(default_factory=list)
    files: dict[str, File] = field(default_factory=dict)
    homes: dict[str, View] = field(default_factory=dict)
    modals: dict[str, list[View]] = field(default_factory=dict)
    statuses: list[dict[str, Any]] = field(default_factory=list)
    triggers: dict[str, Trigger] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    installed: Mapping[str, Any] = field(default_factory=dict)
    """The app's manifest, as somebody has left it."""
    on_message: Callable[[Message, Message | None], None] = lambda message, previous: None
    """Told of every message that the bot posts, and of every change to one, with what it was before."""

    def __post_init__(self) -> None:
        self._numbers = itertools.count(1)

    def number(self) -> int:
        """A number not used before."""
        return next(self._numbers)

    def new_id(self, prefix: str) -> str:
        """An id not used before."""
        return f"{prefix}{self.number():08d}"

    def new_ts(self) -> str:
        """The timestamp of what happens now: later than every one before."""
        return f"{int(self.clock())}.{self.number():06d}"

    def complain(self, complaint: str) -> None:
        """Keep what Slack would not have taken, for the test to find."""
        with self.changed:
            self.complaints.append(complaint)
            self.changed.notify_all()

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Hold everything still, and tell whoever waits of a change."""
        with self.changed:
            yield
            self.changed.notify_all()

    def new_trigger(self, user: str, view: str | None = None) -> str:
        """A trigger_id of somebody, good for one view within `trigger_seconds`."""
        trigger = f"{self.number()}.{self.number()}.trigger"
        self.triggers[trigger] = Trigger(user, self.clock() + self.trigger_seconds, view)
        return trigger

    def exchange(self, trigger_id: str) -> Trigger:
        """Use up a trigger_id. Raises Refused as views.open does."""
        trigger = self.triggers.get(trigger_id)
        if trigger is None:
            raise Refused("invalid_trigger_id", is_fault=True)
        if trigger.is_used:
            raise Refused("exchanged_trigger_id", is_fault=True)
        if self.clock() > trigger.expires:
            raise Refused("expired_trigger_id")
        trigger.is_used = True
        return trigger

    def dm(self, user: str) -> Channel:
        """The conversation of somebody with the bot, opened now if it was not."""
        known = (channel for channel in self.channels.values() if channel.kind == "im" and user in channel.members)
        channel = next(known, None)
        if channel is None:
            channel = Channel(f"D{user[1:]}", "directmessage", "im", members={user, BOT_USER})
            self.channels[channel.id] = channel
        return channel

    def channel_for_bot(self, channel: str, must_be_member: bool = True) -> Channel:
        """A channel that the bot names. Raises Refused as Slack does where it is not in it, or knows of none."""
        if channel[:1] in ("U", "W") and channel in self.people:
            return self.dm(channel)
        found = self.channels.get(channel)
        if found is None or (found.kind != "channel" and BOT_USER not in found.members):
            raise Refused("channel_not_found")
        if must_be_member and BOT_USER not in found.members:
            raise Refused("not_in_channel")
        return found

    def need_scope(self, *scopes: str) -> None:
        """Raises Refused unless the app was granted one of these scopes."""
        if scopes and not self.scopes & set(scopes):
            provided = ",".join(sorted(self.scopes))
            raise Refused("missing_scope", needed=",".join(scopes), provided=provided)

    def post(self, message: Message) -> None:
        """Put a message of the bot into its channel. A status that was shown in its thread is over with it."""
        self.channels[message.channel].messages.append(message)
        for status in self.statuses:
            if (status["channel_id"], status["thread_ts"]) == (message.channel, message.thread):
                status["is_shown"] = False
        self.on_message(message, None)

    def view(self, view_id: str) -> View | None:
        """A view that is shown to somebody now, by its id."""
        shown = itertools.chain(self.homes.values(), *self.modals.values())
        return next((view for view in shown if view.id == view_id), None)

    def named(self, blocks: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Blocks as Slack keeps them: each with a block_id, and each element that can be used with an action_id."""
        return [_with_ids(block, self) for block in blocks]


def _with_ids(block: Mapping[str, Any], workspace: Workspace) -> dict[str, Any]:
    named = dict(block)
    named.setdefault("block_id", f"b{workspace.number()}")
    if named["type"] == "actions":
        named["elements"] = [{"action_id": f"a{workspace.number()}"} | each for each in named["elements"]]
    for name in ("element", "accessory"):
        if name in named and named[name]["type"] != "image":
            named[name] = {"action_id": f"a{workspace.number()}"} | named[name]
    return named
