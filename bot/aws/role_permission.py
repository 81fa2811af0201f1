"""May API Gateway assume a role, and may that role, or a caller, invoke a function?"""

from dataclasses import dataclass

from bot.aws.account import Unseen
from bot.aws.functions import Function
from bot.aws.iam import Role
from bot.aws.invocations import Invocation
from bot.aws.invoke_permission import API_GATEWAY, INVOKE
from bot.aws.policy import (
    EVERYTHING_ELSE,
    Access,
    Decision,
    Policy,
    Principal,
    Request,
    evaluate,
    evaluate_role,
)


@dataclass(frozen=True, slots=True)
class Assumption:
    """Whether API Gateway may assume a role; `rests_on_source_arn` if only a condition on `aws:SourceArn` says no.

    What API Gateway presents there when it assumes a role is not documented.
    """

    verdict: Access
    rests_on_source_arn: bool = False


def may_assume(role: Role, call: Invocation) -> Assumption:
    """What a role's trust policy says of API Gateway on behalf of one call. Raises Unseen."""
    return may_be_assumed(role.trust, role.arn, call)


def may_be_assumed(trust: Policy, role_arn: str, call: Invocation) -> Assumption:
    """What a trust policy, whether it is in force or not, says of API Gateway on behalf of one call. Raises Unseen."""
    asked = lets_in(trust, role_arn, call.api.account.id, call.source_arn())
    if asked is Access.NOT_ALLOWED:
        with_any_source = lets_in(trust, role_arn, call.api.account.id)
        return Assumption(asked, rests_on_source_arn=with_any_source is Access.UNKNOWN)
    return Assumption(asked)


def lets_in(trust: Policy, role_arn: str, account: str, source_arn: str | None = None) -> Access:
    """What a trust policy says of API Gateway on behalf of an account, whatever `aws:SourceArn` is if none is given."""
    context = {"aws:SourceAccount": account, "aws:PrincipalIsAWSService": "true"}
    request = Request(
        principal=Principal.service(API_GATEWAY),
        action="sts:AssumeRole",
        resource=role_arn,
        context=context | ({"aws:SourceArn": source_arn} if source_arn else {}),
        unknown=EVERYTHING_ELSE,
    )
    return evaluate([trust], request).verdict


def may_invoke(role: Role, call: Invocation) -> Decision:
    """Whether a role may invoke the function that a call leads to, under the qualifier called. Raises Unseen.

    In one account, a function's policy that names the role serves as well as a policy of the role; across accounts both
    have to let it in, and UNKNOWN is all that is said where the function's does not, or cannot be looked at.
    """
    arn = call.function_arn
    assert arn is not None  # a call whose function is not known leads nowhere
    owner = role.account.neighbour(arn.account)
    function = Function(owner or role.account, arn)
    request = Request(
        principal=Principal.aws(role.real_arn),
        action=INVOKE,
        resource=str(function.arn),
        unknown=EVERYTHING_ELSE,
    )
    by_role = evaluate_role(
        (each.policy for each in role.identity_policies), role.boundary.policy if role.boundary else None, request
    )
    if by_role.verdict is Access.DENIED:
        return by_role
    if owner is not role.account:
        is_open = owner is not None and _lets_in(function, request)
        return by_role if is_open or by_role.verdict is not Access.ALLOWED else Decision(Access.UNKNOWN, ())
    by_function, may_deny = _by_function_policy(function, role, request)
    if by_function is Access.DENIED or (may_deny and by_role.verdict is Access.ALLOWED):
        return Decision(Access.UNKNOWN, ())
    if (
        by_role.verdict is Access.NOT_ALLOWED
        and by_role.lacking == ("identity",)
        and by_function is not Access.NOT_ALLOWED
    ):
        return Decision(by_function, ())
    return by_role


def _lets_in(function: Function, request: Request) -> bool:
    policy = function.policy.policy
    return policy is not None and evaluate([policy], request).verdict is Access.ALLOWED


def _by_function_policy(function: Function, role: Role, request: Request) -> tuple[Access, bool]:
    """What the function's own policy says of this very role, and whether it may deny what the role may do by itself.

    Of the role's whole account it says nothing that counts here.
    """
    try:
        policy = function.policy.policy
    except Unseen:
        return Access.UNKNOWN, True
    if policy is None:
        return Access.NOT_ALLOWED, False
    decision = evaluate([policy], request)
    if decision.verdict is not Access.ALLOWED:
        return decision.verdict, any(statement.effect == "Deny" for statement in decision.statements)
    named = {("AWS", role.real_arn), ("AWS", "*")}
    by_name = any(named & set(statement.principals) for statement in decision.statements)
    return Access.ALLOWED if by_name else Access.NOT_ALLOWED, False
