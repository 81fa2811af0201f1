"""Events as LookupEvents lists them, made up for tests."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

MIKA = "arn:aws:iam::123456789012:user/mika"
PIPELINE = "arn:aws:sts::123456789012:assumed-role/deployer/build-77"
KEY = "AKIAIOSFODNN7EXAMPLE"


def an_event(
    name: str = "RemovePermission20150331v2",
    parameters: Any = None,
    *,
    at: str = "2026-11-19T08:30:00Z",
    source: str = "lambda.amazonaws.com",
    identity: Any = None,
    username: Any = "mika",
    **members: Any,
) -> dict[str, Any]:
    """A change by `MIKA`, with further members of the record as given."""
    record = {
        "eventTime": at,
        "eventSource": source,
        "eventName": name,
        "userIdentity": {"type": "IAMUser", "arn": MIKA, "accessKeyId": KEY} if identity is None else identity,
        "sourceIPAddress": "203.0.113.7",
        "requestParameters": parameters,
        "readOnly": False,
        **members,
    }
    return listed(json.dumps(record), username)


def listed(record: Any, username: Any = "mika") -> dict[str, Any]:
    """An item of the list, with whatever stands in place of its record."""
    return {
        "EventTime": datetime(2026, 11, 19, 8, 30, tzinfo=UTC),
        "Username": username,
        "AccessKeyId": KEY,
        "CloudTrailEvent": record,
    }
