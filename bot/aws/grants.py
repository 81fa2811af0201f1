"""What to add to a function's policy so that an API may invoke it: as little as serves, under free ids, in limits."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any

import re2

from bot.aws.api_parts import Authorizer
from bot.aws.arn import FunctionArn
from bot.aws.functions import POLICY_LIMIT_BYTES, FunctionPolicy
from bot.aws.invocations import Invocation
from bot.aws.invoke_permission import API_GATEWAY, INVOKE, is_replaceable, restorable

_MOST_STATEMENTS = 10
_HEADROOM_BYTES = 1_024
_NOT_IN_SID = re2.compile(r"[^A-Za-z0-9]+")
_LONGEST_WORDS = 88
"""Of the hundred characters of a statement id, what is left beside the hash and a number."""


@dataclass(frozen=True, slots=True)
class Grant:
    """One statement to add: `sid` is free in its policy."""

    sid: str
    source_arn: str


@dataclass(frozen=True, slots=True)
class GrantPlan:
    """Statements to add, and those of the same API that make room for them, in the order in which to do it.

    `is_full`: nothing can be added, and nothing may be removed. `is_near_limit`: `size` is close to `limit`, in bytes.
    `is_exact`: one statement for each method and authorizer, so that plans for parts of the calls go together.
    `is_covered`: another finding of the same answer already writes all that this one needs.
    """

    grants: tuple[Grant, ...]
    make_room: tuple[dict[str, str | None], ...] = ()
    superseded: tuple[dict[str, str | None], ...] = ()
    size: int = 0
    limit: int = POLICY_LIMIT_BYTES
    is_near_limit: bool = False
    is_full: bool = False
    is_exact: bool = False
    is_covered: bool = False

    @property
    def removed(self) -> tuple[str | None, ...]:
        """The ids of the statements that this plan takes out."""
        return tuple(statement["sid"] for statement in (*self.make_room, *self.superseded))

    @property
    def document(self) -> dict[str, Any]:
        """The plan as the templates of a fix see it."""
        return {**asdict(self), "removed": self.removed}


def plan_grants(calls: Sequence[Invocation], into: FunctionPolicy) -> GrantPlan:
    """How to let every one of the calls, all of one API to one qualifier, be made. Raises Unseen.

    One statement a method, on every stage, or on the one stage whose variable leads here; one for the whole API where
    those would be many or not fit.
    """
    taken = {statement.sid for statement in (into.policy.statements if into.policy else ())}
    wanted = dict.fromkeys((_source_arn(call), _purpose(call)) for call in calls)
    exact = tuple(_grant(arn, f"{calls[0].api.id}-{purpose}", taken) for arn, purpose in wanted)
    room = POLICY_LIMIT_BYTES - into.size
    near = room - sum(_cost(grant, into.of) for grant in exact) < _HEADROOM_BYTES
    if len(exact) <= _MOST_STATEMENTS and not near:
        return GrantPlan(exact, size=into.size, is_exact=True)
    return _one_for_the_api(calls, into, taken, near)


def _one_for_the_api(
    calls: Sequence[Invocation], into: FunctionPolicy, taken: set[str | None], near: bool
) -> GrantPlan:
    api = calls[0].api
    stages = {call.stage.name if call.follows_stage and call.kind == "integration" else "*" for call in calls}
    stage = stages.pop() if len(stages) == 1 else "*"
    whole_api = f"arn:{api.account.partition}:execute-api:{api.region}:{api.account.id}:{api.id}/{stage}/*"
    broad = _grant(whole_api, f"{api.id}-api", taken)
    statements = into.policy.statements if into.policy else ()
    replaceable = [statement for statement in statements if is_replaceable(statement, whole_api)]
    lacking = _cost(broad, into.of) - (POLICY_LIMIT_BYTES - into.size)
    first = 0
    while lacking > 0 and first < len(replaceable):
        lacking -= len(_compact(replaceable[first].raw)) + 1
        first += 1
    return GrantPlan(
        grants=(broad,),
        make_room=tuple(map(restorable, replaceable[:first])),
        superseded=tuple(map(restorable, replaceable[first:])) if near else (),
        size=into.size,
        is_near_limit=near,
        is_full=lacking > 0,
    )


def plan_in_turn(parts: Sequence[Sequence[Invocation]], into: FunctionPolicy) -> tuple[GrantPlan, ...]:
    """A plan for each part of the calls, to be carried out one after the other. Raises Unseen.

    Where a statement a method is too much, the first plan serves all parts and the others are covered by it.
    """
    whole = plan_grants([call for part in parts for call in part], into)
    if whole.is_exact:
        return tuple(plan_grants(part, into) for part in parts)
    return (whole, *(GrantPlan((), size=into.size, is_covered=True) for _ in parts[1:]))


def _source_arn(call: Invocation) -> str:
    return call.source_arn(call.stage.name if call.follows_stage else "*")


def _purpose(call: Invocation) -> str:
    subject = call.subject
    if isinstance(subject, Authorizer):
        return f"authorizer-{subject.id}"
    stage = f"{call.stage.name}-" if call.follows_stage else ""
    return f"{stage}{subject.http_method}-{subject.path}"


def _grant(source_arn: str, purpose: str, taken: set[str | None]) -> Grant:
    """A statement under an id that tells its purpose; no two source ARNs share one, in whichever finding."""
    words = _NOT_IN_SID.sub("-", f"apigateway-{purpose}").strip("-")[:_LONGEST_WORDS]
    words = f"{words}-{sha256(source_arn.encode()).hexdigest()[:6]}"
    sid, number = words, 2
    while sid in taken:
        sid, number = f"{words}-{number}", number + 1
    return Grant(sid, source_arn)


def _cost(grant: Grant, function: FunctionArn) -> int:
    """How many bytes a statement adds to a policy, with its comma."""
    statement = {
        "Sid": grant.sid,
        "Effect": "Allow",
        "Principal": {"Service": API_GATEWAY},
        "Action": INVOKE,
        "Resource": str(function),
        "Condition": {"ArnLike": {"AWS:SourceArn": grant.source_arn}},
    }
    return len(_compact(statement)) + 1


def _compact(statement: object) -> bytes:
    return json.dumps(statement, separators=(",", ":")).encode()
