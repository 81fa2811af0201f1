"""The FIFO queues of SQS that say which items are to be looked at, and in which order."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any

from botocore.exceptions import ClientError

from bot.inbox.inbox import Stage
from bot.store.clients import Clients, code_of
from bot.store.store import CannotOpen

_ID = re.compile("[0-9a-z]{16,64}")
_POLL_SECONDS = 2
"""How long one request waits for a message: well within what any call may take."""
_LONGEST_INVISIBLE_SECONDS = 12 * 60 * 60
_NOT_HELD = frozenset(
    {
        "AWS.SimpleQueueService.MessageNotInflight",
        "InvalidParameterValue",
        "MessageNotInflight",
        "ReceiptHandleIsInvalid",
    }
)
"""How a FIFO queue refuses the receipt of a message that it may hand out again; the second is for an expired one."""


class NotHeld(Exception):
    """The message's time has run out, or it is gone: it is not in our hands any more."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message in our hands: the id of an item, as a rule, and what to name it by towards the queue it came from."""

    id: str
    receipt: str

    @property
    def is_ours(self) -> bool:
        """Whether it can be an item's: whoever may write to the queue may write anything."""
        return _ID.fullmatch(self.id) is not None


class Queues:
    """One queue for each stage; FAILED's is the dead-letter queue of both others. Everything raises StoreFails.

    While a message of a group is in somebody's hands, or put back for later, the queue hands out none of that group.
    """

    def __init__(self, clients: Clients) -> None:
        """Find the queues. Raises CannotOpen."""
        self._clients = clients
        self._client = clients.client("sqs")
        with clients.failing(CannotOpen):
            self._urls: Mapping[Stage, str] = {
                stage: self._client.get_queue_url(QueueName=f"{clients.name}-{stage}.fifo")["QueueUrl"]
                for stage in Stage
            }

    def send(self, stage: Stage, id: str, group: str) -> None:
        """Have an item looked at, behind what was sent of its group before."""
        with self._clients.failing():
            self._client.send_message(
                QueueUrl=self._urls[stage],
                MessageBody=id,
                MessageGroupId=group,
                # Of one call only, if boto3 tries it again: what is sent anew must arrive anew.
                MessageDeduplicationId=secrets.token_hex(16),
            )

    def receive(self, stage: Stage, seconds: float, wait: float, most: int = 1) -> list[Message]:
        """Take messages for so many seconds (rounded up), and wait so many for one (rounded, and two at most)."""
        with self._clients.failing():
            answer = self._client.receive_message(
                QueueUrl=self._urls[stage],
                MaxNumberOfMessages=most,
                VisibilityTimeout=_whole(seconds),
                WaitTimeSeconds=min(round(wait), _POLL_SECONDS),
                # By which the same messages are given again if the answer was lost.
                ReceiveRequestAttemptId=secrets.token_hex(16),
            )
        return [Message(each["Body"], each["ReceiptHandle"]) for each in answer.get("Messages", ())]

    def hold(self, stage: Stage, receipt: str, seconds: float) -> None:
        """Let nobody else receive the message for so many seconds from now. Raises NotHeld."""
        self._settle("change_message_visibility", stage, receipt, VisibilityTimeout=_whole(seconds))

    def delete(self, stage: Stage, receipt: str) -> None:
        """Have done with the message. Raises NotHeld."""
        self._settle("delete_message", stage, receipt)

    def _settle(self, operation: str, stage: Stage, receipt: str, **parameters: Any) -> None:
        with self._clients.failing():
            try:
                getattr(self._client, operation)(QueueUrl=self._urls[stage], ReceiptHandle=receipt, **parameters)
            except ClientError as error:
                if code_of(error) in _NOT_HELD:
                    raise NotHeld from error
                raise


def _whole(seconds: float) -> int:
    return max(0, min(ceil(seconds), _LONGEST_INVISIBLE_SECONDS))
