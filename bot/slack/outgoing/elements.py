"""What can be pressed and chosen: buttons, menus and inputs, their labels within Slack's limits.

https://docs.slack.dev/reference/block-kit/block-elements
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.slack.outgoing.richtext import Block, plain, sendable, shortened

Element = dict[str, Any]

MOST_OPTIONS = 100
_MOST_LABEL = 75
_MOST_PLACEHOLDER = 150
_MOST_INPUT = 3_000


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a menu: what is read, and what comes back (75 characters at most)."""

    label: str
    value: str


def button(label: str, action: str, value: str, *, primary: bool = False) -> Element:
    """A button that carries a value (2,000 characters at most)."""
    element = {"type": "button", "action_id": action, "value": value, "text": plain(label, _MOST_LABEL)}
    return element | {"style": "primary"} if primary else element


def confirmed(button: Element, label: str, warning: str, cancel: str) -> Element:
    """The button of that label, which asks before it does anything.

    https://docs.slack.dev/reference/block-kit/composition-objects
    """
    asked = {
        "title": plain(label, 100),
        "text": plain(warning, 300),
        "confirm": plain(label, 30),
        "deny": plain(cancel, 30),
    }
    return button | {"confirm": asked}


def menu(action: str, choices: Sequence[Choice], placeholder: str = "", chosen: str | None = None) -> Element:
    """A menu of 1 to 100 choices; the one whose value is `chosen` stands in it from the start."""
    options = [{"text": plain(each.label, _MOST_LABEL), "value": each.value} for each in choices[:MOST_OPTIONS]]
    element: Element = {"type": "static_select", "action_id": action, "options": options}
    if placeholder:
        element["placeholder"] = plain(placeholder, _MOST_PLACEHOLDER)
    initial = next((option for option in options if option["value"] == chosen), None)
    return element | {"initial_option": initial} if initial else element


def text_area(action: str, placeholder: str) -> Element:
    """An input of several lines, of at most 3,000 characters, which Slack allows."""
    return {
        "type": "plain_text_input",
        "action_id": action,
        "multiline": True,
        "max_length": _MOST_INPUT,
        "placeholder": plain(placeholder, _MOST_PLACEHOLDER),
    }


def row(*elements: Element) -> list[Block]:
    """Buttons and menus side by side; none without any."""
    return [{"type": "actions", "elements": list(elements)}] if elements else []


def field(name: str, label: str, element: Element, hint: str = "") -> Block:
    """An input of a form with its label; `name` finds it again in what is submitted."""
    block: Block = {"type": "input", "block_id": name, "label": plain(label, 2_000), "element": element}
    if hint:
        block["hint"] = plain(hint, 2_000)
    return block


def header(text: str) -> list[Block]:
    """A headline."""
    return [{"type": "header", "text": plain(shortened(sendable(text), 100), 150)}]
