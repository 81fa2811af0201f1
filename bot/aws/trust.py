"""Trust policies that let API Gateway assume a role: a new one, or a role's own with one statement more. Pure."""

import json
from collections.abc import Mapping
from typing import Any

from bot.aws.invoke_permission import API_GATEWAY
from bot.aws.policy import Policy

LET_IN: Mapping[str, Any] = {"Effect": "Allow", "Principal": {"Service": API_GATEWAY}, "Action": "sts:AssumeRole"}


def new_trust() -> dict[str, Any]:
    """A trust policy that lets API Gateway in, and nobody else."""
    return {"Version": "2012-10-17", "Statement": [dict(LET_IN)]}


def with_statement(policy: Policy, statement: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of a policy's document, with one statement more at its end."""
    document: dict[str, Any] = json.loads(json.dumps(dict(policy.document)))
    statements = document.get("Statement", [])
    document["Statement"] = [*(statements if isinstance(statements, list) else [statements]), dict(statement)]
    return document
