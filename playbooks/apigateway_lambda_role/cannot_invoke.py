"""Roles that may not invoke what is called with them: what their policies and boundaries lack, added once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.aws.iam import Role
from bot.aws.invocations import Invocation, beyond_focus
from bot.aws.policy import Access
from bot.aws.role_permission import may_invoke
from bot.model import Finding, Hint

from .findings import of_each_kind
from .mend import boundary_amendment, invoke_policy

_POLICY_NAME = "invoke-lambda"


@dataclass(frozen=True, slots=True)
class Refusals:
    """The calls that a role may not make. `lacking` names `identity` and `boundary` where they have no Allow."""

    role: Role
    calls: tuple[Invocation, ...]
    functions: tuple[str, ...]
    lacking: frozenset[str]
    is_denied: bool
    is_undecided: bool

    @property
    def boundary_arn(self) -> str | None:
        """The boundary that lacks an Allow, if it does. Raises Unseen."""
        return self.role.boundary.name if self.role.boundary and "boundary" in self.lacking else None


def refusals(role: Role, calls: Sequence[Invocation]) -> Refusals:
    """What a role may not do of what the calls, and the API's others through it, need. Raises Unseen."""
    asked = [call for call in calls if call.function_arn]
    verdicts = {may_invoke(role, call).verdict for call in asked}
    judged = []
    if verdicts & {Access.DENIED, Access.NOT_ALLOWED}:
        everywhere = [call for call in beyond_focus(calls) if call.role == role.arn and call.function_arn]
        judged = [(call, may_invoke(role, call)) for call in everywhere]
    refused = [
        (call, judgement) for call, judgement in judged if judgement.verdict in (Access.DENIED, Access.NOT_ALLOWED)
    ]
    return Refusals(
        role=role,
        calls=tuple(call for call, _ in refused),
        functions=tuple(dict.fromkeys(str(call.function_arn) for call, _ in refused)),
        lacking=frozenset(part for _, judgement in refused for part in judgement.lacking),
        is_denied=any(judgement.verdict is Access.DENIED for _, judgement in refused),
        is_undecided=Access.UNKNOWN in verdicts,
    )


def cannot_invoke(judged: Sequence[Refusals]) -> Iterator[Finding]:
    """The findings about all roles of an API. A boundary that several roles have is amended once, for all of them."""
    amended: set[str] = set()
    for each in judged:
        if each.calls:
            yield from _of_role(each, judged, amended)
    for each in judged:
        if each.is_undecided:
            raise each.role.undecided(Hint.UNDECIDABLE_CONDITION)


def _of_role(refused: Refusals, judged: Sequence[Refusals], amended: set[str]) -> Iterator[Finding]:
    role, boundary_arn = refused.role, refused.boundary_arn
    boundary = None
    if boundary_arn and boundary_arn not in amended:
        sharing = [each.functions for each in judged if each.boundary_arn == boundary_arn]
        boundary = boundary_amendment(role, list(dict.fromkeys(arn for functions in sharing for arn in functions)))
    can_be_mended = not refused.is_denied and (boundary_arn is None or boundary is not None or boundary_arn in amended)
    if boundary and boundary_arn and can_be_mended:
        amended.add(boundary_arn)
    yield from of_each_kind(
        "role_cannot_invoke",
        role,
        refused.calls,
        facts={
            "function_arn": ", ".join(refused.functions),
            "lacking": "explicit deny" if refused.is_denied else ",".join(sorted(refused.lacking)),
        },
        evidence=(
            *(each.evidence for each in role.identity_policies),
            *([role.boundary.evidence] if role.boundary else []),
        ),
        remedy={
            "policy_name": role.free_policy_name(_POLICY_NAME),
            "policy": invoke_policy(refused.functions) if can_be_mended and "identity" in refused.lacking else None,
            "boundary": boundary if can_be_mended else None,
            "boundary_lacks": boundary_arn is not None,
            "boundary_is_covered": can_be_mended and boundary_arn is not None and boundary is None,
            "denied": refused.is_denied,
        },
    )
