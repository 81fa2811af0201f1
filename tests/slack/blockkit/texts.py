"""The texts in a payload: which there are, how long Slack takes them to be, and whether it would parse them."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from tests.slack.blockkit.complaint import need

MOST_TEXT = 10_000
"""Characters of all texts of a message together. Slack documents no such limit, but has one beyond 11 thousand."""

_UNESCAPED = re.compile(r"[<>]|&(?!(?:amp|lt|gt);)")
_UNSENDABLE = re.compile(r"[\x00-\x08\x0b-\x1f\ud800-\udfff]")


def text_of(payload: Mapping[str, Any]) -> str:
    """Everything a message or a view shows in its blocks, one line a text."""
    return "\n".join(every_text(payload["blocks"]))


def every_text(value: Any) -> Iterator[str]:
    """Every text and address in a payload, in its order."""
    if isinstance(value, list):
        for item in value:
            yield from every_text(item)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            if key in ("text", "url") and isinstance(inner, str):
                yield inner
            else:
                yield from every_text(inner)


def units(text: str) -> int:
    """The length of a text as it is, in UTF-16 units, as JavaScript counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def escaped_units(text: str) -> int:
    """The length of a text once it is escaped, in UTF-16 units."""
    return units(text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))


def check_text(text: Any, most: int, what: str, least: int = 1) -> None:
    """Raises NotAccepted unless the text is one, of a length that is allowed, and can be sent."""
    need(isinstance(text, str), f"{what} is no text: {text!r}")
    need(least <= units(text) <= most, f"{what} has {units(text)} characters, {least} to {most} are allowed")
    need(not _UNSENDABLE.search(text), f"{what} holds what cannot be sent: {text!r}")


def check_parsed_text(text: Any, most: int, what: str) -> None:
    """Raises NotAccepted, further, if Slack would find a link, a mention or a broken escape in the text."""
    check_text(text, most, what)
    need(not _UNESCAPED.search(text), f"{what} is not escaped: {text!r}")
