"""What is wrong with the role that writes the logs, and what mends it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.aws.account import Unseen
from bot.aws.api_parts import Stage
from bot.aws.apigateway import RestApi
from bot.aws.iam import Role
from bot.aws.logging_role import LoggingRole
from bot.aws.policy import Access, Policy
from bot.aws.policy_amendments import with_statement
from bot.aws.role_permission import lets_in
from bot.aws.trust import LET_IN, new_trust
from bot.model import Certainty, Fact, Finding, Hint, Phase

_REFUSED = (Access.DENIED, Access.NOT_ALLOWED)


@dataclass(frozen=True, slots=True)
class RoleMend:
    """A fault of the role, and `role`: what the commands and templates that mend it have to know.

    There: `name` and `path` of the role; `creates` if it is made anew; `trust` the whole document to write, and
    `previous_trust` what stands there now; `attaches` the policy to attach, `policies` all then attached; `sets` the
    ARN that the account is to name, and `unsets` what it is to name again if that is undone, empty for none, None where
    AWS would refuse that.
    """

    cause: str
    facts: Mapping[str, Fact]
    evidence: tuple[str, ...]
    role: Mapping[str, Any]

    def finding(self, api: RestApi, facts: Mapping[str, Fact]) -> Finding:
        """The fault as a finding. Requests do not meet it, so that it stands behind all that they do meet."""
        return Finding(
            cause=self.cause,
            fix=self.cause,
            phase=Phase.RESPONSE,
            certainty=Certainty.PROVEN,
            facts={**facts, **self.facts},
            evidence=self.evidence,
            account=api.account.id,
            region=api.region,
            # Where the account names no role, nobody can have deleted it.
            remedy={"role": self.role, "role_arn": self.facts.get("role_arn")},
        )


def mend_of(logging: LoggingRole, stages: Sequence[Stage], *, is_a_fault: bool) -> RoleMend | None:
    """What keeps API Gateway from writing logs with its role; None where nothing does. Raises Unseen.

    What a condition leaves open is an open question only where it would be a fault.
    """
    role = logging.role
    if role is None:
        return _not_set(logging)
    if not role.answer:
        return _gone(logging, role)
    if not role.is_there:
        return _elsewhere(logging, role)
    trusted = logging.lets_in(role)
    may_write = [logging.may_write(role, stage) for stage in stages]
    lacks = [
        name
        for name, verdicts in (("trust", [trusted]), ("permissions", may_write))
        if any(verdict in _REFUSED for verdict in verdicts)
    ]
    if lacks:
        return _closed(logging, role, lacks, can_attach=Access.DENIED not in may_write)
    if is_a_fault and Access.UNKNOWN in (trusted, *may_write):
        raise role.undecided(Hint.UNDECIDABLE_CONDITION)
    return None


def _not_set(logging: LoggingRole) -> RoleMend:
    name = _free_name(logging)
    made = {"name": name, "path": "/", "creates": True, "sets": logging.arn_of(name), "unsets": ""}
    return _missing(logging, {}, made)


def _gone(logging: LoggingRole, role: Role) -> RoleMend:
    made = {"name": role.name, "path": role.path, "creates": True, "sets": None, "unsets": None}
    return _missing(logging, {"role_arn": role.arn}, made)


def _elsewhere(logging: LoggingRole, role: Role) -> RoleMend:
    facts = {"role_arn": role.arn, "expected": role.real_arn, "actual": role.arn}
    there = {"name": role.name, "path": role.path, "creates": False, "sets": role.real_arn, "unsets": None}
    return _missing(logging, facts, there)


def _missing(logging: LoggingRole, facts: Mapping[str, Fact], role: Mapping[str, Any]) -> RoleMend:
    given: dict[str, Any] = {"trust": new_trust() if role["creates"] else None, "previous_trust": None}
    attaches = logging.managed_policy if role["creates"] else None
    given["policies"] = [attaches] if attaches else []
    return RoleMend("logging_role_missing", facts, logging.evidence, {**role, **given, "attaches": attaches})


def _closed(logging: LoggingRole, role: Role, lacks: Sequence[str], *, can_attach: bool) -> RoleMend:
    """A policy is attached only where nothing but its absence is in the way: no Deny, and no boundary."""
    is_free = can_attach and role.boundary is None
    attaches = logging.managed_policy if "permissions" in lacks and is_free else None
    return RoleMend(
        "logging_role_not_assumable",
        {"role_arn": role.arn, "lacks": ", ".join(lacks)},
        logging.evidence,
        {
            "name": role.name,
            "path": role.path,
            "creates": False,
            "trust": _opened(role) if "trust" in lacks else None,
            "previous_trust": dict(role.trust.document),
            "attaches": attaches,
            "policies": [*logging.attached(role), *filter(None, [attaches])],
            "sets": None,
            "unsets": None,
            "lacks_trust": "trust" in lacks,
            "lacks_permissions": "permissions" in lacks,
        },
    )


def _opened(role: Role) -> dict[str, Any] | None:
    """The role's trust policy with one statement more; None where that would not let API Gateway in."""
    document = with_statement(role.trust, LET_IN)
    is_open = lets_in(Policy.parse(document), role.arn, role.account.id) is Access.ALLOWED
    return document if is_open else None


def _free_name(logging: LoggingRole) -> str:
    # Which names are taken decides nothing about the fault; the command refuses a name that is.
    try:
        return logging.free_name()
    except Unseen:
        return logging.first_name
