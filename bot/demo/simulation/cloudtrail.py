"""CloudTrail's event history: what was done in an account, for as long as somebody asks that it be written down."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from botocore.model import OperationModel, StructureShape
from moto.utilities.utils import get_partition

from bot.demo.simulation.operations import AwsError, Call, answers

_KEPT = timedelta(days=90)
_LARGEST_PAGE = 50
_LOOKUP_KEYS = ("EventId", "EventName", "ReadOnly", "Username", "EventSource", "AccessKeyId")
_READS = ("Get", "List", "Describe", "Lookup", "Filter", "Test")
_ACCESS_KEY = "AKIAIOSFODNN7EXAMPLE"

# https://docs.aws.amazon.com/lambda/latest/dg/logging-using-cloudtrail.html and the list of supported events:
# Lambda's names carry the version of its API, and some a second one.
_LAMBDA_SECOND = ("AddPermission", "RemovePermission", "GetPolicy", "UpdateFunctionCode", "UpdateFunctionConfiguration")
_LAMBDA_FIRST = (
    "CreateAlias",
    "CreateFunction",
    "DeleteAlias",
    "DeleteFunction",
    "GetAlias",
    "ListAliases",
    "PublishVersion",
    "UpdateAlias",
)
_LAMBDA_NAMES = {name: f"{name}20150331v2" for name in _LAMBDA_SECOND} | {
    name: f"{name}20150331" for name in _LAMBDA_FIRST
}
# Where the events of services without regions are kept.
_GLOBAL_REGION = {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}
_WITHOUT_REGIONS = frozenset({"iam", "sts"})
_LEFT_OUT = frozenset({"Code", "ZipFile"})


@dataclass(frozen=True, slots=True)
class Scribe:
    """Under whose name and time calls are written down: `by` is an ARN, `via` a service that calls on its behalf."""

    at: datetime
    by: str
    via: str | None = None


_history: dict[tuple[str, str], list[dict[str, Any]]] = {}


def forget() -> None:
    """Empties the history of every account."""
    _history.clear()


def record(scribe: Scribe, call: Call, model: OperationModel, problem: AwsError | None) -> None:
    """Writes down a call as CloudTrail does, and the error that it was answered with."""
    region = _GLOBAL_REGION[get_partition(call.region)] if call.service in _WITHOUT_REGIONS else call.region
    events = _history.setdefault((call.account, region), [])
    name = _LAMBDA_NAMES.get(call.operation, call.operation) if call.service == "lambda" else call.operation
    source, at = f"{call.service}.amazonaws.com", scribe.at.astimezone(UTC).replace(microsecond=0)
    id = str(uuid5(NAMESPACE_URL, f"{call.account} {region} {len(events)}"))
    is_read = call.operation.startswith(_READS)
    told: dict[str, Any] = {
        "eventVersion": "1.09",
        "userIdentity": _identity(scribe, call.account),
        "eventTime": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "eventSource": source,
        "eventName": name,
        "awsRegion": region,
        "sourceIPAddress": scribe.via or "203.0.113.7",
        "userAgent": scribe.via or "aws-cli/2.31.0",
        "requestParameters": request_parameters(call, model),
        "responseElements": None,
        "eventID": id,
        "readOnly": is_read,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": call.account,
        "eventCategory": "Management",
    }
    if problem:
        told |= {"errorCode": problem.code, "errorMessage": problem.message}
    events.append(
        {
            "EventId": id,
            "EventName": name,
            "ReadOnly": str(is_read).lower(),
            "AccessKeyId": _ACCESS_KEY,
            "EventTime": at,
            "EventSource": source,
            "Username": scribe.by.rpartition("/")[2],
            "Resources": [],
            "CloudTrailEvent": json.dumps(told),
        }
    )


def _identity(scribe: Scribe, account: str) -> dict[str, Any]:
    resource = scribe.by.split(":", 5)[5]
    kind, _, name = resource.partition("/")
    known: dict[str, Any] = {"arn": scribe.by, "accountId": account, "accessKeyId": _ACCESS_KEY}
    if kind == "assumed-role":
        role, _, session = name.partition("/")
        issuer = {
            "type": "Role",
            "principalId": "AROAEXAMPLE",
            "arn": f"arn:aws:iam::{account}:role/{role}",
            "accountId": account,
            "userName": role,
        }
        known |= {"type": "AssumedRole", "principalId": f"AROAEXAMPLE:{session}"}
        known["sessionContext"] = {"sessionIssuer": issuer, "attributes": {"mfaAuthenticated": "false"}}
    elif kind == "root":
        known |= {"type": "Root", "principalId": account}
    else:
        known |= {"type": "IAMUser", "principalId": "AIDAEXAMPLE", "userName": name.rpartition("/")[2]}
    return known | ({"invokedBy": scribe.via} if scribe.via else {})


def request_parameters(call: Call, model: OperationModel) -> dict[str, Any] | None:
    """A call's parameters as its service writes them into an event.

    API Gateway writes what stands in the URL as it is and wraps the rest as `putIntegrationInput`; EC2 wraps everything
    as `ModifyVpcEndpointRequest`; the others begin the names with a small letter.
    """
    given = {name: value for name, value in call.parameters.items() if value is not None and name not in _LEFT_OUT}
    if call.service == "ec2":
        return {f"{call.operation}Request": given} if given else None
    if call.service != "apigateway" or not isinstance(model.input_shape, StructureShape):
        return {name[:1].lower() + name[1:]: value for name, value in given.items()} or None
    outer: dict[str, Any] = {"template": False}
    inner: dict[str, Any] = {}
    for name, value in given.items():
        written = model.input_shape.members[name].serialization
        (outer if written.get("location") else inner)[
            name if written.get("location") else written.get("name", name)
        ] = value
    if inner:
        outer[f"{call.operation[:1].lower()}{call.operation[1:]}Input"] = inner
    return outer


@answers("cloudtrail", "LookupEvents")
def lookup_events(call: Call) -> dict[str, Any]:
    """The region's events, newest first, 50 a page at most, found by one attribute at most."""
    attributes = call.get("LookupAttributes") or []
    if len(attributes) > 1:
        message = "You can only specify one lookup attribute."
        raise AwsError("InvalidLookupAttributesException", message)
    size = call.get("MaxResults") or _LARGEST_PAGE
    if not 1 <= size <= _LARGEST_PAGE:
        raise AwsError("InvalidMaxResultsException", "A maximum number of results between 1 and 50 is expected.")
    start, end = _moment(call.get("StartTime")), _moment(call.get("EndTime"))
    if start and end and start > end:
        raise AwsError("InvalidTimeRangeException", "The start time is after the end time.")
    written = reversed(_history.get((call.account, call.region), []))
    events = sorted(written, key=lambda event: event["EventTime"], reverse=True)
    newest = events[0]["EventTime"] if events else None
    found = [
        event
        for event in events
        if (start is None or event["EventTime"] >= start)
        and (end is None or event["EventTime"] <= end)
        and newest - event["EventTime"] <= _KEPT
        and all(_has(event, attribute) for attribute in attributes)
    ]
    first = _position(call.get("NextToken"), len(found))
    page = found[first : first + size]
    is_last = first + size >= len(found)
    return {"Events": page} if is_last else {"Events": page, "NextToken": f"from-{first + size}"}


def _has(event: Mapping[str, Any], attribute: Mapping[str, str]) -> bool:
    key = attribute["AttributeKey"]
    if key not in _LOOKUP_KEYS:
        raise AwsError("InvalidLookupAttributesException", f"the simulated account does not look up by {key}")
    return bool(event[key] == attribute["AttributeValue"])


def _position(token: str | None, most: int) -> int:
    if token is None:
        return 0
    _, _, number = token.partition("from-")
    if not number.isdecimal() or int(number) > most:
        raise AwsError("InvalidNextTokenException", "The token is not valid.")
    return int(number)


def _moment(given: Any) -> datetime | None:
    if given is None:
        return None
    moment = given if isinstance(given, datetime) else datetime.fromtimestamp(float(given), UTC)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
