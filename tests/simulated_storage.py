"""DynamoDB and SQS behind a port of 127.0.0.1: moto, with what FIFO queues and transactions do beyond it."""

from __future__ import annotations

import io
import itertools
import json
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Condition, RLock
from typing import Any

import moto.sqs.models as sqs
from moto.core.request import Request
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.responses import DynamoHandler
from moto.sqs.responses import SQSResponse

from bot.demo.simulation.operations import AwsError
from bot.demo.simulation.server import SimulatedAws
from bot.demo.simulation.wire import Answer, Signed

TEMPLATE = Path(__file__).parents[1] / "deploy" / "storage.yaml"
_POLL_SECONDS = 0.1
"""How often to look whether a message has become visible; what is done to queues is seen at once."""
_CHANGES = {"SendMessage", "DeleteMessage", "ChangeMessageVisibility"}
_DEDUPLICATION_SECONDS = 300
_RESPONSES = {"dynamodb": DynamoHandler, "sqs": SQSResponse}


class SimulatedStorage(SimulatedAws):
    """A simulated AWS with what the tests of storage lean on, and moto 5.2 lacks.

    - Whoever waits for a message keeps nobody else from being served, and time is that of a clock that tests set.
    - A FIFO queue refuses the receipt of a message whose time has run out or which was received again
      (https://github.com/localstack/localstack/pull/12442 was tested against AWS); moto takes every receipt ever given.
    - A message is known again by its deduplication id for five minutes, even if the first was deleted meanwhile.
    - What is asked again with the token of a transaction, or of an attempt to receive, is answered as before.
    """

    def __init__(self) -> None:
        super().__init__()
        self._turn = Condition(RLock())
        self.clock: Callable[[], float] = time.time
        self.actions: set[str] = set()
        """The IAM actions that the calls needed."""
        self._done: dict[str, Answer] = {}
        self._sent: dict[tuple[str, str], tuple[float, Answer]] = {}
        self._lost: Counter[str] = Counter()
        self._conflicts = 0
        self._ticks = itertools.count()
        self._moto_times = (sqs.unix_time, sqs.unix_time_millis)
        sqs.unix_time = self._now
        sqs.unix_time_millis = lambda: self._now() * 1_000

    def stop(self) -> None:
        """As in `SimulatedAws`."""
        super().stop()
        sqs.unix_time, sqs.unix_time_millis = self._moto_times

    def reset(self, seed: int = 42) -> None:
        """As in `SimulatedAws`; the clock is the computer's again."""
        super().reset(seed)
        self.clock = time.time

    def clear_faults(self) -> None:
        """As in `SimulatedAws`."""
        super().clear_faults()
        self._lost: Counter[str] = Counter()
        self._conflicts = 0

    def lose_answer(self, operation: str, times: int = 1) -> None:
        """Do what is asked, and answer with an internal error so many times: nobody knows that it is done."""
        self._lost[operation] += times

    def conflict(self, times: int) -> None:
        """Let so many transactions meet another one that is under way."""
        self._conflicts = times

    def deploy(self, name: str) -> None:
        """Make the table and the queues that users make, from the same template."""
        self.client("cloudformation").create_stack(
            StackName=name,
            TemplateBody=TEMPLATE.read_text("utf-8"),
            Parameters=[{"ParameterKey": "Name", "ParameterValue": name}],
            Capabilities=["CAPABILITY_IAM"],
        )
        (stack,) = self.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
        assert stack["StackStatus"] == "CREATE_COMPLETE"

    def _now(self) -> float:
        # moto hides a message until its moment is past: time goes on even where the test's clock stands still.
        return self.clock() + next(self._ticks) * 1e-6

    def _own_answer(self, signed: Signed) -> Answer | None:
        answer = super()._own_answer(signed)
        if answer is None and signed.service in ("dynamodb", "sqs"):
            parameters = json.loads(signed.body)
            self.actions |= _actions(signed, parameters)
            answer = getattr(self, f"_{signed.operation.name}", self._as_moto)(signed, parameters)
            if signed.operation.name in _CHANGES:
                self._turn.notify_all()
            if self._lost[signed.operation.name] > 0:
                self._lost[signed.operation.name] -= 1
                raise AwsError("InternalFailure", "the answer was lost", 500)
        return answer

    @staticmethod
    def _as_moto(signed: Signed, parameters: Mapping[str, Any]) -> Answer:
        body = json.dumps(parameters).encode()
        environ = {
            **signed.environ,
            "wsgi.input": io.BytesIO(body),
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_X_MOTO_ACCOUNT_ID": signed.caller.account,
        }
        # Past moto's web application, which takes longer than what it finds.
        request = Request(environ)
        status, headers, text = _RESPONSES[signed.service].dispatch(request, request.raw_url, dict(request.headers))
        return Answer(status, headers, text if isinstance(text, bytes) else text.encode())

    def _TransactWriteItems(self, signed: Signed, parameters: Mapping[str, Any]) -> Answer:
        if self._conflicts:
            self._conflicts -= 1
            reasons = [{"Code": "TransactionConflict"} for _ in parameters["TransactItems"]]
            raise AwsError("TransactionCanceledException", "Transaction cancelled", CancellationReasons=reasons)  # type: ignore[arg-type]
        token = parameters["ClientRequestToken"]
        if token not in self._done:
            with _nothing_else_in_the_table(signed, parameters):
                answer = self._as_moto(signed, parameters)
            if answer.status >= 300:
                return answer
            self._done[token] = answer
        return self._done[token]

    def _ReceiveMessage(self, signed: Signed, parameters: Mapping[str, Any]) -> Answer:
        attempt = parameters.get("ReceiveRequestAttemptId", "")
        until = time.monotonic() + parameters.get("WaitTimeSeconds", 0)
        while attempt not in self._done:
            answer = self._as_moto(signed, {**parameters, "WaitTimeSeconds": 0})
            if answer.status < 300 and json.loads(answer.body).get("Messages") and attempt:
                self._done[attempt] = answer
            elif answer.status >= 300 or attempt == "" or time.monotonic() >= until:
                return answer
            else:
                self._turn.wait(_POLL_SECONDS)
        return self._done[attempt]

    def _SendMessage(self, signed: Signed, parameters: Mapping[str, Any]) -> Answer:
        key = (parameters["QueueUrl"], parameters["MessageDeduplicationId"])
        sent_at, answer = self._sent.get(key, (0.0, None))
        if answer is None or self._now() - sent_at > _DEDUPLICATION_SECONDS:
            answer = self._as_moto(signed, parameters)
            if answer.status < 300:
                self._sent[key] = (self._now(), answer)
        return answer

    def _DeleteMessage(self, signed: Signed, parameters: Mapping[str, Any]) -> Answer:
        self._check_receipt(signed, parameters)
        return self._as_moto(signed, parameters)

    def _ChangeMessageVisibility(self, signed: Signed, parameters: Mapping[str, Any]) -> Answer:
        self._check_receipt(signed, parameters)
        return self._as_moto(signed, parameters)

    @staticmethod
    def _check_receipt(signed: Signed, parameters: Mapping[str, Any]) -> None:
        queue = sqs.sqs_backends[signed.caller.account][signed.region].queues[parameters["QueueUrl"].rpartition("/")[2]]
        receipt = parameters["ReceiptHandle"]
        for message in queue._messages:
            if message.had_receipt_handle(receipt) and (message.visible or message.receipt_handle != receipt):
                reason = (
                    f"Value {receipt} for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired."
                )
                raise AwsError("InvalidParameterValue", reason)


@contextmanager
def _nothing_else_in_the_table(signed: Signed, parameters: Mapping[str, Any]) -> Iterator[None]:
    """moto copies a whole table before each transaction: it is shown the rows concerned and no others."""
    tables = dynamodb_backends[signed.caller.account][signed.region].tables
    writes = [write for item in parameters["TransactItems"] for write in item.values()]
    if any(write["TableName"] not in tables for write in writes):
        yield
        return
    table = tables[writes[0]["TableName"]]
    rows, keys = table.items, [_key_of(write) for write in writes]
    table.items = defaultdict(dict)
    for shelf, key in keys:
        if key in rows[shelf]:
            table.items[shelf][key] = rows[shelf][key]
    yield
    written = tables[table.name].items  # Another table, if it was put back as it had been.
    for shelf, key in keys:
        rows[shelf].pop(key, None)
        rows[shelf] |= {key: written[shelf][key]} if key in written[shelf] else {}
    table.items = rows
    tables[table.name] = table


def _key_of(write: Mapping[str, Any]) -> tuple[DynamoType, DynamoType]:
    place = write.get("Key") or write["Item"]
    return DynamoType(place["shelf"]), DynamoType(place["key"])


@dataclass(frozen=True)
class Deployed:
    """A table and queues of one name, empty at first."""

    name: str
    server: SimulatedStorage


def _actions(signed: Signed, parameters: Mapping[str, Any]) -> set[str]:
    if signed.operation.name != "TransactWriteItems":
        return {f"{signed.service}:{signed.operation.name}"}
    # A transaction needs what its writes need (developer guide, "Using IAM with DynamoDB transactions").
    return {f"dynamodb:{kind}Item" for item in parameters["TransactItems"] for kind in item}
