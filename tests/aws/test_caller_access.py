"""The tables of API Gateway's authorization flow, cell by cell: authorization, resource policy, identity, account."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.aws.apigateway import Focus
from bot.aws.caller_access import Refusal, judge, judged, outcome
from bot.aws.callers import Caller
from bot.aws.method_calls import calls_asked
from bot.aws.policy import Access, Policy
from bot.model import Incident
from tests.aws.tapes import ACCOUNT, API, DENIED, REGION, Tape, account_of, api_of, found, record_api

ARN = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{API}"
CALLED = f"{ARN}/prod/GET/pets"
OTHER_ACCOUNT = "210987654321"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/caller/session"
ENDPOINT, VPC = "vpce-0a1b2c3d4e5f60718", "vpc-1"
YES, NO, DENY, OPEN = Access.ALLOWED, Access.NOT_ALLOWED, Access.DENIED, Access.UNKNOWN

# resource policy, identity (or what a Lambda authorizer answers) -> result
TABLE_A = {
    (YES, YES): YES,
    (YES, NO): YES,
    (YES, DENY): DENY,
    (NO, YES): YES,
    (NO, NO): NO,
    (NO, DENY): DENY,
    (DENY, YES): DENY,
    (DENY, NO): DENY,
    (DENY, DENY): DENY,
    (None, YES): YES,
    (None, NO): NO,
    (None, DENY): DENY,
}
TABLE_B = TABLE_A | {(YES, NO): NO, (NO, YES): NO, (None, YES): NO}
BY_THE_POLICY_ALONE = {(policy, identity): policy or YES for policy, identity in TABLE_A}

TABLES = [
    ("NONE", False, BY_THE_POLICY_ALONE),
    ("NONE", True, BY_THE_POLICY_ALONE),
    ("COGNITO_USER_POOLS", False, BY_THE_POLICY_ALONE),
    ("CUSTOM", False, TABLE_A),
    ("CUSTOM", True, TABLE_A),
    ("AWS_IAM", False, TABLE_A),
    ("AWS_IAM", True, TABLE_B),
]
CELLS = [
    (authorization, across, policy, identity, result)
    for authorization, across, table in TABLES
    for (policy, identity), result in table.items()
]


@pytest.mark.parametrize(("authorization", "across", "policy", "identity", "result"), CELLS)
def test_each_cell(authorization, across, policy, identity, result):
    assert outcome(authorization, policy, identity, is_private=False, is_across_accounts=across) is result
    in_private = outcome(authorization, policy, identity, is_private=True, is_across_accounts=across)
    assert in_private is (NO if policy is None else result)


@given(
    st.sampled_from(["NONE", "COGNITO_USER_POOLS", "CUSTOM", "AWS_IAM", "new"]),
    st.booleans(),
    st.booleans(),
    st.sampled_from([YES, NO, DENY]),
    st.sampled_from([YES, NO, DENY]),
)
def test_what_is_not_known_is_never_decided_against_what_it_turns_out_to_be(kind, private, across, policy, identity):
    def refused_or_not(some, other):
        result = outcome(kind, some, other, is_private=private, is_across_accounts=across)
        return OPEN if result is OPEN else result is YES

    truth = refused_or_not(policy, identity)
    for guess in (refused_or_not(OPEN, identity), refused_or_not(policy, OPEN), refused_or_not(OPEN, OPEN)):
        assert guess in (OPEN, truth)


# ---- the same with documents


def statement(effect="Allow", principal="*", resource=f"{ARN}/*", **condition):
    conditions = {"Condition": condition} if condition else {}
    return {
        "Effect": effect,
        "Principal": principal,
        "Action": "execute-api:Invoke",
        "Resource": resource,
        **conditions,
    }


ALLOWS, DENIES = statement(), statement("Deny")
SILENT = statement(resource=f"{ARN}/dev/*")
DOCUMENTS = {None: None, YES: [ALLOWS], NO: [SILENT], DENY: [ALLOWS, DENIES]}
IDENTITIES = {
    YES: [{"Effect": "Allow", "Action": "execute-api:*", "Resource": CALLED}],
    NO: [],
    DENY: [{"Effect": "Deny", "Action": "*", "Resource": "*"}],
}


def written(statements):
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def a_tape(authorization="AWS_IAM", policy=None, private=None, methods=("GET /pets",)):
    tape = record_api(Tape(), {label: {"authorizationType": authorization} for label in methods})
    described = {"id": API, "name": "pets", **({"policy": written(policy)} if policy else {})}
    if private is not None:
        described["endpointConfiguration"] = {"types": ["PRIVATE"], "vpcEndpointIds": list(private)}
    tape.holds("apigateway", "GetRestApi", found(**described), restApiId=API)
    return exports(tape, authorization, policy, methods)


def exports(tape, authorization, policy, methods=("GET /pets",)):
    signed = {"security": [{"sigv4": []}]} if authorization == "AWS_IAM" else {}
    other = {"x-amazon-apigateway-auth": {"type": authorization}} if not signed else {}
    paths = {}
    for label in methods:
        verb, _, path = label.partition(" ")
        key = "x-amazon-apigateway-any-method" if verb == "ANY" else verb.lower()
        paths.setdefault(path, {})[key] = {**signed, **other}
    schemes = {"securitySchemes": {"sigv4": {"type": "apiKey", "x-amazon-apigateway-authtype": "awsSigv4"}}}
    document = {"openapi": "3.0.1", "paths": paths, "components": schemes}
    if policy:
        document["x-amazon-apigateway-policy"] = json.loads(written(policy))
    return tape.holds(
        "apigateway",
        "GetExport",
        found(body=json.dumps(document)),
        restApiId=API,
        stageName="prod",
        exportType="oas30",
        parameters={"extensions": "integrations,authorizers,apigateway"},
        accepts="application/json",
    )


def record_role(tape, statements):
    described = {"RoleName": "caller", "Arn": f"arn:aws:iam::{ACCOUNT}:role/a/caller"}
    tape.holds("iam", "GetRole", found(Role=described), RoleName="caller")
    tape.holds("iam", "ListRolePolicies", found(PolicyNames=["p"]), RoleName="caller")
    content = found(PolicyDocument={"Version": "2012-10-17", "Statement": statements})
    tape.holds("iam", "GetRolePolicy", content, RoleName="caller", PolicyName="p")
    return tape.holds("iam", "ListAttachedRolePolicies", found(AttachedPolicies=[]), RoleName="caller")


def record_endpoint(tape, *statements):
    described = {"VpcEndpointId": ENDPOINT, "VpcId": VPC, "PolicyDocument": written(statements)}
    return tape.holds("ec2", "DescribeVpcEndpoints", found(VpcEndpoints=[described]), VpcEndpointIds=[ENDPOINT])


def ask(tape, path="/pets", method="GET", neighbour=lambda _: None, **told):
    api = api_of(tape, Focus(method=method, path=path, incident=Incident(**told)), neighbour=neighbour)
    (call,) = calls_asked(api)
    return judged(call, Caller(api))


@pytest.mark.parametrize("policy", [None, YES, NO, DENY])
@pytest.mark.parametrize("identity", [YES, NO, DENY])
def test_signed_calls_of_the_same_account(policy, identity):
    tape = record_role(a_tape(policy=DOCUMENTS[policy]), IDENTITIES[identity])
    judgement, refusals = ask(tape, caller=SESSION)
    assert judgement.verdict is TABLE_A[policy, identity]
    assert (Refusal.DENIED in refusals) == (policy is DENY)
    assert (Refusal.BY_IDENTITY in refusals) == (identity is DENY or (identity is NO and policy in (None, NO)))
    assert Refusal.NOT_ALLOWED not in refusals


@pytest.mark.parametrize("policy", [None, YES, NO, DENY])
@pytest.mark.parametrize("identity", [YES, NO, DENY])
def test_signed_calls_of_another_account(policy, identity):
    there = record_role(Tape(), IDENTITIES[identity])
    caller = SESSION.replace(ACCOUNT, OTHER_ACCOUNT)
    tape = a_tape(policy=DOCUMENTS[policy])
    judgement, refusals = ask(tape, neighbour=lambda id: account_of(there, id=id), caller=caller)
    assert judgement.verdict is TABLE_B[policy, identity]
    assert (Refusal.NOT_ALLOWED in refusals) == (policy in (None, NO))
    assert (Refusal.BY_IDENTITY in refusals) == (identity is not YES)


@pytest.mark.parametrize("authorization", ["NONE", "COGNITO_USER_POOLS", "CUSTOM"])
@pytest.mark.parametrize("policy", [None, YES, NO, DENY])
def test_calls_that_are_not_signed(authorization, policy):
    judgement, refusals = ask(a_tape(authorization, DOCUMENTS[policy]))
    if authorization == "CUSTOM":
        assert judgement.verdict is (DENY if policy is DENY else OPEN)
        assert refusals == ((Refusal.DENIED,) if policy is DENY else ())
        return
    assert judgement.verdict is (policy or YES)
    assert refusals == {DENY: (Refusal.DENIED,), NO: (Refusal.NOT_ALLOWED,)}.get(policy, ())


def test_statements_for_certain_principals_are_met_by_signed_calls_only():
    policy = [statement(principal={"AWS": SESSION})]
    assert ask(a_tape("NONE", policy))[1] == (Refusal.NOT_ALLOWED,)
    assert ask(a_tape("AWS_IAM", policy))[1] == ()
    assert ask(record_role(a_tape("AWS_IAM", policy), []), caller=SESSION)[1] == ()


@pytest.mark.parametrize(
    ("principals", "refused"),
    [
        ([ACCOUNT], True),
        ([f"arn:aws:iam::{ACCOUNT}:root"], True),
        ([ACCOUNT, SESSION], False),
        (["*"], False),
    ],
)
def test_an_account_that_is_let_in_decides_by_itself_whom_of_it(principals, refused):
    policy = [statement(principal={"AWS": principals})]
    judgement, refusals = ask(record_role(a_tape("AWS_IAM", policy), []), caller=SESSION)
    assert judgement.is_delegated is refused
    assert refusals == ((Refusal.BY_IDENTITY,) if refused else ())


def test_a_caller_who_is_not_named_is_not_judged():
    judgement, refusals = ask(a_tape())
    assert (judgement.verdict, refusals) == (OPEN, ())


def test_a_masked_account_is_none():
    masked = SESSION.replace(ACCOUNT, "********9012")
    judgement, refusals = ask(a_tape(), caller=masked)
    assert (judgement.caller.arn, judgement.verdict, refusals) == (None, OPEN, ())


def test_a_caller_whose_policies_cannot_be_read_is_not_judged():
    judgement, refusals = ask(a_tape().holds("iam", "GetRole", DENIED, RoleName="caller"), caller=SESSION)
    assert (judgement.verdict, refusals) == (OPEN, ())
    tape = a_tape(policy=[DENIES]).holds("iam", "GetRole", DENIED, RoleName="caller")
    assert ask(tape, caller=SESSION)[1] == (Refusal.DENIED,)


def test_a_boundary_leaves_open_what_the_api_grants_to_the_role():
    tape = record_role(a_tape(policy=[ALLOWS]), IDENTITIES[NO])
    edge = f"arn:aws:iam::{ACCOUNT}:policy/edge"
    described = {"RoleName": "caller", "Arn": "x", "PermissionsBoundary": {"PermissionsBoundaryArn": edge}}
    tape.holds("iam", "GetRole", found(Role=described), RoleName="caller")
    tape.holds("iam", "GetPolicy", found(Policy={"DefaultVersionId": "v1"}), PolicyArn=edge)
    shown = found(PolicyVersion={"Document": {"Statement": []}})
    tape.holds("iam", "GetPolicyVersion", shown, PolicyArn=edge, VersionId="v1")
    assert ask(tape, caller=SESSION)[0].verdict is OPEN


def test_the_account_itself_may_do_everything():
    assert ask(a_tape(), caller=f"arn:aws:iam::{ACCOUNT}:root")[0].verdict is YES


# ---- private APIs


@pytest.mark.parametrize("policy", [None, YES, NO, DENY])
@pytest.mark.parametrize("endpoint", [YES, NO, DENY])
def test_private_apis_behind_an_endpoint(policy, endpoint):
    tape = record_endpoint(a_tape("NONE", DOCUMENTS[policy], private=[ENDPOINT]), *DOCUMENTS[endpoint])
    judgement, refusals = ask(tape, vpc_endpoint=ENDPOINT)
    behind = NO if policy is None else policy
    assert judgement.verdict is (DENY if DENY in (behind, endpoint) else NO if NO in (behind, endpoint) else YES)
    assert (Refusal.BY_ENDPOINT in refusals) == (endpoint is not YES)
    assert (Refusal.WITHOUT_POLICY in refusals) == (policy is None)


@pytest.mark.parametrize("authorization", ["NONE", "AWS_IAM", "CUSTOM", "COGNITO_USER_POOLS"])
def test_a_private_api_without_policy_refuses_everybody(authorization):
    assert ask(a_tape(authorization, private=[]))[1] == (Refusal.WITHOUT_POLICY,)


def test_an_endpoint_that_is_not_told_leaves_a_private_api_open():
    assert ask(a_tape("NONE", [ALLOWS], private=[]))[0].verdict is OPEN


def test_an_endpoint_that_cannot_be_read_leaves_it_open():
    tape = a_tape("NONE", [ALLOWS], private=[]).holds("ec2", "DescribeVpcEndpoints", DENIED, VpcEndpointIds=[ENDPOINT])
    assert ask(tape, vpc_endpoint=ENDPOINT)[0].verdict is OPEN
    assert ask(a_tape("NONE", [ALLOWS], private=[]), vpc_endpoint=ENDPOINT)[0].verdict is OPEN


@pytest.mark.parametrize(
    ("key", "value", "private", "told", "verdict"),
    [
        ("aws:SourceIp", "192.0.2.0/24", None, {"source_ip": "192.0.2.7"}, YES),
        ("aws:SourceIp", "192.0.2.0/24", None, {"source_ip": "203.0.113.9"}, NO),
        ("aws:SourceIp", "192.0.2.0/24", None, {}, OPEN),
        ("aws:VpcSourceIp", "10.0.0.0/8", None, {"source_ip": "10.0.0.7"}, NO),
        ("aws:SourceIp", "10.0.0.0/8", [], {"source_ip": "10.0.0.7"}, NO),
        ("aws:VpcSourceIp", "10.0.0.0/8", [], {"source_ip": "10.0.0.7"}, OPEN),
    ],
)
def test_addresses(key, value, private, told, verdict):
    judgement, refusals = ask(a_tape("NONE", [statement(IpAddress={key: value})], private), **told)
    assert judgement.verdict is verdict
    assert (Refusal.NOT_ALLOWED in refusals) == (verdict is NO)


@pytest.mark.parametrize(
    ("key", "value", "told", "verdict"),
    [
        ("aws:SourceVpce", ENDPOINT, {"vpc_endpoint": ENDPOINT}, YES),
        ("aws:SourceVpce", "vpce-00000000", {"vpc_endpoint": ENDPOINT}, NO),
        ("aws:SourceVpc", VPC, {"vpc_endpoint": ENDPOINT}, YES),
        ("aws:SourceVpc", "vpc-2", {"vpc_endpoint": ENDPOINT}, NO),
        ("aws:SourceVpc", VPC, {}, OPEN),
    ],
)
def test_places(key, value, told, verdict):
    tape = record_endpoint(a_tape("NONE", [statement(StringEquals={key: value})], private=[]), ALLOWS)
    assert ask(tape, **told)[0].verdict is verdict


def test_a_public_api_is_not_called_through_an_endpoint():
    policy = [ALLOWS, statement("Deny", StringNotEquals={"aws:SourceVpce": ENDPOINT})]
    assert ask(a_tape("NONE", policy))[1] == (Refusal.DENIED,)


# ---- what runs


def test_what_waits_to_be_deployed_is_no_refusal():
    tape = exports(a_tape("NONE", [DENIES]), "NONE", [ALLOWS])
    assert ask(tape)[1] == ()
    assert ask(exports(a_tape("NONE", [ALLOWS]), "NONE", [DENIES]))[1] == ()
    assert ask(exports(a_tape("NONE", [DENIES]), "AWS_IAM", [DENIES]))[1] == ()


# ---- paths


PATHS = ("GET /pets/{id}", "GET /pets/{id}/toys", "ANY /{proxy+}")


def call_of(path, method=None, resource="/pets/{id}"):
    api = api_of(a_tape("NONE", methods=PATHS), Focus(method=method, path=path))
    return next(call for call in calls_asked(api) if call.method.path == resource)


def verdict_of(call, resource):
    document = json.loads(written([statement(resource=resource)]))
    return judge(call, Policy.parse(document), Caller(call.api)).verdict


@pytest.mark.parametrize(
    ("resource", "of_any", "of_seven"),
    [
        (f"{ARN}/prod/GET/pets/*", YES, YES),
        (f"{ARN}/prod/GET/pets/7", OPEN, YES),
        (f"{ARN}/prod/GET/pets/?", OPEN, YES),
        (f"{ARN}/prod/GET/pets/8", OPEN, NO),
        (f"{ARN}/prod/GET/pets/{{id}}", OPEN, NO),
        (f"{ARN}/prod/POST/pets/*", NO, NO),
        (f"{ARN}/prod/GET/dogs/*", NO, NO),
        ("execute-api:/prod/*", YES, YES),
        ("*", YES, YES),
    ],
)
def test_a_path_that_is_not_told_is_not_taken_for_its_template(resource, of_any, of_seven):
    assert verdict_of(call_of("/pets/{id}"), resource) is of_any
    assert verdict_of(call_of("/pets/7"), resource) is of_seven


@pytest.mark.parametrize("path", ["/pets/7", "/pets/7?full=1", "/prod/pets/7"])
def test_what_people_leave_in_a_path_is_no_part_of_it(path):
    api = api_of(a_tape("NONE", methods=["GET /pets/{id}"]), Focus(path=path))
    (call,) = calls_asked(api)
    assert call.resource == f"{ARN}/prod/GET/pets/7"


def test_a_verb_that_is_not_told_may_be_any():
    call = call_of("/dogs", resource="/{proxy+}")
    assert call.resource == f"{ARN}/prod/*/dogs"
    assert verdict_of(call, f"{ARN}/prod/GET/dogs") is OPEN
    assert verdict_of(call_of("/dogs", "GET", "/{proxy+}"), f"{ARN}/prod/GET/dogs") is YES
