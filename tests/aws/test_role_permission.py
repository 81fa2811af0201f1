"""May API Gateway assume a role, and may the role invoke the function called."""

import pytest

from bot.aws.iam import Role
from bot.aws.invocations import calls_of
from bot.aws.policy import Access
from bot.aws.role_permission import may_assume, may_invoke
from tests.aws.tapes import (
    ABSENT,
    ACCOUNT,
    API,
    DENIED,
    REGION,
    Tape,
    account_of,
    api_of,
    found,
    function_arn,
    method,
    record_api,
    record_function,
    statement,
)

ROLE = f"arn:aws:iam::{ACCOUNT}:role/caller"
PETS = function_arn("pets")
LIVE = function_arn("pets", "live")
EDGE = f"arn:aws:iam::{ACCOUNT}:policy/edge"
IN_MY_ORGANIZATION = {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}
API_ARN = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{API}"


def allows(resource=PETS, effect="Allow", action="lambda:InvokeFunction", **condition):
    conditions = {"Condition": condition} if condition else {}
    return {"Effect": effect, "Action": action, "Resource": resource, **conditions}


def trusts(service="apigateway.amazonaws.com", effect="Allow", **condition):
    conditions = {"Condition": condition} if condition else {}
    return {"Effect": effect, "Principal": {"Service": service}, "Action": "sts:AssumeRole", **conditions}


def document(*statements):
    return {"Version": "2012-10-17", "Statement": list(statements)}


def a_call(tape, called=PETS):
    record_api(tape, {"GET /pets": method(called, credentials=ROLE)})
    (call,) = calls_of(api_of(tape))
    return call


def record_role(tape, trust=(), inline=(), boundary=None):
    described = {"RoleName": "caller", "Arn": ROLE, "AssumeRolePolicyDocument": document(*trust)}
    if boundary is not None:
        described["PermissionsBoundary"] = {"PermissionsBoundaryArn": EDGE}
        tape.holds("iam", "GetPolicy", found(Policy={"DefaultVersionId": "v1"}), PolicyArn=EDGE)
        shown = found(PolicyVersion={"Document": document(*boundary)})
        tape.holds("iam", "GetPolicyVersion", shown, PolicyArn=EDGE, VersionId="v1")
    tape.holds("iam", "GetRole", found(Role=described), RoleName="caller")
    tape.holds("iam", "ListRolePolicies", found(PolicyNames=["own"]), RoleName="caller")
    tape.holds("iam", "ListAttachedRolePolicies", found(AttachedPolicies=[]), RoleName="caller")
    shown = found(PolicyDocument=document(*inline))
    return tape.holds("iam", "GetRolePolicy", shown, RoleName="caller", PolicyName="own")


def assumption(*trust):
    call = a_call(record_role(Tape(), trust=trust))
    return may_assume(Role(call.api.account, ROLE), call)


@pytest.mark.parametrize(
    ("trust", "verdict", "rests_on_source_arn"),
    [
        ([trusts()], Access.ALLOWED, False),
        ([], Access.NOT_ALLOWED, False),
        ([trusts("lambda.amazonaws.com")], Access.NOT_ALLOWED, False),
        ([trusts(), trusts(effect="Deny")], Access.DENIED, False),
        ([trusts(StringEquals={"aws:SourceAccount": ACCOUNT})], Access.ALLOWED, False),
        ([trusts(StringEquals={"aws:SourceAccount": "210987654321"})], Access.NOT_ALLOWED, False),
        ([trusts(ArnLike={"aws:SourceArn": f"{API_ARN}/*"})], Access.ALLOWED, False),
        (
            [trusts(ArnLike={"aws:SourceArn": f"arn:aws:execute-api:{REGION}:{ACCOUNT}:zzz/*"})],
            Access.NOT_ALLOWED,
            True,
        ),
        ([trusts(StringEquals={"aws:SourceOrgID": "o-1"})], Access.UNKNOWN, False),
    ],
)
def test_what_the_trust_policy_says_of_api_gateway(trust, verdict, rests_on_source_arn):
    assumed = assumption(*trust)
    assert (assumed.verdict, assumed.rests_on_source_arn) == (verdict, rests_on_source_arn)


def decided(called=PETS, inline=(), boundary=None, policy=None):
    tape = record_role(Tape(), inline=inline, boundary=boundary)
    qualifier = "live" if called == LIVE else None
    if isinstance(policy, list):
        record_function(tape, "pets", *policy, qualifier=qualifier)
    elif policy is not None:
        tape.holds("lambda", "GetPolicy", policy, FunctionName="pets", Qualifier=qualifier)
    call = a_call(tape, called)
    return may_invoke(Role(call.api.account, ROLE), call)


def names(principal, effect="Allow", resource=PETS, **condition):
    conditions = {"Condition": condition} if condition else {}
    return statement("named", Principal={"AWS": principal}, Effect=effect, Resource=resource, **conditions)


@pytest.mark.parametrize(
    ("given", "verdict", "lacking"),
    [
        ({"inline": [allows()]}, Access.ALLOWED, ()),
        ({"inline": [allows(action="lambda:*")]}, Access.ALLOWED, ()),
        ({"inline": []}, Access.NOT_ALLOWED, ("identity",)),
        ({"inline": [allows(PETS)], "called": LIVE}, Access.NOT_ALLOWED, ("identity",)),
        ({"inline": [allows(f"{PETS}:*")], "called": LIVE}, Access.ALLOWED, ()),
        ({"inline": [allows(), allows(effect="Deny")]}, Access.DENIED, None),
        ({"inline": [allows()], "boundary": []}, Access.NOT_ALLOWED, ("boundary",)),
        ({"inline": [], "boundary": []}, Access.NOT_ALLOWED, ("identity", "boundary")),
        ({"inline": [allows()], "boundary": [allows()]}, Access.ALLOWED, ()),
        ({"inline": [allows(StringEquals={"aws:SourceVpc": "v"})]}, Access.UNKNOWN, ()),
        # The function's own policy, in the same account, serves as well where it names the role.
        ({"inline": [], "policy": [names(ROLE)]}, Access.ALLOWED, None),
        ({"inline": [], "policy": [names("*")]}, Access.ALLOWED, None),
        ({"inline": [], "policy": [names(f"arn:aws:iam::{ACCOUNT}:root")]}, Access.NOT_ALLOWED, ("identity",)),
        ({"inline": [], "policy": [statement()]}, Access.NOT_ALLOWED, ("identity",)),
        ({"inline": [], "boundary": [], "policy": [names(ROLE)]}, Access.NOT_ALLOWED, ("identity", "boundary")),
        # A Deny there outweighs what the role has; whether it applies is not looked at closer.
        ({"inline": [allows()], "policy": [names(ROLE, effect="Deny")]}, Access.UNKNOWN, None),
        # What cannot be read leaves open what it could change.
        ({"inline": [], "policy": DENIED}, Access.UNKNOWN, None),
        ({"inline": [allows()], "policy": ABSENT}, Access.ALLOWED, ()),
        ({"inline": [allows()], "policy": DENIED}, Access.UNKNOWN, None),
        # Of two that may apply, only a Deny can take away what the role has by itself.
        ({"inline": [allows()], "policy": [names("*", **IN_MY_ORGANIZATION)]}, Access.ALLOWED, ()),
        ({"inline": [allows()], "policy": [names("*", effect="Deny", **IN_MY_ORGANIZATION)]}, Access.UNKNOWN, None),
        ({"inline": [], "policy": [names("*", **IN_MY_ORGANIZATION)]}, Access.UNKNOWN, None),
    ],
)
def test_what_role_boundary_and_function_say_together(given, verdict, lacking):
    decision = decided(**given)
    assert decision.verdict is verdict
    assert lacking is None or decision.lacking == lacking


THEIRS = "210987654321"
THEIR_PETS = function_arn("pets", account=THEIRS)


@pytest.mark.parametrize(
    ("inline", "their_policy", "verdict"),
    [
        ([allows(THEIR_PETS)], [names(ROLE, resource=THEIR_PETS)], Access.ALLOWED),
        ([allows(THEIR_PETS)], [names(f"arn:aws:iam::{ACCOUNT}:root", resource=THEIR_PETS)], Access.ALLOWED),
        ([allows(THEIR_PETS)], [statement()], Access.UNKNOWN),
        ([allows(THEIR_PETS)], None, Access.UNKNOWN),
        ([], [names(ROLE, resource=THEIR_PETS)], Access.NOT_ALLOWED),
    ],
)
def test_across_accounts_both_have_to_let_it_in(inline, their_policy, verdict):
    theirs = account_of(record_function(Tape(), "pets", *(their_policy or ())), id=THEIRS)
    tape = record_api(record_role(Tape(), inline=inline), {"GET /pets": method(THEIR_PETS, credentials=ROLE)})
    neighbours = {} if their_policy is None else {THEIRS: theirs}
    (call,) = calls_of(api_of(tape, neighbour=neighbours.get))
    assert may_invoke(Role(call.api.account, ROLE), call).verdict is verdict
