"""Statements that let API Gateway in without a SourceArn, and so any API of any account: no fault, but a risk."""

from collections.abc import Iterator, Sequence

from bot.aws.account import Account, Read, as_far_as_seen
from bot.aws.apigateway import RestApi
from bot.aws.functions import Function
from bot.aws.grants import GrantPlan, plan_grants
from bot.aws.invocations import Invocation, calls_of
from bot.aws.invoke_permission import is_open_grant, may_invoke, unscoped_statements
from bot.aws.policy import Access, Policy
from bot.model import Certainty, Finding


def unscoped_permissions(api: RestApi, calls: Sequence[Invocation]) -> Iterator[Finding]:
    """One piece of advice for each function's policy that has such statements."""
    for arn in dict.fromkeys(call.function_arn for call in calls):
        owner = api.account.neighbour(arn.account) if arn else None
        if arn and owner:
            with as_far_as_seen():
                yield from _advise(api, Function(owner, arn))


def _advise(api: RestApi, function: Function) -> Iterator[Finding]:
    policy = function.policy.policy
    # The fix closes the door behind every method, so it has to open one for each, in focus or not.
    calls = [
        call
        for call in calls_of(api.focused(api.focus.whole))
        if call.function_arn == function.arn and call.rests_on_function_policy
    ]
    if policy is None or not calls:
        return
    open_to_all = unscoped_statements(policy, calls[0].request_to(function.arn))
    if not open_to_all:
        return
    scoped = Policy(tuple(each for each in policy.statements if each not in open_to_all), policy.document)
    relying = [
        call for call in calls if _allows(Policy(open_to_all, policy.document), call) and not _allows(scoped, call)
    ]
    yield Finding(
        cause="permission_unscoped",
        fix="permission_unscoped",
        phase=calls[0].phase,
        certainty=Certainty.PROVEN,
        facts={
            "api_id": api.id,
            "function_arn": str(function.arn),
            "statement": ", ".join(statement.sid or "-" for statement in open_to_all),
        },
        evidence=function.evidence,
        account=function.arn.account,
        region=function.arn.region,
        remedy={
            "plan": (plan_grants(relying, function.policy) if relying else GrantPlan(())).document,
            "open_statements": [statement.sid for statement in open_to_all if statement.sid],
            "serves_nothing_else": all(map(is_open_grant, open_to_all)) and _is_the_only_api(api, function),
            "function_name": function.arn.name,
            "qualifier": function.arn.qualifier,
        },
        advice=True,
    )


def _allows(policy: Policy, call: Invocation) -> bool:
    arn = call.function_arn
    return arn is not None and may_invoke(policy, call.request_to(arn)).verdict is Access.ALLOWED


def _is_the_only_api(api: RestApi, function: Function) -> bool:
    """Whether neither the API's account and region nor the function's have another API that a statement could serve."""
    places = dict.fromkeys([(api.account, api.region), (function.account, function.arn.region)])
    return all(_apis(account, region) <= {api.id} for account, region in places)


def _apis(account: Account, region: str) -> set[str]:
    """The ids of all APIs of an account and region; where they cannot be listed, an id that no API has."""
    reads = [Read.of("apigateway", "GetRestApis", region), Read.of("apigatewayv2", "GetApis", region)]
    account.expect(*reads)
    rest, others = (account.glance(read) for read in reads)
    if not rest or not others:
        return {"?"}
    return {each["id"] for each in rest["items"] or []} | {each["ApiId"] for each in others["Items"] or []}
