"""The methods that write and read messages: https://docs.slack.dev/reference/methods, chat.* and conversations.*."""

import re
from dataclasses import replace
from typing import Any

from tests.slack.blockkit import check_message
from tests.slack.blockkit.complaint import need
from tests.slack.fake.things import Channel, Message
from tests.slack.fake.webapi import Arguments, Method, any_text, array, flag, mapping, number, one_of, text
from tests.slack.fake.workspace import APP, BOT_ID, BOT_USER, TEAM, Refused, Workspace

_HISTORY = {"channel": "channels:history", "group": "groups:history", "im": "im:history", "mpim": "mpim:history"}
_MESSAGE = {"channel!": text, "text!": text, "blocks": array}
_POSTED = _MESSAGE | {"thread_ts": text, "parse": one_of("none", "full"), "link_names": flag}
_PUBLIC = {"unfurl_links": flag, "unfurl_media": flag, "reply_broadcast": flag, "metadata": mapping}


def bot_message(workspace: Workspace, channel: Channel, arguments: Arguments, **changes: Any) -> Message:
    """A message of the bot as Slack keeps it. Raises Refused where the thread is none, NotAccepted for what it says."""
    check_message(arguments)
    _check_metadata(arguments)
    thread = arguments.get("thread_ts")
    if thread is not None and (parent := channel.message(thread)) is None:
        raise Refused("thread_not_found", f"no message {thread} in {channel.id}", is_fault=True)
    if thread is not None and parent and parent.thread != thread:
        raise Refused("invalid_thread_ts", f"{thread} is an answer, not what was answered", is_fault=True)
    return Message(
        channel=channel.id,
        ts=workspace.new_ts(),
        text=arguments["text"],
        user=BOT_USER,
        bot_id=BOT_ID,
        blocks=workspace.named(arguments["blocks"]),
        thread_ts=thread,
        subtype="thread_broadcast" if arguments.get("reply_broadcast") else None,
        metadata=arguments.get("metadata"),
        more={"app_id": APP, "team": TEAM},
        **changes,
    )


def _check_metadata(arguments: Arguments) -> None:
    known = arguments.get("metadata", {"event_type": "none", "event_payload": {}})
    need(set(known) == {"event_type", "event_payload"}, f"metadata of {sorted(known)}")
    need(re.fullmatch(r"\w{1,80}", known["event_type"]), f"event_type {known['event_type']!r}")


def change(workspace: Workspace, message: Message, text_: str, blocks: list[dict[str, Any]]) -> None:
    """Give a message another content, as an edit."""
    before = replace(message)
    message.text, message.blocks = text_, workspace.named(blocks)
    message.edits += 1
    message.edited = {"user": message.user or BOT_USER, "ts": workspace.new_ts()}
    if message.ephemeral_to is None:
        workspace.on_message(message, before)


def _post_message(workspace: Workspace, arguments: Arguments) -> dict[str, Any]:
    channel = workspace.channel_for_bot(arguments["channel"])
    message = bot_message(workspace, channel, arguments)
    workspace.post(message)
    return {"channel": channel.id, "ts": message.ts, "message": message.as_json()}


def _update(workspace: Workspace, arguments: Arguments) -> dict[str, Any]:
    channel = workspace.channel_for_bot(arguments["channel"])
    message = channel.message(arguments["ts"])
    if message is None:
        raise Refused("message_not_found", arguments["ts"])
    if message.bot_id != BOT_ID:
        raise Refused("cant_update_message", "a message of somebody else", is_fault=True)
    check_message(arguments)
    _check_metadata(arguments)
    message.metadata = arguments.get("metadata", message.metadata)
    change(workspace, message, arguments["text"], arguments["blocks"])
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": message.as_json()}


def _delete(workspace: Workspace, arguments: Arguments) -> dict[str, Any]:
    channel = workspace.channel_for_bot(arguments["channel"])
    message = channel.message(arguments["ts"])
    if message is None:
        raise Refused("message_not_found", arguments["ts"])
    if message.bot_id != BOT_ID:
        raise Refused("cant_delete_message", "a message of somebody else", is_fault=True)
    message.is_deleted = True
    return {"channel": channel.id, "ts": message.ts}


def _post_ephemeral(workspace: Workspace, arguments: Arguments) -> dict[str, Any]:
    channel = workspace.channel_for_bot(arguments["channel"])
    if arguments["user"] not in channel.members:
        raise Refused("user_not_in_channel")
    message = bot_message(workspace, channel, arguments, ephemeral_to=arguments["user"])
    workspace.ephemerals.append(message)
    return {"message_ts": message.ts}


def _permalink(workspace: Workspace, arguments: Arguments) -> dict[str, Any]:
    channel = workspace.channel_for_bot(arguments["channel"], must_be_member=False)
    message = channel.message(arguments["message_ts"])
    if message is None:
        raise Refused("message_not_found")
    place = f"https://example.slack.com/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.thread_ts is not None:
        place += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": place}


def _replies(workspace: Workspace, arguments: Arguments) -> dict[str, Any]:
    channel = workspace.channel_for_bot(arguments["channel"])
    workspace.need_scope(_HISTORY[channel.kind])
    thread = channel.thread(arguments["ts"])
    if not thread or thread[0].ts != arguments["ts"]:
        raise Refused("thread_not_found")
    bounds = arguments.get("oldest", "0"), arguments.get("latest", "9" * 20)
    is_inclusive = arguments.get("inclusive", False)
    parent, answers = thread[0], [each for each in thread[1:] if _is_within(each.ts, bounds, is_inclusive)]
    most, start = arguments.get("limit", 1_000), arguments.get("cursor", 0)
    if not 1 <= most <= 1_000:
        raise Refused("invalid_limit", is_fault=True)
    page = answers[start : start + most]
    has_metadata = arguments.get("include_all_metadata", False)
    shown = [parent.as_json(len(thread) - 1, has_metadata), *(each.as_json(0, has_metadata) for each in page)]
    answer = {"messages": shown}
    is_cut = start + most < len(answers)
    cursor = {"response_metadata": {"next_cursor": str(start + most)}} if is_cut else {}
    return answer | {"has_more": is_cut} | cursor


def _is_within(ts: str, bounds: tuple[str, str], is_inclusive: bool) -> bool:
    oldest, latest, at = float(bounds[0]), float(bounds[1]), float(ts)
    return oldest < at < latest or (is_inclusive and at in (oldest, latest))


def _set_status(workspace: Workspace, arguments: Arguments) -> dict[str, Any]:
    channel = workspace.channel_for_bot(arguments["channel_id"])
    if channel.message(arguments["thread_ts"]) is None:
        raise Refused("thread_not_found", arguments["thread_ts"], is_fault=True)
    workspace.statuses.append(arguments | {"is_shown": bool(arguments["status"])})
    return {}


METHODS = {
    "chat.postMessage": Method(_POSTED | _PUBLIC, _post_message, ("chat:write",)),
    "chat.postEphemeral": Method(_POSTED | {"user!": text}, _post_ephemeral, ("chat:write",)),
    "chat.update": Method(
        _MESSAGE | {"ts!": text, "metadata": mapping, "parse": one_of("none", "full"), "link_names": flag},
        _update,
        ("chat:write",),
    ),
    "chat.delete": Method({"channel!": text, "ts!": text}, _delete, ("chat:write",)),
    "chat.getPermalink": Method({"channel!": text, "message_ts!": text}, _permalink),
    "conversations.replies": Method(
        {
            "channel!": text, "ts!": text, "cursor": number, "limit": number, "inclusive": flag, "oldest": text,
            "latest": text, "include_all_metadata": flag,
        },
        _replies,
    ),
    "assistant.threads.setStatus": Method(
        {"channel_id!": text, "thread_ts!": text, "status!": any_text, "loading_messages": array},
        _set_status,
        ("chat:write", "assistant:write"),
    ),
}  # fmt: skip
