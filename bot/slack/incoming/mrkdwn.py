"""Takes the markup of Slack's mrkdwn off a text: links, mentions, fences, and the three escapes.

https://docs.slack.dev/messaging/formatting-message-text. Emphasis stays as it is typed: in a paste, `*` and `_` are
rather part of a pattern or of a name.
"""

from urllib.parse import unquote

import re2

_MARKUP = re2.compile(r"<([@#!][^<>]*|[A-Za-z][A-Za-z0-9+.\-]*:[^<>]*)>")
_LANGUAGES = (
    "bash|console|diff|graphql|hcl|html|http|ini|java|javascript|js|json|log|logs|plaintext|python|py|sh|shell|sql|"
    "terraform|text|toml|ts|txt|typescript|xml|yaml|yml"
)
"""What people name a block of code by: Slack takes it for the first line of the code."""
_FENCE = re2.compile(rf"```(?:(?:{_LANGUAGES})[ \t]*\r?\n)?")
_HINT = re2.compile(rf"^(?:{_LANGUAGES})[ \t]*\r?\n")
_SCHEMES_OF_CONTACTS = ("mailto:", "tel:")


def from_mrkdwn(text: str, bot_user: str) -> str:
    """The text of a slash command, or a message's `text`, without the bot's own mention."""
    opened: str = _MARKUP.sub(lambda match: _open(match.group(1), bot_user), _FENCE.sub("\n", encodable(text)))
    return trim(unescape(opened))


def unescape(text: str) -> str:
    """The text with Slack's three escapes undone, and no others: whatever else looks like one was typed."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def without_language(code: str) -> str:
    """A block of code without a first line that only names its language."""
    shown: str = _HINT.sub("", encodable(code))
    return shown


def link(url: str, label: str) -> str:
    """A link as it was typed, or its label and its address where somebody gave it a label."""
    # Slack makes a telephone number of an account's id, and an address to write to of a user's name.
    for scheme in _SCHEMES_OF_CONTACTS:
        if url.startswith(scheme):
            return label or url.removeprefix(scheme)
    if not label or label == url:
        return url
    # A label that merely repeats the address is what was typed: Slack adds a scheme to every bare host and encodes
    # characters such as the braces of a route.
    return label if _same(label) in (_same(url), _same(url.partition("://")[2])) else f"{label} {url}"


def trim(text: str) -> str:
    """The text with one kind of line break and nothing blank around it."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def encodable(text: str) -> str:
    """The text as UTF-8 can write it, in which RE2 works: JSON can hold half a surrogate pair."""
    return text.encode("utf-8", "replace").decode()


def _open(markup: str, bot_user: str) -> str:
    target, _, label = markup.partition("|")
    match target[0]:
        case "@":
            return "" if target[1:] == bot_user else label or target
        case "#":
            return f"#{label}" if label else target
        case "!":
            return label or "@" + target[1:].removeprefix("subteam^")
        case _:
            return link(target, label)


def _same(address: str) -> str:
    return unquote(address).rstrip("/").casefold()
