"""The store in a table of DynamoDB, for several machines."""

import time
from collections.abc import Callable, Iterator
from math import ceil

from bot.store.clients import Clients
from bot.store.table import Refused, Row, Table, delete, put


class DynamoStore:
    """A `Store` in a table, which it shares with the inbox.

    DynamoDB deletes what has expired within days (`expires` is the table's time to live): until then it is looked past.
    """

    def __init__(self, name: str, region: str | None = None, clock: Callable[[], float] = time.time) -> None:
        """Open the table of that name. Raises CannotOpen.

        boto3's own configuration says where it is, but for the region if one is given. `clock` tells the seconds of the
        epoch.
        """
        self._clients = Clients(name, region)
        self._table = Table(self._clients)
        self._clock = clock

    def put(self, shelf: str, key: str, value: str, seconds: float | None = None) -> None:
        """As in `Store`."""
        self._table.put(self._row(shelf, key, value, seconds))

    def add(self, shelf: str, key: str, value: str, seconds: float | None = None) -> bool:
        """As in `Store`."""
        row = self._row(shelf, key, value, seconds)
        try:
            self._table.write(put(row, "attribute_not_exists(#key) OR #expires <= :now", now=self._clock()))
        except Refused:
            return False
        return True

    def get(self, shelf: str, key: str) -> str | None:
        """As in `Store`."""
        row = self._table.get(shelf, key)
        return str(row["value"]) if row and self._is_kept(row) else None

    def take(self, shelf: str, key: str) -> str | None:
        """As in `Store`."""
        # A delete that returns what it deletes would lose it together with the answer.
        while (value := self.get(shelf, key)) is not None:
            try:
                self._table.write(delete(shelf, key, "#value = :value", value=value))
            except Refused:
                continue  # Somebody took it, or put something else there.
            return value
        return None

    def drop(self, shelf: str, key: str) -> None:
        """As in `Store`."""
        self._table.drop(shelf, key)

    def items(self, shelf: str) -> Iterator[tuple[str, str]]:
        """As in `Store`."""
        for row in self._table.rows(shelf):
            if self._is_kept(row):
                yield str(row["key"]), str(row["value"])

    def sweep(self) -> None:
        """Nothing: DynamoDB does that."""

    def close(self) -> None:
        """As in `Store`."""
        self._clients.close()

    def _row(self, shelf: str, key: str, value: str, seconds: float | None) -> Row:
        for text in (key, value):
            text.encode()  # DynamoDB would keep half of a surrogate pair as something else.
        row: Row = {"shelf": shelf, "key": key, "value": value}
        return row if seconds is None else {**row, "expires": ceil(self._clock() + seconds)}  # TTL knows whole seconds

    def _is_kept(self, row: Row) -> bool:
        return float(row.get("expires", float("inf"))) > self._clock()
