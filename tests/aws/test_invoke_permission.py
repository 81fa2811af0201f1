"""Which statement comes nearest to letting API Gateway in, and the one thing that is wrong with it."""

import pytest

from bot.aws.arn import FunctionArn
from bot.aws.invoke_permission import (
    Fault,
    invoke_request,
    is_open_grant,
    is_replaceable,
    may_invoke,
    names_only,
    nearest_shortfall,
    restorable,
    unscoped_statements,
)
from bot.aws.policy import Access, Policy
from tests.aws.tapes import ACCOUNT, API, REGION, function_arn, policy_text, statement

CALLED = FunctionArn.parse(function_arn("pets"))
LIVE = FunctionArn.parse(function_arn("pets", "live"))
PRESENTED = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{API}/prod/GET/pets"
BASE = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{API}"
OTHER_API = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:zzzzzzzzzz/prod/GET/pets"
REQUEST = invoke_request(CALLED, PRESENTED, ACCOUNT)


def policy(*statements):
    return Policy.parse(policy_text(*statements))


def conditioned(sid="invoke", **operators):
    return statement(sid, Condition=operators)


FITS = statement("fits", f"{BASE}/*/GET/pets")
STAGE = statement("stage", f"{BASE}/dev/GET/pets")
STAGE_AND_METHOD = statement("stage-and-method", f"{BASE}/dev/POST/pets")
WRONG_API = statement("wrong-api", OTHER_API)
PRINCIPAL = statement("principal", f"{BASE}/*/*", Principal={"Service": "events.amazonaws.com"})
ACTION = statement("action", f"{BASE}/*/*", Action="lambda:GetFunction")
CONDITION = conditioned("condition", StringEquals={"aws:SourceAccount": "210987654321"})
LITERAL = conditioned("literal", StringEquals={"aws:SourceArn": f"{BASE}/*/*"})
ELSEWHERE = statement("elsewhere", f"{BASE}/*/*", Resource=str(LIVE))
FOREIGN = statement("foreign", Principal={"Service": "s3.amazonaws.com"})


@pytest.mark.parametrize(
    ("statements", "verdict"),
    [
        ([], Access.NOT_ALLOWED),
        ([FITS], Access.ALLOWED),
        ([STAGE], Access.NOT_ALLOWED),
        ([FITS, statement("no", f"{BASE}/*/*", Effect="Deny")], Access.DENIED),
        ([FITS, conditioned("maybe", StringEquals={"aws:SourceOrgID": "o-1"})], Access.ALLOWED),
        ([conditioned("maybe", StringEquals={"aws:SourceOrgID": "o-1"})], Access.UNKNOWN),
        ([conditioned("never", StringEquals={"aws:PrincipalOrgID": "o-1"})], Access.NOT_ALLOWED),
        ([conditioned("account", StringEquals={"aws:SourceAccount": ACCOUNT})], Access.ALLOWED),
        ([statement("anybody", Principal="*")], Access.ALLOWED),
    ],
)
def test_what_a_policy_says_of_api_gateway(statements, verdict):
    assert may_invoke(policy(*statements), REQUEST).verdict is verdict


def test_no_policy_allows_nothing():
    assert may_invoke(None, REQUEST).verdict is Access.NOT_ALLOWED


@pytest.mark.parametrize(
    ("statements", "fault", "sid"),
    [
        ([STAGE], Fault.SOURCE_ARN, "stage"),
        ([PRINCIPAL], Fault.PRINCIPAL, "principal"),
        ([ACTION], Fault.ACTION, "action"),
        ([CONDITION], Fault.CONDITION, "condition"),
        ([LITERAL], Fault.CONDITION, "literal"),
        ([WRONG_API], Fault.SOURCE_ARN, "wrong-api"),
        # One part of the ARN against several.
        ([STAGE_AND_METHOD, STAGE], Fault.SOURCE_ARN, "stage"),
        # A statement for another API is the farthest of all.
        ([WRONG_API, STAGE_AND_METHOD], Fault.SOURCE_ARN, "stage-and-method"),
        ([WRONG_API, PRINCIPAL], Fault.PRINCIPAL, "principal"),
        # Where nothing of the ARN differs, what is wrong last is nearest.
        ([PRINCIPAL, ACTION], Fault.ACTION, "action"),
        ([ACTION, PRINCIPAL], Fault.ACTION, "action"),
        ([ACTION, CONDITION], Fault.CONDITION, "condition"),
        ([PRINCIPAL, LITERAL], Fault.CONDITION, "literal"),
    ],
)
def test_the_nearest_statement_of_a_policy(statements, fault, sid):
    near = nearest_shortfall([(CALLED, policy(*statements))], CALLED, REQUEST)
    assert (near.fault, near.statement.sid, near.granted_on) == (fault, sid, CALLED)


@pytest.mark.parametrize(
    ("statements", "why"),
    [
        ([], "nothing granted"),
        ([FOREIGN], "meant for somebody else"),
        ([statement("no", f"{BASE}/dev/*", Effect="Deny")], "a Deny lets nobody in"),
        ([statement("root", Principal={"AWS": ACCOUNT})], "meant for an account"),
        ([conditioned(ArnNotLike={"aws:SourceArn": f"{BASE}/*/*"})], "meant for every API but this one"),
        ([conditioned(Null={"aws:SourceArn": "true"})], "meant for calls without a source"),
    ],
)
def test_what_is_not_meant_for_api_gateway_is_not_near(statements, why):
    assert nearest_shortfall([(CALLED, policy(*statements))], CALLED, REQUEST) is None, why


def test_a_qualifier_without_a_policy_has_nothing_near():
    assert nearest_shortfall([(CALLED, None)], CALLED, REQUEST) is None


@pytest.mark.parametrize(
    ("own", "sibling", "fault"),
    [
        ([], [ELSEWHERE], Fault.QUALIFIER),
        ([WRONG_API], [ELSEWHERE], Fault.QUALIFIER),
        ([STAGE], [ELSEWHERE], Fault.SOURCE_ARN),
        ([PRINCIPAL], [ELSEWHERE], Fault.PRINCIPAL),
        # On a sibling only the qualifier may be wrong.
        ([WRONG_API], [statement("sibling", f"{BASE}/dev/*", Resource=str(LIVE))], Fault.SOURCE_ARN),
        ([], [statement("sibling", f"{BASE}/dev/*", Resource=str(LIVE))], None),
    ],
)
def test_a_statement_on_a_sibling_counts_where_nothing_nearer_stands_on_what_is_called(own, sibling, fault):
    policies = [(CALLED, policy(*own)), (LIVE, policy(*sibling))]
    near = nearest_shortfall(policies, CALLED, REQUEST)
    assert (near.fault if near else None) is fault
    if fault is Fault.QUALIFIER:
        assert (near.granted_on, near.expected, near.actual) == (LIVE, str(LIVE), str(CALLED))


def test_a_statement_on_the_function_does_not_reach_the_alias_that_is_called():
    request = invoke_request(LIVE, PRESENTED, ACCOUNT)
    near = nearest_shortfall([(LIVE, None), (CALLED, policy(FITS))], LIVE, request)
    assert (near.fault, near.granted_on, near.statement.sid) == (Fault.QUALIFIER, CALLED, "fits")


@pytest.mark.parametrize(
    ("written", "expected", "actual", "differs"),
    [
        (STAGE, f"{BASE}/dev/GET/pets", PRESENTED, ("stage",)),
        (WRONG_API, OTHER_API, PRESENTED, ("api",)),
        (PRINCIPAL, "events.amazonaws.com", "apigateway.amazonaws.com", ()),
        (ACTION, "lambda:GetFunction", "lambda:InvokeFunction", ()),
        (CONDITION, "210987654321", ACCOUNT, ()),
        (LITERAL, f"{BASE}/*/*", PRESENTED, ()),
        (conditioned("absent", StringEquals={"aws:PrincipalOrgID": "o-1"}), "o-1", "", ()),
    ],
)
def test_says_what_stands_there_and_what_api_gateway_presents(written, expected, actual, differs):
    near = nearest_shortfall([(CALLED, policy(written))], CALLED, REQUEST)
    assert (near.expected, near.actual, near.differs) == (expected, actual, differs)


def test_of_several_patterns_the_nearest_is_shown():
    several = conditioned(
        "several", ArnLike={"aws:SourceArn": [OTHER_API, f"{BASE}/dev/POST/pets", f"{BASE}/dev/GET/pets"]}
    )
    near = nearest_shortfall([(CALLED, policy(several))], CALLED, REQUEST)
    assert (near.expected, near.differs) == (f"{BASE}/dev/GET/pets", ("stage",))


@pytest.mark.parametrize(("pattern", "believed"), [(f"{BASE}/dev/*", False), ("arn:aws:execute-api:*", True)])
def test_says_where_only_our_reading_of_arnlike_keeps_it_out(pattern, believed):
    near = nearest_shortfall([(CALLED, policy(statement("short", pattern)))], CALLED, REQUEST)
    assert near.rests_on_belief is believed


@pytest.mark.parametrize(
    ("written", "unscoped"),
    [
        (statement(), True),
        (statement(Action="lambda:*"), True),
        (statement(Principal="*"), True),
        (FITS, False),
        (conditioned(StringEquals={"aws:SourceAccount": ACCOUNT}), False),
        (conditioned(StringNotEquals={"aws:SourceAccount": ACCOUNT}), True),
        (conditioned(ArnNotLike={"aws:SourceArn": OTHER_API}), False),
        (statement(Effect="Deny"), False),
        (FOREIGN, False),
    ],
)
def test_which_statements_let_in_any_api(written, unscoped):
    assert bool(unscoped_statements(policy(written), REQUEST)) is unscoped


def test_without_a_policy_nothing_is_open():
    assert unscoped_statements(None, REQUEST) == ()


@pytest.mark.parametrize(
    ("written", "replaceable"),
    [
        (statement(source=f"{BASE}/prod/GET/pets"), True),
        (statement(source=f"{BASE}/*/*"), True),
        (conditioned(ArnLike={"AWS:SourceArn": f"{BASE}/*/*"}, StringEquals={"AWS:SourceAccount": ACCOUNT}), True),
        (statement(source=OTHER_API), False),
        (statement(source=f"arn:aws:execute-api:*:{ACCOUNT}:{API}/*/*"), False),
        (statement(), False),
        (statement(source=f"{BASE}/*/*", Effect="Deny"), False),
        (statement(source=f"{BASE}/*/*", Action=["lambda:InvokeFunction", "lambda:GetFunction"]), False),
        (
            statement(source=f"{BASE}/*/*", Principal={"Service": ["apigateway.amazonaws.com", "s3.amazonaws.com"]}),
            False,
        ),
        (conditioned(ArnLike={"AWS:SourceArn": [f"{BASE}/a/*", f"{BASE}/b/*"]}), False),
        (conditioned(ArnLike={"AWS:SourceArn": f"{BASE}/*/*"}, Bool={"aws:SecureTransport": "true"}), False),
    ],
)
def test_what_may_make_room_for_one_statement_of_the_whole_api(written, replaceable):
    (read,) = policy(written).statements
    assert is_replaceable(read, f"{BASE}/*/*") is replaceable


@pytest.mark.parametrize(
    ("written", "is_open"),
    [
        (statement(), True),
        (statement(Effect="Deny"), False),
        (statement(Action="lambda:*"), False),
        (statement(Principal="*"), False),
        (FITS, False),
        (conditioned(StringEquals={"aws:SourceAccount": ACCOUNT}), False),
    ],
)
def test_which_open_statements_add_permission_can_write_again(written, is_open):
    (read,) = policy(written).statements
    assert is_open_grant(read) is is_open


@pytest.mark.parametrize(
    ("condition", "only"),
    [
        ({"ArnLike": {"aws:SourceArn": f"{BASE}/prod/*"}}, True),
        ({"StringEquals": {"aws:SourceArn": PRESENTED}}, True),
        ({"ArnLike": {"aws:SourceArn": [PRESENTED, OTHER_API]}}, False),
        ({"ArnNotLike": {"aws:SourceArn": f"{BASE}/*"}}, False),
        ({"ArnLike": {"aws:SourceArn": "*"}}, False),
        ({"StringEquals": {"aws:SourceAccount": ACCOUNT}}, False),
    ],
)
def test_which_statements_are_about_one_api_alone(condition, only):
    (read,) = policy(conditioned("deny", **condition)).statements
    assert names_only(read, f"{BASE}/*") is only


def test_a_statement_without_an_id_cannot_be_removed():
    nameless = statement(source=f"{BASE}/*/*")
    del nameless["Sid"]
    (read,) = policy(nameless).statements
    assert not is_replaceable(read, f"{BASE}/*/*")


def test_what_it_takes_to_write_a_statement_again():
    condition = {"ArnLike": {"AWS:SourceArn": PRESENTED}, "StringEquals": {"AWS:SourceAccount": ACCOUNT}}
    (with_account,) = policy(statement("a", Condition=condition)).statements
    (without,) = policy(statement("b", PRESENTED)).statements
    assert restorable(with_account) == {"sid": "a", "source_arn": PRESENTED, "source_account": ACCOUNT}
    assert restorable(without) == {"sid": "b", "source_arn": PRESENTED, "source_account": None}
