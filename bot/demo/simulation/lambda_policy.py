"""Resource policies of Lambda functions: one each for function, version and alias, where moto has one for all."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from moto.moto_api._internal import mock_random

from bot.demo.simulation.awslambda import LATEST, Reference, by_arn, latest, not_found, referred
from bot.demo.simulation.operations import AwsError, Call, answers

SIZE_LIMIT = 20480
_SERVICE = re.compile(r"[a-z0-9.-]+\.amazonaws\.com(\.cn)?")
_ACCOUNT = re.compile(r"\d{12}")
_ENTITY = re.compile(r"arn:aws[a-z-]*:(iam|sts)::\d{12}:.+")
# Parameter of AddPermission: the operator and key of the condition it becomes.
_CONDITIONS = {
    "SourceArn": ("ArnLike", "AWS:SourceArn"),
    "SourceAccount": ("StringEquals", "AWS:SourceAccount"),
    "EventSourceToken": ("StringEquals", "lambda:EventSourceToken"),
    "PrincipalOrgID": ("StringEquals", "aws:PrincipalOrgID"),
    "FunctionUrlAuthType": ("StringEquals", "lambda:FunctionUrlAuthType"),
}
Statement = Mapping[str, Any]


def _revision() -> str:
    return str(mock_random.uuid4())


@dataclass(slots=True)
class ResourcePolicy:
    """A policy document and the revision that guards its changes."""

    statements: list[Statement] = field(default_factory=list)
    revision: str = field(default_factory=_revision)

    def document(self, statements: list[Statement] | None = None) -> str:
        """The document as text, with these statements instead of its own if given."""
        chosen = self.statements if statements is None else statements
        document = {"Version": "2012-10-17", "Id": "default", "Statement": chosen}
        return json.dumps(document, separators=(",", ":"))

    def replace(self, statements: list[Statement]) -> None:
        """Take these statements; raises PolicyLengthExceededException."""
        if (size := len(self.document(statements).encode())) > SIZE_LIMIT:
            message = f"The final policy size ({size}) is bigger than the limit ({SIZE_LIMIT})."
            raise AwsError("PolicyLengthExceededException", message, Type="User")
        self.statements, self.revision = statements, _revision()

    def expect(self, revision: str | None) -> None:
        """Raise PreconditionFailedException unless this is the latest revision, or none is expected."""
        if revision and revision != self.revision:
            raise AwsError(
                "PreconditionFailedException",
                "The Revision Id provided does not match the latest Revision Id. "
                "Call the GetPolicy API to retrieve the latest Revision Id",
                412,
                Type="User",
            )


def policy_of(reference: Reference) -> ResourcePolicy:
    """The policy of the function, version or alias, which dies with it; raises ResourceNotFoundException."""
    function = latest(Reference(reference.partition, reference.region, reference.account, reference.name))
    _check_qualifier(reference)
    if not hasattr(function, "simulated_policies"):
        function.simulated_policies = {}
    policies: dict[str | None, ResourcePolicy] = function.simulated_policies
    return policies.setdefault(None if reference.qualifier == LATEST else reference.qualifier, ResourcePolicy())


def _check_qualifier(reference: Reference) -> None:
    qualifier = reference.qualifier
    if qualifier in (None, LATEST):
        return
    versions = reference.backend.list_versions_by_function(reference.name)
    if qualifier in {str(version.version) for version in versions if not version.function_arn.endswith(LATEST)}:
        return
    if qualifier in {alias.name for alias in reference.backend.list_aliases(reference.name)}:
        return
    what = "Function not found" if qualifier.isdigit() else "Cannot find alias arn"
    raise not_found(f"{what}: {reference.arn}")


def statement_of(reference: Reference, parameters: Mapping[str, Any], sid: str) -> Statement:
    """The statement that AddPermission, or AWS::Lambda::Permission, writes for these parameters."""
    statement: dict[str, Any] = {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": _principal(parameters["Principal"], reference.partition),
        "Action": parameters["Action"],
        "Resource": reference.arn,
    }
    conditions: dict[str, dict[str, str]] = {}
    for name, (operator, key) in _CONDITIONS.items():
        if parameters.get(name) is not None:
            conditions.setdefault(operator, {})[key] = parameters[name]
    if parameters.get("InvokedViaFunctionUrl") is not None:
        via_url = str(parameters["InvokedViaFunctionUrl"]).lower()
        conditions["Bool"] = {"lambda:InvokedViaFunctionUrl": via_url}
    return {**statement, "Condition": conditions} if conditions else statement


def _principal(principal: str, partition: str) -> str | dict[str, str]:
    if principal == "*":
        return principal
    if _SERVICE.fullmatch(principal):
        return {"Service": principal}
    if _ACCOUNT.fullmatch(principal):
        return {"AWS": f"arn:{partition}:iam::{principal}:root"}
    if _ENTITY.fullmatch(principal):
        return {"AWS": principal}
    message = "The provided principal was invalid. Please check the principal and try again."
    raise AwsError("InvalidParameterValueException", message, Type="User")


def add(reference: Reference, parameters: Mapping[str, Any], sid: str, revision: str | None = None) -> Statement:
    """Add a statement; raises what AddPermission raises."""
    if reference.qualifier == LATEST:
        message = "We currently do not support adding policies for $LATEST."
        raise AwsError("InvalidParameterValueException", message, Type="User")
    policy = policy_of(reference)
    policy.expect(revision)
    if any(statement.get("Sid") == sid for statement in policy.statements):
        raise AwsError(
            "ResourceConflictException",
            f"The statement id ({sid}) provided already exists. "
            "Please provide a new statement id, or remove the existing statement.",
            409,
            Type="User",
        )
    statement = statement_of(reference, parameters, sid)
    policy.replace([*policy.statements, statement])
    return statement


def remove(reference: Reference, sid: str, revision: str | None = None) -> None:
    """Remove a statement; raises what RemovePermission raises."""
    policy = policy_of(reference)
    if not policy.statements:
        raise not_found("No policy is associated with the given resource.")
    remaining = [statement for statement in policy.statements if statement.get("Sid") != sid]
    if len(remaining) == len(policy.statements):
        raise not_found(f"Statement {sid} is not found in resource policy.")
    policy.expect(revision)
    policy.replace(remaining)


def seed(function_arn: str, qualifier: str | None, statement: Statement) -> None:
    """Put any statement into a policy: what AddPermission cannot write, such as Deny."""
    reference = by_arn(f"{function_arn}:{qualifier}" if qualifier else function_arn)
    policy = policy_of(reference)
    policy.replace([*policy.statements, statement])


@answers("lambda", "AddPermission")
def add_permission(call: Call) -> dict[str, str]:
    """Add a statement to the policy of the function, version or alias."""
    statement = add(referred(call), call.parameters, call["StatementId"], call.get("RevisionId"))
    return {"Statement": json.dumps(statement, separators=(",", ":"))}


@answers("lambda", "RemovePermission")
def remove_permission(call: Call) -> None:
    """Remove a statement from the policy of the function, version or alias."""
    remove(referred(call), call["StatementId"], call.get("RevisionId"))


@answers("lambda", "GetPolicy")
def get_policy(call: Call) -> dict[str, str]:
    """The policy of the function, version or alias, and of nothing else."""
    return _policy(policy_of(referred(call)))


def _policy(policy: ResourcePolicy) -> dict[str, str]:
    if not policy.statements:
        raise not_found("The resource you requested does not exist.")
    return {"Policy": policy.document(), "RevisionId": policy.revision}


def _resource(call: Call) -> Reference:
    return referred(
        Call(
            call.service,
            call.operation,
            call.region,
            call.caller,
            {**call.parameters, "FunctionName": call["ResourceArn"]},
        )
    )


@answers("lambda", "GetResourcePolicy")
def get_resource_policy(call: Call) -> dict[str, str]:
    """The same document as GetPolicy, by ARN."""
    return _policy(policy_of(_resource(call)))


@answers("lambda", "PutResourcePolicy")
def put_resource_policy(call: Call) -> dict[str, str]:
    """Replace the whole document; the one call that can write a Deny."""
    policy = policy_of(_resource(call))
    policy.expect(call.get("RevisionId"))
    try:
        statements = json.loads(call["Policy"])["Statement"]
    except (ValueError, KeyError, TypeError):
        raise AwsError("InvalidParameterValueException", "The policy is not valid JSON.", Type="User") from None
    policy.replace(statements if isinstance(statements, list) else [statements])
    return _policy(policy)


@answers("lambda", "DeleteResourcePolicy")
def delete_resource_policy(call: Call) -> None:
    """Remove all statements."""
    policy = policy_of(_resource(call))
    policy.expect(call.get("RevisionId"))
    policy.replace([])


@answers("lambda", "DeleteAlias")
def delete_alias(call: Call) -> None:
    """The alias goes and takes its policy along."""
    reference = referred(call)
    policy_of(reference)
    reference.backend.delete_alias(call["Name"], reference.name)
    latest(reference).simulated_policies.pop(call["Name"], None)
