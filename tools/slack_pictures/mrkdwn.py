"""Slack's mrkdwn as elements of rich text, so that both are drawn alike.

https://docs.slack.dev/messaging/formatting-message-text
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from tools.slack_pictures.emoji import NAMED, emoji
from tools.slack_pictures.surfaces import NotDrawn

Element = dict[str, Any]

_TOKEN = re.compile(
    r"```(?P<fence>.+?)```"
    r"|`(?P<code>[^`\n]+)`"
    r"|<(?P<angle>[^<>\n]+)>"
    r"|(?<!\w)\*(?P<bold>\S|\S[^*\n]*\S)\*(?!\w)"
    r"|(?<!\w)_(?P<italic>\S|\S[^_\n]*\S)_(?!\w)"
    r"|(?<!\w)~(?P<strike>\S|\S[^~\n]*\S)~(?!\w)"
    rf"|(?P<emoji>{NAMED.pattern})",
    re.DOTALL,
)
_QUOTE = re.compile(r"^(?:&gt;|>)", re.MULTILINE)


def elements(text: str, style: Mapping[str, bool] | None = None) -> Iterator[Element]:
    """The elements in their order. Raises NotDrawn for a quote and for mentions of groups, dates and everybody."""
    if _QUOTE.search(text):
        raise NotDrawn(f"a quote in mrkdwn: {text!r}")
    style, end = dict(style or {}), 0
    for found in _TOKEN.finditer(text):
        yield from _plain(text[end : found.start()], style)
        yield from _token(str(found.lastgroup), found[str(found.lastgroup)], style)
        end = found.end()
    yield from _plain(text[end:], style)


def _token(kind: str, inner: str, style: dict[str, bool]) -> Iterator[Element]:
    if kind == "fence":
        yield {"type": "rich_text_preformatted", "elements": list(_plain(inner.strip("\n"), {}))}
    elif kind == "code":
        yield from _plain(inner, style | {"code": True})
    elif kind == "angle":
        yield _reference(inner, style)
    elif kind == "emoji":
        name = inner.strip(":")
        yield {"type": "emoji", "name": name} if emoji(name) else {"type": "text", "text": inner, "style": style}
    else:
        yield from elements(inner, style | {kind: True})


def _reference(inner: str, style: dict[str, bool]) -> Element:
    target, _, label = inner.partition("|")
    if target.startswith("@"):
        return {"type": "user", "user_id": target[1:]}
    if target.startswith("#"):
        return {"type": "channel", "channel_id": target[1:]}
    if target.startswith("!"):
        raise NotDrawn(f"<{inner}> in mrkdwn")
    link: Element = {"type": "link", "url": _unescaped(target), "style": style}
    return link | {"text": _unescaped(label)} if label else link


def _plain(text: str, style: dict[str, bool]) -> Iterator[Element]:
    if text:
        yield {"type": "text", "text": _unescaped(text), "style": style}


def _unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
