"""What somebody may want of the bot: a question answered, a form, something clicked, the Home tab."""

from dataclasses import dataclass, field
from enum import StrEnum

from bot.model import Asker, Command
from bot.slack import actions
from bot.slack.incoming.attached import AttachedFile

_COMMANDS = {
    actions.CHECK_AGAIN: Command.CHECK_AGAIN,
    actions.SHARE: Command.SHARE,
    actions.HELPFUL: Command.FEEDBACK,
    actions.WRONG: Command.FEEDBACK,
}
"""What a click does, where it is more than asking and reading."""

Key = tuple[str, ...]
"""What the repetitions of one delivery, and its twins, have in common, and nothing else of that kind has."""


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


class Way(StrEnum):
    """How a question came in."""

    COMMAND = "command"
    MENTION = "mention"
    DIRECT = "direct"
    REPLY = "reply"
    """A message among people, in a thread: only what is understood there is a question to the bot."""
    SHORTCUT = "shortcut"
    FORM = "form"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a person, as it came.

    `files` hang on the message. `answer_to` is where the answer belongs, `otherwise`
    where it goes if the bot has no access there. `hangs_on`: the thread in which it was said, if any.
    `is_shared`: another company reads along. `secrets`: how many there were in what was pasted.
    """

    person: str
    pasted: str = field(repr=False)
    answer_to: Thread | ResponseUrl
    way: Way
    key: Key
    channel: str | None = None
    otherwise: Thread | ResponseUrl | None = None
    hangs_on: str | None = None
    files: tuple[AttachedFile, ...] = ()
    is_shared: bool = False
    language: str | None = None
    account: str | None = None
    region: str | None = None
    secrets: int = 0

    @property
    def asker(self) -> Asker:
        """Who asks, and where, as the accounts file may permit it."""
        return Asker(self.person, self.channel)

    @property
    def said_at(self) -> str | None:
        """The `ts` of the message that is the question, if it is one that people write: the last part of its key."""
        return self.key[-1] if self.way in (Way.MENTION, Way.DIRECT, Way.REPLY) else None


@dataclass(frozen=True, slots=True)
class FormWanted:
    """Somebody wants the form to ask with. `answer_to` and `channel` are where the command was called, if one was."""

    person: str
    trigger: str
    key: Key
    answer_to: ResponseUrl | None = None
    channel: str | None = None

    @property
    def asker(self) -> Asker:
        """Who will ask with it, and where."""
        return Asker(self.person, self.channel)


@dataclass(frozen=True, slots=True)
class Clicked:
    """Something pressed or chosen. `value` is what the button carries or the option chosen.

    `message` is the message that bears it: its channel, its `ts`, and the thread it hangs in; None on a view. `at` is
    when, by Slack's clock and in the form of a `ts`.
    """

    person: str
    action: str
    value: str
    trigger: str
    key: Key
    answer_to: ResponseUrl | None = None
    message: "ClickedMessage | None" = None
    at: str = "0"

    @property
    def asker(self) -> Asker:
        """Who clicks, where, and what that does."""
        channel = self.message.channel if self.message else None
        return Asker(self.person, channel, _COMMANDS.get(self.action, Command.ASK))


@dataclass(frozen=True, slots=True)
class ClickedMessage:
    """The message with the button."""

    channel: str
    ts: str
    thread: str | None
    is_ephemeral: bool


@dataclass(frozen=True, slots=True)
class Commented:
    """What somebody says of a wrong answer: its id, and the channel in which it stands.

    `secrets`: how many were taken out of what they say.
    """

    person: str
    answer: str
    comment: str
    key: Key
    channel: str | None = None
    secrets: int = 0

    @property
    def asker(self) -> Asker:
        """Who says so, and where."""
        return Asker(self.person, self.channel, Command.FEEDBACK)


@dataclass(frozen=True, slots=True)
class HomeOpened:
    """Somebody opened the Home tab."""

    person: str
    key: Key

    @property
    def asker(self) -> Asker:
        """Who may ask from there."""
        return Asker(self.person)


Entrance = Asked | FormWanted | Clicked | Commented | HomeOpened

Lasting = Asked | Clicked | Commented
"""What can be done later as well; a form or a view can only be opened at once."""
