"""The ways into the bot: a slash command, a mention, a direct message, a click; everything else is none."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.slack.incoming.paste import from_message, from_mrkdwn

SHARE = "share_reply_v1"
"""The action of the button that shares a reply. Buttons outlive releases: another meaning needs another name."""

_SPOKEN = (None, "file_share", "thread_broadcast")
_SLACKBOT = "USLACKBOT"


@dataclass(frozen=True, slots=True)
class Bot:
    """Who the bot is: the answer of `auth.test`. `teams` are its workspace and, in a grid, the organization."""

    user: str
    teams: frozenset[str]


@dataclass(frozen=True, slots=True)
class Thread:
    """Where an event is answered."""

    channel: str
    ts: str


@dataclass(frozen=True, slots=True)
class ResponseUrl:
    """Where a command or a click is answered. The address is a secret: whoever has it can post."""

    url: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a person. `keys` are what its repetitions share; `foreign`: the asker may be of another company."""

    asker: str
    pasted: str
    answer_to: Thread | ResponseUrl
    keys: tuple[Hashable, ...]
    foreign: bool = False
    files: bool = False


@dataclass(frozen=True, slots=True)
class Clicked:
    """A click on the button that shares the reply of a job."""

    clicker: str
    job: str
    answer_to: ResponseUrl
    keys: tuple[Hashable, ...]


def entered(body: Mapping[str, Any], bot: Bot) -> Asked | Clicked | None:
    """What a payload of Slack asks for; None where nobody asks the bot for anything."""
    if "command" in body:
        return _command(body, bot)
    if body.get("type") == "block_actions":
        return _click(body)
    event = body.get("event")
    return _event(body, event, bot) if event else None


def _command(body: Mapping[str, Any], bot: Bot) -> Asked:
    teams = {body.get("team_id"), body.get("enterprise_id")} - {None}
    return Asked(
        asker=body["user_id"],
        pasted=from_mrkdwn(body.get("text") or "", bot.user),
        answer_to=ResponseUrl(body["response_url"]),
        keys=(("trigger", body["trigger_id"]),),
        foreign=not teams & bot.teams,
    )


def _click(body: Mapping[str, Any]) -> Clicked | None:
    action = body["actions"][0]
    if action.get("action_id") != SHARE:
        return None
    return Clicked(
        clicker=body["user"]["id"],
        job=action.get("value") or "",
        answer_to=ResponseUrl(body["response_url"]),
        keys=(("trigger", body["trigger_id"]),),
    )


def _event(body: Mapping[str, Any], event: Mapping[str, Any], bot: Bot) -> Asked | None:
    if not _is_meant_for(event) or not _is_of_a_person(event, bot):
        return None
    channel, ts = event["channel"], event["ts"]
    teams = {event.get("user_team"), event.get("source_team")} - {None}
    return Asked(
        asker=event["user"],
        pasted=from_message(event, bot.user),
        answer_to=Thread(channel, event.get("thread_ts") or ts),
        # A mention can come as two events of different ids, and each of them several times.
        keys=(("event", body["event_id"]), ("message", channel, ts)),
        foreign=bool(body.get("is_ext_shared_channel")) or not teams <= bot.teams,
        files=bool(event.get("files")),
    )


def _is_meant_for(event: Mapping[str, Any]) -> bool:
    if event.get("type") == "message":
        return event.get("channel_type") == "im"
    return event.get("type") == "app_mention"


def _is_of_a_person(event: Mapping[str, Any], bot: Bot) -> bool:
    if event.get("subtype") not in _SPOKEN or event.get("hidden") or event.get("edited"):
        return False
    if event.get("bot_id") or event.get("bot_profile"):
        return False
    return event.get("user") not in (None, _SLACKBOT, bot.user)
