"""CloudFormation's statements in Lambda policies, IAM roles and their inline policies."""

from __future__ import annotations

import json
from typing import Any

from moto.core.common_models import CloudFormationModel
from moto.iam.models import IAMBackend, Role, iam_backends
from moto.utilities.utils import get_partition

from bot.demo.simulation import lambda_policy
from bot.demo.simulation.awslambda import Reference, refer
from bot.demo.simulation.operations import AwsError
from bot.demo.simulation.stack_resource import StackResource, names


class Permission(StackResource, CloudFormationModel):  # type: ignore[misc]
    """A statement in the policy of a function, version or alias; its id is the physical id."""

    type_name = "AWS::Lambda::Permission"
    known = names(
        "Action EventSourceToken FunctionName FunctionUrlAuthType InvokedViaFunctionUrl "
        "Principal PrincipalOrgID SourceAccount SourceArn"
    )

    def make(self, name: str) -> str:
        """Add the statement."""
        lambda_policy.add(self._function(), self.properties, name)
        return name

    def unmake(self) -> None:
        """Remove the statement."""
        lambda_policy.remove(self._function(), self.physical_id)

    def _function(self) -> Reference:
        return refer(self.properties["FunctionName"], None, self.region, self.account)


class IamRole(StackResource, CloudFormationModel):  # type: ignore[misc]
    """A role with its trust, inline and attached policies; updated in place while its name stays."""

    type_name = "AWS::IAM::Role"
    known = names(
        "AssumeRolePolicyDocument Description ManagedPolicyArns MaxSessionDuration Path "
        "PermissionsBoundary Policies RoleName Tags"
    )
    attributes = ("Arn", "RoleId")

    def make(self, name: str) -> str:
        """Make the role."""
        backend, wanted = self._backend(), self.properties
        role = backend.create_role(
            role_name=wanted.get("RoleName", name),
            assume_role_policy_document=json.dumps(wanted["AssumeRolePolicyDocument"], default=str),
            path=wanted.get("Path", "/"),
            permissions_boundary=wanted.get("PermissionsBoundary", ""),
            description=wanted.get("Description", ""),
            tags=wanted.get("Tags", []),
            max_session_duration=wanted.get("MaxSessionDuration", 3600),
        )
        self._give_policies(role.name)
        name_of_role: str = role.name
        return name_of_role

    def _give_policies(self, role_name: str) -> None:
        for policy in self.properties.get("Policies", []):
            document = json.dumps(policy["PolicyDocument"], default=str)
            self._backend().put_role_policy(role_name, policy["PolicyName"], document)
        for arn in self.properties.get("ManagedPolicyArns", []):
            self._backend().attach_role_policy(arn, role_name)

    def _take_policies(self) -> None:
        for policy in self.properties.get("Policies", []):
            self._backend().delete_role_policy(self.physical_id, policy["PolicyName"])
        for arn in self.properties.get("ManagedPolicyArns", []):
            self._backend().detach_role_policy(arn, self.physical_id)

    def unmake(self) -> None:
        """Take the stack's policies off and delete the role; AWS refuses where others are left."""
        self._take_policies()
        self._backend().delete_role(self.physical_id)

    @classmethod
    def update_from_cloudformation_json(
        cls,
        original_resource: StackResource,
        new_resource_name: str,
        cloudformation_json: dict[str, Any],
        account_id: str,
        region_name: str,
    ) -> StackResource:
        """Change trust, policies and boundary in place; a new name or path is a new role."""
        wanted = cloudformation_json["Properties"]
        if any(original_resource.properties.get(part) != wanted.get(part) for part in ("RoleName", "Path")):
            return super().update_from_cloudformation_json(
                original_resource, new_resource_name, cloudformation_json, account_id, region_name
            )
        if unknown := sorted(set(wanted) - cls.known):
            raise AwsError("ValidationError", f"#: extraneous key [{unknown[0]}] is not permitted")
        if not isinstance(original_resource, IamRole):
            raise TypeError(f"not a role: {original_resource!r}")
        original_resource._take_policies()
        original_resource.properties = wanted
        backend, name = original_resource._backend(), original_resource.physical_id
        backend.update_assume_role_policy(name, json.dumps(wanted["AssumeRolePolicyDocument"], default=str))
        role: Role = backend.get_role(name)
        role.permissions_boundary_arn = wanted.get("PermissionsBoundary")
        original_resource._give_policies(name)
        return original_resource

    def attribute(self, name: str) -> str:
        """The role's ARN or unique id."""
        role: Role = self._backend().get_role(self.physical_id)
        return str(role.arn if name == "Arn" else role.id)

    def _backend(self) -> IAMBackend:
        return iam_backends[self.account][get_partition(self.region)]


class RolePolicy(StackResource, CloudFormationModel):  # type: ignore[misc]
    """An inline policy of a role that exists already."""

    type_name = "AWS::IAM::RolePolicy"
    known = names("PolicyDocument PolicyName RoleName")

    def make(self, name: str) -> str:
        """Put the policy."""
        wanted = self.properties
        document = json.dumps(wanted["PolicyDocument"], default=str)
        self._backend().get_role(wanted["RoleName"])
        self._backend().put_role_policy(wanted["RoleName"], wanted["PolicyName"], document)
        return f"{wanted['PolicyName']}|{wanted['RoleName']}"

    def unmake(self) -> None:
        """Delete the policy."""
        self._backend().delete_role_policy(self.properties["RoleName"], self.properties["PolicyName"])

    def _backend(self) -> IAMBackend:
        return iam_backends[self.account][get_partition(self.region)]
