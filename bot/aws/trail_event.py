"""One event of CloudTrail's history: who did what to which thing, read with the care that a stranger's JSON needs.

Rests on "CloudTrail record contents" (awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents) and
"CloudTrail userIdentity element" (…/cloudtrail-event-reference-user-identity).
"""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import re2

from bot.aws.foreign_json import read_json

_ACCESS_KEY = re2.compile(r"\bA[KS]IA[A-Z0-9]{12,}")
_DEEPEST = 3
"""EC2 and API Gateway wrap what they were sent once; deeper lies only what a caller wrote into a document."""
_MOST_MEMBERS = 1_000
_LONGEST_NAME = 600
_SERVICE = ".amazonaws.com"


@dataclass(frozen=True, slots=True)
class TrailEvent:
    """A change that succeeded. `service` is as in its event source, `name` the event's as CloudTrail writes it.

    `by` is the ARN of who made it, or what CloudTrail has in place of one; `via` the AWS service that made it on their
    behalf, if one did.
    """

    service: str
    name: str
    at: datetime
    by: str
    via: str | None
    parameters: Mapping[str, Any]

    @classmethod
    def of(cls, listed: object) -> "TrailEvent | None":
        """An item of LookupEvents' answer; None for what failed, changed nothing, or cannot be read."""
        if not isinstance(listed, Mapping):
            return None
        record = _record(listed.get("CloudTrailEvent"))
        source, name, at = record.get("eventSource"), record.get("eventName"), _moment(record.get("eventTime"))
        if not isinstance(source, str) or not isinstance(name, str) or at is None:
            return None
        if record.get("errorCode") or record.get("errorMessage") or record.get("readOnly") in (True, "true"):
            return None
        by = _principal(record.get("userIdentity"), listed.get("Username"))
        if by is None:
            return None
        return cls(source.partition(".")[0], name, at, by, _via(record, by), _mapping(record.get("requestParameters")))

    def parameter(self, name: str) -> str | None:
        """A text among the request's parameters, whatever case its name has and whatever it is wrapped in.

        Of several with that name the outermost: `httpMethod` of a PutIntegration is the method's own, while the one
        in its `putIntegrationInput` is the backend's.
        """
        wanted = name.lower()
        for found, value in _members(self.parameters):
            if found.lower() == wanted and isinstance(value, str):
                return value
        return None

    @property
    def patches(self) -> tuple[str, ...]:
        """The paths that an update of API Gateway's patches: `/policy`, `/variables/alias`."""
        for name, operations in _members(self.parameters):
            if name.lower() == "patchoperations" and isinstance(operations, list):
                paths = (_mapping(each).get("path") for each in operations[:_MOST_MEMBERS])
                return tuple(path for path in paths if isinstance(path, str))
        return ()


def _record(text: object) -> Mapping[str, Any]:
    try:
        return _mapping(read_json(text)) if isinstance(text, str) else {}
    except ValueError:
        return {}


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _members(parameters: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Every member, the outer before the inner, as deep as a service wraps them."""
    level, left = deque([(parameters, 1)]), _MOST_MEMBERS
    while level:
        members, depth = level.popleft()
        for name, value in members.items():
            if left == 0:
                return
            left -= 1
            yield name, value
            if isinstance(value, dict) and depth < _DEEPEST:
                level.append((value, depth + 1))


def _moment(text: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) else None
        return moment.astimezone(UTC) if moment and moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _principal(identity: object, username: object) -> str | None:
    """Who made a call. An access key is no name, and is never told."""
    known = _mapping(identity)
    issuer = _mapping(_mapping(known.get("sessionContext")).get("sessionIssuer"))
    for name in (known.get("arn"), issuer.get("arn"), known.get("invokedBy"), known.get("userName"), username):
        if isinstance(name, str) and name.strip() and not _ACCESS_KEY.search(name):
            return name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…"
    return None


def _via(record: Mapping[str, Any], by: str) -> str | None:
    """The service that made the call for somebody: CloudFormation says so as `invokedBy` and in place of an address."""
    for name in (_mapping(record.get("userIdentity")).get("invokedBy"), record.get("sourceIPAddress")):
        if isinstance(name, str) and name.endswith(_SERVICE) and name != by and len(name) <= _LONGEST_NAME:
            return name
    return None
