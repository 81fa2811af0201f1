"""An oracle of its own for what Slack accepts: the structure and the limits of the blocks that the bot uses.

Written from https://docs.slack.dev/reference/block-kit, not from the code under test; the SDK's models judge as well.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from slack_sdk.models.blocks import Block

MOST_TEXT = 10_000

_STYLES = {"bold", "italic", "strike", "code"}
_USER = re.compile(r"[UW][A-Z0-9]+")
_UNESCAPED = re.compile(r"[<>]|&(?!(?:amp|lt|gt);)")
_MESSAGE_KEYS = {
    "text", "blocks", "channel", "thread_ts", "parse", "link_names", "unfurl_links", "unfurl_media",
    "response_type", "replace_original",
}  # fmt: skip


class NotAccepted(AssertionError):
    """Slack would refuse this, or show something else than was meant."""


def check_message(payload: Mapping[str, Any]) -> None:
    """Raises NotAccepted unless Slack accepts the message and parses nothing in it."""
    _only(payload, _MESSAGE_KEYS, "message")
    _need(isinstance(payload.get("text"), str) and payload["text"].strip(), "a message needs a fallback text")
    _check_parsed_text(payload["text"], 4_000, "text")
    blocks = payload["blocks"]
    _need(isinstance(blocks, list) and 1 <= len(blocks) <= 50, f"{len(blocks)} blocks")
    for block in blocks:
        _CHECKS.get(block.get("type"), _unknown)(block)
    actions = [element["action_id"] for block in blocks if block["type"] == "actions" for element in block["elements"]]
    _need(len(actions) == len(set(actions)), "action_id twice")
    total = sum(_length(text) for text in _every_text(payload))
    _need(total <= MOST_TEXT, f"{total} characters")
    _need([model.to_dict() for model in Block.parse_all(blocks)] == blocks, "the SDK's models see something else")


def text_of(payload: Mapping[str, Any]) -> str:
    """Everything a message shows in its blocks, one line a text."""
    return "\n".join(_every_text(payload["blocks"]))


def _length(text: str) -> int:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return len(escaped.encode("utf-16-le")) // 2


def _every_text(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _every_text(item)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            if key in ("text", "url") and isinstance(inner, str):
                yield inner
            else:
                yield from _every_text(inner)


def _need(condition: object, complaint: str) -> None:
    if not condition:
        raise NotAccepted(complaint)


def _only(value: Mapping[str, Any], keys: set[str], what: str) -> None:
    _need(not set(value) - keys, f"{what} has {sorted(set(value) - keys)}")


def _check_text(text: object, most: int, what: str) -> None:
    _need(isinstance(text, str) and text, f"{what} is empty")
    _need(_length(str(text)) <= most, f"{what} has {_length(str(text))} characters")
    _need(not re.search(r"[\x00-\x08\x0b-\x1f\ud800-\udfff]", str(text)), f"{what} holds what cannot be sent")


def _check_parsed_text(text: str, most: int, what: str) -> None:
    _check_text(text, 5 * most, what)
    _need(len(text.encode("utf-16-le")) // 2 <= most, f"{what} has {len(text)} characters")
    _need(not _UNESCAPED.search(text), f"{what} is not escaped: {text!r}")


def _unknown(block: Mapping[str, Any]) -> None:
    raise NotAccepted(f"unknown block {block}")


def _divider(block: Mapping[str, Any]) -> None:
    _only(block, {"type"}, "divider")


def _context(block: Mapping[str, Any]) -> None:
    _only(block, {"type", "elements"}, "context")
    _need(1 <= len(block["elements"]) <= 10, "context elements")
    for element in block["elements"]:
        _plain_text(element, 3_000)


def _plain_text(element: Mapping[str, Any], most: int) -> None:
    _only(element, {"type", "text", "emoji"}, "plain_text")
    _need(element["type"] == "plain_text" and element["emoji"] is False, "plain_text makes emoji of ARNs")
    _check_parsed_text(element["text"], most, "plain_text")


def _actions(block: Mapping[str, Any]) -> None:
    _only(block, {"type", "elements"}, "actions")
    _need(1 <= len(block["elements"]) <= 25, "actions elements")
    for button in block["elements"]:
        _only(button, {"type", "action_id", "value", "text"}, "button")
        _need(button["type"] == "button", "not a button")
        _plain_text(button["text"], 75)
        _check_text(button["value"], 2_000, "button value")
        _check_text(button["action_id"], 255, "action_id")


def _rich_text(block: Mapping[str, Any]) -> None:
    _only(block, {"type", "elements"}, "rich_text")
    _need(block["elements"], "rich_text without elements")
    for element in block["elements"]:
        if element["type"] == "rich_text_list":
            _only(element, {"type", "style", "elements", "offset"}, "list")
            _need(element["style"] in ("ordered", "bullet") and element["elements"], "list")
            for item in element["elements"]:
                _leaves(item, "rich_text_section", ("text", "link", "user"))
        elif element["type"] == "rich_text_preformatted":
            _leaves(element, "rich_text_preformatted", ("text",))
        else:
            _leaves(element, "rich_text_section", ("text", "link", "user"))


def _leaves(element: Mapping[str, Any], kind: str, allowed: tuple[str, ...]) -> None:
    _only(element, {"type", "elements"}, kind)
    _need(element["type"] == kind and element["elements"], f"not a {kind}: {element}")
    for leaf in element["elements"]:
        _need(leaf["type"] in allowed, f"{leaf['type']} in {kind}")
        match leaf["type"]:
            case "text":
                _only(leaf, {"type", "text", "style"}, "text")
                _check_text(leaf["text"], MOST_TEXT, "text")
                style = leaf.get("style", {"bold": True})
                _need(style and set(style) <= _STYLES and all(value is True for value in style.values()), "style")
            case "link":
                _only(leaf, {"type", "url"}, "link")
                _need(leaf["url"].startswith("https://") and len(leaf["url"]) <= 3_000, "link")
            case "user":
                _only(leaf, {"type", "user_id"}, "user")
                _need(_USER.fullmatch(leaf["user_id"]), "user_id")


_CHECKS = {"rich_text": _rich_text, "divider": _divider, "context": _context, "actions": _actions}
