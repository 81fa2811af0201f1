"""A message or a view as a whole: whether Slack takes it, and shows what was meant."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from tests.slack.blockkit.complaint import need
from tests.slack.blockkit.lengths import check_lengths
from tests.slack.blockkit.structure import check_blocks, check_view_parts, check_with_sdk
from tests.slack.blockkit.texts import MOST_TEXT, check_parsed_text, check_text, escaped_units, every_text

MOST_VIEW = 250_000
"""Bytes of a view: https://docs.slack.dev/reference/methods/views.open"""

_MESSAGE_KEYS = {
    "channel", "user", "ts", "thread_ts", "text", "blocks", "metadata", "parse", "link_names", "reply_broadcast",
    "unfurl_links", "unfurl_media", "response_type", "replace_original", "delete_original",
}  # fmt: skip
_ONLY_IN_MESSAGES = ("table", "data_table", "markdown", "file")


def check_message(payload: Mapping[str, Any]) -> None:
    """Raises NotAccepted unless Slack accepts the message and parses nothing in it.

    Blocks are required: without them, Slack parses the text. Whether a method takes the other arguments is its matter.
    """
    need(not set(payload) - _MESSAGE_KEYS, f"a message has {sorted(set(payload) - _MESSAGE_KEYS)}")
    need(str(payload.get("text") or "").strip(), "a message needs a fallback text")
    check_parsed_text(payload["text"], 4_000, "text")
    blocks = payload.get("blocks")
    _check_blocks(blocks, 50)
    kinds = Counter(block["type"] for block in blocks)
    need(kinds["table"] + kinds["data_table"] <= 1, "more than one table")
    markdown = [block["text"] for block in blocks if block["type"] == "markdown"]
    check_parsed_text("".join(markdown) or "none", 12_000, "markdown")
    total = sum(escaped_units(text) for text in every_text(payload))
    need(total <= MOST_TEXT, f"{total} characters")


def check_view(view: Mapping[str, Any]) -> None:
    """Raises NotAccepted unless Slack accepts the view, a modal or a Home tab, and parses nothing in it."""
    check_view_parts(view)
    for name in ("title", "submit", "close"):
        if name in view:
            check_text(view[name]["text"], 24, name)
            check_lengths(view[name])
    for name, most in (("callback_id", 255), ("external_id", 255), ("private_metadata", 3_000)):
        check_text(view.get(name, ""), most, name, least=0)
    blocks = view["blocks"]
    _check_blocks(blocks, 100)
    for block in blocks:
        need(block["type"] not in _ONLY_IN_MESSAGES, f"{block['type']} in a view")
    has_inputs = any(block["type"] == "input" for block in blocks)
    need(view["type"] != "modal" or not has_inputs or "submit" in view, "a form that cannot be submitted")
    focused = [each for each in _everything(blocks) if each.get("focus_on_load")]
    need(len(focused) <= 1, "more than one input wants the focus")
    size = len(json.dumps(view).encode())
    need(size <= MOST_VIEW, f"a view of {size} bytes")


def _check_blocks(blocks: Any, most: int) -> None:
    need(isinstance(blocks, list), f"no blocks: {blocks!r}")
    need(1 <= len(blocks) <= most, f"{len(blocks)} blocks, 1 to {most} are allowed")
    check_blocks(blocks)
    check_lengths(blocks)
    check_with_sdk(blocks)
    for name in ("block_id", "action_id"):
        ids = Counter(each[name] for each in _everything(blocks) if name in each)
        twice = [each for each, times in ids.items() if times > 1]
        need(not twice, f"{name} twice: {twice}")


def _everything(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, list):
        for item in value:
            yield from _everything(item)
    elif isinstance(value, Mapping):
        yield value
        for inner in value.values():
            yield from _everything(inner)
