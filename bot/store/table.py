"""A table of DynamoDB: rows under a shelf and a key, written under conditions."""

import random
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from bot.store.clients import Clients, code_of
from bot.store.store import CannotOpen

Row = Mapping[str, str | float]
"""The attributes of a row by name, `shelf` and `key` among them. Times are in seconds of the epoch."""
_NAME = re.compile(r"#(\w+)")
_CONFLICTS = frozenset({"TransactionConflict", "TransactionConflictException"})
_MOST_CONFLICTS = 5
_CONFLICT_SECONDS = 0.02


class Refused(Exception):
    """The condition of a write did not hold, and nothing was written. `row` is what stands there, if that was asked."""

    def __init__(self, row: Row | None = None) -> None:
        super().__init__("the condition does not hold")
        self.row = row


@dataclass(frozen=True, slots=True)
class Write:
    """A write as DynamoDB takes it: `kind` is Put, Update or Delete."""

    kind: str
    parameters: Mapping[str, Any]


def put(row: Row, where: str = "", **values: str | float) -> Write:
    """Write a row, instead of the one of its shelf and key.

    Here and below: `where` is a condition; an attribute stands in it as `#name`, a value as `:name`.
    """
    return Write("Put", {"Item": _packed(row), **_expressions(values, ConditionExpression=where)})


def update(shelf: str, key: str, change: str, where: str, **values: str | float) -> Write:
    """Change a row's attributes; without a condition on what is there, one would be made."""
    expressions = _expressions(values, UpdateExpression=change, ConditionExpression=where)
    return Write("Update", {"Key": _place(shelf, key), **expressions})


def delete(shelf: str, key: str, where: str = "", **values: str | float) -> Write:
    """Delete a row, if there is one."""
    return Write("Delete", {"Key": _place(shelf, key), **_expressions(values, ConditionExpression=where)})


class Table:
    """A table made by deploy/storage.yaml. Reads see every write that was done before; everything raises StoreFails."""

    def __init__(self, clients: Clients) -> None:
        """It has the store's name. Raises CannotOpen where it is not there, or not for the bot to read."""
        self._clients = clients
        self._name = clients.name
        self._client = clients.client("dynamodb")
        with clients.failing(CannotOpen):
            self._client.get_item(TableName=self._name, Key=_place("inbox", "any"))

    def get(self, shelf: str, key: str) -> Row | None:
        """The row, expired or not."""
        with self._clients.failing():
            found = self._client.get_item(TableName=self._name, Key=_place(shelf, key), ConsistentRead=True)
        return _unpacked(found["Item"]) if "Item" in found else None

    def rows(self, shelf: str) -> Iterator[Row]:
        """The rows of a shelf in the order of their keys' bytes, page by page, expired or not."""
        query: dict[str, Any] = {
            "TableName": self._name,
            "ConsistentRead": True,
            **_expressions({"shelf": shelf}, KeyConditionExpression="#shelf = :shelf"),
        }
        while True:
            with self._clients.failing():
                page = self._client.query(**query)
            for item in page["Items"]:
                yield _unpacked(item)
            if "LastEvaluatedKey" not in page:
                return
            query["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    def put(self, row: Row) -> None:
        """Write a row, instead of the one of its shelf and key."""
        with self._clients.failing():
            self._client.put_item(TableName=self._name, **put(row).parameters)

    def drop(self, shelf: str, key: str) -> None:
        """Delete a row, if there is one."""
        with self._clients.failing():
            self._client.delete_item(TableName=self._name, **delete(shelf, key).parameters)

    def change(self, write: Write) -> Row:
        """Do an update, and see the row as it is then. Raises Refused with the row that does not fit.

        If an answer is lost it is done twice: the condition has to see to it where that matters.
        """
        settings: dict[str, Any] = {"ReturnValues": "ALL_NEW", "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
        for conflicts in range(_MOST_CONFLICTS):
            with self._clients.failing():
                try:
                    answer = self._client.update_item(TableName=self._name, **write.parameters, **settings)
                    return _unpacked(answer["Attributes"])
                except ClientError as error:
                    if code_of(error) == "ConditionalCheckFailedException":
                        found: Any = error.response.get("Item")
                        raise Refused(_unpacked(found) if found else None) from error
                    _wait_or_raise(error, {code_of(error)}, conflicts)
        raise AssertionError("the last conflict is raised")

    def write(self, *writes: Write) -> None:
        """Do all of it or nothing, and once even if AWS's answer is lost on the way. Raises Refused.

        When boto3 tries again it sends the same ClientRequestToken, by which DynamoDB knows a request for ten minutes.
        """
        items = [{each.kind: {"TableName": self._name, **each.parameters}} for each in writes]
        for conflicts in range(_MOST_CONFLICTS):
            with self._clients.failing():
                try:
                    self._client.transact_write_items(TransactItems=items)
                    return
                except ClientError as error:
                    reasons = {reason.get("Code") for reason in error.response.get("CancellationReasons", ())}
                    if "ConditionalCheckFailed" in reasons:
                        raise Refused from error
                    _wait_or_raise(error, reasons, conflicts)


def _wait_or_raise(error: ClientError, reasons: set[Any], conflicts: int) -> None:
    """DynamoDB refuses a write while another one to the same row is under way; boto3 does not try that again."""
    if not _CONFLICTS & reasons or conflicts == _MOST_CONFLICTS - 1:
        raise error
    time.sleep(random.uniform(0, _CONFLICT_SECONDS * 2**conflicts))  # noqa: S311


def _expressions(values: Mapping[str, str | float], **expressions: str) -> dict[str, Any]:
    given = {name: expression for name, expression in expressions.items() if expression}
    parameters: dict[str, Any] = dict(given)
    # Every name is given apart from the expression, where hundreds of words are reserved.
    if names := {name for expression in given.values() for name in _NAME.findall(expression)}:
        parameters["ExpressionAttributeNames"] = {f"#{name}": name for name in names}
    if values:
        parameters["ExpressionAttributeValues"] = {f":{name}": value for name, value in _packed(values).items()}
    return parameters


def _place(shelf: str, key: str) -> dict[str, Any]:
    return _packed({"shelf": shelf, "key": key})


def _packed(row: Row) -> dict[str, Any]:
    return {name: {"S": value} if isinstance(value, str) else {"N": repr(value)} for name, value in row.items()}


def _unpacked(item: Mapping[str, Mapping[str, str]]) -> Row:
    return {name: value["S"] if "S" in value else float(value["N"]) for name, value in item.items()}
