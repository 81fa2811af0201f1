"""The two kinds of storage, as a run of processes that die meets them."""

import json
import re
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol

from moto.dynamodb.models import dynamodb_backends
from moto.sqs.models import sqs_backends

from bot.demo.simulation.operations import AwsError
from bot.demo.simulation.wire import Answer, Signed
from bot.inbox.inbox import Stage
from bot.worker import LEASE_SECONDS
from tests.simulated_storage import SimulatedStorage
from tests.slack.crash.steps import Steps

_NAME = "kintsugi"
_REGION = "eu-west-1"
_POLL_SECONDS = 0.2
_LOST_SECONDS = 7 * 60.0
"""After so long whatever has no message in its queue is sent one."""
_CHANGES = {
    "PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems",
    "SendMessage", "DeleteMessage", "ChangeMessageVisibility",
}  # fmt: skip
_ATTRIBUTE = re.compile(r"#(\w+)")
_APPLICATION = re.compile(r"\bapp/(\w+)")


class Place(Protocol):
    """Where the processes of one run keep what is owed."""

    before_acknowledging: Sequence[str]
    """Names of the steps without which nothing is acknowledged."""
    asks: bool
    """Whether processes ask before each step; else they are seen to take them."""
    seconds_between: float
    """By how much time has gone on, as it seems, when another process takes over."""

    def watch(self, steps: Steps) -> None:
        """What is changed there is a step."""

    def lead(self, number: int) -> Mapping[str, str]:
        """The environment of the process of this number, from 0, that follows on those before it, which are dead."""

    def owed(self) -> list[str]:
        """What is owed still, in a word each."""

    def left(self) -> list[str]:
        """What is left to be tidied up although nothing is owed, which is a step as well."""


class File:
    """A file of SQLite's."""

    before_acknowledging = ("store.add threads", "inbox.accept")
    asks = True

    def __init__(self, folder: Path, seconds_between: float = LEASE_SECONDS) -> None:
        self.seconds_between = seconds_between
        self.file = folder / "kintsugi.db"

    def watch(self, steps: Steps) -> None:
        """Nothing: the processes ask."""

    def lead(self, number: int) -> Mapping[str, str]:
        """As in `Place`."""
        return {"KINTSUGI_STORE": str(self.file)}

    def owed(self) -> list[str]:
        """As in `Place`."""
        if not self.file.exists():
            return []
        with closing(sqlite3.connect(self.file)) as connection:
            return [
                f"still owed: {kind} ({stage}, {attempts} attempts, {why})"
                for kind, stage, attempts, why in connection.execute("SELECT kind, stage, attempts, why FROM owed")
            ]

    def left(self) -> list[str]:
        """Nothing: what is done is gone."""
        return []


class SteppedStorage(SimulatedStorage):
    """DynamoDB and SQS of many accounts, each with a clock of its own, and with steps of its own where it is watched.

    A queue of these is not waited at for long, and nothing is done for those who are dead.
    """

    def __init__(self) -> None:
        self._steps: dict[str, Steps] = {}
        self._ahead: dict[str, float] = {}
        self._alive: dict[str, str] = {}
        self._account = ""
        super().__init__()

    def watch(self, account: str, steps: Steps) -> None:
        """What is changed in this account is a step."""
        self._steps[account] = steps

    def go_on(self, account: str, application: str, seconds: float) -> None:
        """From now on this application alone is alive in the account, whose clock is so many seconds ahead."""
        with self._turn:
            self._ahead[account] = seconds
            self._alive[account] = application

    def records(self, account: str) -> list[Mapping[str, Any]]:
        """What stands in the inbox of an account."""
        with self._turn:
            rows = [
                item.attrs
                for shelf in dynamodb_backends[account][_REGION].tables[_NAME].items.values()
                for item in shelf.values()
            ]
            return [
                {name: attribute.value for name, attribute in row.items()}
                for row in rows
                if row["shelf"].value == "inbox"
            ]

    def messages(self, account: str) -> list[str]:
        """What is in the queues of an account, whether or not somebody works on it."""
        with self._turn:
            queues = sqs_backends[account][_REGION].queues.values()
            return [message.body for queue in queues for message in queue._messages]

    def make_in(self, account: str) -> None:
        """Make the table and the queues that deploy/storage.yaml describes, without CloudFormation's slowness."""
        self.client("dynamodb", account, _REGION).create_table(
            TableName=_NAME,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("shelf", "key")],
            KeySchema=[
                {"AttributeName": "shelf", "KeyType": "HASH"},
                {"AttributeName": "key", "KeyType": "RANGE"},
            ],
        )
        for stage in Stage:
            self.client("sqs", account, _REGION).create_queue(
                QueueName=f"{_NAME}-{stage}.fifo", Attributes={"FifoQueue": "true"}
            )

    def _now(self) -> float:
        return super()._now() + self._ahead.get(self._account, 0.0)

    def _own_answer(self, signed: Signed) -> Answer | None:
        account, name = signed.caller.account, signed.operation.name
        self._account = account
        self._let_alone_live(signed)
        steps = self._steps.get(account)
        if steps is None or name not in _CHANGES | {"ReceiveMessage"}:
            return super()._own_answer(signed)
        if name in _CHANGES:
            do: Callable[[], Answer | None] = lambda: super(SteppedStorage, self)._own_answer(signed)  # noqa: E731
        elif _is_empty(received := super()._own_answer(signed)):
            return received
        else:
            do = lambda: received  # noqa: E731
        done = steps.take(_named(signed), do)
        if done is None:
            raise AwsError("InternalFailure", "whoever asked is dead", 500)
        return done

    def _as_moto(self, signed: Signed, parameters: Mapping[str, Any]) -> Answer:  # type: ignore[override]
        self._let_alone_live(signed)  # Whoever waits may have died.
        self._account = signed.caller.account
        return super()._as_moto(signed, parameters)

    def _let_alone_live(self, signed: Signed) -> None:
        application = _APPLICATION.search(signed.environ.get("HTTP_USER_AGENT", ""))
        if application and application[1] != self._alive.get(signed.caller.account):
            raise AwsError("InternalFailure", "whoever asked is dead", 500)

    def _ReceiveMessage(self, signed: Signed, parameters: Mapping[str, Any]) -> Answer:
        wait = min(parameters.get("WaitTimeSeconds", 0), _POLL_SECONDS)
        return super()._ReceiveMessage(signed, {**parameters, "WaitTimeSeconds": wait})


class Aws:
    """A table and queues in an account of one's own."""

    before_acknowledging = ("Put threads", "Put inbox + Put inbox + Put inbox", "SendMessage arrived")
    asks = False
    seconds_between = _LOST_SECONDS

    def __init__(self, server: SteppedStorage, account: str, folder: Path) -> None:
        self._server = server
        self._account = account
        server.make_in(account)
        self._folder = folder

    def watch(self, steps: Steps) -> None:
        """As in `Place`."""
        self._server.watch(self._account, steps)

    def lead(self, number: int) -> Mapping[str, str]:
        """As in `Place`."""
        name = f"process{number}"
        self._server.go_on(self._account, name, self.seconds_between * number)
        return {
            **self._server.environment(self._account, _REGION),
            "AWS_CONFIG_FILE": str(self._folder / "config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(self._folder / "credentials"),
            "AWS_SDK_UA_APP_ID": name,
            "KINTSUGI_STORE": f"aws:{_NAME}",
        }

    def owed(self) -> list[str]:
        """As in `Place`."""
        return [
            f"still owed: {each['kind']} ({each['stage']}, {each['attempts']} attempts, {each.get('why', '')})"
            for each in self._server.records(self._account)
        ]

    def left(self) -> list[str]:
        """As in `Place`."""
        return [f"a message: {body}" for body in self._server.messages(self._account)]


def _is_empty(answer: Answer | None) -> bool:
    return answer is None or answer.status >= 300 or not json.loads(answer.body).get("Messages")


def _named(signed: Signed) -> str:
    """What is changed, by what is given: a queue, or rows and their attributes."""
    parameters = json.loads(signed.body)
    name = signed.operation.name
    if signed.service == "sqs":
        queue = parameters["QueueUrl"].rpartition("-")[2].removesuffix(".fifo")
        return f"{name} {queue}"
    if name != "TransactWriteItems":
        return _write(name.removesuffix("Item"), parameters)
    return " + ".join(_write(kind, write) for item in parameters["TransactItems"] for kind, write in item.items())


def _write(kind: str, write: Mapping[str, Any]) -> str:
    shelf = (write.get("Key") or write["Item"])["shelf"]["S"].partition("/")[0]
    attributes = sorted(set(_ATTRIBUTE.findall(write.get("UpdateExpression", ""))))
    stage = write.get("ExpressionAttributeValues", {}).get(":stage", {}).get("S", "")
    return " ".join(filter(None, (kind, shelf, stage, *attributes)))
