"""What is written of each item in a table of DynamoDB: whether it was heard, how far it is, who holds it, its body."""

import secrets
import time
from collections.abc import Callable, Iterator
from math import ceil

from bot.inbox.inbox import Item, LeaseLost, Owed, Stage
from bot.store.table import Refused, Row, Table, Write, delete, put, update

_SHELF = "inbox"
"""Holds the records. An item's other rows stand on a shelf of its own, so that many items are spread over many."""
_HEARD, _BODY = "heard", "body"
_HEARD_SECONDS = 25 * 60 * 60
_SLACK_SECONDS = 1.0
"""How much the clocks of two machines, and of the queue, may differ before it shows."""
_LAYOUT = 1
"""Of a record. One laid out anew, so that this release would misread it, is left to the release that knows it."""
_IS_HELD = "#holder = :holder"


class Records:
    """The items' rows in the table: what they say is so, whatever the queues say. Everything raises StoreFails."""

    def __init__(
        self, table: Table, newest_form: int, failed_seconds: float, clock: Callable[[], float] = time.time
    ) -> None:
        """Items of a form above `newest_form` are not taken; what FAILED is kept for so many seconds.

        `clock` tells the seconds of the epoch.
        """
        self._table = table
        self._newest_form = newest_form
        self._failed_seconds = failed_seconds
        self._clock = clock

    def add(self, item: Item, stage: Stage = Stage.ARRIVED, takes: int = 0, note: str = "", why: str = "") -> bool:
        """Write an item down, unless its id was heard before; whether that was done.

        `takes` is how often it was leased at its stage; `why` is for what FAILED.
        """
        record: dict[str, str | float] = {
            "shelf": _SHELF,
            "key": item.id,
            "layout": _LAYOUT,
            "stage": stage,
            "thread": item.group,
            "person": item.person,
            "kind": item.kind,
            "form": item.form,
            "arrived": item.arrived,
            "attempts": 0,
            "takes": takes,
            "note": note,
            "due": self._clock(),
            "sendings": 1,
        }
        if item.channel is not None:
            record["channel"] = item.channel
        shelf = _own_shelf(item.id)
        body: dict[str, str | float] = {"shelf": shelf, "key": _BODY, "body": item.body}
        if stage is Stage.FAILED:
            due = self._in(self._failed_seconds)
            record |= {"why": why, "due": due, "expires": ceil(due)}
            body["expires"] = ceil(due)
        heard: Row = {"shelf": shelf, "key": _HEARD, "expires": ceil(self._in(_HEARD_SECONDS))}
        try:
            # That it has expired is for DynamoDB to say, which deletes it then: our clock may have jumped.
            self._table.write(
                put(heard, "attribute_not_exists(#key)"),
                put(record),
                put(body),
            )
        except Refused:
            return False
        return True

    def was_heard(self, id: str) -> bool:
        """Whether an item of that id was ever added."""
        return self._table.get(_own_shelf(id), _HEARD) is not None

    def get(self, id: str) -> Row | None:
        """The record of an item that is owed or failed."""
        row = self._table.get(_SHELF, id)
        return row if row and self._is_kept(row) else None

    def all(self) -> Iterator[Row]:
        """The records of everything that is owed or failed."""
        return filter(self._is_kept, self._table.rows(_SHELF))

    def item(self, record: Row) -> Item:
        """The item of a record; without a body where it was struck off meanwhile."""
        body = self._table.get(_own_shelf(str(record["key"])), _BODY)
        return Item(
            id=str(record["key"]),
            group=str(record["thread"]),
            person=str(record["person"]),
            channel=_channel(record),
            kind=str(record["kind"]),
            form=int(record["form"]),
            arrived=float(record["arrived"]),
            body=str(body["body"]) if body else "",
        )

    def owed(self, record: Row) -> Owed:
        """What a record says without the body."""
        return Owed(
            id=str(record["key"]),
            stage=Stage(str(record["stage"])),
            group=str(record["thread"]),
            person=str(record["person"]),
            channel=_channel(record),
            kind=str(record["kind"]),
            arrived=float(record["arrived"]),
            attempts=int(record["attempts"]),
            is_leased=self.is_leased(record),
            why=str(record.get("why", "")),
        )

    def is_leased(self, record: Row) -> bool:
        """Whether somebody works on it, as far as clocks agree."""
        return "holder" in record and self.overdue(record) < 0

    def overdue(self, record: Row) -> float:
        """For how many seconds it could have been taken."""
        return self._clock() - float(record["due"])

    def take(self, id: str, stage: Stage, seconds: float) -> Row:
        """Hold it: the record with its holder. Raises Refused with what is not to be taken.

        The queue has seen to it that nobody holds it: the record is believed if it says otherwise, and only where its
        times are such as they can be. A clock that was set does not keep an item from everybody.
        """
        holder = secrets.token_hex(8)
        taking = update(
            _SHELF,
            id,
            change="SET #holder = :holder, #since = :now, #due = :due,"
            " #attempts = #attempts + :one, #takes = #takes + :one",
            where="#stage = :stage AND #form <= :form AND #layout <= :layout"
            " AND (attribute_not_exists(#holder) OR #due <= :soon OR #since > :soon)",
            holder=holder,
            now=self._clock(),
            soon=self._in(_SLACK_SECONDS),
            due=self._in(seconds),
            one=1,
            stage=stage,
            form=self._newest_form,
            layout=_LAYOUT,
        )
        try:
            return self._table.change(taking)
        except Refused as refused:
            if refused.row and refused.row.get("holder") == holder:
                return refused.row  # The answer was lost, and boto3 asked again.
            raise

    def is_known(self, record: Row) -> bool:
        """Whether this release can do something with it."""
        return int(record["layout"]) <= _LAYOUT and int(record["form"]) <= self._newest_form

    def hold(self, id: str, holder: str, seconds: float) -> None:
        """Hold it for so many seconds from now. This and what follows raises LeaseLost where somebody else holds it."""
        self._change(id, holder, "SET #since = :now, #due = :due", now=self._clock(), due=self._in(seconds))

    def note(self, id: str, holder: str, note: str) -> None:
        """Write a note."""
        self._change(id, holder, "SET #note = :note", note=note)

    def pass_on(self, id: str, holder: str, stage: Stage, note: str) -> None:
        """Let go of it at another stage."""
        self._change(
            id,
            holder,
            "SET #stage = :stage, #note = :note, #due = :due, #attempts = :none, #takes = :none, #sendings = :one"
            " REMOVE #holder",
            stage=stage,
            note=note,
            due=self._clock(),
            none=0,
            one=1,
        )

    def put_back(self, id: str, holder: str, seconds: float, attempts: int) -> None:
        """Let go of it, for so many seconds, after so many attempts."""
        change = "SET #due = :due, #attempts = :attempts REMOVE #holder"
        self._change(id, holder, change, due=self._in(seconds), attempts=attempts)

    def done(self, id: str, holder: str) -> None:
        """Delete it, but that it was heard."""
        self._write_held(delete(_SHELF, id, _IS_HELD, holder=holder), delete(_own_shelf(id), _BODY))

    def give_up(self, id: str, holder: str, why: str) -> None:
        """Make it FAILED, and forget it when it is due."""
        due = self._in(self._failed_seconds)
        expires = ceil(due)
        change = "SET #stage = :stage, #why = :why, #due = :due, #expires = :expires REMOVE #holder"
        failed = update(
            _SHELF, id, change, _IS_HELD, holder=holder, stage=Stage.FAILED, why=why, due=due, expires=expires
        )
        self._write_held(failed, self._keep_body(id, "SET #expires = :expires", expires=expires))

    def retry(self, id: str) -> Row | None:
        """Have what FAILED begin anew: its record; None where there is no such thing."""
        anew = update(
            _SHELF,
            id,
            change="SET #stage = :stage, #due = :now, #attempts = :none, #sendings = :one REMOVE #why, #expires",
            where="#stage = :failed AND #due > :now",
            failed=Stage.FAILED,
            stage=Stage.ARRIVED,
            now=self._clock(),
            none=0,
            one=1,
        )
        try:
            self._table.write(anew, self._keep_body(id, "REMOVE #expires"))
        except Refused:
            return None
        return self.get(id)

    def claim_sending(self, record: Row) -> bool:
        """Whether it is for us to send its message once more: of several who see the same record, it is for one."""
        sending = update(
            _SHELF,
            str(record["key"]),
            change="SET #sendings = #sendings + :one",
            where="#sendings = :sendings AND #stage = :stage",
            one=1,
            sendings=record["sendings"],
            stage=record["stage"],
        )
        try:
            self._table.write(sending)
        except Refused:
            return False
        return True

    def _keep_body(self, id: str, change: str, **values: float) -> Write:
        return update(_own_shelf(id), _BODY, change, "attribute_exists(#key)", **values)

    def _change(self, id: str, holder: str, change: str, **values: str | float) -> None:
        self._write_held(update(_SHELF, id, change, _IS_HELD, holder=holder, **values))

    def _write_held(self, *writes: Write) -> None:
        try:
            self._table.write(*writes)
        except Refused:
            raise LeaseLost(f"somebody else has taken up {writes[0].parameters['Key']['key']['S']}") from None

    def _in(self, seconds: float) -> float:
        return self._clock() + seconds

    def _is_kept(self, record: Row) -> bool:
        return record["stage"] != Stage.FAILED or self.overdue(record) < 0


def _own_shelf(id: str) -> str:
    return f"{_SHELF}/{id}"


def _channel(record: Row) -> str | None:
    return str(record["channel"]) if "channel" in record else None
