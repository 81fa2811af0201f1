"""API Gateway answers 500 because the role it calls a function with is missing, closed to it, or may not invoke."""

from collections.abc import Iterator, Sequence

from bot.aws.account import as_far_as_seen
from bot.aws.apigateway import Authorizer, RestApi
from bot.aws.arn import Arn
from bot.aws.iam import Role
from bot.aws.invocations import Invocation, beyond_focus, invocations
from bot.aws.policy import Access
from bot.aws.role_permission import may_assume, may_invoke
from bot.model import Certainty, Fact, Finding, Hint

from .mend import amended_trust, boundary_amendment, free_policy_name, invoke_policy, new_trust
from .passthrough import passthrough


def diagnose(api: RestApi) -> Iterator[Finding]:
    """Each role with the calls that are made through it, then the integrations that borrow their caller's rights."""
    calls = invocations(api)
    by_role: dict[tuple[str, str], list[Invocation]] = {}
    for call in calls:
        if call.role:
            by_role.setdefault((call.kind, call.role), []).append(call)
    for (_, arn), through in by_role.items():
        with as_far_as_seen():
            yield from _examine(Role(api.account, arn), through)
    yield from passthrough(api, [call for call in calls if call.uses_caller_credentials])


def _examine(role: Role, calls: Sequence[Invocation]) -> Iterator[Finding]:
    first = calls[0]
    # A role is one thing to mend: a finding about it names every method that needs it, in focus or not.
    everywhere = [call for call in beyond_focus(calls) if (call.kind, call.role) == (first.kind, first.role)]
    parsed = Arn.parse(role.arn)
    if parsed is None or parsed.account != first.api.account.id:
        raise role.undecided(Hint.OTHER_ACCOUNT)
    if not role.answer:
        yield _finding(
            "role_missing", role, everywhere, remedy={"trust": new_trust(), "policy": invoke_policy(_arns(everywhere))}
        )
        return
    refused = [(call, decision) for call in calls if (decision := may_assume(role, call)).verdict is not Access.ALLOWED]
    if any(decision.verdict is Access.UNKNOWN for _, decision in refused):
        raise role.undecided(Hint.UNDECIDABLE_CONDITION)
    if refused:
        _, decision = refused[0]
        amended = None if decision.verdict is Access.DENIED else amended_trust(role, calls[0])
        yield _finding(
            "role_not_assumable",
            role,
            everywhere,
            certainty=Certainty.LIKELY if decision.rests_on_source_arn else Certainty.PROVEN,
            remedy={"trust": amended, "previous_trust": dict(role.trust.document)},
        )
    yield from _cannot_invoke(role, calls, everywhere)


def _cannot_invoke(role: Role, calls: Sequence[Invocation], everywhere: Sequence[Invocation]) -> Iterator[Finding]:
    verdicts = {may_invoke(role, call).verdict for call in calls if call.function_arn}
    if Access.UNKNOWN in verdicts:
        raise role.undecided(Hint.UNDECIDABLE_CONDITION)
    if verdicts <= {Access.ALLOWED}:
        return
    judged = [(call, may_invoke(role, call)) for call in everywhere if call.function_arn]
    refused = [
        (call, decision) for call, decision in judged if decision.verdict in (Access.DENIED, Access.NOT_ALLOWED)
    ]
    affected = [call for call, _ in refused]
    denied = any(decision.verdict is Access.DENIED for _, decision in refused)
    lacking = {part for _, decision in refused for part in decision.lacking}
    boundary = boundary_amendment(role, _arns(affected)) if "boundary" in lacking else None
    can_be_mended = not denied and ("boundary" not in lacking or boundary is not None)
    evidence = [each.evidence for each in role.identity_policies]
    yield _finding(
        "role_cannot_invoke",
        role,
        affected,
        facts={
            "function_arn": ", ".join(_arns(affected)),
            "lacking": "explicit deny" if denied else ",".join(sorted(lacking)),
        },
        evidence=(*evidence, *([role.boundary.evidence] if role.boundary else [])),
        remedy={
            "policy_name": free_policy_name(role),
            "policy": invoke_policy(_arns(affected)) if can_be_mended and "identity" in lacking else None,
            "boundary": boundary if can_be_mended else None,
            "denied": denied,
            "boundary_lacks": "boundary" in lacking,
        },
    )


def _finding(
    fault: str,
    role: Role,
    calls: Sequence[Invocation],
    *,
    remedy: dict[str, object],
    facts: dict[str, Fact] | None = None,
    certainty: Certainty = Certainty.PROVEN,
    evidence: tuple[str, ...] = (),
) -> Finding:
    first = calls[0]
    methods = list(dict.fromkeys(method.label for call in calls for method in call.methods))
    common: dict[str, Fact] = {
        "api_id": first.api.id,
        "role_arn": role.arn,
        "methods": ", ".join(methods),
        "stages": ", ".join(dict.fromkeys(call.stage.name for call in calls)),
    }
    if isinstance(first.subject, Authorizer):
        common |= {"authorizer_id": first.subject.id, "authorizer_name": first.subject.name}
    return Finding(
        cause=f"{first.kind}_{fault}",
        fix=fault,
        phase=first.phase,
        certainty=certainty,
        facts={**common, **(facts or {})},
        evidence=tuple(dict.fromkeys((*first.evidence, role.answer.evidence, *evidence))),
        account=first.api.account.id,
        region=first.api.region,
        remedy={"role_name": role.name, "role_path": role.path, "methods_affected": methods, **remedy},
    )


def _arns(calls: Sequence[Invocation]) -> list[str]:
    return list(dict.fromkeys(str(call.function_arn) for call in calls if call.function_arn))
