"""Accounts, regions, faults, recording: what holds for every simulated service."""

from __future__ import annotations

import json
import subprocess
import sys

import boto3
import pytest

from bot.aws.door import give
from bot.demo.simulation.server import SimulatedAws
from tests.demo.simulation.worlds import TRUST, refused


def test_moto_is_not_imported_with_the_program() -> None:
    looks = "import sys, bot, bot.demo, bot.demo.simulation; sys.exit(any(m.startswith('moto') for m in sys.modules))"
    assert subprocess.run([sys.executable, "-c", looks], check=False).returncode == 0


def test_a_second_server_listens_elsewhere_and_stops(aws: SimulatedAws) -> None:
    with SimulatedAws() as other:
        assert other.endpoint != aws.endpoint
        assert other.client("sts").get_caller_identity()["Account"] == "123456789012"
    other.stop()


def test_nothing_is_printed(aws: SimulatedAws, capfd: pytest.CaptureFixture[str]) -> None:
    aws.client("apigateway").get_rest_apis()
    aws.client("iam").list_roles()
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("account", "region", "arn"),
    [
        ("123456789012", "eu-west-1", "arn:aws:iam::123456789012:user/kintsugi"),
        ("222222222222", "us-east-1", "arn:aws:iam::222222222222:user/kintsugi"),
        ("333333333333", "cn-north-1", "arn:aws-cn:iam::333333333333:user/kintsugi"),
    ],
)
def test_caller_identity(aws: SimulatedAws, account: str, region: str, arn: str) -> None:
    identity = aws.client("sts", account, region).get_caller_identity()
    assert (identity["Account"], identity["Arn"]) == (account, arn)


def test_accounts_do_not_see_each_other(aws: SimulatedAws) -> None:
    aws.client("apigateway").create_rest_api(name="mine")
    aws.client("iam").create_role(RoleName="mine", AssumeRolePolicyDocument=json.dumps(TRUST))
    assert aws.client("apigateway", "222222222222").get_rest_apis()["items"] == []
    assert aws.client("iam", "222222222222").list_roles()["Roles"] == []


def test_regions_do_not_see_each_other(aws: SimulatedAws) -> None:
    aws.client("apigateway").create_rest_api(name="mine")
    assert aws.client("apigateway", region="us-east-1").get_rest_apis()["items"] == []


def test_an_assumed_role_acts_in_its_own_account(aws: SimulatedAws) -> None:
    arn = "arn:aws:iam::222222222222:role/reader"
    keys = aws.client("sts").assume_role(RoleArn=arn, RoleSessionName="bot")["Credentials"]
    session = boto3.Session(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"], region_name="eu-west-1")
    give(session.events, None)  # it writes
    session.client("apigateway", endpoint_url=aws.endpoint).create_rest_api(name="theirs")
    names = [api["name"] for api in aws.client("apigateway", "222222222222").get_rest_apis()["items"]]
    identity = session.client("sts", endpoint_url=aws.endpoint).get_caller_identity()
    assert names == ["theirs"]
    assert identity["Arn"] == "arn:aws:sts::222222222222:assumed-role/reader/bot"


def test_the_same_steps_give_the_same_ids(aws: SimulatedAws) -> None:
    first = aws.client("apigateway").create_rest_api(name="shop")
    aws.reset()
    assert aws.client("apigateway").get_rest_apis()["items"] == []
    again = aws.client("apigateway").create_rest_api(name="shop")
    aws.reset(seed=7)
    other = aws.client("apigateway").create_rest_api(name="shop")
    assert (first["id"], first["rootResourceId"]) == (again["id"], again["rootResourceId"])
    assert other["id"] != first["id"]


def test_calls_are_recorded_as_received(aws: SimulatedAws) -> None:
    aws.client("apigateway", region="us-east-1").get_rest_apis()
    aws.client("sts").get_caller_identity()
    refused(aws.client("lambda").get_policy, FunctionName="none")
    assert aws.calls == [
        ("apigateway", "GetRestApis", "us-east-1"),
        ("sts", "GetCallerIdentity", "eu-west-1"),
        ("lambda", "GetPolicy", "eu-west-1"),
    ]


def test_the_two_services_that_sign_as_apigateway_are_told_apart(aws: SimulatedAws) -> None:
    aws.client("apigatewayv2").get_apis()
    aws.client("apigateway").get_account()
    assert [call.service for call in aws.calls] == ["apigatewayv2", "apigateway"]


@pytest.mark.parametrize("lay", ["deny", "throttle", "fail"])
def test_an_unknown_operation_cannot_be_a_fault(aws: SimulatedAws, lay: str) -> None:
    with pytest.raises(ValueError, match="GetPolicies"):
        getattr(aws, lay)("lambda", "GetPolicies")
    with pytest.raises(ValueError, match="GetPolicies"):
        aws.error("lambda", "GetPolicies", "Oops", "oops")
    with pytest.raises(ValueError, match="lamda"):
        getattr(aws, lay)("lamda", "GetPolicy")


DENIALS = [
    (
        "lambda",
        "GetPolicy",
        {"FunctionName": "orders"},
        "AccessDeniedException",
        "lambda:GetPolicy on resource: arn:aws:lambda:eu-west-1:123456789012:function:orders "
        "because no identity-based policy allows the lambda:GetPolicy action",
    ),
    (
        "lambda",
        "ListFunctions",
        {},
        "AccessDeniedException",
        "lambda:ListFunctions on resource: * because no identity-based policy allows the lambda:ListFunctions action",
    ),
    (
        "apigateway",
        "GetRestApi",
        {"restApiId": "abc123"},
        "AccessDeniedException",
        "apigateway:GET on resource: arn:aws:apigateway:eu-west-1::/restapis/abc123 "
        "because no identity-based policy allows the apigateway:GET action",
    ),
    (
        "iam",
        "GetRole",
        {"RoleName": "invoker"},
        "AccessDenied",
        "iam:GetRole on resource: role invoker because no identity-based policy allows the iam:GetRole action",
    ),
    (
        "sts",
        "AssumeRole",
        {"RoleArn": "arn:aws:iam::222222222222:role/reader", "RoleSessionName": "bot"},
        "AccessDenied",
        "sts:AssumeRole on resource: arn:aws:iam::222222222222:role/reader "
        "because no identity-based policy allows the sts:AssumeRole action",
    ),
    (
        "ec2",
        "DescribeRegions",
        {},
        "UnauthorizedOperation",
        "ec2:DescribeRegions because no identity-based policy allows the ec2:DescribeRegions action",
    ),
]


@pytest.mark.parametrize(("service", "operation", "parameters", "code", "sentence"), DENIALS)
def test_a_denied_call_reads_as_from_aws(
    aws: SimulatedAws, service: str, operation: str, parameters: dict[str, str], code: str, sentence: str
) -> None:
    aws.deny(service, operation)
    client = aws.client(service)
    method = {value: key for key, value in client.meta.method_to_api_mapping.items()}[operation]
    response = refused(getattr(client, method), **parameters)
    user = "User: arn:aws:iam::123456789012:user/kintsugi is not authorized to perform: "
    assert response["Error"]["Code"] == code
    assert response["Error"]["Message"].endswith(user + sentence)
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 403


@pytest.mark.parametrize(
    ("service", "operation", "method", "code", "status"),
    [
        ("apigateway", "GetRestApis", "get_rest_apis", "TooManyRequestsException", 429),
        ("lambda", "ListFunctions", "list_functions", "TooManyRequestsException", 429),
        ("iam", "ListRoles", "list_roles", "Throttling", 400),
        ("ec2", "DescribeRegions", "describe_regions", "RequestLimitExceeded", 503),
    ],
)
def test_a_throttled_call(aws: SimulatedAws, service: str, operation: str, method: str, code: str, status: int) -> None:
    aws.throttle(service, operation)
    response = refused(getattr(aws.client(service), method))
    assert (response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]) == (code, status)


def test_a_failing_call(aws: SimulatedAws) -> None:
    aws.fail("lambda", "ListFunctions")
    aws.fail("iam", "*")
    assert refused(aws.client("lambda").list_functions)["Error"]["Code"] == "ServiceException"
    assert refused(aws.client("iam").list_roles)["ResponseMetadata"]["HTTPStatusCode"] == 500


def test_faults_narrow_by_text_region_and_number_of_calls(aws: SimulatedAws) -> None:
    aws.error("apigateway", "GetRestApi", "UnauthorizedException", "no", when="abc", region="eu-west-1", times=1)
    client = aws.client("apigateway")
    elsewhere = aws.client("apigateway", region="us-east-1")
    assert refused(client.get_rest_api, restApiId="xyz")["Error"]["Code"] == "NotFoundException"
    assert refused(elsewhere.get_rest_api, restApiId="abc")["Error"]["Code"] == "NotFoundException"
    first, second = (refused(client.get_rest_api, restApiId="abc") for _ in range(2))
    assert first["Error"]["Code"] == "UnauthorizedException"
    assert first["ResponseMetadata"]["HTTPStatusCode"] == 401  # botocore's model of the error says so
    assert second["Error"]["Code"] == "NotFoundException"


def test_expired_credentials_in_the_words_of_each_service(aws: SimulatedAws) -> None:
    aws.expire_credentials()
    for service, method, code in (
        ("lambda", "list_functions", "ExpiredTokenException"),
        ("apigateway", "get_rest_apis", "ExpiredTokenException"),
        ("sts", "get_caller_identity", "ExpiredToken"),
        ("iam", "list_roles", "ExpiredToken"),
    ):
        response = refused(getattr(aws.client(service), method))
        assert (response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]) == (code, 403)


def test_a_region_that_is_not_enabled(aws: SimulatedAws) -> None:
    aws.disable_region("af-south-1")
    response = refused(aws.client("apigateway", region="af-south-1").get_rest_apis)
    assert response["Error"]["Code"] == "UnrecognizedClientException"
    assert aws.client("apigateway").get_rest_apis()["items"] == []


def test_cleared_faults_are_gone(aws: SimulatedAws) -> None:
    aws.deny("apigateway", "GetRestApis")
    aws.clear_faults()
    assert aws.client("apigateway").get_rest_apis()["items"] == []


def test_what_is_not_simulated_says_so(aws: SimulatedAws) -> None:
    response = refused(aws.client("apigateway").get_client_certificates)
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 501
    assert "does not implement apigateway GetClientCertificates" in response["Error"]["Message"]


def test_the_regions_of_an_account_that_enabled_none(aws: SimulatedAws) -> None:
    client = aws.client("ec2")
    regions = client.describe_regions()["Regions"]
    everything = client.describe_regions(AllRegions=True)["Regions"]
    assert len(regions) == 17
    assert {
        "RegionName": "eu-west-1",
        "Endpoint": "ec2.eu-west-1.amazonaws.com",
        "OptInStatus": "opt-in-not-required",
    } in regions
    assert "af-south-1" in {region["RegionName"] for region in everything if region["OptInStatus"] == "not-opted-in"}
    china = aws.client("ec2", region="cn-north-1").describe_regions()["Regions"]
    assert [region["RegionName"] for region in china] == ["cn-north-1", "cn-northwest-1"]
