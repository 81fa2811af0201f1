"""Emoji by the names that Slack has for them."""

import re

from rich.emoji import Emoji, NoEmoji

NAMED = re.compile(r":([a-z0-9_+-]+):")

# Slack's names that are not among Rich's.
_MORE = {
    "large_green_circle": "🟢",
    "large_yellow_circle": "🟡",
    "large_orange_circle": "🟠",
    "speech_balloon": "💬",
    "thinking_face": "🤔",
}


def emoji(name: str) -> str | None:
    """The character, or None for a name that is no emoji: `:aws:` in an ARN stays what it is."""
    if name in _MORE:
        return _MORE[name]
    try:
        return str(Emoji(name))
    except NoEmoji:
        return None


def with_emoji(text: str) -> str:
    """The text as Slack shows it where it looks for emoji."""
    return NAMED.sub(lambda found: emoji(found[1]) or found[0], text)
