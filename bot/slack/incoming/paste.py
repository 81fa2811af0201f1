"""What somebody pasted, as they meant it: Slack's markup, escapes and decorations taken off.

How Slack writes messages: https://docs.slack.dev/messaging/formatting-message-text and
https://docs.slack.dev/reference/block-kit/blocks/rich-text-block.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import re2

_MARKUP = re2.compile(r"<([@#!][^<>]*|[A-Za-z][A-Za-z0-9+.\-]*:[^<>]*)>")
_SCHEMES_OF_CONTACTS = ("mailto:", "tel:")
_COMPLETE = 0.9


def from_message(event: Mapping[str, Any], bot_user: str) -> str:
    """The text of a message event, without the bot's own mention.

    Its rich text, which Slack leaves unescaped, is preferred, unless it lacks much of what `text` has.
    """
    plain = from_mrkdwn(event.get("text") or "", bot_user)
    rich = _from_blocks(event.get("blocks") or (), bot_user)
    return rich if _letters(rich) >= _COMPLETE * _letters(plain) else plain


def from_mrkdwn(text: str, bot_user: str) -> str:
    """The text of a slash command, or a message's `text`: links, mentions, fences and the three escapes undone."""
    opened = _MARKUP.sub(lambda match: _open(match.group(1), bot_user), _encodable(text).replace("```", "\n"))
    return _trim(opened.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))


def _open(markup: str, bot_user: str) -> str:
    target, _, label = markup.partition("|")
    match target[0]:
        case "@":
            return "" if target[1:] == bot_user else label or target
        case "#":
            return f"#{label}" if label else target
        case "!":
            return _open_special(target[1:], label)
        case _:
            return _link(target, label)


def _open_special(name: str, label: str) -> str:
    if label:
        return label
    return "@" + name.removeprefix("subteam^")


def _link(url: str, label: str) -> str:
    # A label that merely repeats the address is what was typed: Slack adds a scheme to every bare host.
    for scheme in _SCHEMES_OF_CONTACTS:
        if url.startswith(scheme):
            return label or url.removeprefix(scheme)
    address = url.partition("://")[2]
    if not label or label == url:
        return url
    if label.rstrip("/").casefold() == address.rstrip("/").casefold():
        return label
    return f"{label} {url}"


def _from_blocks(blocks: Sequence[Mapping[str, Any]], bot_user: str) -> str:
    text = ""
    for block in blocks:
        if block.get("type") != "rich_text":
            continue
        for element in block.get("elements") or ():
            if text and not text.endswith("\n"):
                text += "\n"
            text += "\n".join(_lines(element, bot_user))
    return _trim(_encodable(text))


def _lines(element: Mapping[str, Any], bot_user: str) -> Iterator[str]:
    children = element.get("elements") or ()
    if element.get("type") != "rich_text_list":
        yield "".join(_inline(child, bot_user) for child in children)
        return
    # Slack makes lists of lines that merely begin like one; their markers are part of what was pasted.
    indent = "  " * (element.get("indent") or 0)
    for number, item in enumerate(children, start=1 + (element.get("offset") or 0)):
        marker = f"{number}. " if element.get("style") == "ordered" else "- "
        yield from (f"{indent}{marker}{line}" for line in _lines(item, bot_user))


def _inline(element: Mapping[str, Any], bot_user: str) -> str:
    match element.get("type"):
        case "text":
            return element.get("text") or ""
        case "link":
            return _link(element.get("url") or "", element.get("text") or "")
        case "emoji":
            # `arn:aws:s3` holds `:aws:`, which Slack shows as an emoji wherever somebody has added one of that name.
            tone = element.get("skin_tone")
            return f":{element.get('name', '')}:" + (f":skin-tone-{tone}:" if tone else "")
        case "user":
            return "" if element.get("user_id") == bot_user else f"@{element.get('user_id', '')}"
        case "usergroup":
            return f"@{element.get('usergroup_id', '')}"
        case "channel":
            return f"#{element.get('channel_id', '')}"
        case "broadcast":
            return f"@{element.get('range', '')}"
        case "color":
            return element.get("value") or ""
        case "date":
            return element.get("fallback") or ""
        case _:
            return ""


def _trim(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def _encodable(text: str) -> str:
    # JSON can hold half a surrogate pair; UTF-8, in which RE2 works, cannot.
    return text.encode("utf-8", "replace").decode()


def _letters(text: str) -> int:
    return sum(character.isalnum() for character in text)
