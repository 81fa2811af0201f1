"""May API Gateway invoke a function by the function's own policy; if not, which statement comes nearest, and why."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.aws.arn import Arn, FunctionArn, arn_like, compare_source_arn
from bot.aws.policy import (
    ConditionMismatch,
    Decision,
    Policy,
    Principal,
    Request,
    Statement,
    Truth,
    evaluate,
)

API_GATEWAY = "apigateway.amazonaws.com"
"""The service principal, in every partition."""

INVOKE = "lambda:InvokeFunction"

_SOURCE_ARN = "aws:sourcearn"
_SOURCE_ACCOUNT = "aws:sourceaccount"
# A service principal belongs to no organization, so `aws:PrincipalOrgID` is absent; these may be there.
_MAY_BE_PRESENT = (
    "aws:CurrentTime",
    "aws:EpochTime",
    "aws:PrincipalServiceName*",
    "aws:PrincipalType",
    "aws:ResourceOrg*",
    "aws:ResourceTag/*",
    "aws:SecureTransport",
    "aws:SourceIp",
    "aws:SourceOrg*",
    "aws:UserAgent",
    "aws:ViaAWSService",
)


class Fault(StrEnum):
    """The one thing for which a statement that was meant for API Gateway does not let it in; nearest to right last."""

    PRINCIPAL = "wrong_principal"
    ACTION = "wrong_action"
    SOURCE_ARN = "source_arn_mismatch"
    CONDITION = "condition_unmet"
    QUALIFIER = "on_other_qualifier"


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A statement meant for API Gateway that does not let it in.

    `differs` are words of `bot.aws.arn.SOURCE_ARN_PARTS`, `expected` what the statement says of the faulty part and
    `actual` what API Gateway presents there. `granted_on` is the qualifier in whose policy the statement stands.
    """

    fault: Fault
    statement: Statement
    granted_on: FunctionArn
    expected: str
    actual: str
    differs: tuple[str, ...] = ()
    condition: ConditionMismatch | None = None
    rests_on_belief: bool = False
    is_for_another_api: bool = False
    """Every source ARN that the statement names is another API's."""


def invoke_request(function: FunctionArn, source_arn: str, account: str) -> Request:
    """What API Gateway asks of a function's policy. `account` is the API's."""
    return Request(
        principal=Principal.service(API_GATEWAY),
        action=INVOKE,
        resource=str(function),
        context={
            "aws:SourceArn": source_arn,
            "aws:SourceAccount": account,
            "aws:PrincipalIsAWSService": "true",
            "aws:RequestedRegion": function.region,
            "aws:ResourceAccount": function.account,
        },
        unknown=_MAY_BE_PRESENT,
    )


def may_invoke(policy: Policy | None, request: Request) -> Decision:
    """What a function's policy says of API Gateway's call; no policy allows nothing."""
    return evaluate([policy] if policy else [], request)


def unscoped_statements(policy: Policy | None, request: Request) -> tuple[Statement, ...]:
    """The statements that let API Gateway in whatever API, of whatever account, it calls for.

    One that asks anything of the source ARN, if only that it is not a certain one, is none of them.
    """
    anyone = Request(request.principal, request.action, request.resource)
    return tuple(
        statement
        for statement in (policy.statements if policy else ())
        if statement.effect == "Allow"
        and statement.covers(anyone).result is Truth.YES
        and not any(_source_arns(statement))
    )


def nearest_shortfall(
    policies: Iterable[tuple[FunctionArn, Policy | None]], called: FunctionArn, request: Request
) -> Shortfall | None:
    """The statement that comes nearest to letting API Gateway in; None where none was meant for it.

    `policies` are those of the qualifier called and, so far as they are known, of its siblings: a statement on a
    sibling counts only if nothing but the qualifier is wrong with it.
    """
    own: list[Shortfall] = []
    siblings: list[Shortfall] = []
    for granted_on, policy in policies:
        for statement in policy.statements if policy else ():
            if statement.effect != "Allow" or not _is_meant_for_api_gateway(statement):
                continue
            shortfall = _shortfall(statement, granted_on, called, request)
            if shortfall is None:
                continue
            elsewhere = _names_only_other_apis(statement, str(request.context["aws:SourceArn"]))
            shortfall = replace(shortfall, is_for_another_api=elsewhere)
            (siblings if shortfall.fault is Fault.QUALIFIER else own).append(shortfall)
    near = min(own, key=_distance, default=None)
    if siblings and (near is None or near.is_for_another_api):
        return siblings[0]
    return near


def _distance(shortfall: Shortfall) -> tuple[bool, int, int]:
    return shortfall.is_for_another_api, len(shortfall.differs), -list(Fault).index(shortfall.fault)


def _names_only_other_apis(statement: Statement, source_arn: str) -> bool:
    named = tuple(_source_arns(statement))
    return bool(named) and all("api" in compare_source_arn(pattern, source_arn) for pattern in named)


def _is_meant_for_api_gateway(statement: Statement) -> bool:
    if ("Service", API_GATEWAY) in statement.principals:
        return True
    sources = (Arn.parse(value) for value in _source_arns(statement))
    return any(source is not None and source.service == "execute-api" for source in sources)


def _source_arns(statement: Statement) -> Iterator[str]:
    for condition in statement.conditions:
        if condition.key.lower() == _SOURCE_ARN:
            yield from condition.expected


def _shortfall(
    statement: Statement, granted_on: FunctionArn, called: FunctionArn, request: Request
) -> Shortfall | None:
    match = statement.covers(request)
    on_sibling = granted_on != called
    if on_sibling or match.resource is Truth.NO:
        there = Request(request.principal, request.action, _resource_of(statement, granted_on), request.context)
        if statement.covers(there).result is not Truth.YES:
            return None
        named = FunctionArn.parse(there.resource) or granted_on
        return Shortfall(Fault.QUALIFIER, statement, named, there.resource, str(called))
    if match.result is Truth.YES or any(map(_is_meant_for_others, match.conditions)):
        return None
    if match.principal is not Truth.YES:
        granted_to = ", ".join(id for _, id in statement.principals)
        return Shortfall(Fault.PRINCIPAL, statement, granted_on, granted_to, API_GATEWAY)
    if match.action is not Truth.YES:
        return Shortfall(Fault.ACTION, statement, granted_on, ", ".join(_actions(statement)), INVOKE)
    for condition in match.conditions:
        if condition.key.lower() == _SOURCE_ARN and not _never_fits(condition):
            return _source_arn_shortfall(statement, granted_on, condition, match.rests_on_belief)
    for condition in match.conditions:
        return Shortfall(
            Fault.CONDITION,
            statement,
            granted_on,
            expected=", ".join(condition.expected),
            actual=condition.actual or "",
            condition=condition,
        )
    return None


def _source_arn_shortfall(
    statement: Statement, granted_on: FunctionArn, condition: ConditionMismatch, rests_on_belief: bool
) -> Shortfall:
    actual = condition.actual or ""
    compared = [(compare_source_arn(pattern, actual), pattern) for pattern in condition.expected]
    differs, nearest = min(compared, key=lambda pair: ("api" in pair[0], len(pair[0])))
    return Shortfall(Fault.SOURCE_ARN, statement, granted_on, nearest, actual, differs, condition, rests_on_belief)


def _is_meant_for_others(condition: ConditionMismatch) -> bool:
    """Whether it says for whom a statement is not meant (`ArnNotLike`), or for calls without the key (`Null`)."""
    operator = condition.operator.lower()
    return "not" in operator or operator == "null"


def _never_fits(condition: ConditionMismatch) -> bool:
    """An operator that takes wildcards literally, with a value that would fit if it did not."""
    operator = condition.operator.lower().rpartition(":")[2]
    literal = not operator.startswith(("arn", "stringlike"))
    return literal and any("*" in value or "?" in value for value in condition.expected)


def _resource_of(statement: Statement, granted_on: FunctionArn) -> str:
    resource = statement.raw.get("Resource", "")
    return resource if isinstance(resource, str) and FunctionArn.parse(resource) else str(granted_on)


def _actions(statement: Statement) -> tuple[str, ...]:
    actions = statement.raw.get("Action", statement.raw.get("NotAction", ""))
    return tuple(map(str, actions)) if isinstance(actions, list) else (str(actions),)


def is_open_grant(statement: Statement) -> bool:
    """Whether a statement is just what add-permission writes without a source, so that it can be written again."""
    return (
        statement.effect == "Allow"
        and statement.sid is not None
        and statement.principals == (("Service", API_GATEWAY),)
        and _actions(statement) == (INVOKE,)
        and not statement.conditions
    )


def names_only(statement: Statement, api_source_arn: str) -> bool:
    """Whether a statement is about calls of one API alone; `api_source_arn` ends in `/*`.

    A negated condition (`ArnNotLike`) is about everything else.
    """
    positive = ("arnlike", "arnequals", "stringequals", "stringlike")
    return any(
        condition.key.lower() == _SOURCE_ARN
        and condition.operator.lower() in positive
        and all(arn_like(api_source_arn, value) for value in condition.expected)
        for condition in statement.conditions
    )


def is_replaceable(statement: Statement, broad_source_arn: str) -> bool:
    """Whether a statement says nothing that a grant to `broad_source_arn` does not, so that it may make room for it.

    Only what add-permission itself can write counts, so that a rollback can put it back.
    """
    if statement.effect != "Allow" or statement.sid is None:
        return False
    plain = statement.principals == (("Service", API_GATEWAY),) and _actions(statement) == (INVOKE,)
    written = {
        (condition.operator.lower(), condition.key.lower()): condition.expected for condition in statement.conditions
    }
    sources = written.pop(("arnlike", _SOURCE_ARN), ())
    accounts = written.pop(("stringequals", _SOURCE_ACCOUNT), ("",))
    return plain and not written and len(sources) == len(accounts) == 1 and arn_like(broad_source_arn, sources[0])


def restorable(statement: Statement) -> dict[str, str | None]:
    """What add-permission needs to write a statement again: `sid`, `source_arn`, `source_account`."""
    values = {condition.key.lower(): condition.expected[0] for condition in statement.conditions}
    return {
        "sid": statement.sid,
        "source_arn": values.get(_SOURCE_ARN),
        "source_account": values.get(_SOURCE_ACCOUNT),
    }
