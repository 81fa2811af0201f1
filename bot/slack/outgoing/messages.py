"""Messages within Slack's limits, whatever they have to say: what does not fit is kept whole, for a file or the next.

50 blocks a message (https://docs.slack.dev/reference/block-kit/blocks). The limit of all text together is documented
nowhere; messages above some 12,000 characters are refused with `msg_blocks_too_long`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from bot.slack.outgoing.richtext import (
    Block,
    as_text,
    block,
    cost,
    fallback,
    literal,
    prose,
    section,
    sendable,
    shortened,
)

MOST_TEXT = 10_000
MOST_BLOCKS = 50
_MOST_FALLBACK = 1_000
_MOST_LABEL = 60
_RESERVED_TEXT, _RESERVED_BLOCKS = 2_000, 3
_BUTTON = 75


class Rank(IntEnum):
    """What is kept in a message first where not everything fits."""

    ANSWER = 0
    FIRST_FINDING = 1
    UNSEEN = 2
    FURTHER_FINDINGS = 3
    ADVICE = 4
    ROLLBACK = 5
    CLOUDFORMATION = 6


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of an answer that is sent whole or not at all. `label` names it where it is not."""

    rank: Rank
    label: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Message:
    """What is posted: the blocks, and the text that stands for them in a notification."""

    text: str
    blocks: tuple[Block, ...]

    def payload(self) -> dict[str, Any]:
        """The arguments that `chat.postMessage` and a response_url have in common."""
        return {"text": self.text, "blocks": list(self.blocks), "unfurl_links": False, "unfurl_media": False}

    def between(self, before: Sequence[Block] = (), after: Sequence[Block] = ()) -> "Message":
        """The message with blocks around its own, for which `fill` has left room."""
        return Message(self.text, (*before, *self.blocks, *after))


def say(words: str) -> Message:
    """A message of some sentences."""
    blocks = block(section(prose(words)))
    if cost(blocks) > MOST_TEXT - _MOST_FALLBACK:
        blocks = block(section(literal(shortened(words, (MOST_TEXT - _MOST_FALLBACK) // 5))))
    return Message(fallback(words, _MOST_FALLBACK), tuple(blocks))


def fill(text: str, parts: Sequence[Part]) -> tuple[Message, tuple[Part, ...]]:
    """One message with as many parts as fit, by their rank, in their order; and the parts that do not.

    There is room left for a sentence, a mention and a button around them.
    """
    spoken = fallback(text, _MOST_FALLBACK)
    text_left = MOST_TEXT - _RESERVED_TEXT - len(spoken.encode("utf-16-le")) // 2
    blocks_left = MOST_BLOCKS - _RESERVED_BLOCKS
    taken: set[int] = set()
    for index, part in sorted(enumerate(parts), key=lambda item: item[1].rank):
        price = cost(part.blocks)
        if price <= text_left and len(part.blocks) <= blocks_left:
            taken.add(index)
            text_left -= price
            blocks_left -= len(part.blocks)
    blocks = tuple(each for index in sorted(taken) for each in parts[index].blocks)
    return Message(spoken, blocks), tuple(part for index, part in enumerate(parts) if index not in taken)


def following(parts: Sequence[Part], most: int) -> tuple[tuple[Message, ...], tuple[Part, ...]]:
    """The parts in at most `most` more messages; and those that fit into none, or came too late."""
    messages: list[Message] = []
    left = tuple(parts)
    while left and len(messages) < most:
        message, rest = fill(left[0].label, left)
        if len(rest) == len(left):
            break
        messages.append(message)
        left = rest
    return tuple(messages), left


def as_file(parts: Iterable[Part]) -> str:
    """The parts as one text, each under its label."""
    texts = (f"# {sendable(_one_line(part.label))}\n\n{as_text(part.blocks)}" for part in parts)
    return "\n\n".join(texts) + "\n"


def note(words: str, names: Sequence[Part] = ()) -> list[Block]:
    """A sentence about the message itself, and the names of some parts, within the room that `fill` leaves."""
    elements = prose(words, italic=True)
    for part in names[:4]:
        elements += literal(f"\n• {shortened(_one_line(part.label), _MOST_LABEL)}")
    if len(names) > 4:
        elements += literal("\n• …")
    return block(section(elements))


def button(label: str, action: str, value: str) -> list[Block]:
    """One button. https://docs.slack.dev/reference/block-kit/block-elements/button-element"""
    text = {"type": "plain_text", "text": fallback(label, _BUTTON), "emoji": False}
    return [{"type": "actions", "elements": [{"type": "button", "action_id": action, "value": value, "text": text}]}]


def _one_line(text: str) -> str:
    return " ".join(text.replace("`", "").replace("**", "").split())
