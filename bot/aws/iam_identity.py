"""Who acts in IAM by name, a role or a user: the policies that bear on it, and the boundary of what they reach."""

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
    """How a policy is tied to whom it bears on."""

    INLINE = "inline"
    ATTACHED = "attached"
    BOUNDARY = "boundary"


@dataclass(frozen=True, slots=True)
class IdentityPolicy:
    """A policy that bears on an identity: `name` is an inline one's name or a managed ARN, which has a `version`."""

    kind: PolicyKind
    name: str
    policy: Policy
    evidence: str
    version: str | None = None


class PolicyHolder:
    """What policies are put into and attached to: a role, a user or a group.

    `noun` is IAM's word for it (`Role`), of which its operations and their parameters are made. IAM is one for all
    regions; reads are made from the account's home region.
    """

    noun: str

    def __init__(self, account: Account, name: str) -> None:
        self.account = account
        self.name = name

    def expect_lists(self) -> None:
        """Starts the reads that list its policies."""
        self.account.expect(self._list_of_inline, self._list_of_attached)

    def expect_documents(self) -> None:
        """Starts the reads of its policies, for which it waits for the lists of them. Raises Unseen."""
        self.account.expect(*self._inline_reads.values(), *map(self._managed, [*self._attached, *self._boundary_arn]))

    @cached_property
    def own_policies(self) -> tuple[IdentityPolicy, ...]:
        """Its inline policies, then the attached ones. Raises Unseen."""
        self.expect_documents()
        attached = self._attached
        versions = self._versions([*attached, *self._boundary_arn])
        return (
            *(self._inline(name, read) for name, read in self._inline_reads.items()),
            *(self._managed_policy(PolicyKind.ATTACHED, arn, versions[arn]) for arn in attached),
        )

    def free_policy_name(self, wish: str) -> str:
        """The name wished for, with a number where an inline policy bears it already. Raises Unseen."""
        name, number = wish, 2
        while name in self._inline_reads:
            name, number = f"{wish}-{number}", number + 1
        return name

    @property
    def _boundary_arn(self) -> list[str]:
        """The ARN of the permissions boundary, if there is one; a group has none. Raises Unseen."""
        return []

    @property
    def _list_of_inline(self) -> Read:
        return self._read(f"List{self.noun}Policies")

    @property
    def _list_of_attached(self) -> Read:
        return self._read(f"ListAttached{self.noun}Policies")

    @property
    def _attached(self) -> list[str]:
        return [policy["PolicyArn"] for policy in self._listed(self._list_of_attached, "AttachedPolicies")]

    @property
    def _inline_reads(self) -> dict[str, Read]:
        names = self._listed(self._list_of_inline, "PolicyNames")
        return {name: self._read(f"Get{self.noun}Policy", PolicyName=name) for name in names}

    def _listed(self, read: Read, member: str) -> list[Any]:
        return list(self.account.known(read)[member] or [])

    def _versions(self, arns: list[str]) -> dict[str, str]:
        """The default version of each managed policy, all of whose documents are then under way."""
        versions: dict[str, str] = {}
        for arn in arns:
            versions[arn] = self.account.known(self._managed(arn))["Policy"]["DefaultVersionId"]
        self.account.expect(*(self._version(arn, version) for arn, version in versions.items()))
        return versions

    def _inline(self, name: str, read: Read) -> IdentityPolicy:
        answer = self.account.known(read)
        return IdentityPolicy(PolicyKind.INLINE, name, self._parsed(answer["PolicyDocument"], read), answer.evidence)

    def _managed_policy(self, kind: PolicyKind, arn: str, version: str) -> IdentityPolicy:
        read = self._version(arn, version)
        answer = self.account.known(read)
        policy = self._parsed(answer["PolicyVersion"]["Document"], read)
        return IdentityPolicy(kind, arn, policy, answer.evidence, version)

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
        name = {f"{self.noun}Name": self.name}
        return Read.of("iam", operation, self.account.home_region, **name, **parameters)


class Identity(PolicyHolder):
    """A role or a user by its ARN, whose path may be missing from it as it is from a session's."""

    def __init__(self, account: Account, arn: str) -> None:
        self.arn = arn
        resource = parsed.resource if (parsed := Arn.parse(arn)) else arn
        path_and_name = resource.removeprefix(f"{self.noun.lower()}/")
        super().__init__(account, path_and_name.rpartition("/")[2])
        self.path = f"/{path_and_name.removesuffix(self.name)}"

    def expect(self) -> None:
        """Starts what every look at it needs first."""
        self.account.expect(self._itself)
        self.expect_lists()

    def expect_documents(self) -> None:
        """Starts the reads of its policies, for which it waits for the lists of them. Raises Unseen."""
        if self.answer:
            super().expect_documents()

    @property
    def answer(self) -> Answer:
        """What IAM says of it: absent where there is none of this name. Raises Unseen, also where it has policies."""
        answer = self.account.read(self._itself)
        if not answer and any(map(self.account.glance, (self._list_of_inline, self._list_of_attached))):
            raise self.undecided(Hint.CONTRADICTED)
        return answer

    @property
    def real_arn(self) -> str:
        """The ARN, path and all, of the one of this name; the one asked about where there is none. Raises Unseen."""
        return str(self.answer[self.noun]["Arn"]) if self.answer else self.arn

    def undecided(self, why: Hint) -> Unseen:
        """The error to raise where it was read and decides nothing."""
        return self.account.leave_open(self._itself, why)

    @property
    def identity_policies(self) -> tuple[IdentityPolicy, ...]:
        """What it may do. Raises Unseen."""
        return self.own_policies

    @cached_property
    def boundary(self) -> IdentityPolicy | None:
        """The permissions boundary, beyond which no other policy reaches. Raises Unseen."""
        for arn in self._boundary_arn:
            return self._managed_policy(PolicyKind.BOUNDARY, arn, self._versions([arn])[arn])
        return None

    @property
    def _boundary_arn(self) -> list[str]:
        described = self.answer[self.noun] if self.answer else {}
        boundary: Mapping[str, str] = described.get("PermissionsBoundary") or {}
        return [boundary["PermissionsBoundaryArn"]] if "PermissionsBoundaryArn" in boundary else []

    @property
    def _itself(self) -> Read:
        return self._read(f"Get{self.noun}")
