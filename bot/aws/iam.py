"""A role: who may assume it, and what it may do."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from bot.aws.account import Account, Answer, Read, Unseen
from bot.aws.arn import Arn
from bot.aws.policy import MalformedPolicy, Policy
from bot.model import Hint


class PolicyKind(StrEnum):
    """How a policy is tied to a role."""

    INLINE = "inline"
    ATTACHED = "attached"
    BOUNDARY = "boundary"


@dataclass(frozen=True, slots=True)
class RolePolicy:
    """A policy that bears on a role: `name` is an inline one's name or a managed one's ARN, `version` the latter's."""

    kind: PolicyKind
    name: str
    policy: Policy
    evidence: str
    version: str | None = None


class Role:
    """An IAM role by its ARN. IAM is one for all regions; reads are made from the account's home region."""

    def __init__(self, account: Account, arn: str) -> None:
        self.account = account
        self.arn = arn
        resource = parsed.resource if (parsed := Arn.parse(arn)) else arn
        path_and_name = resource.removeprefix("role/")
        self.name = path_and_name.rpartition("/")[2]
        self.path = f"/{path_and_name.removesuffix(self.name)}"

    def expect(self) -> None:
        """Starts what every look at a role needs first."""
        self.account.expect(
            self._read("GetRole"), self._read("ListRolePolicies"), self._read("ListAttachedRolePolicies")
        )

    def expect_documents(self) -> None:
        """Starts the reads of its policies, for which it waits for the lists of them. Raises Unseen."""
        if self.answer:
            self.account.expect(
                *self._inline_reads.values(), *map(self._managed, [*self._attached, *self._boundary_arn])
            )

    @property
    def answer(self) -> Answer:
        """What GetRole says: absent where there is no such role. Raises Unseen."""
        return self.account.read(self._read("GetRole"))

    @property
    def is_there(self) -> bool:
        """There is a role with just this ARN; the same name under another path is another role. Raises Unseen."""
        return bool(self.answer) and self.real_arn == self.arn

    @property
    def real_arn(self) -> str:
        """The ARN, path and all, of the role of this name; the one asked about where there is none. Raises Unseen."""
        return str(self.answer["Role"]["Arn"]) if self.answer else self.arn

    def undecided(self, why: Hint) -> Unseen:
        """The error to raise where the role was read and decides nothing."""
        return self.account.leave_open(self._read("GetRole"), why)

    @cached_property
    def trust(self) -> Policy:
        """Who may assume it. Raises Unseen."""
        return self._parsed(self.answer["Role"]["AssumeRolePolicyDocument"], self._read("GetRole"))

    @cached_property
    def identity_policies(self) -> tuple[RolePolicy, ...]:
        """What it may do: inline policies, then attached ones. Raises Unseen."""
        self.expect_documents()
        attached = self._attached
        versions = self._versions([*attached, *self._boundary_arn])
        return (
            *(self._inline(name, read) for name, read in self._inline_reads.items()),
            *(self._managed_policy(PolicyKind.ATTACHED, arn, versions[arn]) for arn in attached if arn in versions),
        )

    @cached_property
    def boundary(self) -> RolePolicy | None:
        """The permissions boundary, beyond which no policy of the role reaches. Raises Unseen."""
        for arn in self._boundary_arn:
            versions = self._versions([arn])
            if arn in versions:
                return self._managed_policy(PolicyKind.BOUNDARY, arn, versions[arn])
        return None

    @property
    def _boundary_arn(self) -> list[str]:
        boundary: Mapping[str, str] = self.answer["Role"].get("PermissionsBoundary") or {}
        return [boundary["PermissionsBoundaryArn"]] if "PermissionsBoundaryArn" in boundary else []

    @property
    def _attached(self) -> list[str]:
        return [policy["PolicyArn"] for policy in self._listed("ListAttachedRolePolicies", "AttachedPolicies")]

    @property
    def _inline_reads(self) -> dict[str, Read]:
        names = self._listed("ListRolePolicies", "PolicyNames")
        return {name: self._read("GetRolePolicy", PolicyName=name) for name in names}

    def _listed(self, operation: str, member: str) -> list[Any]:
        answer = self.account.read(self._read(operation))
        return list(answer[member] or []) if answer else []

    def _versions(self, arns: list[str]) -> dict[str, str]:
        """The default version of each managed policy, all of whose documents are then under way."""
        versions: dict[str, str] = {}
        for arn in arns:
            if answer := self.account.read(self._managed(arn)):
                versions[arn] = answer["Policy"]["DefaultVersionId"]
        self.account.expect(*(self._version(arn, version) for arn, version in versions.items()))
        return versions

    def _inline(self, name: str, read: Read) -> RolePolicy:
        answer = self.account.read(read)
        document = answer["PolicyDocument"] if answer else {"Statement": []}
        return RolePolicy(PolicyKind.INLINE, name, self._parsed(document, read), answer.evidence)

    def _managed_policy(self, kind: PolicyKind, arn: str, version: str) -> RolePolicy:
        read = self._version(arn, version)
        answer = self.account.read(read)
        document = answer["PolicyVersion"]["Document"] if answer else {"Statement": []}
        return RolePolicy(kind, arn, self._parsed(document, read), answer.evidence, version)

    def _parsed(self, document: Any, read: Read) -> Policy:
        try:
            return Policy.parse(document)
        except MalformedPolicy as error:
            raise self.account.leave_open(read, Hint.MALFORMED_POLICY) from error

    def _managed(self, arn: str) -> Read:
        return Read.of("iam", "GetPolicy", self.account.home_region, PolicyArn=arn)

    def _version(self, arn: str, version: str) -> Read:
        return Read.of("iam", "GetPolicyVersion", self.account.home_region, PolicyArn=arn, VersionId=version)

    def _read(self, operation: str, **parameters: str) -> Read:
        return Read.of("iam", operation, self.account.home_region, RoleName=self.name, **parameters)
