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
    known = {"aws:SourceAccount": call.api.account.id, "aws:PrincipalIsAWSService": "true"}
    asked = _assume(role, known | {"aws:SourceArn": call.source_arn()})
    if asked.verdict is Access.NOT_ALLOWED:
        with_any_source = _assume(role, known)
        return Assumption(asked.verdict, rests_on_source_arn=with_any_source.verdict is Access.UNKNOWN)
    return Assumption(asked.verdict)


def _assume(role: Role, context: dict[str, str]) -> Decision:
    request = Request(
        principal=Principal.service(API_GATEWAY),
        action="sts:AssumeRole",
        resource=role.arn,
        context=context,
        unknown=EVERYTHING_ELSE,
    )
    return evaluate([role.trust], request)


def may_invoke(role: Role, call: Invocation) -> Decision:
    """Whether a role may invoke the function that a call leads to, under the qualifier called. Raises Unseen.

    In one account, a function's policy that names the role serves as well as a policy of the role.
    """
    arn = call.function_arn
    assert arn is not None  # a call whose function is not known leads nowhere
    function = Function(role.account.neighbour(arn.account) or role.account, arn)
    request = Request(
        principal=Principal.aws(role.arn),
        action=INVOKE,
        resource=str(function.arn),
        unknown=EVERYTHING_ELSE,
    )
    by_role = evaluate_role(
        (each.policy for each in role.identity_policies), role.boundary.policy if role.boundary else None, request
    )
    if by_role.verdict is Access.DENIED:
        return by_role
    by_function = _named_in_function_policy(function, role, request)
    if by_function is Access.DENIED or (by_function is Access.UNKNOWN and by_role.verdict is Access.ALLOWED):
        return Decision(Access.UNKNOWN, ())
    if (
        by_role.verdict is Access.NOT_ALLOWED
        and by_role.lacking == ("identity",)
        and by_function is not Access.NOT_ALLOWED
    ):
        return Decision(by_function, ())
    return by_role


def _named_in_function_policy(function: Function, role: Role, request: Request) -> Access:
    """What the function's own policy says of this very role; of its whole account it says nothing that counts here."""
    try:
        policy = function.policy.policy
    except Unseen:
        return Access.UNKNOWN
    if policy is None:
        return Access.NOT_ALLOWED
    decision = evaluate([policy], request)
    if decision.verdict is not Access.ALLOWED:
        return decision.verdict
    named = {("AWS", role.arn), ("AWS", "*")}
    by_name = any(named & set(statement.principals) for statement in decision.statements)
    return Access.ALLOWED if by_name else Access.NOT_ALLOWED
