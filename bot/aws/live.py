"""Answers from AWS itself: one client for each service and region, and AWS's errors told apart by what they mean."""

import re
import threading
from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,
    HTTPClientError,
    IncompleteReadError,
    NoCredentialsError,
    ParamValidationError,
    PartialCredentialsError,
    ReadTimeoutError,
)
from botocore.parsers import ResponseParserError
from botocore.response import StreamingBody

from bot.aws.account import Read, Result
from bot.aws.attempts import Follower, NoTurn
from bot.aws.denials import denied_by
from bot.aws.door import READS_ONLY, give
from bot.aws.error_codes import NO_CREDENTIALS, Meaning, meaning_of
from bot.aws.legible import refuse_what_is_no_answer
from bot.aws.own_credentials import obtaining_credentials
from bot.aws.pages import NotWhole, whole_listing
from bot.aws.reads import READS
from bot.model import Hint, Outcome, UnseenReason

CONCURRENT_READS = 48
"""How many reads of one question are under way at once.

A layer of reads of one API is seldom wider than sixteen. The rest is for looking for an id in many places: some may not
answer for a long time, and must not hold up the others.
"""

_MOST_CLIENTS = 24
"""How many clients an account keeps, of 300 KB each: those of two questions; a search of all regions makes its anew."""

_CONFIG = Config(
    retries={"mode": "standard", "total_max_attempts": 3},
    connect_timeout=3,
    read_timeout=10,
    max_pool_connections=CONCURRENT_READS,
    user_agent_extra="kintsugi",
)
_LARGEST_PAGE = {"apigateway": 500}
"""API Gateway allows GetResources five times in two seconds and gives 25 items a page unless asked for more."""

_PAGE_BY_PAGE = frozenset({("logs", "FilterLogEvents"), ("cloudtrail", "LookupEvents")})
"""What may go on for as long as there is history: who asks decides, page by page, how much of it is worth its time."""

_UNREADABLE = (ResponseParserError, LookupError, AttributeError, TypeError, ValueError, ArithmeticError, RuntimeError)
"""What botocore's parsers raise of an answer in another form than its service's: they take it for granted."""

_MINUTES_AGO = re.compile(r"-PT([0-9]+)M")


class Live:
    """A `Source` that asks AWS through one boto3 session, and can ask nothing that `bot.aws.reads` does not list."""

    def __init__(
        self,
        session: boto3.Session,
        endpoint_url: str | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        attempts: Follower | None = None,
    ) -> None:
        """`endpoint_url` stands in for AWS's own endpoints, of every service; `now` for the clock.

        `attempts` heeds the calls, and may pace them.
        """
        # What botocore does to renew credentials is its own affair, on the session; our own clients only read.
        give(session.events, obtaining_credentials(session._session, READS))
        self._now = now
        self._attempts = attempts
        self._session = session
        self._endpoint_url = endpoint_url
        self._clients: OrderedDict[tuple[str, str], Any] = OrderedDict()
        # Making clients on one session from several threads is documented as unsafe; using them is safe.
        self._making = threading.Lock()

    def __call__(self, read: Read) -> Result:
        """Sends the read. Never raises for what AWS or the network answers."""
        try:
            body = self._call(read)
        except _NoEndpoint as error:
            return Result(Outcome.FAILED, error=str(error), unreachable=True)
        except ClientError as error:
            return _refused(error)
        except NoTurn as error:
            return Result(Outcome.FAILED, error=str(error), reason=UnseenReason.NOT_TRIED)
        except NotWhole as error:
            return Result(Outcome.FAILED, error=str(error))
        except NoCredentialsError:
            return Result(Outcome.FAILED, error=NO_CREDENTIALS, credentials_rejected=True, credentials_missing=True)
        except PartialCredentialsError as error:
            return Result(Outcome.FAILED, error=str(error), credentials_rejected=True)
        except ReadTimeoutError as error:
            return Result(Outcome.FAILED, error=str(error), reason=UnseenReason.NOT_TRIED, unreachable=True)
        except (ConnectionError, HTTPClientError) as error:
            return Result(Outcome.FAILED, error=str(error), unreachable=True)
        except (IncompleteReadError, ParamValidationError) as error:
            # Cut off on its way, or about a name that nothing in AWS can have: nobody's credentials are at fault.
            return Result(Outcome.FAILED, error=str(error))
        except BotoCoreError as error:
            # What is left concerns how credentials are obtained (SSO, assume-role, a profile) or the configuration.
            return Result(Outcome.FAILED, error=str(error), credentials_rejected=True)
        except _UNREADABLE:
            return Result(Outcome.FAILED, error="the answer could not be read: it is not one of AWS's")
        body.pop("ResponseMetadata", None)
        return Result(Outcome.FOUND, body=body)

    def _call(self, read: Read) -> dict[str, Any]:
        client = self._client(read.service, read.region)
        method = xform_name(read.operation)
        if (read.service, read.operation) in _PAGE_BY_PAGE or not client.can_paginate(method):
            call: Callable[..., dict[str, Any]] = getattr(client, method)
            answer = call(**_arguments(read, self._now()))
            return {name: _whole_text(value) for name, value in answer.items()}
        size = {"PageSize": _LARGEST_PAGE[read.service]} if read.service in _LARGEST_PAGE else {}
        return whole_listing(client.get_paginator(method).paginate(**read.arguments, PaginationConfig=size))

    def _client(self, service: str, region: str) -> Any:
        with self._making:
            if (service, region) not in self._clients:
                if len(self._clients) == _MOST_CLIENTS:
                    self._clients.popitem(last=False)  # whoever is using it keeps it until the answer
                client = self._make_client(service, region)
                READS_ONLY.stand_at(client)
                client.meta.events.register("before-parse", refuse_what_is_no_answer)
                if self._attempts:
                    self._attempts.follow(client.meta.events)
                self._clients[(service, region)] = client
            self._clients.move_to_end((service, region))
            return self._clients[(service, region)]

    def _make_client(self, service: str, region: str) -> Any:
        try:
            return self._session.client(service, region_name=region, endpoint_url=self._endpoint_url, config=_CONFIG)
        except ValueError as error:
            # botocore's own words for an endpoint URL or a region that cannot be one.
            raise _NoEndpoint(str(error)) from error


class _NoEndpoint(Exception):
    """There is nowhere to send a call to."""


def _arguments(read: Read, now: datetime) -> dict[str, Any]:
    """The arguments of a read, times meant from now (`bot.aws.account.minutes_ago`) resolved."""
    arguments = read.arguments
    for name, value in arguments.items():
        if (
            isinstance(value, str)
            and name.lower() in ("starttime", "endtime")
            and (ago := _MINUTES_AGO.fullmatch(value))
        ):
            # To the minute: the pages of one search have to name the same time.
            moment = now.replace(second=0, microsecond=0) - timedelta(minutes=int(ago[1]))
            # CloudWatch Logs counts milliseconds, CloudTrail takes a timestamp.
            arguments[name] = int(moment.timestamp() * 1000) if read.service == "logs" else moment
    return arguments


def _whole_text(value: Any) -> Any:
    """A streamed body, such as an export's, read to its end; any other value as it is."""
    return value.read().decode("utf-8", "replace") if isinstance(value, StreamingBody) else value


def _refused(error: ClientError) -> Result:
    code = error.response.get("Error", {}).get("Code", "")
    message = error.response.get("Error", {}).get("Message", "") or str(error)
    told = f"{code}: {message}"
    if error.operation_name == "AssumeRole":
        return Result(Outcome.FAILED, error=told, hint=Hint.OTHER_ACCOUNT)
    match meaning_of(code):
        case Meaning.ABSENT:
            return Result(Outcome.ABSENT, error=told)
        case Meaning.DENIED:
            return Result(Outcome.DENIED, error=told, reason=UnseenReason.DENIED, denied_by=denied_by(message))
        case Meaning.THROTTLED:
            return Result(Outcome.FAILED, error=told, reason=UnseenReason.THROTTLED)
        case meaning:
            return Result(Outcome.FAILED, error=told, credentials_rejected=meaning is Meaning.CREDENTIALS)
