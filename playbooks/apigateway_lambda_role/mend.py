"""The policy documents that mend a role: its own, amended by what this API needs and by nothing else."""

from collections.abc import Sequence
from typing import Any

from bot.aws.iam import Role
from bot.aws.invocations import Invocation
from bot.aws.invoke_permission import INVOKE
from bot.aws.policy import Access, Policy
from bot.aws.policy_amendments import with_statement
from bot.aws.role_permission import may_be_assumed
from bot.aws.trust import LET_IN


def amended_trust(role: Role, call: Invocation) -> dict[str, Any] | None:
    """The role's trust policy with one statement more; what stands there now, others may rely on. Raises Unseen.

    None where that would not let API Gateway in, because a Deny applies.
    """
    document = with_statement(role.trust, LET_IN)
    is_open = may_be_assumed(Policy.parse(document), role.arn, call).verdict is Access.ALLOWED
    return document if is_open else None


def invoke_policy(function_arns: Sequence[str]) -> dict[str, Any]:
    """A policy that allows invoking these very functions, each under the qualifier that is called."""
    return {"Version": "2012-10-17", "Statement": [_allow_invoke(function_arns)]}


def _allow_invoke(function_arns: Sequence[str]) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": INVOKE, "Resource": list(function_arns)}


def boundary_amendment(role: Role, function_arns: Sequence[str]) -> dict[str, Any] | None:
    """The boundary's document with these functions in it; None for a boundary that AWS manages and nobody can change.

    `arn`, `version` (the one in force now) and `document`. Raises Unseen.
    """
    boundary = role.boundary
    if boundary is None or ":iam::aws:policy/" in boundary.name:
        return None
    document = with_statement(boundary.policy, _allow_invoke(function_arns))
    return {"arn": boundary.name, "version": boundary.version, "document": document}
