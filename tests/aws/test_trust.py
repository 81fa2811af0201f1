"""What is written to let API Gateway assume a role: no more than that, and nothing that stood there is lost."""

import copy

import pytest

from bot.aws.policy import Access, Policy
from bot.aws.policy_amendments import with_statement
from bot.aws.role_permission import lets_in
from bot.aws.trust import LET_IN, new_trust

ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/writer"
EC2 = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}


def test_a_new_trust_lets_api_gateway_in_and_nobody_else():
    assert lets_in(Policy.parse(new_trust()), ROLE, ACCOUNT) is Access.ALLOWED
    assert new_trust()["Statement"] == [LET_IN]


@pytest.mark.parametrize("stands", [EC2, [EC2], []])
def test_a_statement_more_leaves_what_stands_there(stands):
    document = {"Version": "2012-10-17", "Id": "trust", "Statement": stands}
    before = copy.deepcopy(document)
    amended = with_statement(Policy.parse(document), LET_IN)
    kept = stands if isinstance(stands, list) else [stands]
    assert amended == {**before, "Statement": [*kept, LET_IN]}
    assert document == before


def test_a_source_that_is_not_known_decides_nothing():
    only_from = {"ArnLike": {"aws:SourceArn": "arn:aws:execute-api:*:*:a1b2c3d4e5/*"}}
    trust = Policy.parse({"Statement": [{**LET_IN, "Condition": only_from}]})
    assert lets_in(trust, ROLE, ACCOUNT) is Access.UNKNOWN
    assert lets_in(trust, ROLE, ACCOUNT, "arn:aws:execute-api:eu-west-1:1:other/prod/GET/") is Access.NOT_ALLOWED
