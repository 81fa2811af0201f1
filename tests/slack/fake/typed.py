"""What Slack makes of what somebody types or pastes: a `text` with its markup, and the same as a rich_text block.

https://docs.slack.dev/messaging/formatting-message-text, https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

_FENCE = re.compile(r"```\n?(.*?)\n?```\n?", re.DOTALL)
_SPECIAL = re.compile(
    r"(?P<user><@(?P<id>[UW][A-Z0-9]+)>)"
    r"|(?P<code>`(?P<inside>[^`\n]+)`)"
    r"|(?P<url>https?://[^\s<>|`]*[^\s<>|`.,;:!?'\")\]}])"
    r"|(?P<mail>[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,})"
    r"|(?P<host>(?<![\w@/.:-])(?:[a-z0-9][a-z0-9-]*\.)+(?:com|org|net|io|dev|jp)(?![\w.-]*\w)(?:/[^\s<>|`]*)?)"
    r"|:(?P<emoji>[a-z0-9_+-]+):",
)


@dataclass(frozen=True)
class Typed:
    """A message as an app gets it. `blocks` is one rich_text block."""

    text: str
    blocks: list[dict[str, Any]]


def escape(text: str) -> str:
    """The three characters that Slack escapes."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def typed(text: str, emoji: Collection[str] = ()) -> Typed:
    """Write `<@U1>` to mention somebody; ``` and ` make code; `emoji` are the names that the workspace has.

    Addresses, mails and hosts become links, in code as well. Other marks (`*`, `_`, lists, quotes) stay what they are,
    as they do for whoever pastes.
    """
    pieces: list[str] = []
    parts: list[dict[str, Any]] = []
    at = 0
    for fence in _FENCE.finditer(text):
        _section(text[at : fence.start()], emoji, pieces, parts)
        leaves = list(_leaves(fence[1], ()))
        parts.append({"type": "rich_text_preformatted", "elements": [leaf for _, leaf in leaves], "border": 0})
        pieces.append("```" + "".join(marked for marked, _ in leaves) + "```\n")
        at = fence.end()
    _section(text[at:], emoji, pieces, parts)
    block = {"type": "rich_text", "block_id": "typed", "elements": parts}
    return Typed("".join(pieces).rstrip("\n"), [block] if parts else [])


def _section(text: str, emoji: Collection[str], pieces: list[str], parts: list[dict[str, Any]]) -> None:
    leaves = list(_leaves(text, emoji, is_code=False))
    if leaves:
        pieces.extend(marked for marked, _ in leaves)
        parts.append({"type": "rich_text_section", "elements": [leaf for _, leaf in leaves]})


def _leaves(text: str, emoji: Collection[str], is_code: bool = True) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each piece twice: as it stands in `text`, and as an element."""
    plain = ""
    at = 0
    for found in _SPECIAL.finditer(text):
        special = _special(found, emoji, is_code)
        if special is None:
            continue
        plain = text[at : found.start()]
        if plain:
            yield escape(plain), {"type": "text", "text": plain}
        yield special
        at = found.end()
    if text[at:]:
        yield escape(text[at:]), {"type": "text", "text": text[at:]}


def _special(found: re.Match[str], emoji: Collection[str], is_code: bool) -> tuple[str, dict[str, Any]] | None:
    whole = found[0]
    match found.lastgroup:
        case "url":
            return f"<{escape(whole)}>", {"type": "link", "url": whole}
        case "mail":
            return f"<mailto:{whole}|{whole}>", {"type": "link", "url": f"mailto:{whole}", "text": whole}
        case "host":
            return f"<http://{whole}|{whole}>", {"type": "link", "url": f"http://{whole}", "text": whole}
        case "user" if not is_code:
            return whole, {"type": "user", "user_id": found["id"]}
        case "code" if not is_code:
            code = found["inside"]
            return f"`{escape(code)}`", {"type": "text", "text": code, "style": {"code": True}}
        case "emoji" if not is_code and found["emoji"] in emoji:
            return whole, {"type": "emoji", "name": found["emoji"]}
        case _:
            return None
