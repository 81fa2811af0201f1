"""A store whose failures are told to whoever watches."""

from collections.abc import Iterator
from contextlib import contextmanager

from bot.store.store import Store, StoreFails
from bot.telemetry import Telemetry


class CountedStore:
    """A `Store` that does what the one does that it is made of."""

    def __init__(self, store: Store, telemetry: Telemetry) -> None:
        self._store = store
        self._telemetry = telemetry

    def put(self, shelf: str, key: str, value: str, seconds: float | None = None) -> None:
        """As in `Store`."""
        with self._told():
            self._store.put(shelf, key, value, seconds)

    def add(self, shelf: str, key: str, value: str, seconds: float | None = None) -> bool:
        """As in `Store`."""
        with self._told():
            return self._store.add(shelf, key, value, seconds)

    def get(self, shelf: str, key: str) -> str | None:
        """As in `Store`."""
        with self._told():
            return self._store.get(shelf, key)

    def take(self, shelf: str, key: str) -> str | None:
        """As in `Store`."""
        with self._told():
            return self._store.take(shelf, key)

    def drop(self, shelf: str, key: str) -> None:
        """As in `Store`."""
        with self._told():
            self._store.drop(shelf, key)

    def items(self, shelf: str) -> Iterator[tuple[str, str]]:
        """As in `Store`."""
        with self._told():
            yield from self._store.items(shelf)

    def sweep(self) -> None:
        """As in `Store`."""
        with self._told():
            self._store.sweep()

    def close(self) -> None:
        """As in `Store`."""
        with self._told():
            self._store.close()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except StoreFails:
            self._telemetry.store_failed("store")
            raise
