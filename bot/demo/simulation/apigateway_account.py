"""API Gateway's settings for an account in a region: above all the role with which it writes every API's logs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any

from moto.apigateway.models import Account
from moto.iam.models import Role, iam_backends
from moto.utilities.utils import get_partition

from bot.demo.simulation.apigateway import backend_of, bad_request
from bot.demo.simulation.operations import SERVICE_ERRORS, Call, answers
from bot.demo.simulation.patches import Field, Items, Table, apply

_ROLE = "/cloudwatchRoleArn"
_ACCOUNT: Table = {"cloudwatchRoleArn": Field("cloudwatch_role_arn"), "features": Items("features", ("add",))}
_API_GATEWAY = "apigateway.amazonaws.com"
_WRITE = "logs:putlogevents"


@answers("apigateway", "GetAccount")
def get_account(call: Call) -> dict[str, Any]:
    """The settings; a role that is not set is left out."""
    return _described(backend_of(call.account, call.region).account)


@answers("apigateway", "UpdateAccount")
def update_account(call: Call) -> dict[str, Any]:
    """Change the settings; a role is tried before it is taken."""
    account = backend_of(call.account, call.region).account
    operations = call.get("patchOperations", [])
    for operation in operations:
        if operation.get("path") == _ROLE and operation.get("value"):
            check_logging_role(call.account, call.region, operation["value"])
    apply(account, operations, _ACCOUNT)
    return _described(account)


def check_logging_role(account: str, region: str, arn: str) -> None:
    """Raises BadRequestException for a role that API Gateway cannot assume and write logs with.

    The messages are those of https://github.com/tmobile/jazz-installer/pull/597. A role made a moment ago, which AWS
    refuses in the same words until IAM has spread the news, is taken here at once.
    """
    try:
        role: Role = iam_backends[account][get_partition(region)].get_role(arn.rpartition("/")[2])
    except SERVICE_ERRORS:
        role = None
    if role is None or role.arn != arn or not _lets_in(role) or not _may_write(role):
        raise bad_request(
            "The role ARN does not have required permissions configured. "
            "Please grant trust permission for API Gateway and add the required role policy."
        )


def check_can_log(account: str, region: str) -> None:
    """Raises BadRequestException where no role is set: then no stage can be set to log."""
    if not backend_of(account, region).account.cloudwatch_role_arn:
        raise bad_request("CloudWatch Logs role ARN must be set in account settings to enable logging")


def _described(account: Account) -> dict[str, Any]:
    described: dict[str, Any] = account.to_json()
    return {name: value for name, value in described.items() if value is not None}


def _lets_in(role: Role) -> bool:
    statements = _statements(role.assume_role_policy_document)
    services = [
        (each["Effect"], service)
        for each in statements
        for service in _several((each.get("Principal") or {}).get("Service", []))
    ]
    return ("Allow", _API_GATEWAY) in services and ("Deny", _API_GATEWAY) not in services


def _may_write(role: Role) -> bool:
    versions = [
        version for policy in role.managed_policies.values() for version in policy.versions if version.is_default
    ]
    documents = [*role.policies.values(), *(version.document for version in versions)]
    allowed = [
        action for document in documents for each in _statements(document) for action in _several(each.get("Action"))
    ]
    return any(fnmatchcase(_WRITE, action.lower()) for action in allowed)


def _statements(document: str | Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    parsed = json.loads(document) if isinstance(document, str) else document
    return [each for each in _several(parsed["Statement"]) if isinstance(each, Mapping)]


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if value else []
