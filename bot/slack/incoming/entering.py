"""What a payload of Slack is: somebody wants something of the bot, or nobody does."""

import re
from collections.abc import Mapping
from typing import Any

from bot.slack import actions
from bot.slack.addresses import read_origin
from bot.slack.incoming.attached import attached
from bot.slack.incoming.entrances import (
    Asked,
    Clicked,
    ClickedMessage,
    Commented,
    Entrance,
    FormWanted,
    HomeOpened,
    ResponseUrl,
    Thread,
    Way,
)
from bot.slack.incoming.mrkdwn import encodable
from bot.slack.incoming.paste import from_message, from_mrkdwn

_SPOKEN = (None, "file_share", "thread_broadcast")
_SLACKBOT = "USLACKBOT"
_TS = re.compile(r"[0-9]{1,12}\.[0-9]{1,6}")


def entered(body: Mapping[str, Any], bot_user: str) -> Entrance | None:
    """What a payload of Slack asks for; None where nobody asks the bot for anything."""
    if "command" in body:
        return _command(body, bot_user)
    match body.get("type"):
        case "block_actions":
            return _click(body)
        case "message_action":
            return _shortcut(body, bot_user)
        case "view_submission":
            return _submission(body)
        case _:
            event = body.get("event")
            return _event(body, event, bot_user) if event else None


def _command(body: Mapping[str, Any], bot_user: str) -> Asked | FormWanted:
    answer_to = ResponseUrl(body["response_url"])
    key = ("trigger", body["trigger_id"])
    pasted = from_mrkdwn(body.get("text") or "", bot_user)
    if not pasted:
        return FormWanted(body["user_id"], body["trigger_id"], key, answer_to, body.get("channel_id"))
    return Asked(
        person=body["user_id"],
        pasted=pasted,
        answer_to=answer_to,
        way=Way.COMMAND,
        key=key,
        channel=body.get("channel_id"),
        otherwise=Thread(body["user_id"]),
    )


def _click(body: Mapping[str, Any]) -> Clicked | FormWanted:
    action, clicker, trigger = body["actions"][0], body["user"]["id"], body["trigger_id"]
    key = ("trigger", trigger)
    if action.get("action_id") == actions.ASK:
        return FormWanted(clicker, trigger, key)
    container = body.get("container") or {}
    message = None
    if container.get("type") == "message":
        message = ClickedMessage(
            channel=container.get("channel_id") or body["channel"]["id"],
            ts=container["message_ts"],
            thread=container.get("thread_ts") or (body.get("message") or {}).get("thread_ts"),
            is_ephemeral=bool(container.get("is_ephemeral")),
        )
    chosen = action.get("selected_option") or {}
    return Clicked(
        person=clicker,
        action=action.get("action_id") or "",
        value=encodable(chosen.get("value") or action.get("value") or ""),
        trigger=trigger,
        key=key,
        answer_to=ResponseUrl(body["response_url"]) if body.get("response_url") else None,
        message=message,
        at=_moment(action.get("action_ts")),
    )


def _moment(ts: object) -> str:
    return ts if isinstance(ts, str) and _TS.fullmatch(ts) else "0"


def _shortcut(body: Mapping[str, Any], bot_user: str) -> Asked | None:
    if body.get("callback_id") != actions.MESSAGE_SHORTCUT:
        return None
    message, channel = body["message"], body["channel"]["id"]
    root = message.get("thread_ts") or message["ts"]
    return Asked(
        person=body["user"]["id"],
        pasted=from_message(message, bot_user),
        answer_to=Thread(channel, root),
        way=Way.SHORTCUT,
        key=("trigger", body["trigger_id"]),
        channel=channel,
        hangs_on=root if root != message["ts"] else None,
        otherwise=ResponseUrl(body["response_url"]),
        files=attached(message),
    )


def _submission(body: Mapping[str, Any]) -> Asked | Commented | None:
    view, user = body["view"], body["user"]["id"]
    fields = _fields(view)
    key = ("view", view["id"])
    match view.get("callback_id"):
        case actions.WRONG_FORM:
            answer, _, place = (view.get("private_metadata") or "").partition(" ")
            return Commented(user, answer, fields.get(actions.COMMENT_FIELD, ""), key, place or None)
        case actions.ASK_FORM:
            channel, url = read_origin(view.get("private_metadata") or "")
            in_person = Thread(user)
            return Asked(
                person=user,
                pasted=fields.get(actions.PASTE_FIELD, ""),
                answer_to=ResponseUrl(url) if url else in_person,
                way=Way.FORM,
                key=key,
                channel=channel,
                otherwise=in_person,
                language=_chosen(fields, actions.LANGUAGE_FIELD),
                account=_chosen(fields, actions.ACCOUNT_FIELD),
                region=_chosen(fields, actions.REGION_FIELD),
            )
        case _:
            return None


def _fields(view: Mapping[str, Any]) -> dict[str, str]:
    """What the inputs of a form hold, by their names. https://docs.slack.dev/reference/views"""
    fields = {}
    for inputs in ((view.get("state") or {}).get("values") or {}).values():
        for name, given in inputs.items():
            chosen = given.get("selected_option") or {}
            fields[name] = encodable(chosen.get("value") or given.get("value") or "")
    return fields


def _chosen(fields: Mapping[str, str], name: str) -> str | None:
    value = fields.get(name) or actions.ANY
    return None if value == actions.ANY else value


def _event(body: Mapping[str, Any], event: Mapping[str, Any], bot_user: str) -> Asked | HomeOpened | None:
    if event.get("type") == "app_home_opened":
        return HomeOpened(event["user"], ("event", body["event_id"])) if event.get("tab") == "home" else None
    way = _way(event, bot_user)
    if way is None or not _is_of_a_person(event, bot_user):
        return None
    channel, ts, root = event["channel"], event["ts"], event.get("thread_ts")
    return Asked(
        person=event["user"],
        pasted=from_message(event, bot_user),
        answer_to=Thread(channel, root or ts),
        way=way,
        # A mention can come as two events of different ids, and each of them several times.
        key=("message", channel, ts),
        channel=channel,
        hangs_on=root if root != ts else None,
        files=attached(event),
        is_shared=bool(body.get("is_ext_shared_channel")),
    )


def _way(event: Mapping[str, Any], bot_user: str) -> Way | None:
    if event.get("type") == "app_mention":
        return Way.MENTION
    if event.get("type") != "message":
        return None
    if event.get("channel_type") == "im":
        return Way.DIRECT
    # A message that mentions the bot comes as `app_mention` as well, and is taken as that.
    is_reply = event.get("thread_ts") not in (None, event.get("ts"))
    is_mention = f"<@{bot_user}" in (event.get("text") or "")
    return Way.REPLY if is_reply and not is_mention else None


def _is_of_a_person(event: Mapping[str, Any], bot_user: str) -> bool:
    if event.get("subtype") not in _SPOKEN or event.get("hidden") or event.get("edited"):
        return False
    if event.get("bot_id") or event.get("bot_profile"):
        return False
    return event.get("user") not in (None, _SLACKBOT, bot_user)
