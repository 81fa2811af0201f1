"""What policy documents, of resources and of identities alike, allow and deny, in three-valued logic.

Rests on these pages of the IAM user guide: "Policy evaluation logic" (reference_policies_evaluation-logic)
and "Permissions boundaries for IAM entities" (access_policies_boundaries); the modules it is made of name
theirs.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.aws.conditions import ConditionMismatch, Truth
from bot.aws.policy_document import ALLOW, DENY, MalformedPolicy, read_policy
from bot.aws.principals import Principal
from bot.aws.statement import EVERYTHING_ELSE, Match, Request, Statement

__all__ = [
    "EVERYTHING_ELSE",
    "Access",
    "ConditionMismatch",
    "Decision",
    "MalformedPolicy",
    "Match",
    "Policy",
    "Principal",
    "Request",
    "Statement",
    "Truth",
    "evaluate",
    "evaluate_role",
]


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy document, read."""

    statements: tuple[Statement, ...]
    document: Mapping[str, object]

    @classmethod
    def parse(cls, document: str | Mapping[str, object]) -> "Policy":
        """Reads a document: JSON, JSON escaped once more (as GetRestApi gives it), or a mapping.

        Raises MalformedPolicy, with a sentence for a person, whatever else it is given.
        """
        mapping, statements = read_policy(document)
        return cls(tuple(map(Statement, statements)), mapping)


class Access(StrEnum):
    """What a policy, or several, say of a request."""

    ALLOWED = "allowed"
    DENIED = "denied"
    """Explicitly: a Deny statement applies."""
    NOT_ALLOWED = "not_allowed"
    """Implicitly: no Allow statement applies."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict and what it rests on.

    `statements` are those that decided: the applying Deny or Allow statements, and for UNKNOWN those of which
    it is not known whether they apply. `lacking` says, of a role, which of `identity` and `boundary`
    certainly have no Allow.
    """

    verdict: Access
    statements: tuple[Statement, ...]
    rests_on_belief: bool = False
    lacking: tuple[str, ...] = ()


_Matched = Sequence[tuple[Statement, Match]]
_Reading = Callable[[Match], Truth]


def evaluate(policies: Iterable[Policy], request: Request) -> Decision:
    """What policies say together that are all asked alike: any Deny wins, then any Allow."""
    return _decide([_match(policies, request)])


def evaluate_role(identity: Iterable[Policy], boundary: Policy | None, request: Request) -> Decision:
    """What a role may: what its policies and, if it has one, its boundary both allow, and neither denies."""
    sides = {"identity": _match(identity, request)}
    if boundary is not None:
        sides["boundary"] = _match([boundary], request)
    lacking = tuple(side for side, matched in sides.items() if _strongest(matched, ALLOW, _result) is Truth.NO)
    return replace(_decide(list(sides.values())), lacking=lacking)


def _match(policies: Iterable[Policy], request: Request) -> _Matched:
    return [(statement, statement.covers(request)) for policy in policies for statement in policy.statements]


def _decide(sides: Sequence[_Matched]) -> Decision:
    """A verdict where every side has to allow, and none may deny."""
    verdict = _verdict(sides, _result)
    as_strings = _verdict(sides, lambda match: match.result_with_arns_as_strings)
    return Decision(
        verdict=verdict,
        statements=tuple(
            statement for side in sides for statement, match in side if _decides(statement, match, verdict)
        ),
        rests_on_belief=verdict is not as_strings,
    )


def _result(match: Match) -> Truth:
    return match.result


def _strongest(side: _Matched, effect: str, reading: _Reading) -> Truth:
    return max((reading(match) for statement, match in side if statement.effect == effect), default=Truth.NO)


def _verdict(sides: Sequence[_Matched], reading: _Reading) -> Access:
    denied = max(_strongest(side, DENY, reading) for side in sides)
    if denied is Truth.YES:
        return Access.DENIED
    if denied is Truth.UNKNOWN:
        return Access.UNKNOWN
    allowed = min(_strongest(side, ALLOW, reading) for side in sides)
    return {Truth.YES: Access.ALLOWED, Truth.NO: Access.NOT_ALLOWED}.get(allowed, Access.UNKNOWN)


def _decides(statement: Statement, match: Match, verdict: Access) -> bool:
    if verdict is Access.UNKNOWN:
        return match.result is Truth.UNKNOWN
    deciding = {Access.ALLOWED: ALLOW, Access.DENIED: DENY}.get(verdict)
    return statement.effect == deciding and match.result is Truth.YES
