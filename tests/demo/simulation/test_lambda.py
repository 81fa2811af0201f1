"""Functions: what is missing, which ARN is reported, states and pages."""

from __future__ import annotations

import pytest

from bot.demo.simulation.server import SimulatedAws
from tests.demo.simulation.worlds import Function, make_function, refused

ARN = "arn:aws:lambda:eu-west-1:123456789012:function:orders"


@pytest.mark.parametrize("named", ["orders", ARN, "123456789012:function:orders", "function:orders"])
def test_every_form_of_a_function_name(aws: SimulatedAws, function: Function, named: str) -> None:
    found = aws.client("lambda").get_function_configuration(FunctionName=named)
    assert (found["FunctionArn"], found["Version"]) == (ARN, "$LATEST")


@pytest.mark.parametrize(
    ("asked", "arn", "version"),
    [
        ({"FunctionName": "orders", "Qualifier": "live"}, f"{ARN}:live", "1"),
        ({"FunctionName": "orders:live"}, f"{ARN}:live", "1"),
        ({"FunctionName": f"{ARN}:1"}, f"{ARN}:1", "1"),
        ({"FunctionName": "orders", "Qualifier": "$LATEST"}, f"{ARN}:$LATEST", "$LATEST"),
    ],
)
def test_the_arn_says_what_was_asked_for(
    aws: SimulatedAws, function: Function, asked: dict[str, str], arn: str, version: str
) -> None:
    found = aws.client("lambda").get_function_configuration(**asked)
    assert (found["FunctionArn"], found["Version"]) == (arn, version)
    assert aws.client("lambda").get_function(**asked)["Configuration"]["FunctionArn"] == arn


@pytest.mark.parametrize(
    ("asked", "missing"),
    [
        ({"FunctionName": "bills"}, "bills"),
        ({"FunctionName": "orders", "Qualifier": "7"}, "orders:7"),
        ({"FunctionName": "orders:next"}, "orders:next"),
    ],
)
def test_what_is_missing_is_named(aws: SimulatedAws, function: Function, asked: dict[str, str], missing: str) -> None:
    error = refused(aws.client("lambda").get_function_configuration, **asked)["Error"]
    assert error["Code"] == "ResourceNotFoundException"
    assert error["Message"] == f"Function not found: arn:aws:lambda:eu-west-1:123456789012:function:{missing}"


def test_a_missing_alias_is_named_by_its_arn(aws: SimulatedAws, function: Function) -> None:
    assert aws.client("lambda").get_alias(FunctionName="orders", Name="live")["FunctionVersion"] == "1"
    error = refused(aws.client("lambda").get_alias, FunctionName="orders", Name="next")["Error"]
    assert error["Message"] == f"Cannot find alias arn: {ARN}:next"


def test_contradicting_qualifiers(aws: SimulatedAws, function: Function) -> None:
    error = refused(aws.client("lambda").get_policy, FunctionName="orders:live", Qualifier="1")["Error"]
    assert error["Code"] == "InvalidParameterValueException"


def test_a_function_of_another_region_is_not_reachable(aws: SimulatedAws, function: Function) -> None:
    error = refused(aws.client("lambda", region="us-east-1").get_policy, FunctionName=ARN)["Error"]
    assert error["Message"] == "Functions from 'eu-west-1' are not reachable in this region ('us-east-1')"


def test_a_function_of_another_account_is_refused(aws: SimulatedAws, function: Function) -> None:
    error = refused(aws.client("lambda", "222222222222").get_function_configuration, FunctionName=ARN)["Error"]
    assert error["Code"] == "AccessDeniedException"
    assert f"lambda:GetFunctionConfiguration on resource: {ARN} because no resource-based policy" in error["Message"]


def test_arns_in_china(aws: SimulatedAws) -> None:
    made = make_function(aws, account="222222222222", region="cn-north-1")
    client = aws.client("lambda", "222222222222", "cn-north-1")
    role = client.get_function_configuration(FunctionName="orders")["Role"]
    assert made.arn == "arn:aws-cn:lambda:cn-north-1:222222222222:function:orders"
    assert role == "arn:aws-cn:iam::222222222222:role/orders-role"
    assert client.get_function_configuration(FunctionName="orders:live")["FunctionArn"] == f"{made.arn}:live"


def test_a_seeded_state(aws: SimulatedAws, function: Function) -> None:
    client = aws.client("lambda")
    before = client.get_function_configuration(FunctionName="orders")
    aws.set_function_state(function.arn, State="Inactive", StateReasonCode="Idle", LastUpdateStatus="Failed")
    after = client.get_function_configuration(FunctionName="orders:live")
    assert (before["State"], before["LastUpdateStatus"]) == ("Active", "Successful")
    assert (after["State"], after["StateReasonCode"], after["LastUpdateStatus"]) == ("Inactive", "Idle", "Failed")
    with pytest.raises(ValueError, match="Mood"):
        aws.set_function_state(function.arn, Mood="Sad")


def test_functions_come_in_pages(aws: SimulatedAws) -> None:
    for name in ("a", "b", "c"):
        make_function(aws, name)
    client = aws.client("lambda")
    first = client.list_functions(MaxItems=2)
    second = client.list_functions(MaxItems=2, Marker=first["NextMarker"])
    assert [each["FunctionName"] for each in first["Functions"] + second["Functions"]] == ["a", "b", "c"]
    assert "NextMarker" not in second


def test_reserved_concurrency_of_zero_is_reported(aws: SimulatedAws, function: Function) -> None:
    client = aws.client("lambda")
    assert "Concurrency" not in client.get_function(FunctionName="orders")
    client.put_function_concurrency(FunctionName="orders", ReservedConcurrentExecutions=0)
    assert client.get_function(FunctionName="orders")["Concurrency"] == {"ReservedConcurrentExecutions": 0}
