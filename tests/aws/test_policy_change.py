"""Whom a deployed change of the resource policy would let in or shut out: where nothing is certain, nothing is said."""

import pytest

from bot.aws.apigateway import Focus
from bot.aws.deployed import running
from bot.aws.policy_change import Opening, PolicyChange
from bot.model import Incident
from tests.aws.tapes import ACCOUNT, api_of
from tests.aws.test_caller_access import ALLOWS, DENIES, SESSION, SILENT, a_tape, exports, statement

HERE = statement(IpAddress={"aws:SourceIp": "192.0.2.0/24"})
THERE = statement(IpAddress={"aws:SourceIp": "198.51.100.0/24"})
BANNED = statement("Deny", IpAddress={"aws:SourceIp": "192.0.2.0/24"})
OWN = statement(principal={"AWS": ACCOUNT})
ROLE = statement(principal={"AWS": f"arn:aws:iam::{ACCOUNT}:role/a/caller"})


def both(now, then, asks="NONE", will_ask=None, private=None, **told):
    """The API and what its stage runs, with these statements, None for no policy."""
    tape = exports(a_tape(will_ask or asks, then, private=private), asks, now)
    incident = Incident(symptoms=("resource-policy-deny",), **told)
    api = api_of(tape, Focus(method="GET", path="/pets", incident=incident))
    return api, running(api, api.stages[0])


def judged(*given, **more):
    change = PolicyChange.of(*both(*given, **more))
    return change.may_let_in, change.may_shut_out


@pytest.mark.parametrize(
    ("now", "then", "lets_in", "shuts_out"),
    [
        ([ALLOWS], [ALLOWS, DENIES], False, True),
        ([ALLOWS], [OWN], False, True),
        ([ALLOWS], [HERE], False, True),
        (None, [HERE], False, True),
        (None, [ALLOWS], False, False),
        ([ALLOWS, DENIES], [ALLOWS], True, False),
        ([ALLOWS, DENIES], None, True, False),
        ([HERE], None, True, False),
        ([HERE], [THERE], True, False),
        ([HERE], [SILENT], False, True),
        ([HERE], [BANNED], False, True),
        ([ALLOWS, DENIES], [SILENT], False, False),
        ([ALLOWS, BANNED], [ALLOWS], True, False),
    ],
)
@pytest.mark.parametrize("asks", ["NONE", "COGNITO_USER_POOLS"])
def test_where_the_policy_alone_decides(now, then, lets_in, shuts_out, asks):
    assert judged(now, then, asks) == (lets_in, shuts_out)


@pytest.mark.parametrize(
    ("asks", "now", "then", "lets_in", "shuts_out"),
    [
        ("AWS_IAM", None, [ROLE], True, False),
        ("AWS_IAM", [ROLE], [OWN], True, False),
        ("AWS_IAM", [ROLE], None, False, True),
        ("AWS_IAM", [ALLOWS], [OWN], False, True),
        ("AWS_IAM", [ALLOWS, DENIES], None, True, False),
        ("AWS_IAM", [SILENT], [DENIES], False, True),
        ("CUSTOM", None, [ALLOWS, BANNED], True, True),
        ("CUSTOM", [ALLOWS, DENIES], None, True, False),
        ("CUSTOM", [SILENT], [DENIES], False, True),
        ("CUSTOM", [SILENT], [ALLOWS], True, False),
    ],
)
def test_where_the_callers_own_side_may_let_in_too(asks, now, then, lets_in, shuts_out):
    assert judged(now, then, asks) == (lets_in, shuts_out)


def test_what_is_told_of_the_call_decides():
    assert judged([HERE], [THERE], source_ip="192.0.2.7") == (False, True)
    assert judged([HERE], [THERE], source_ip="198.51.100.7") == (True, False)
    other = statement(principal={"AWS": f"arn:aws:iam::{ACCOUNT}:role/other"})
    assert judged([ROLE], [other], "AWS_IAM", caller=SESSION) == (False, True)
    assert judged([other], [ROLE], "AWS_IAM", caller=SESSION) == (True, False)


def test_a_private_api_without_policy_refuses_everybody():
    assert judged([ALLOWS], None, private=[]) == (False, True)
    assert judged(None, [ALLOWS], private=[]) == (True, False)


def test_what_another_authorization_refuses_is_not_the_policys_doing():
    assert judged(None, [ROLE], "NONE", "AWS_IAM") == (False, False)
    assert judged([ALLOWS], [DENIES], "NONE", "AWS_IAM") == (False, True)


def test_a_method_that_the_stage_does_not_run_is_not_judged():
    tape = exports(a_tape("NONE", [DENIES]), "NONE", [ALLOWS], ())
    api = api_of(tape, Focus())
    change = PolicyChange.of(api, running(api, api.stages[0]))
    assert (change.is_judged, change.may_let_in, change.may_shut_out) == (False, False, False)


@pytest.mark.parametrize(
    ("now", "then", "asks", "to_anybody", "to_the_policy"),
    [
        ([HERE], None, "NONE", True, False),
        ([ALLOWS, BANNED], [ALLOWS], "NONE", True, False),
        ([HERE], [THERE], "NONE", False, False),
        ([ALLOWS], None, "NONE", False, False),
        (None, None, "AWS_IAM", True, False),
        ([ALLOWS], [ALLOWS], "AWS_IAM", True, False),
        ([HERE], [HERE], "AWS_IAM", False, True),
        ([ALLOWS], [ALLOWS, DENIES], "AWS_IAM", False, True),
    ],
)
def test_what_a_deployment_opens(now, then, asks, to_anybody, to_the_policy):
    opening = Opening.of(*both(now, then, asks, "NONE", source_ip="198.51.100.7"))
    assert (bool(opening.to_anybody), bool(opening.to_the_policy)) == (to_anybody, to_the_policy)


def test_a_method_that_goes_on_to_ask_is_not_opened():
    assert Opening.of(*both([HERE], None, "AWS_IAM")) == Opening()


def test_a_private_api_is_opened_to_nobody_without_a_policy():
    assert Opening.of(*both([ALLOWS], None, "AWS_IAM", "NONE", private=[])) == Opening()
