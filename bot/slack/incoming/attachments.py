"""Reads attachments: what alert bots say, and messages that were forwarded.

https://docs.slack.dev/legacy/legacy-messaging/legacy-secondary-message-attachments. Their `fallback` comes last of all:
some bots only repeat the title there.
"""

from collections.abc import Iterator

from bot.slack.incoming.body import NO_PREVIEW, body_of
from bot.slack.incoming.mrkdwn import from_mrkdwn, link, unescape
from bot.slack.incoming.payload import DEEPEST, Payload, objects, objects_in, text_in
from bot.slack.incoming.repetition import distinct

_FORWARDED = ("is_msg_unfurl", "is_share", "is_reply_unfurl", "is_thread_root_unfurl")
_PREVIEWED = ("from_url", "original_url")


def from_attachments(attachments: object, bot_user: str, depth: int = 0) -> list[str]:
    """What each of a message's attachments says, in their order. Previews of linked pages are not read."""
    if depth > DEEPEST:
        return []
    return [_read(each, bot_user, depth) for each in objects(attachments) if not _is_preview(each)]


def _read(attachment: Payload, bot_user: str, depth: int) -> str:
    said = "\n".join(distinct(_parts(attachment, bot_user, depth)))
    fallback = text_in(attachment, "fallback")
    return said or ("" if fallback == NO_PREVIEW else from_mrkdwn(fallback, bot_user))


def _parts(attachment: Payload, bot_user: str, depth: int) -> Iterator[str]:
    forwarded = any(attachment.get(mark) for mark in _FORWARDED)
    yield from_mrkdwn(text_in(attachment, "pretext"), bot_user)
    if not forwarded:
        yield from_mrkdwn(text_in(attachment, "author_name"), bot_user)
    title, address = from_mrkdwn(text_in(attachment, "title"), bot_user), unescape(text_in(attachment, "title_link"))
    yield link(address, title) if address else title
    yield body_of(attachment, bot_user)
    for field in objects_in(attachment, "fields"):
        name, value = (from_mrkdwn(text_in(field, part), bot_user) for part in ("title", "value"))
        yield f"{name.rstrip(':')}: {value}" if name and value else name or value
    if not forwarded:
        yield from_mrkdwn(text_in(attachment, "footer"), bot_user)
    yield from from_attachments(attachment.get("attachments"), bot_user, depth + 1)


def _is_preview(attachment: Payload) -> bool:
    """A page behind a link that somebody pasted: what its author wrote there, nobody has asked about."""
    shows_content = attachment.get("is_app_unfurl") or any(attachment.get(mark) for mark in _FORWARDED)
    return not shows_content and any(attachment.get(mark) for mark in _PREVIEWED)
