"""Messages and views within Slack's limits, whatever they have to say: a part is shown whole or kept for elsewhere.

50 blocks a message, 100 a view (https://docs.slack.dev/reference/block-kit/blocks). The limit of all text together is
documented nowhere; messages above some 12,000 characters are refused with `msg_blocks_too_long`.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from bot.slack.outgoing.richtext import Block, block, cost, fallback, literal, plain, prose, section, shortened

MOST_TEXT = 10_000
MOST_BLOCKS = 50
_MOST_FALLBACK = 1_000
_MOST_VIEW_BYTES = 200_000
"""Slack refuses a view of more than 250,000 bytes with `view_too_large`."""
_MOST_VIEW_BLOCKS = 100


class Rank(IntEnum):
    """What is kept in a message first where not everything fits."""

    ANSWER = 0
    FIRST_FINDING = 1
    UNSEEN = 2
    FURTHER = 3
    ROLLBACK = 4
    TEMPLATE = 5
    """Never in a message: behind a button, and a file of its own. So are the pages to read on."""
    ELSEWHERE = 6
    """Never in a message: behind a button, and in the file that holds the whole answer."""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of an answer that is shown whole or not at all."""

    rank: Rank
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Message:
    """What is posted: the blocks, and the text that stands for them in a notification."""

    text: str
    blocks: tuple[Block, ...]

    def payload(self) -> dict[str, Any]:
        """The arguments that every way of posting has in common."""
        return {"text": self.text, "blocks": list(self.blocks)}

    def followed_by(self, blocks: Sequence[Block]) -> "Message":
        """The message with more blocks, for which `fill` has left room."""
        return Message(self.text, (*self.blocks, *blocks))


def say(words: str) -> Message:
    """A message of some sentences."""
    blocks = block(section(prose(words)))
    if cost(blocks) > MOST_TEXT - _MOST_FALLBACK:
        blocks = block(section(literal(shortened(words, (MOST_TEXT - _MOST_FALLBACK) // 5))))
    return Message(fallback(words, _MOST_FALLBACK), tuple(blocks))


def fill(
    text: str, parts: Sequence[Part], beneath: Sequence[Block] = (), share: int = 1
) -> tuple[Message, tuple[Part, ...]]:
    """One message with as many parts as fit, by their rank, in their order; and the parts that do not.

    There is room left for the blocks that will stand `beneath`. With a `share` of 2, half of a message is all there is.
    """
    spoken = fallback(text, _MOST_FALLBACK)
    room = _Room(cost, MOST_TEXT // share - cost(spoken), MOST_BLOCKS // share)
    room.take(beneath)
    taken = {
        index
        for index, part in sorted(enumerate(parts), key=lambda item: item[1].rank)
        if part.rank < Rank.TEMPLATE and room.take(part.blocks)
    }
    blocks = tuple(each for index in sorted(taken) for each in parts[index].blocks)
    return Message(spoken, blocks), tuple(part for index, part in enumerate(parts) if index not in taken)


def modal(title: str, close: str, parts: Sequence[Part], otherwise: Sequence[Block] = ()) -> dict[str, Any]:
    """A view to be read, with the parts in their order; where not all fit, `otherwise` says so at its end."""
    if sum(len(part.blocks) for part in parts) > _MOST_VIEW_BLOCKS:
        parts = _together(parts)
    room = _Room(_bytes_of, _MOST_VIEW_BYTES, _MOST_VIEW_BLOCKS)
    room.take(otherwise)
    blocks: list[Block] = []
    for part in parts:
        if not room.take(part.blocks):
            blocks += otherwise
            break
        blocks += part.blocks
    return view(title, close, blocks)


def view(title: str, close: str, blocks: Sequence[Block], **more: Any) -> dict[str, Any]:
    """A modal: `title` and `close` have 24 characters at most. https://docs.slack.dev/reference/views/modal-views"""
    return {"type": "modal", "title": plain(title, 24), "close": plain(close, 24), "blocks": list(blocks), **more}


def _together(parts: Sequence[Part]) -> list[Part]:
    """The parts from one divider to the next as one part, of as few blocks as can be."""
    together: list[list[Block]] = []
    for part in parts:
        for each in part.blocks:
            if not together or each["type"] == "divider":
                together.append([each])
            elif each["type"] == together[-1][-1]["type"] == "rich_text":
                before = together[-1].pop()
                together[-1].append(each | {"elements": [*before["elements"], *each["elements"]]})
            else:
                together[-1].append(each)
    return [Part(Rank.ELSEWHERE, tuple(blocks)) for blocks in together]


class _Room:
    """How much a message or a view can still hold."""

    def __init__(self, price: Callable[[Sequence[Block]], int], most: int, blocks: int) -> None:
        self._price = price
        self._left = most
        self._blocks = blocks

    def take(self, blocks: Sequence[Block]) -> bool:
        """Whether there was room for the blocks; if so, there is that much less."""
        price = self._price(blocks)
        if price > self._left or len(blocks) > self._blocks:
            return False
        self._left -= price
        self._blocks -= len(blocks)
        return True


def _bytes_of(blocks: Sequence[Block]) -> int:
    return len(json.dumps(blocks).encode())
