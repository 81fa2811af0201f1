"""CloudFormation's statements in Lambda policies, IAM roles and their inline policies."""

from __future__ import annotations

import json

from moto.core.common_models import CloudFormationModel
from moto.iam.models import IAMBackend, Role, iam_backends
from moto.utilities.utils import get_partition

from bot.demo.simulation import lambda_policy
from bot.demo.simulation.awslambda import Reference, refer
from bot.demo.simulation.stack_resource import Properties, StackResource, names, refuse_extraneous


class Permission(StackResource, CloudFormationModel):  # type: ignore[misc]  # moto has no types
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


def _iam(resource: StackResource) -> IAMBackend:
    return iam_backends[resource.account][get_partition(resource.region)]


class IamRole(StackResource, CloudFormationModel):  # type: ignore[misc]  # moto has no types
    """A role with its trust, inline and attached policies; updated in place while its name stays."""

    type_name = "AWS::IAM::Role"
    known = names(
        "AssumeRolePolicyDocument Description ManagedPolicyArns MaxSessionDuration Path "
        "PermissionsBoundary Policies RoleName Tags"
    )
    attributes = ("Arn", "RoleId")

    def make(self, name: str) -> str:
        """Make the role."""
        backend, wanted = _iam(self), self.properties
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
            _iam(self).put_role_policy(role_name, policy["PolicyName"], document)
        for arn in self.properties.get("ManagedPolicyArns", []):
            _iam(self).attach_role_policy(arn, role_name)

    def _take_policies(self) -> None:
        for policy in self.properties.get("Policies", []):
            _iam(self).delete_role_policy(self.physical_id, policy["PolicyName"])
        for arn in self.properties.get("ManagedPolicyArns", []):
            _iam(self).detach_role_policy(arn, self.physical_id)

    def unmake(self) -> None:
        """Take the stack's policies off and delete the role; AWS refuses where others are left."""
        self._take_policies()
        _iam(self).delete_role(self.physical_id)

    def change(self, name: str, properties: Properties) -> StackResource:
        """Change trust, policies and boundary in place; a new name or path is a new role."""
        if any(self.properties.get(part) != properties.get(part) for part in ("RoleName", "Path")):
            return super().change(name, properties)
        refuse_extraneous(properties, self.known)
        self._take_policies()
        self.properties = properties
        backend, role_name = _iam(self), self.physical_id
        backend.update_assume_role_policy(role_name, json.dumps(properties["AssumeRolePolicyDocument"], default=str))
        role: Role = backend.get_role(role_name)
        role.permissions_boundary_arn = properties.get("PermissionsBoundary")
        self._give_policies(role_name)
        return self

    def attribute(self, name: str) -> str:
        """The role's ARN or unique id."""
        role: Role = _iam(self).get_role(self.physical_id)
        return str(role.arn if name == "Arn" else role.id)


class RolePolicy(StackResource, CloudFormationModel):  # type: ignore[misc]  # moto has no types
    """An inline policy of a role that exists already."""

    type_name = "AWS::IAM::RolePolicy"
    known = names("PolicyDocument PolicyName RoleName")

    def make(self, name: str) -> str:
        """Put the policy."""
        wanted = self.properties
        document = json.dumps(wanted["PolicyDocument"], default=str)
        _iam(self).get_role(wanted["RoleName"])
        _iam(self).put_role_policy(wanted["RoleName"], wanted["PolicyName"], document)
        return f"{wanted['PolicyName']}|{wanted['RoleName']}"

    def unmake(self) -> None:
        """Delete the policy."""
        _iam(self).delete_role_policy(self.properties["RoleName"], self.properties["PolicyName"])
