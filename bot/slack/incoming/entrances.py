"""What somebody may want of the bot: a question answered, a form, something clicked, the Home tab."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

Keys = tuple[Hashable, ...]
"""What the repetitions of one delivery, and its twins, have in common."""


@dataclass(frozen=True, slots=True)
class Thread:
    """Where messages hang: below the message `ts` of a channel, or in the channel itself where that is None.

    `channel` may be a person's id, which means the direct messages with them.
    """

    channel: str
    ts: str | None = None


@dataclass(frozen=True, slots=True)
class ResponseUrl:
    """Where a command or a click is answered. The address is a secret: whoever has it can post."""

    url: str


class Way(Enum):
    """How a question came in."""

    COMMAND = auto()
    MENTION = auto()
    DIRECT = auto()
    REPLY = auto()
    """A message among people, in a thread: only what is understood there is a question to the bot."""
    SHORTCUT = auto()
    FORM = auto()


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a person, as it came.

    `message` holds what Slack sent of the message, for its files. `answer_to` is where the answer belongs, `otherwise`
    where it goes if the bot has no access there. `hangs_on`: the thread in which it was said, if any.
    `is_shared`: another company reads along.
    """

    person: str
    pasted: str
    answer_to: Thread | ResponseUrl
    way: Way
    keys: Keys
    channel: str | None = None
    otherwise: Thread | ResponseUrl | None = None
    hangs_on: str | None = None
    message: Mapping[str, Any] = field(default_factory=dict, repr=False)
    is_shared: bool = False
    language: str | None = None
    account: str | None = None
    region: str | None = None


@dataclass(frozen=True, slots=True)
class FormWanted:
    """Somebody wants the form to ask with. `answer_to` is where the command was called, if one was."""

    person: str
    trigger: str
    keys: Keys
    answer_to: ResponseUrl | None = None


@dataclass(frozen=True, slots=True)
class Clicked:
    """Something pressed or chosen. `value` is what the button carries or the option chosen.

    `message` is the message that bears it: its channel, its `ts`, and the thread it hangs in; None on a view.
    """

    person: str
    action: str
    value: str
    trigger: str
    keys: Keys
    answer_to: ResponseUrl | None = None
    message: "ClickedMessage | None" = None


@dataclass(frozen=True, slots=True)
class ClickedMessage:
    """The message with the button."""

    channel: str
    ts: str
    thread: str | None
    is_ephemeral: bool


@dataclass(frozen=True, slots=True)
class Commented:
    """What somebody says of a wrong answer. `answer` is the id under which that is kept."""

    person: str
    answer: str
    comment: str
    keys: Keys


@dataclass(frozen=True, slots=True)
class HomeOpened:
    """Somebody opened the Home tab."""

    person: str
    keys: Keys


Entrance = Asked | FormWanted | Clicked | Commented | HomeOpened
