"""What an inbox is: each thing that is owed to somebody is written down once, and handed to one worker at a time."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

FAILED_SECONDS = 7 * 24 * 3600.0
"""How long what was given up is kept, where nothing else is said."""


class LeaseLost(Exception):
    """The lease has run out and somebody else has taken the item up: what its former holder does no longer counts."""


class Full(Exception):
    """Nothing more is taken down: as much is owed as may be."""


class Stage(StrEnum):
    """How far an item is. Items are leased at a stage; whoever leases at one never sees those of another."""

    ARRIVED = "arrived"
    """Written down and acknowledged, and nobody has looked at it yet."""
    WAITING = "waiting"
    """Its asker knows that it is here; it is to be worked on, which may take long."""
    FAILED = "failed"
    """Given up after several attempts. It stays readable for a while, and can be tried anew by hand."""


@dataclass(frozen=True, slots=True)
class Item:
    """Something that is owed to somebody.

    `id` is made of what all deliveries of it have in common, so that it is written down once: 16 to 64 characters of
    `[0-9a-z]`. Of the items of one `group` (a thread, say; at most 128 printable ASCII characters without spaces), one
    is leased at a time at each stage, in the order of their arrival. `person` and `channel` are Slack's ids; `kind` is
    the way in, a short word. `body` is what is owed, sealed, at most 300 KB; `form` is the version of what is in it.
    `arrived` is in seconds of the epoch.
    """

    id: str
    group: str
    person: str
    channel: str | None
    kind: str
    form: int
    arrived: float
    body: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Lease:
    """An item in the hands of one worker, until a moment that can be put off.

    `attempt` counts the leases at this stage from 1; those that were put back as not counting are left out.
    `is_repeated` if there was any before it at this stage, counting or not, or if the item began anew after it was
    given up. `note` is what was last noted of the item, at whatever stage and by whichever worker; "" at first.
    `token` is the inbox's own.
    """

    item: Item
    stage: Stage
    attempt: int
    is_repeated: bool
    note: str
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Owed:
    """What can be said of an item without opening it. `why` is why it was given up, in English; "" otherwise.

    `attempts` is how many leases there were at its stage. `is_leased` if somebody works on it at the moment.
    """

    id: str
    stage: Stage
    group: str
    person: str
    channel: str | None
    kind: str
    arrived: float
    attempts: int
    is_leased: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many items with a note are at WAITING, being worked on or not: in all, of one person, in one channel."""

    in_all: int
    of_person: int
    in_channel: int

    def __add__(self, other: "Waiting") -> "Waiting":
        """Both together."""
        return Waiting(self.in_all + other.in_all, self.of_person + other.of_person, self.in_channel + other.in_channel)


class Inbox(Protocol):
    """Items, shared by several threads and several processes, of two releases even. Every method raises StoreFails.

    What is accepted stays until it is `done`, or for a set time after it was given up; that its id was heard is
    remembered for a day longer than Slack repeats anything, whatever the clock does meanwhile.
    """

    def accept(self, item: Item) -> bool:
        """Write an item down, at ARRIVED; False where its id was heard before, which changes nothing.

        When it returns the item is where a crash, and a loss of power, leave it. Raises Full.
        """
        ...

    def move_in(self, item: Item, stage: Stage, note: str, why: str) -> bool:
        """Write down what comes from another inbox, as that had it: its next lease is repeated. Else as `accept`."""
        ...

    def lease(self, stage: Stage, seconds: float, wait: float) -> Lease | None:
        """Take the oldest item of a stage that is due, for so many seconds; None where none comes within `wait`.

        It is the first of its group at the stage, and nobody holds it: its last holder's time has run out, or it was
        put back. An item of a form that is newer than the inbox was told to know is left to others.
        """
        ...

    def extend(self, lease: Lease, seconds: float) -> None:
        """Hold an item for so many seconds from now. Raises LeaseLost."""
        ...

    def note(self, lease: Lease, note: str) -> None:
        """Keep a note with the item, instead of the one before; at most 4 KB. Raises LeaseLost."""
        ...

    def pass_on(self, lease: Lease, stage: Stage, note: str) -> None:
        """Have it leased at the next stage, with a note; the lease ends. Raises LeaseLost."""
        ...

    def done(self, lease: Lease) -> None:
        """Strike it off; the lease ends. Raises LeaseLost."""
        ...

    def put_back(self, lease: Lease, seconds: float, *, counts: bool) -> None:
        """Have it leased again after so many seconds, its group's later ones behind it. Raises LeaseLost.

        The lease ends; it was no attempt unless it `counts`.
        """
        ...

    def give_up(self, lease: Lease, why: str) -> None:
        """Make it FAILED: the lease ends, the group goes on. `why` has 1,000 characters at most. Raises LeaseLost."""
        ...

    def waiting_beside(self, item: Item) -> Waiting:
        """How many others wait; without a channel, none of its channel do.

        What nothing is noted of does not count: its asker does not know that it waits, or that it is anything.
        """
        ...

    def owed(self) -> Sequence[Owed]:
        """Everything that is owed and what was given up, in the order of arrival."""
        ...

    def find(self, id: str) -> tuple[Owed, Item, str] | None:
        """An item by its id, opened or not, with its note; None where there is none."""
        ...

    def retry(self, id: str) -> bool:
        """Have what was given up begin anew, at ARRIVED, with its note and no attempts; False where it was not."""
        ...

    def wake(self) -> None:
        """Let those who wait for a lease return without one, as far as that can be done."""
        ...

    def close(self) -> None:
        """Let go of it; it is of no use afterwards, and closing twice does nothing."""
        ...
