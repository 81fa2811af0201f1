"""Whether a page says all that its payload says, in its order, to the letter."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from tools.slack_pictures.emoji import with_emoji
from tools.slack_pictures.surfaces import NotDrawn, Surface

_ORDER = ("title", "label", "text", "fields", "accessory", "blocks", "elements", "element", "hint", "close", "submit")
# What mrkdwn shows as something else; in it the pieces between are looked for, one after the other.
_MARKUP = re.compile(r"<[@#][^>]*>|<[^<>|]*\||&(?:amp|lt|gt);|[*_~`<>]|\s+")


def check_exact(shown: str, surface: Surface) -> None:
    """Raises NotDrawn for the first text of the payload that is not where it belongs in the page's text."""
    position = 0
    for text in _texts(surface):
        found = shown.find(text, position)
        if found < 0:
            raise NotDrawn(f"{surface.name}.{surface.language}: the picture does not show {text!r}")
        position = found + len(text)


def _texts(surface: Surface) -> Iterator[str]:
    view = {key: surface.payload[key] for key in ("title", "close", "submit") if key in surface.payload}
    yield from _in_order({**view, "blocks": surface.blocks})
    for file in surface.files:
        yield file["name"]


def _in_order(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _in_order(item)
    elif isinstance(value, Mapping):
        yield from _of_object(value)


def _of_object(value: Mapping[str, Any]) -> Iterator[str]:
    kind = value.get("type")
    if kind == "plain_text":
        yield with_emoji(value["text"]) if value.get("emoji", True) else value["text"]
    elif kind == "mrkdwn":
        yield from filter(None, _MARKUP.split(with_emoji(value["text"])))
    elif kind == "link":
        yield value.get("text", value["url"])
    elif kind in ("checkboxes", "radio_buttons"):
        yield from _in_order([option["text"] for option in value["options"]])
    elif "placeholder" in value or "initial_option" in value or "initial_value" in value:
        chosen = value.get("initial_option", {}).get("text") or value.get("initial_value") or value["placeholder"]
        yield from _in_order(chosen)
    else:
        for key in _ORDER:
            yield from _in_order(value.get(key))
