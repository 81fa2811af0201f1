"""Policy documents with one change in them: one call more gets through, and nothing else than before."""

import json

import pytest

from bot.aws.policy import Access, Policy, Principal, Request, evaluate
from bot.aws.policy_amendments import (
    lets_in_everyone,
    one_address,
    principal_for_everyone,
    with_exemption,
    with_statement,
)

API = "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5"
CALL = f"{API}/prod/GET/pets"
HERE = "203.0.113.9"


def statement(effect="Deny", resource=f"{API}/*", sid="office", **condition):
    conditions = {"Condition": condition} if condition else {}
    named = {"Sid": sid} if sid else {}
    return {
        **named,
        "Effect": effect,
        "Principal": "*",
        "Action": "execute-api:Invoke",
        "Resource": resource,
        **conditions,
    }


def policy(*statements):
    return Policy.parse({"Version": "2012-10-17", "Statement": list(statements)})


def verdict(document, resource=CALL, source=HERE):
    request = Request(Principal.anonymous(), "execute-api:Invoke", resource, {"aws:SourceIp": source})
    return evaluate([Policy.parse(document)], request).verdict


def exempt(before, known=None):
    denying = before.statements[-1]
    return with_exemption(before, denying, CALL, f"{API}/*", known or {"aws:SourceIp": HERE})


EVERYWHERE = statement("Allow", sid=None)
ELSEWHERE = {"NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"}}


@pytest.mark.parametrize("resource", [f"{API}/*", "*", [f"{API}/prod/*", f"{API}/*"], "execute-api:/*"])
def test_a_deny_of_everything_is_parted_in_two(resource):
    before = policy(EVERYWHERE, statement(resource=resource, **ELSEWHERE))
    after = exempt(before)
    assert after["Statement"][0] == EVERYWHERE
    assert verdict(after) is Access.ALLOWED
    assert verdict(after, source="192.0.2.7") is Access.ALLOWED
    for resource, source in [(CALL, "203.0.113.10"), (f"{API}/prod/POST/pets", HERE), (f"{API}/prod/GET/pets/7", HERE)]:
        assert verdict(after, resource, source) is verdict(before.document, resource, source) is Access.DENIED
    sids = [each.get("Sid") for each in after["Statement"]]
    assert sids == [None, "office", "office2"]


def test_a_deny_of_just_this_call_gets_one_value_more():
    after = exempt(policy(EVERYWHERE, statement(resource=CALL, **ELSEWHERE)))
    condition = after["Statement"][1]["Condition"]["NotIpAddress"]
    assert (len(after["Statement"]), condition) == (2, {"aws:SourceIp": ["192.0.2.0/24", f"{HERE}/32"]})


@pytest.mark.parametrize(
    "denying",
    [
        statement(),
        statement(IpAddress={"aws:SourceIp": "203.0.113.0/24"}),
        statement(NotIpAddress={"aws:SourceIp": "192.0.2.0/24"}, Bool={"aws:SecureTransport": "true"}),
        statement(resource=f"{API}/prod/*", **ELSEWHERE),
        statement(StringNotEquals={"aws:PrincipalOrgID": "o-1"}),
        {**{k: v for k, v in statement(**ELSEWHERE).items() if k != "Resource"}, "NotResource": f"{API}/dev/*"},
    ],
)
def test_any_other_deny_is_left_to_its_owner(denying):
    assert exempt(policy(EVERYWHERE, denying)) is None


def test_what_is_not_known_is_not_exempted():
    denying = statement(StringNotEquals={"aws:SourceVpce": ["vpce-1"]})
    assert exempt(policy(denying)) is None
    assert exempt(policy(denying), {"aws:SourceVpce": ()}) is None
    parted = exempt(policy(denying), {"aws:sourcevpce": "vpce-2"})
    assert parted["Statement"][1]["Condition"] == {"StringNotEquals": {"aws:SourceVpce": ["vpce-1", "vpce-2"]}}


def test_a_statement_more_leaves_the_others_as_they_are():
    before = policy(EVERYWHERE)
    text = json.dumps(before.document)
    after = with_statement(before, statement("Allow", CALL))
    assert after["Statement"] == [EVERYWHERE, statement("Allow", CALL)]
    assert json.dumps(before.document) == text
    alone = Policy.parse({"Version": "2012-10-17", "Statement": EVERYWHERE})
    assert len(with_statement(alone, EVERYWHERE)["Statement"]) == 2


@pytest.mark.parametrize(
    ("address", "whole"),
    [
        (HERE, f"{HERE}/32"),
        ("2001:db8::7", "2001:db8::7/128"),
        ("here", None),
        ("1.2.3", None),
        ("fe80::1%eth0", None),
        ("2001:db8::7%'; rm", None),
    ],
)
def test_an_address_as_a_range(address, whole):
    assert one_address(address) == whole


def test_how_everyone_is_spelled():
    assert principal_for_everyone(policy(EVERYWHERE)) == "*"
    assert principal_for_everyone(policy({**EVERYWHERE, "Principal": {"AWS": ["*"]}})) == {"AWS": ["*"]}
    assert principal_for_everyone(policy(statement())) is None
    assert principal_for_everyone(policy({**EVERYWHERE, "Principal": {"AWS": "123456789012"}})) is None
    assert principal_for_everyone(None) is None


def test_everyone_is_let_in_only_by_a_statement_without_conditions():
    assert lets_in_everyone(
        policy({"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "*"})
    )
    assert not lets_in_everyone(policy({**EVERYWHERE, "Condition": {"Bool": {"aws:SecureTransport": "true"}}}))
    assert not lets_in_everyone(policy(statement()))
    assert not lets_in_everyone(None)
