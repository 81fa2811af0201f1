"""Reads the blocks of a message in the order in which they are shown; buttons and pictures say nothing.

https://docs.slack.dev/reference/block-kit/blocks.
"""

from collections.abc import Iterator, Mapping, Sequence

from bot.slack.incoming.mrkdwn import from_mrkdwn
from bot.slack.incoming.payload import DEEPEST, Payload, objects_in, text_in
from bot.slack.incoming.repetition import distinct
from bot.slack.incoming.rich_text import ALL_MARKERS, from_rich_text

_UNSAID = ("actions", "context_actions", "input", "button", "divider")
_SAID = (
    "title", "rich_text_title", "subtitle", "caption", "text", "body", "description", "alt_text", "fields", "elements",
    "details", "output", "tasks", "child_blocks",
)  # fmt: skip
"""What of a block is shown, from top to bottom; no kind of block has all of it."""


def from_blocks(blocks: Sequence[Payload], bot_user: str, markers: str = ALL_MARKERS) -> str:
    """The text of blocks. `markers` are those that Slack may have taken out of rich text."""
    return "\n".join(text for text in _said(list(blocks), bot_user, markers, 0) if text)


def _said(value: object, bot_user: str, markers: str, depth: int) -> Iterator[str]:
    if depth > 2 * DEEPEST:  # A block and what it holds are two levels of JSON.
        return
    if isinstance(value, str):
        yield from_mrkdwn(value, bot_user)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _said(each, bot_user, markers, depth + 1)
    elif isinstance(value, Mapping):
        yield from _said_in(value, bot_user, markers, depth)


def _said_in(block: Payload, bot_user: str, markers: str, depth: int) -> Iterator[str]:
    kind = block.get("type")
    if kind in _UNSAID:
        return
    if kind == "rich_text":
        yield from_rich_text(block, bot_user, markers)
    elif kind in ("raw_text", "raw_number"):
        yield text_in(block, "text")
    elif kind == "context":
        texts = [each for each in objects_in(block, "elements") if each.get("type") != "image"]
        yield from _said(texts, bot_user, markers, depth + 1)
    else:
        yield from distinct(text for name in _SAID for text in _said(block.get(name), bot_user, markers, depth + 1))
    rows = block.get("rows")
    for row in rows if isinstance(rows, list) else ():
        cells = row if isinstance(row, list) else ()
        yield "\t".join(" ".join(_said(cell, bot_user, markers, depth + 1)) for cell in cells).strip()
