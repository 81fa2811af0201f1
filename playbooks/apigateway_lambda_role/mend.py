"""The policy documents that mend a role: its own, amended by what this API needs and by nothing else."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from bot.aws.iam import Role
from bot.aws.invocations import Invocation
from bot.aws.invoke_permission import API_GATEWAY, INVOKE

_POLICY_NAME = "invoke-lambda"
_LET_IN = {"Effect": "Allow", "Principal": {"Service": API_GATEWAY}, "Action": "sts:AssumeRole"}


def new_trust() -> dict[str, Any]:
    """A trust policy that lets API Gateway in, and nobody else."""
    return {"Version": "2012-10-17", "Statement": [_LET_IN]}


def amended_trust(role: Role, call: Invocation) -> dict[str, Any]:
    """The role's trust policy, letting API Gateway in for this API.

    A statement that names API Gateway keeps its conditions, with this API's account and ARN in them; where there is none
    that this would mend, one is added.
    """
    document = json.loads(json.dumps(dict(role.trust.document)))
    statements = document.get("Statement", [])
    document["Statement"] = statements if isinstance(statements, list) else [statements]
    for statement in document["Statement"]:
        if _is_for_api_gateway(statement) and set(_condition_keys(statement)) <= {"aws:sourceaccount", "aws:sourcearn"}:
            _correct_source(statement["Condition"], call)
            return dict(document)
    document["Statement"].append(_LET_IN)
    return dict(document)


def _is_for_api_gateway(statement: Mapping[str, Any]) -> bool:
    principal = statement.get("Principal")
    services = principal.get("Service", []) if isinstance(principal, Mapping) else []
    listed = [services] if isinstance(services, str) else services
    return statement.get("Effect") == "Allow" and API_GATEWAY in listed and bool(statement.get("Condition"))


def _condition_keys(statement: Mapping[str, Any]) -> list[str]:
    return [key.lower() for keys in statement["Condition"].values() for key in keys]


def _correct_source(conditions: dict[str, dict[str, Any]], call: Invocation) -> None:
    api = call.api
    right = {
        "aws:sourceaccount": api.account.id,
        "aws:sourcearn": f"arn:{api.account.partition}:execute-api:{api.region}:{api.account.id}:{api.id}/*",
    }
    for keys in conditions.values():
        for key in keys:
            keys[key] = right[key.lower()]


def invoke_policy(function_arns: Sequence[str]) -> dict[str, Any]:
    """A policy that allows invoking these very functions, each under the qualifier that is called."""
    return {"Version": "2012-10-17", "Statement": [_allow_invoke(function_arns)]}


def _allow_invoke(function_arns: Sequence[str]) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": INVOKE, "Resource": list(function_arns)}


def free_policy_name(role: Role) -> str:
    """A name that no inline policy of the role has. Raises Unseen."""
    taken = {each.name for each in role.identity_policies}
    name, number = _POLICY_NAME, 2
    while name in taken:
        name, number = f"{_POLICY_NAME}-{number}", number + 1
    return name


def boundary_amendment(role: Role, function_arns: Sequence[str]) -> dict[str, Any] | None:
    """The boundary's document with these functions in it; None for a boundary that AWS manages and nobody can change.

    `arn`, `version` (the one in force now) and `document`. Raises Unseen.
    """
    boundary = role.boundary
    if boundary is None or ":iam::aws:policy/" in boundary.name:
        return None
    document = json.loads(json.dumps(dict(boundary.policy.document)))
    statements = document.get("Statement", [])
    listed = statements if isinstance(statements, list) else [statements]
    document["Statement"] = [*listed, _allow_invoke(function_arns)]
    return {"arn": boundary.name, "version": boundary.version, "document": document}
