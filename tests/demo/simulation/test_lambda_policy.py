"""Resource policies: separate for each qualifier, written, limited and refused as by AWS."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.demo.simulation.server import SimulatedAws
from tests.demo.simulation.worlds import Function, make_function, refused

ARN = "arn:aws:lambda:eu-west-1:123456789012:function:orders"
SOURCE = "arn:aws:execute-api:eu-west-1:123456789012:abc123/*/GET/orders"
GRANT = {"StatementId": "api", "Action": "lambda:InvokeFunction", "Principal": "apigateway.amazonaws.com"}


def statements(aws: SimulatedAws, name: str) -> list[dict[str, Any]]:
    policy = json.loads(aws.client("lambda").get_policy(FunctionName=name)["Policy"])
    assert (policy["Version"], policy["Id"]) == ("2012-10-17", "default")
    found: list[dict[str, Any]] = policy["Statement"]
    return found


def test_a_statement_as_aws_writes_it(aws: SimulatedAws, function: Function) -> None:
    added = aws.client("lambda").add_permission(
        FunctionName="orders", **GRANT, SourceArn=SOURCE, SourceAccount="123456789012"
    )
    expected = {
        "Sid": "api",
        "Effect": "Allow",
        "Principal": {"Service": "apigateway.amazonaws.com"},
        "Action": "lambda:InvokeFunction",
        "Resource": ARN,
        "Condition": {
            "ArnLike": {"AWS:SourceArn": SOURCE},
            "StringEquals": {"AWS:SourceAccount": "123456789012"},
        },
    }
    assert json.loads(added["Statement"]) == expected
    assert statements(aws, "orders") == [expected]


def test_all_string_conditions_are_kept(aws: SimulatedAws, function: Function) -> None:
    aws.client("lambda").add_permission(
        FunctionName="orders",
        **GRANT | {"Principal": "*"},
        SourceAccount="123456789012",
        PrincipalOrgID="o-a1b2c3d4e5",
        EventSourceToken="amzn1.ask.skill.x",
    )
    assert statements(aws, "orders")[0]["Condition"] == {
        "StringEquals": {
            "AWS:SourceAccount": "123456789012",
            "lambda:EventSourceToken": "amzn1.ask.skill.x",
            "aws:PrincipalOrgID": "o-a1b2c3d4e5",
        }
    }


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("apigateway.amazonaws.com", {"Service": "apigateway.amazonaws.com"}),
        ("222222222222", {"AWS": "arn:aws:iam::222222222222:root"}),
        ("arn:aws:iam::222222222222:role/x", {"AWS": "arn:aws:iam::222222222222:role/x"}),
        ("*", "*"),
    ],
)
def test_principals(aws: SimulatedAws, function: Function, given: str, written: object) -> None:
    aws.client("lambda").add_permission(FunctionName="orders", **GRANT | {"Principal": given})
    assert statements(aws, "orders")[0]["Principal"] == written


def test_an_invalid_principal(aws: SimulatedAws, function: Function) -> None:
    grant = GRANT | {"Principal": "apigateway"}
    error = refused(aws.client("lambda").add_permission, FunctionName="orders", **grant)["Error"]
    assert error["Message"] == "The provided principal was invalid. Please check the principal and try again."


@pytest.mark.parametrize(
    "asked",
    [{"FunctionName": "orders", "Qualifier": "live"}, {"FunctionName": "orders:live"}, {"FunctionName": f"{ARN}:live"}],
)
def test_each_qualifier_has_its_own_policy(aws: SimulatedAws, function: Function, asked: dict[str, str]) -> None:
    client = aws.client("lambda")
    client.add_permission(**asked, **GRANT)
    assert statements(aws, "orders:live")[0]["Resource"] == f"{ARN}:live"
    for other in ("orders", "orders:1"):
        error = refused(client.get_policy, FunctionName=other)["Error"]
        assert error["Code"] == "ResourceNotFoundException"
        assert error["Message"] == "The resource you requested does not exist."
    client.remove_permission(**asked, StatementId="api")
    refused(client.get_policy, FunctionName="orders:live")


def test_the_same_id_in_another_policy_is_no_conflict(aws: SimulatedAws, function: Function) -> None:
    client = aws.client("lambda")
    for name in ("orders", "orders:live", "orders:1"):
        client.add_permission(FunctionName=name, **GRANT)
    response = refused(client.add_permission, FunctionName="orders", **GRANT)
    assert response["Error"]["Code"] == "ResourceConflictException"
    assert response["Error"]["Message"].startswith("The statement id (api) provided already exists.")
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 409


def test_a_policy_cannot_be_added_to_latest(aws: SimulatedAws, function: Function) -> None:
    error = refused(aws.client("lambda").add_permission, FunctionName="orders:$LATEST", **GRANT)["Error"]
    assert error["Message"] == "We currently do not support adding policies for $LATEST."


def test_the_size_of_a_policy_is_limited(aws: SimulatedAws, function: Function) -> None:
    client = aws.client("lambda")
    long = f"{SOURCE}/{'x' * 9000}"
    for sid in ("one", "two"):
        client.add_permission(FunctionName="orders", **GRANT | {"StatementId": sid}, SourceArn=long)
    error = refused(client.add_permission, FunctionName="orders", **GRANT | {"StatementId": "three"}, SourceArn=long)[
        "Error"
    ]
    assert error["Code"] == "PolicyLengthExceededException"
    size = int(error["Message"].removeprefix("The final policy size (").split(")")[0])
    assert size > 3 * 9000
    assert error["Message"].endswith("is bigger than the limit (20480).")
    assert [each["Sid"] for each in statements(aws, "orders")] == ["one", "two"]


def test_what_cannot_be_removed(aws: SimulatedAws, function: Function) -> None:
    client = aws.client("lambda")
    error = refused(client.remove_permission, FunctionName="orders", StatementId="api")["Error"]
    assert error["Message"] == "No policy is associated with the given resource."
    client.add_permission(FunctionName="orders", **GRANT)
    error = refused(client.remove_permission, FunctionName="orders", StatementId="web")["Error"]
    assert error["Message"] == "Statement web is not found in resource policy."


def test_an_old_revision_is_refused(aws: SimulatedAws, function: Function) -> None:
    client = aws.client("lambda")
    client.add_permission(FunctionName="orders", **GRANT)
    revision = client.get_policy(FunctionName="orders")["RevisionId"]
    client.add_permission(FunctionName="orders", **GRANT | {"StatementId": "two"}, RevisionId=revision)
    response = refused(client.remove_permission, FunctionName="orders", StatementId="api", RevisionId=revision)
    assert response["Error"]["Code"] == "PreconditionFailedException"
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 412


def test_missing_functions_and_qualifiers(aws: SimulatedAws, function: Function) -> None:
    add = aws.client("lambda").add_permission
    assert refused(add, FunctionName="bills", **GRANT)["Error"]["Message"].startswith("Function not found: ")
    message = refused(add, FunctionName="orders:next", **GRANT)["Error"]["Message"]
    assert message == f"Cannot find alias arn: {ARN}:next"
    message = refused(add, FunctionName="orders:7", **GRANT)["Error"]["Message"]
    assert message == f"Function not found: {ARN}:7"


def test_a_deleted_function_or_alias_takes_its_policy_along(aws: SimulatedAws, function: Function) -> None:
    client = aws.client("lambda")
    client.add_permission(FunctionName="orders:live", **GRANT)
    client.delete_alias(FunctionName="orders", Name="live")
    client.create_alias(FunctionName="orders", Name="live", FunctionVersion="1")
    refused(client.get_policy, FunctionName="orders:live")
    client.add_permission(FunctionName="orders", **GRANT)
    client.delete_function(FunctionName="orders")
    aws.client("iam").delete_role(RoleName="orders-role")
    make_function(aws)
    refused(client.get_policy, FunctionName="orders")


def test_a_new_version_starts_without_policy(aws: SimulatedAws, function: Function) -> None:
    client = aws.client("lambda")
    client.add_permission(FunctionName="orders", **GRANT)
    client.update_function_configuration(FunctionName="orders", Timeout=9)
    version = client.publish_version(FunctionName="orders")["Version"]
    refused(client.get_policy, FunctionName=f"orders:{version}")


def test_any_statement_can_be_seeded(aws: SimulatedAws, function: Function) -> None:
    deny = {"Sid": "no", "Effect": "Deny", "Principal": "*", "Action": "lambda:*", "Resource": f"{ARN}:live"}
    aws.seed_policy(ARN, "live", deny)
    assert statements(aws, "orders:live") == [deny]
    refused(aws.client("lambda").get_policy, FunctionName="orders")
    odd = deny | {"Condition": {"StringEqualsIgnoreCaseIfExists": {"aws:userid": ["a", "b"]}}}
    aws.seed_policy(ARN, None, odd)
    assert statements(aws, "orders") == [odd]


def test_the_whole_document_can_be_replaced(aws: SimulatedAws, function: Function) -> None:
    client = aws.client("lambda")
    client.add_permission(FunctionName="orders:live", **GRANT)
    deny = {"Sid": "no", "Effect": "Deny", "Principal": "*", "Action": "lambda:*", "Resource": f"{ARN}:live"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [deny]})
    client.put_resource_policy(ResourceArn=f"{ARN}:live", Policy=document)
    assert statements(aws, "orders:live") == [deny]
    assert json.loads(client.get_resource_policy(ResourceArn=f"{ARN}:live")["Policy"])["Statement"] == [deny]
    client.delete_resource_policy(ResourceArn=f"{ARN}:live")
    refused(client.get_policy, FunctionName="orders:live")
    error = refused(client.put_resource_policy, ResourceArn=ARN, Policy="{")["Error"]
    assert error["Code"] == "InvalidParameterValueException"
