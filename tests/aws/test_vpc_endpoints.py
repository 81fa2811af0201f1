"""A VPC endpoint: its VPC, and the policy of what may be called through it."""

import pytest

from bot.aws.account import Unseen
from bot.aws.vpc_endpoints import VpcEndpoint
from tests.aws.tapes import DENIED, REGION, Tape, account_of, found

ID = "vpce-0a1b2c3d4e5f60718"
OPEN = '{"Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}'


def endpoint(result):
    tape = Tape().holds("ec2", "DescribeVpcEndpoints", result, VpcEndpointIds=[ID])
    return VpcEndpoint(account_of(tape), REGION, ID)


def test_an_endpoint_of_the_account():
    seen = endpoint(found(VpcEndpoints=[{"VpcEndpointId": ID, "VpcId": "vpc-1", "PolicyDocument": OPEN}]))
    seen.expect()
    assert (seen.vpc_id, len(seen.policy.statements), bool(seen.answer)) == ("vpc-1", 1, True)


@pytest.mark.parametrize("described", [{}, {"PolicyDocument": ""}])
def test_what_is_not_told(described):
    seen = endpoint(found(VpcEndpoints=[described]))
    assert (seen.vpc_id, seen.policy) == (None, None)


def test_an_endpoint_of_another_account():
    seen = VpcEndpoint(account_of(Tape()), REGION, ID)
    assert (bool(seen.answer), seen.vpc_id, seen.policy) == (False, None, None)
    assert endpoint(found(VpcEndpoints=[])).policy is None


@pytest.mark.parametrize("result", [DENIED, found(VpcEndpoints=[{"PolicyDocument": "none"}])])
def test_what_cannot_be_read(result):
    with pytest.raises(Unseen):
        endpoint(result).policy  # noqa: B018
