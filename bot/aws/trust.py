"""The trust policy that lets API Gateway assume a role. Pure."""

from collections.abc import Mapping
from typing import Any

from bot.aws.invoke_permission import API_GATEWAY

LET_IN: Mapping[str, Any] = {"Effect": "Allow", "Principal": {"Service": API_GATEWAY}, "Action": "sts:AssumeRole"}


def new_trust() -> dict[str, Any]:
    """A trust policy that lets API Gateway in, and nobody else."""
    return {"Version": "2012-10-17", "Statement": [dict(LET_IN)]}
