"""Clients of AWS for what the bot keeps there: calls are bounded in time, and failures are named with their remedy."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import boto3
import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ConnectionError, HTTPClientError
from botocore.loaders import Loader

from bot.aws.door import Door, give
from bot.aws.own_credentials import obtaining_credentials
from bot.store.store import CannotOpen, StoreFails

_CONNECT_SECONDS, _READ_SECONDS, _ATTEMPTS = 2, 3, 2
"""Slack waits three seconds for an acknowledgement, and what it repeats is known again."""
_THREADS = 64
CALLS = frozenset(
    {
        ("dynamodb", "DeleteItem"),
        ("dynamodb", "GetItem"),
        ("dynamodb", "PutItem"),
        ("dynamodb", "Query"),
        ("dynamodb", "TransactWriteItems"),
        ("dynamodb", "UpdateItem"),
        ("sqs", "ChangeMessageVisibility"),
        ("sqs", "DeleteMessage"),
        ("sqs", "GetQueueUrl"),
        ("sqs", "ReceiveMessage"),
        ("sqs", "SendMessage"),
    }
)
"""All that the bot writes in AWS, and only in its own table and queues: what deploy/storage.yaml's policy allows."""
_MISSING = frozenset({"ResourceNotFoundException", "AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"})
_DENIED = frozenset({"AccessDenied", "AccessDeniedException", "AuthorizationError"})
_CREDENTIALS = frozenset(
    {
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "MissingAuthenticationToken",
        "UnrecognizedClientException",
    }
)
_SIGNATURE = frozenset({"InvalidSignatureException", "RequestExpired", "SignatureDoesNotMatch", "RequestTimeTooSkewed"})
_THROTTLED = frozenset(
    {
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "Throttling",
        "ThrottlingException",
    }
)
_REMEDIES = (
    (_MISSING, "deploy deploy/storage.yaml under this name, in the account and region of the bot's credentials"),
    (_DENIED, "attach the policy that deploy/storage.yaml makes to the bot's role"),
    (_CREDENTIALS, "give the bot valid credentials of the account"),
    (_SIGNATURE, "set the clock of this machine right, and see that the bot's credentials are whole"),
    (_THROTTLED, "if it lasts, have AWS raise what the account may ask of DynamoDB and SQS"),
)


class Clients:
    """Makes clients of DynamoDB and SQS with the bot's own credentials, and tells their errors as the store's."""

    def __init__(self, name: str, region: str | None) -> None:
        """`name` is the store's; without a region boto3's own configuration is to name one. Raises CannotOpen."""
        self.name = name
        self._made: list[Any] = []
        self._is_closed = False
        with self.failing(CannotOpen):
            session = botocore.session.get_session()
            session.register_component("data_loader", _descriptions())
            self._session = boto3.Session(region_name=region, botocore_session=session)
        give(self._session.events, obtaining_credentials(session))

    def client(self, service: str) -> Any:
        """A client. Not to be called by several threads at once."""
        config = Config(
            connect_timeout=_CONNECT_SECONDS,
            read_timeout=_READ_SECONDS,
            retries={"mode": "standard", "total_max_attempts": _ATTEMPTS},
            max_pool_connections=_THREADS,
            user_agent_extra="kintsugi",
        )
        with self.failing(CannotOpen):
            client = self._session.client(service, config=config)
        Door(CALLS).stand_at(client)
        self._made.append(client)
        return client

    def close(self) -> None:
        """Close their connections; what is called afterwards fails."""
        self._is_closed = True
        for client in self._made:
            client.close()

    @contextmanager
    def failing(self, kind: type[StoreFails] = StoreFails) -> Iterator[None]:
        """What AWS, the network or boto3 refuses is raised as the store's failure."""
        if self._is_closed:
            raise kind(f"the store aws:{self.name} was closed")
        try:
            yield
        except (BotoCoreError, ClientError, ValueError) as error:
            raise kind(f"the store aws:{self.name} cannot be used ({error})", _remedy(error)) from error


@cache
def _descriptions() -> Loader:
    """AWS's descriptions of its services, read once for all sessions: that is what takes time in making a client."""
    return Loader()


def code_of(error: ClientError) -> str:
    """AWS's code of an error, such as ThrottlingException."""
    return str(error.response.get("Error", {}).get("Code", ""))


def _remedy(error: Exception) -> str:
    if isinstance(error, ClientError):
        code = code_of(error)
        return next((remedy for codes, remedy in _REMEDIES if code in codes), "see what AWS says, and its health page")
    if isinstance(error, (ConnectionError, HTTPClientError)):
        return "let this machine reach DynamoDB and SQS"
    # What is left concerns the configuration: no region, no credentials, a URL that cannot be one.
    return "give boto3 a region and credentials (AWS_REGION, AWS_PROFILE, a role)"
