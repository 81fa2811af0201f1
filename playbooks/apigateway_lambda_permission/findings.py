"""What is said of calls that a function's policy keeps out, and what mends it."""

from collections.abc import Sequence
from typing import Any

from bot.aws.account import as_far_as_seen
from bot.aws.arn import FunctionArn
from bot.aws.functions import Function, FunctionPolicy
from bot.aws.grants import GrantPlan, plan_grants
from bot.aws.invocations import Invocation, common_facts
from bot.aws.invoke_permission import (
    Fault,
    Shortfall,
    may_invoke,
    names_only,
    nearest_shortfall,
)
from bot.aws.policy import Request, Statement
from bot.model import Certainty, Fact, Finding


def kept_out(calls: Sequence[Invocation], function: Function, plan: GrantPlan) -> Finding:
    """No Allow statement fits the calls, all of one kind; the nearest one says what is wrong. Raises Unseen."""
    first = calls[0]
    shortfall, certainty, is_undecided = _nearest(function, first.request_to(function.arn))
    fault = f"permission_{shortfall.fault}" if shortfall else "permission_missing"
    return Finding(
        cause=f"{first.kind}_{fault}",
        fix=fault,
        phase=first.phase,
        certainty=certainty,
        facts={**_facts(calls, function.arn), **_facts_of(shortfall)},
        evidence=(*first.evidence, *function.evidence),
        account=function.arn.account,
        region=function.arn.region,
        remedy={"plan": plan.document, **_names(function.arn)},
        is_undecided=is_undecided,
    )


def _nearest(function: Function, request: Request) -> tuple[Shortfall | None, Certainty, bool]:
    """The nearest statement, and whether a refused read leaves it open.

    The siblings of the qualifier called are looked at only where its own policy says nothing about this API.
    """
    own = (function.policy.of, function.policy.policy)
    shortfall = nearest_shortfall([own], function.arn, request)
    certainty, is_undecided = Certainty.PROVEN, False
    if shortfall is None or shortfall.is_for_another_api:
        certainty, is_undecided = Certainty.LIKELY, True
        with as_far_as_seen():
            siblings = [(sibling.of, sibling.policy) for sibling in function.sibling_policies]
            shortfall = nearest_shortfall([own, *siblings], function.arn, request)
            is_undecided = False
            found_there = shortfall is not None and shortfall.fault is Fault.QUALIFIER
            if found_there or not function.has_further_siblings:
                certainty = Certainty.PROVEN
    if shortfall and shortfall.rests_on_belief:
        certainty = Certainty.LIKELY
    return shortfall, certainty, is_undecided


def _facts_of(shortfall: Shortfall | None) -> dict[str, Fact]:
    if shortfall is None:
        return {}
    facts: dict[str, Fact] = {"statement": shortfall.statement.sid or "-"}
    if shortfall.fault is Fault.QUALIFIER:
        return facts | {"granted_on": shortfall.expected, "called": shortfall.actual}
    # "expected" is what API Gateway presents, "actual" what the statement says: the statement is what is wrong.
    facts |= {"expected": shortfall.actual, "actual": shortfall.expected}
    if shortfall.fault is Fault.SOURCE_ARN:
        facts["differs"] = ",".join(shortfall.differs)
    if shortfall.condition:
        facts |= {"operator": shortfall.condition.operator, "key": shortfall.condition.key}
    return facts


def denied(calls: Sequence[Invocation], function: Function, removed: set[str]) -> Finding:
    """Deny statements apply to the calls, all of one kind. `removed` grows by what the finding's commands remove."""
    first = calls[0]
    statements = _denying(calls, function)
    sids = [statement.sid or "-" for statement in statements]
    whole_api = first.source_arn().split("/")[0] + "/*"
    # Only what is about this API and nothing else may go: removing it then opens nothing else.
    is_removable = all(statement.sid and names_only(statement, whole_api) for statement in statements)
    to_remove = [sid for sid in sids if sid not in removed] if is_removable else []
    is_covered = is_removable and not to_remove
    removed.update(to_remove)
    return Finding(
        cause=f"{first.kind}_permission_denied",
        fix="permission_denied",
        phase=first.phase,
        certainty=Certainty.PROVEN,
        facts={**_facts(calls, function.arn), "statement": ", ".join(sids)},
        evidence=(*first.evidence, *function.evidence),
        account=function.arn.account,
        region=function.arn.region,
        remedy={
            "to_remove": to_remove,
            "is_covered": is_covered,
            "document": [dict(statement.raw) for statement in statements],
            **_names(function.arn),
        },
    )


def _denying(calls: Sequence[Invocation], function: Function) -> list[Statement]:
    found: list[Statement] = []
    for call in calls:
        decision = may_invoke(function.policy.policy, call.request_to(function.arn))
        found += [statement for statement in decision.statements if statement not in found]
    return found


def in_another_account(calls: Sequence[Invocation]) -> Finding:
    """The function of the calls, all of one kind, lives where the bot cannot look: what has to hold there."""
    first = calls[0]
    arn = first.function_arn
    assert arn is not None  # only calls whose function is known come here
    return Finding(
        cause="cross_account_function",
        fix="cross_account_function",
        phase=first.phase,
        certainty=Certainty.LIKELY,
        facts={**_facts(calls, arn), "function_account": arn.account, "api_account": first.api.account.id},
        evidence=first.evidence,
        account=arn.account,
        region=arn.region,
        remedy={"plan": plan_grants(calls, FunctionPolicy(arn, None, 0, "")).document, **_names(arn)}
        | {"function_name": str(arn.unqualified)},
        is_undecided=True,
    )


def _facts(calls: Sequence[Invocation], arn: FunctionArn) -> dict[str, Fact]:
    return {**common_facts(calls), "function_arn": str(arn), "source_arn": calls[0].source_arn()}


def _names(arn: FunctionArn) -> dict[str, Any]:
    return {"function_name": arn.name, "qualifier": arn.qualifier}
