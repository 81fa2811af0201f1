"""How long and how many the parts of blocks may be, and that no text is parsed as anything but itself.

https://docs.slack.dev/reference/block-kit/blocks, …/block-elements and …/composition-objects
"""

import re
from collections.abc import Mapping
from typing import Any

from tests.slack.blockkit.complaint import need
from tests.slack.blockkit.texts import check_parsed_text, check_text

_SELECTS = (
    "static_select", "multi_static_select", "users_select", "multi_users_select", "conversations_select",
    "multi_conversations_select", "channels_select", "multi_channels_select", "external_select",
    "multi_external_select",
)  # fmt: skip
_INPUTS = ("plain_text_input", "email_text_input", "url_text_input", "number_input", "rich_text_input")
_PICKED_FROM = ("static_select", "multi_static_select", "checkboxes", "radio_buttons")

_CHARACTERS = {
    ("section", "text"): 3_000,
    ("header", "text"): 150,
    ("alert", "text"): 200,
    ("card", "title"): 150,
    ("card", "subtitle"): 150,
    ("card", "body"): 200,
    ("container", "title"): 150,
    ("image", "alt_text"): 2_000,
    ("image", "title"): 2_000,
    ("image", "image_url"): 3_000,
    ("input", "label"): 2_000,
    ("input", "hint"): 2_000,
    ("button", "text"): 75,
    ("button", "value"): 2_000,
    ("button", "url"): 3_000,
    ("button", "accessibility_label"): 75,
    **{(kind, "placeholder"): 150 for kind in (*_SELECTS, *_INPUTS)},
}
"""The most characters of a string or a text object, by the type of what it stands in and its name there."""

_COUNTS = {
    ("section", "fields"): (1, 10),
    ("actions", "elements"): (1, 25),
    ("context", "elements"): (1, 10),
    ("context_actions", "elements"): (1, 5),
    ("card", "actions"): (1, 3),
    ("carousel", "elements"): (1, 10),
    ("container", "child_blocks"): (1, 10),
    ("table", "rows"): (1, 100),
    ("overflow", "options"): (1, 5),
    ("checkboxes", "options"): (1, 10),
    ("radio_buttons", "options"): (1, 10),
    ("static_select", "options"): (1, 100),
    ("static_select", "option_groups"): (1, 100),
    ("multi_static_select", "options"): (1, 100),
    ("multi_static_select", "option_groups"): (1, 100),
}
"""How few and how many of something there may be."""

_USER = re.compile(r"[UW][A-Z0-9]+")
_MOST_ID = 255


def check_lengths(value: Any) -> None:
    """Raises NotAccepted if anything in a block, however deep, is too long, too many, or would be parsed."""
    if isinstance(value, list):
        for item in value:
            check_lengths(item)
    elif isinstance(value, Mapping):
        kind = value.get("type", "")
        for name, inner in value.items():
            _check_part(kind, name, inner)
            check_lengths(inner)
        if kind in _CHECKS:
            _CHECKS[kind](value)


def _check_part(kind: str, name: str, inner: Any) -> None:
    what = f"{kind} {name}"
    if (kind, name) in _COUNTS:
        least, most = _COUNTS[kind, name]
        need(least <= len(inner) <= most, f"{what}: {len(inner)}, {least} to {most} are allowed")
    if (kind, name) in _CHARACTERS:
        check_text(inner["text"] if isinstance(inner, Mapping) else inner, _CHARACTERS[kind, name], what)
    if name in ("action_id", "block_id"):
        check_text(inner, _MOST_ID, what)
    if name == "elements":
        need(inner, f"{kind} without elements")
    if name in ("url", "image_url"):
        need(inner.startswith("https://"), f"{what} {inner!r}")
    if name == "fields":
        for field in inner:
            check_text(field["text"], 2_000, what)
    if name == "confirm" and "title" in inner:
        _check_dialog(inner)
    if name in ("options", "initial_options"):
        for option in inner:
            _check_option(option)
    if name == "option_groups":
        for group in inner:
            check_text(group["label"]["text"], 75, "label of options")
            need(1 <= len(group["options"]) <= 100, f"{len(group['options'])} options in a group")
    if name == "style" and isinstance(inner, Mapping):
        need(inner and all(each is True for each in inner.values()), f"style {inner}")


def _check_option(option: Mapping[str, Any]) -> None:
    check_text(option["text"]["text"], 75, "text of an option")
    check_text(option.get("value"), 150, "value of an option")
    if "description" in option:
        check_text(option["description"]["text"], 75, "description of an option")


def _check_dialog(dialog: Mapping[str, Any]) -> None:
    for name, most in (("title", 100), ("text", 300), ("confirm", 30), ("deny", 30)):
        check_text(dialog[name]["text"], most, f"{name} of a confirmation")


def _check_plain(text: Mapping[str, Any]) -> None:
    need(text.get("emoji") is False, "plain_text makes emoji of ARNs")
    check_parsed_text(text["text"], 3_000, "plain_text")


def _check_mrkdwn(text: Mapping[str, Any]) -> None:
    need(False, f"mrkdwn is not used: half of what it is given it parses: {text['text']!r}")


def _check_leaf(leaf: Mapping[str, Any]) -> None:
    check_text(leaf["text"], 10_000, "text")


def _check_link(link: Mapping[str, Any]) -> None:
    check_text(link["url"], 3_000, "link")


def _check_mention(mention: Mapping[str, Any]) -> None:
    need(_USER.fullmatch(mention["user_id"]), f"user_id {mention['user_id']!r}")


def _check_table(table: Mapping[str, Any]) -> None:
    widths = {len(row) for row in table["rows"]}
    need(len(widths) == 1 and 1 <= max(widths) <= 20, f"rows of {sorted(widths)} cells")


def _check_input(field: Mapping[str, Any]) -> None:
    most = field.get("max_length", 3_000)
    need(1 <= most <= 3_000, f"max_length {most}")
    need(0 <= field.get("min_length", 0) <= most, f"min_length {field.get('min_length')}")
    if "initial_value" in field:
        check_text(field["initial_value"], most, "initial_value")


def _check_picked(select: Mapping[str, Any]) -> None:
    groups = select.get("option_groups", [])
    need(bool(groups) != bool(select.get("options")), "either options or groups of them")
    options = [*select.get("options", []), *(option for group in groups for option in group["options"])]
    values = [option["value"] for option in options]
    need(len(values) == len(set(values)), f"options of the same value: {values}")
    picked = [*select.get("initial_options", []), *([select["initial_option"]] if "initial_option" in select else [])]
    need(all(option in options for option in picked), "what is picked at first is no option")
    need("initial_options" not in select or select["initial_options"], "nothing is picked at first")


_CHECKS = {
    "plain_text": _check_plain,
    "mrkdwn": _check_mrkdwn,
    "text": _check_leaf,
    "raw_text": _check_leaf,
    "link": _check_link,
    "user": _check_mention,
    "table": _check_table,
    "plain_text_input": _check_input,
    **dict.fromkeys(_PICKED_FROM, _check_picked),
}
