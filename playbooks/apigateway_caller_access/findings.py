"""What is said of a refusal: the calls it is about, and which part of which statement was compared with what."""

from collections.abc import Sequence
from typing import Any

from bot.aws.caller_access import Judgement
from bot.aws.policy import Policy, Request, Statement, Truth
from bot.aws.policy_document import ALLOW
from bot.model import Fact


def facts_of(judgements: Sequence[Judgement]) -> dict[str, Fact]:
    """What every finding says: the API, methods, stages, the ARN asked for, and the caller if the question names one.

    Raises Unseen.
    """
    first = judgements[0]
    facts: dict[str, Fact] = {
        "api_id": first.call.api.id,
        "methods": ", ".join(dict.fromkeys(each.call.method.label for each in judgements)),
        "stages": ", ".join(dict.fromkeys(each.call.stage.name for each in judgements)),
        "authorization_type": ", ".join(dict.fromkeys(each.call.method.authorization_type for each in judgements)),
    }
    if first.call.api.focus.path is not None or len(judgements) == 1:
        facts["resource"] = ", ".join(dict.fromkeys(each.call.resource for each in judgements))
    principal = first.caller.principal(first.call.method.authorization_type)
    if first.caller.arn or principal:
        facts["caller"] = first.caller.arn or "anonymous"
    return facts


def request_of(judgement: Judgement) -> Request:
    """What the call asks of a policy. Raises Unseen."""
    caller, call = judgement.caller, judgement.call
    return call.request(caller, caller.principal(call.method.authorization_type))


def compared(statement: Statement, request: Request) -> dict[str, Fact]:
    """The statement, and its condition that decides: the one that is not met, or the first of a Deny that applies."""
    facts: dict[str, Fact] = {"sid": statement.sid} if statement.sid else {}
    match = statement.covers(request)
    open_ones = [each for each in match.conditions if each.result is Truth.NO] or list(match.conditions)
    differs = match.failing
    if differs:
        facts["differs"] = ",".join(differs)
    if open_ones:
        first = open_ones[0]
        facts |= _condition(first.operator, first.key, first.expected, first.actual)
    elif statement.conditions and not differs:
        held = statement.conditions[0]
        actual = next((value for key, value in request.context.items() if key.lower() == held.key.lower()), None)
        facts |= _condition(held.operator, held.key, held.expected, actual)
    elif "principal" in differs:
        facts["expected"] = ", ".join(name for _, name in statement.principals)
    elif "resource" in differs:
        facts["expected"] = ", ".join(statement.document.resources or ())
        facts["actual"] = request.resource
    return facts


def nearest(policy: Policy, request: Request) -> Statement | None:
    """The Allow statement that fails the call in the fewest of its parts."""
    allowing = [each for each in policy.statements if each.effect == ALLOW]
    return min(allowing, key=lambda each: len(each.covers(request).failing), default=None)


def evidence_of(judgements: Sequence[Judgement], *others: str) -> tuple[str, ...]:
    """The ids of the reads that show it. Raises Unseen."""
    call = judgements[0].call
    return tuple(dict.fromkeys((*call.api.evidence_of(call.api, call.method, call.stage), *others)))


def _condition(operator: str, key: str, expected: Sequence[str], actual: Any) -> dict[str, Fact]:
    shown = actual if isinstance(actual, str) else ", ".join(actual or ())
    told: dict[str, Fact] = {"condition": f"{operator} {key}", "expected": ", ".join(expected)}
    return told | ({"actual": shown} if shown else {})
