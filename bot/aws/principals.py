"""Who asks, and whether a statement's Principal or NotPrincipal means them.

Rests on "AWS JSON policy elements: Principal" (UserGuide/reference_policies_elements_principal) and
"AWS JSON policy elements: NotPrincipal" (UserGuide/reference_policies_elements_notprincipal).
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from bot.aws.arn import Arn
from bot.aws.conditions import Truth


class PrincipalKind(StrEnum):
    """What kind of caller asks; the values are the keys of a Principal element, but for ANONYMOUS."""

    SERVICE = "Service"
    AWS = "AWS"
    FEDERATED = "Federated"
    ANONYMOUS = "anonymous"


@dataclass(frozen=True, slots=True)
class Principal:
    """A caller; `id` is a service's name, an ARN (user, role, session, `:root`), a provider, or `*`."""

    kind: PrincipalKind
    id: str

    @classmethod
    def service(cls, name: str) -> "Principal":
        """An AWS service, such as `apigateway.amazonaws.com`."""
        return cls(PrincipalKind.SERVICE, name)

    @classmethod
    def aws(cls, arn: str) -> "Principal":
        """A user, a role (any session of it), one session (`assumed-role/R/S`), or an account's root."""
        return cls(PrincipalKind.AWS, arn)

    @classmethod
    def federated(cls, provider: str) -> "Principal":
        """Whoever an identity provider vouches for."""
        return cls(PrincipalKind.FEDERATED, provider)

    @classmethod
    def anonymous(cls) -> "Principal":
        """A caller without credentials."""
        return cls(PrincipalKind.ANONYMOUS, "*")


@dataclass(frozen=True, slots=True)
class PrincipalEntry:
    """One value of a Principal element: its kind (`AWS`, `Service`, `CanonicalUser`, …) and its name."""

    kind: str
    id: str

    @property
    def is_everyone(self) -> bool:
        """`"*"` and `{"AWS": "*"}` are one: everyone, the anonymous and AWS services included."""
        return self.kind == PrincipalKind.AWS and self.id == "*"

    @property
    def is_account(self) -> bool:
        """A whole account: its twelve digits, or its root's ARN."""
        named = Arn.parse(self.id)
        return self.kind == PrincipalKind.AWS and (
            _is_account_id(self.id) or (named is not None and named.resource == "root")
        )

    def means(self, principal: Principal) -> Truth:
        """Whether the caller is the one named.

        An account means every principal of it, a role every session of it, a session only itself.
        """
        if self.is_everyone:
            return Truth.YES
        if self.kind not in list(PrincipalKind):
            return Truth.UNKNOWN if principal.kind is PrincipalKind.AWS else Truth.NO
        if self.kind != principal.kind:
            return Truth.NO
        if self.kind == PrincipalKind.AWS:
            return _aws_entry_means(self.id, principal.id)
        return Truth.UNKNOWN if self.id == "*" else Truth.of(self.id == principal.id)


def _aws_entry_means(entry: str, caller: str) -> Truth:
    if entry == caller:
        return Truth.YES
    asking = Arn.parse(caller)
    if asking is None:
        return Truth.UNKNOWN
    if _is_account_id(entry):
        return Truth.of(entry == asking.account)
    named = Arn.parse(entry)
    if named is None or (named.partition, named.account) != (asking.partition, asking.account):
        # What is no ARN is the unique id of a principal that was deleted: it names nobody any more.
        return Truth.NO
    if named.resource == "root":
        return Truth.YES
    named_as, _, named_rest = named.resource.partition("/")
    asking_as, _, asking_rest = asking.resource.partition("/")
    if (asking_as, named_as) == ("assumed-role", "role"):
        # A session's ARN leaves out the role's path; a role's name is unique in its account.
        return Truth.of(asking_rest.partition("/")[0] == named_rest.rpartition("/")[2])
    if (asking_as, named_as) == ("role", "assumed-role"):
        of_this_role = named_rest.partition("/")[0] == asking_rest.rpartition("/")[2]
        return Truth.UNKNOWN if of_this_role else Truth.NO
    return Truth.NO


def _is_account_id(text: str) -> bool:
    return len(text) == 12 and text.isascii() and text.isdigit()


def principal_element_means(entries: Collection[PrincipalEntry], principal: Principal) -> Truth:
    """Whether a Principal element means the caller."""
    return max((entry.means(principal) for entry in entries), default=Truth.NO)


def not_principal_element_means(entries: Collection[PrincipalEntry], principal: Principal) -> Truth:
    """Whether a NotPrincipal element, which means everyone else, means the caller.

    AWS checks a user's or role's account, then the role, then the session, and exempts for certain only whom
    it finds listed with all of them; where some are, it depends on the service, which is UNKNOWN here.
    """
    named = principal_element_means(entries, principal)
    if principal.kind is not PrincipalKind.AWS or named is Truth.NO:
        return named.negated
    if any(entry.is_everyone for entry in entries):
        return Truth.NO
    whole_chain = all(any(_is(entry, link) for entry in entries) for link in _chain(principal.id))
    return Truth.NO if whole_chain and not _is_role(principal.id) else Truth.UNKNOWN


def _chain(caller: str) -> list[str]:
    """The caller, the role of the session it is, and its account."""
    asking = Arn.parse(caller)
    if asking is None:
        return [caller]
    chain = [caller, f"arn:{asking.partition}:iam::{asking.account}:root"]
    if asking.resource.startswith("assumed-role/"):
        role = asking.resource.split("/")[1]
        chain.append(f"arn:{asking.partition}:iam::{asking.account}:role/{role}")
    return chain


def _is(entry: PrincipalEntry, arn: str) -> bool:
    if entry.kind != PrincipalKind.AWS:
        return False
    named, link = Arn.parse(entry.id), Arn.parse(arn)
    if _is_account_id(entry.id) and link is not None:
        return link.resource == "root" and link.account == entry.id
    if named and link and named.resource.startswith("role/") and link.resource.startswith("role/"):
        same_account = (named.partition, named.account) == (link.partition, link.account)
        return same_account and named.resource.rpartition("/")[2] == link.resource.rpartition("/")[2]
    return entry.id == arn


def _is_role(caller: str) -> bool:
    """Whether the caller is a role of which the session, and so whether it is listed, is not known."""
    asking = Arn.parse(caller)
    return asking is not None and asking.resource.startswith("role/")
