"""What a store is: texts on shelves, each kept for a while."""

from collections.abc import Iterator
from typing import Protocol

from bot.explained import Explained


class StoreFails(Explained):
    """The store did not do what was asked of it. The message names the store, the reason and the remedy."""


class CannotOpen(StoreFails):
    """There is no store to be had where the settings say."""


class OutOfDate(CannotOpen):
    """There is one, and only a bot that serves may change it to what this release needs."""


class Store(Protocol):
    """Texts under keys on shelves; safe between threads and between processes. Every method raises StoreFails.

    A shelf's name is a short constant of the module that puts things there. `seconds` is how long a text is kept; None
    is until it is dropped. What has expired is never returned, whether or not it is deleted yet. Time is the wall
    clock's, since what is kept outlives the process: where the clock is set back everything is kept longer by as much,
    where it is set forward forgotten sooner.

    Keys and values are what UTF-8 can hold, so no lone surrogates (ValueError). A key has 1 to 1,024 bytes and a value
    some 300 KB at most, which is what an item of DynamoDB holds.
    """

    def put(self, shelf: str, key: str, value: str, seconds: float | None = None) -> None:
        """Keep a text, instead of what was kept under the key."""
        ...

    def add(self, shelf: str, key: str, value: str, seconds: float | None = None) -> bool:
        """Keep a text unless one is kept under the key; whether that was so. Of several who add at once, one does."""
        ...

    def get(self, shelf: str, key: str) -> str | None:
        """What is kept, or None."""
        ...

    def take(self, shelf: str, key: str) -> str | None:
        """What is kept, which is thereby dropped: of several who take at once, one gets it."""
        ...

    def drop(self, shelf: str, key: str) -> None:
        """Keep nothing under the key any more."""
        ...

    def items(self, shelf: str) -> Iterator[tuple[str, str]]:
        """The keys and values of a shelf, in the order of the keys' code points.

        What is put or dropped meanwhile may or may not be among them.
        """
        ...

    def sweep(self) -> None:
        """See that what has expired is not only looked past but gone, as far as that does not happen by itself."""
        ...

    def close(self) -> None:
        """Let go of the store, which is of no use afterwards; closing twice does nothing."""
        ...
