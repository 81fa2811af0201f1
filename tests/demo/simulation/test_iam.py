"""Roles, boundaries, inline, customer-managed and AWS-managed policies."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.demo.simulation.server import SimulatedAws
from tests.demo.simulation.worlds import TRUST, refused


def allow(action: str) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]})


@pytest.fixture
def iam(aws: SimulatedAws) -> Any:
    client = aws.client("iam")
    client.create_role(RoleName="invoker", Path="/api/", AssumeRolePolicyDocument=json.dumps(TRUST))
    return client


def test_a_role_under_a_path(iam: Any) -> None:
    role = iam.get_role(RoleName="invoker")["Role"]
    assert role["Arn"] == "arn:aws:iam::123456789012:role/api/invoker"
    assert role["AssumeRolePolicyDocument"] == TRUST
    error = refused(iam.get_role, RoleName="nobody")["Error"]
    assert (error["Code"], "nobody" in error["Message"]) == ("NoSuchEntity", True)


def test_trust_is_replaced(iam: Any) -> None:
    other = json.loads(json.dumps(TRUST).replace("apigateway", "lambda"))
    iam.update_assume_role_policy(RoleName="invoker", PolicyDocument=json.dumps(other))
    assert iam.get_role(RoleName="invoker")["Role"]["AssumeRolePolicyDocument"] == other


def test_a_boundary_comes_and_goes(iam: Any) -> None:
    arn = iam.create_policy(PolicyName="edge", PolicyDocument=allow("s3:*"))["Policy"]["Arn"]
    iam.put_role_permissions_boundary(RoleName="invoker", PermissionsBoundary=arn)
    boundary = iam.get_role(RoleName="invoker")["Role"]["PermissionsBoundary"]
    iam.delete_role_permissions_boundary(RoleName="invoker")
    assert boundary["PermissionsBoundaryArn"] == arn
    assert "PermissionsBoundary" not in iam.get_role(RoleName="invoker")["Role"]


def test_inline_policies(iam: Any) -> None:
    iam.put_role_policy(RoleName="invoker", PolicyName="invoke", PolicyDocument=allow("lambda:InvokeFunction"))
    document = iam.get_role_policy(RoleName="invoker", PolicyName="invoke")["PolicyDocument"]
    assert iam.list_role_policies(RoleName="invoker")["PolicyNames"] == ["invoke"]
    assert document == json.loads(allow("lambda:InvokeFunction"))


def test_versions_of_a_customer_managed_policy(iam: Any) -> None:
    arn = iam.create_policy(PolicyName="invoke", Path="/api/", PolicyDocument=allow("s3:*"))["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="invoker", PolicyArn=arn)
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=allow("lambda:*"))
    assert iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"] == "v1"
    iam.set_default_policy_version(PolicyArn=arn, VersionId="v2")
    assert iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"] == "v2"
    version = iam.get_policy_version(PolicyArn=arn, VersionId="v2")["PolicyVersion"]
    assert version["Document"] == json.loads(allow("lambda:*"))
    assert iam.list_attached_role_policies(RoleName="invoker")["AttachedPolicies"] == [
        {"PolicyName": "invoke", "PolicyArn": arn}
    ]


@pytest.mark.parametrize(
    ("path", "action"), [("service-role/AWSLambdaRole", "lambda:InvokeFunction"), ("AWSLambda_FullAccess", "lambda:*")]
)
def test_policies_of_aws(iam: Any, path: str, action: str) -> None:
    arn = f"arn:aws:iam::aws:policy/{path}"
    iam.attach_role_policy(RoleName="invoker", PolicyArn=arn)
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    document = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
    assert iam.list_attached_role_policies(RoleName="invoker")["AttachedPolicies"][0]["PolicyArn"] == arn
    assert action in document["Statement"][0]["Action"]


def test_policies_of_aws_in_china(aws: SimulatedAws) -> None:
    client = aws.client("iam", "333333333333", "cn-north-1")
    policy = client.get_policy(PolicyArn="arn:aws-cn:iam::aws:policy/service-role/AWSLambdaRole")["Policy"]
    assert policy["PolicyName"] == "AWSLambdaRole"
