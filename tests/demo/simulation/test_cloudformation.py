"""Stacks: what they make is there, what fails rolls back, what is unknown is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from bot.demo.simulation.server import SimulatedAws
from tests.demo.simulation.worlds import TRUST, Api, Function, make_function, refused, uri_of

SOURCE = "arn:aws:execute-api:eu-west-1:123456789012:abc123/*/GET/orders"
INVOKE = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": "*"}],
}


def permission(function: str, **more: str) -> dict[str, Any]:
    grant = {"Action": "lambda:InvokeFunction", "Principal": "apigateway.amazonaws.com", "FunctionName": function}
    return {"Type": "AWS::Lambda::Permission", "Properties": grant | {"SourceArn": SOURCE} | more}


def body(**resources: dict[str, Any]) -> str:
    return json.dumps({"Resources": resources})


def status_of(client: Any, name: str = "fix") -> str:
    return str(client.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"])


def statements(aws: SimulatedAws, name: str, *where: str) -> list[dict[str, Any]]:
    try:
        policy = aws.client("lambda", *where).get_policy(FunctionName=name)["Policy"]
    except ClientError:
        return []
    found: list[dict[str, Any]] = json.loads(policy)["Statement"]
    return found


@pytest.mark.parametrize("suffix", ["", ":live", ":1"])
def test_a_permission_is_made_changed_and_removed(aws: SimulatedAws, function: Function, suffix: str) -> None:
    client, named = aws.client("cloudformation"), f"{function.arn}{suffix}"
    client.create_stack(StackName="fix", TemplateBody=body(Allow=permission(named)))
    (made,) = statements(aws, f"orders{suffix}")
    resource = client.describe_stack_resource(StackName="fix", LogicalResourceId="Allow")["StackResourceDetail"]
    assert status_of(client) == "CREATE_COMPLETE"
    assert made["Resource"] == named
    assert made["Condition"] == {"ArnLike": {"AWS:SourceArn": SOURCE}}
    assert made["Sid"] == resource["PhysicalResourceId"]
    assert made["Sid"].startswith("fix-Allow-")
    client.update_stack(StackName="fix", TemplateBody=body(Allow=permission(named, SourceArn=f"{SOURCE}/*")))
    (changed,) = statements(aws, f"orders{suffix}")
    assert status_of(client) == "UPDATE_COMPLETE"
    assert changed["Condition"]["ArnLike"]["AWS:SourceArn"] == f"{SOURCE}/*"
    client.delete_stack(StackName="fix")
    assert statements(aws, f"orders{suffix}") == []


def test_a_stack_in_another_account_and_partition(aws: SimulatedAws) -> None:
    where = ("333333333333", "cn-north-1")
    make_function(aws, "orders", *where)
    named = {"Fn::Sub": "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:orders:live"}
    template = permission("x")
    template["Properties"] |= {"FunctionName": named, "SourceArn": SOURCE.replace("arn:aws:", "arn:aws-cn:")}
    aws.client("cloudformation", *where).create_stack(StackName="fix", TemplateBody=body(Allow=template))
    (made,) = statements(aws, "orders:live", *where)
    assert made["Resource"] == "arn:aws-cn:lambda:cn-north-1:333333333333:function:orders:live"


def test_a_failing_resource_rolls_the_stack_back(aws: SimulatedAws, function: Function) -> None:
    client = aws.client("cloudformation")
    template = body(First=permission("orders"), Second=permission("bills") | {"DependsOn": "First"})
    client.create_stack(StackName="fix", TemplateBody=template)
    assert status_of(client) == "ROLLBACK_COMPLETE"
    assert statements(aws, "orders") == []
    events = client.describe_stack_events(StackName="fix")["StackEvents"]
    (failed,) = [event for event in events if event["ResourceStatus"] == "CREATE_FAILED"]
    assert failed["LogicalResourceId"] == "Second"
    assert "Function not found: arn:aws:lambda:eu-west-1:123456789012:function:bills" in failed["ResourceStatusReason"]


def test_the_size_of_a_policy_holds_for_stacks_too(aws: SimulatedAws, function: Function) -> None:
    client = aws.client("cloudformation")
    statement = {"Sid": "filler", "Effect": "Deny", "Resource": "x" * 20200}
    aws.seed_policy(function.arn, None, statement)
    client.create_stack(StackName="fix", TemplateBody=body(Allow=permission("orders")))
    assert status_of(client) == "ROLLBACK_COMPLETE"
    reasons = [
        event.get("ResourceStatusReason", "") for event in client.describe_stack_events(StackName="fix")["StackEvents"]
    ]
    assert any("is bigger than the limit (20480)" in reason for reason in reasons)


def test_a_failed_update_restores_what_was(aws: SimulatedAws, function: Function) -> None:
    client = aws.client("cloudformation")
    client.create_stack(StackName="fix", TemplateBody=body(Allow=permission("orders")))
    before = statements(aws, "orders")
    template = body(Allow=permission("orders"), Extra=permission("bills"))
    client.update_stack(StackName="fix", TemplateBody=template)
    assert status_of(client) == "UPDATE_ROLLBACK_COMPLETE"
    assert statements(aws, "orders") == before


@pytest.mark.parametrize("type_", ["AWS::Nothing::AtAll", "AWS::ApiGatewayV2::Api"])
def test_a_type_that_is_not_simulated_is_refused_at_once(aws: SimulatedAws, type_: str) -> None:
    client = aws.client("cloudformation")
    template = body(Odd={"Type": type_, "Properties": {}})
    error = refused(client.create_stack, StackName="fix", TemplateBody=template)["Error"]
    assert error["Code"] == "ValidationError"
    assert error["Message"] == f"Template format error: Unrecognized resource types: [{type_}]"
    asked = {"StackName": "fix", "ChangeSetName": "now", "ChangeSetType": "CREATE", "TemplateBody": template}
    assert refused(client.create_change_set, **asked)["Error"]["Code"] == "ValidationError"
    assert client.list_stacks(StackStatusFilter=["CREATE_COMPLETE"])["StackSummaries"] == []


def test_a_property_that_is_not_simulated_fails_the_stack(aws: SimulatedAws, function: Function) -> None:
    client = aws.client("cloudformation")
    client.create_stack(StackName="fix", TemplateBody=body(Allow=permission("orders", Colour="red")))
    events = client.describe_stack_events(StackName="fix")["StackEvents"]
    assert status_of(client) == "ROLLBACK_COMPLETE"
    assert any("extraneous key [Colour] is not permitted" in event.get("ResourceStatusReason", "") for event in events)


def test_a_missing_property_fails_the_stack(aws: SimulatedAws) -> None:
    client = aws.client("cloudformation")
    template = body(Allow={"Type": "AWS::Lambda::Permission", "Properties": {"Principal": "*"}})
    client.create_stack(StackName="fix", TemplateBody=template)
    events = client.describe_stack_events(StackName="fix")["StackEvents"]
    assert status_of(client) == "ROLLBACK_COMPLETE"
    assert any("required key 'FunctionName' not found" in event.get("ResourceStatusReason", "") for event in events)


def test_a_change_set_makes_and_updates_a_stack(aws: SimulatedAws, function: Function) -> None:
    client = aws.client("cloudformation")
    for kind, source in (("CREATE", SOURCE), ("UPDATE", f"{SOURCE}/*")):
        template = {
            "Resources": {"Allow": permission("orders", SourceArn=source)},
            "Outputs": {"Sid": {"Value": {"Ref": "Allow"}}},
        }
        asked = {"StackName": "fix", "ChangeSetName": f"to-{kind}", "ChangeSetType": kind}
        client.create_change_set(**asked, TemplateBody=json.dumps(template))
        client.execute_change_set(StackName="fix", ChangeSetName=f"to-{kind}")
        (statement,) = statements(aws, "orders")
        outputs = client.describe_stacks(StackName="fix")["Stacks"][0]["Outputs"]
        assert status_of(client) == f"{kind}_COMPLETE"
        assert statement["Condition"]["ArnLike"]["AWS:SourceArn"] == source
        assert outputs[0]["OutputValue"] == statement["Sid"]


def role(**more: Any) -> dict[str, Any]:
    properties = {"RoleName": "invoker", "Path": "/api/", "AssumeRolePolicyDocument": TRUST}
    return {"Type": "AWS::IAM::Role", "Properties": properties | more}


def test_a_role_with_its_policies(aws: SimulatedAws) -> None:
    client, iam = aws.client("cloudformation"), aws.client("iam")
    inline = [{"PolicyName": "invoke", "PolicyDocument": INVOKE}]
    managed = ["arn:aws:iam::aws:policy/service-role/AWSLambdaRole"]
    client.create_stack(
        StackName="fix",
        TemplateBody=body(Invoker=role(Policies=inline, ManagedPolicyArns=managed)),
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    made = iam.get_role(RoleName="invoker")["Role"]
    attached = iam.list_attached_role_policies(RoleName="invoker")["AttachedPolicies"]
    assert made["Arn"] == "arn:aws:iam::123456789012:role/api/invoker"
    assert iam.get_role_policy(RoleName="invoker", PolicyName="invoke")["PolicyDocument"] == INVOKE
    assert [policy["PolicyArn"] for policy in attached] == managed
    trust = json.loads(json.dumps(TRUST).replace("apigateway", "lambda"))
    client.update_stack(StackName="fix", TemplateBody=body(Invoker=role(AssumeRolePolicyDocument=trust)))
    after = iam.get_role(RoleName="invoker")["Role"]
    assert (after["RoleId"], after["AssumeRolePolicyDocument"]) == (made["RoleId"], trust)
    assert iam.list_role_policies(RoleName="invoker")["PolicyNames"] == []
    client.delete_stack(StackName="fix")
    refused(iam.get_role, RoleName="invoker")


@pytest.mark.parametrize(
    ("type_", "names"),
    [("AWS::IAM::RolePolicy", {"RoleName": "invoker"}), ("AWS::IAM::Policy", {"Roles": ["invoker"]})],
)
def test_an_inline_policy_for_a_role_that_exists(aws: SimulatedAws, type_: str, names: dict[str, Any]) -> None:
    client, iam = aws.client("cloudformation"), aws.client("iam")
    iam.create_role(RoleName="invoker", AssumeRolePolicyDocument=json.dumps(TRUST))
    policy = {"PolicyName": "invoke", "PolicyDocument": INVOKE}
    template = body(Grant={"Type": type_, "Properties": names | policy})
    client.create_stack(StackName="fix", TemplateBody=template, Capabilities=["CAPABILITY_IAM"])
    assert status_of(client) == "CREATE_COMPLETE"
    assert iam.get_role_policy(RoleName="invoker", PolicyName="invoke")["PolicyDocument"] == INVOKE
    client.delete_stack(StackName="fix")
    assert iam.list_role_policies(RoleName="invoker")["PolicyNames"] == []


def test_a_policy_for_a_role_that_does_not_exist(aws: SimulatedAws) -> None:
    client = aws.client("cloudformation")
    properties = {"RoleName": "nobody", "PolicyName": "invoke", "PolicyDocument": INVOKE}
    template = body(Grant={"Type": "AWS::IAM::RolePolicy", "Properties": properties})
    client.create_stack(StackName="fix", TemplateBody=template)
    assert status_of(client) == "ROLLBACK_COMPLETE"


def test_an_api_from_scratch(aws: SimulatedAws, function: Function) -> None:
    integration = {"Type": "AWS_PROXY", "IntegrationHttpMethod": "POST", "Uri": uri_of(function.arn)}
    integration["Credentials"] = "arn:aws:iam::123456789012:role/invoker"
    template = body(
        Api={
            "Type": "AWS::ApiGateway::RestApi",
            "Properties": {"Name": "shop", "EndpointConfiguration": {"Types": ["REGIONAL"]}},
        },
        Any={
            "Type": "AWS::ApiGateway::Method",
            "Properties": {
                "RestApiId": {"Ref": "Api"},
                "ResourceId": {"Fn::GetAtt": ["Api", "RootResourceId"]},
                "HttpMethod": "ANY",
                "AuthorizationType": "CUSTOM",
                "AuthorizerId": "abc",
                "Integration": integration,
            },
        },
        Deployment={
            "Type": "AWS::ApiGateway::Deployment",
            "DependsOn": "Any",
            "Properties": {"RestApiId": {"Ref": "Api"}},
        },
        Prod={
            "Type": "AWS::ApiGateway::Stage",
            "Properties": {
                "RestApiId": {"Ref": "Api"},
                "DeploymentId": {"Ref": "Deployment"},
                "StageName": "prod",
                "Variables": {"alias": "live"},
            },
        },
    )
    aws.client("cloudformation").create_stack(StackName="fix", TemplateBody=template)
    client = aws.client("apigateway")
    (api,) = client.get_rest_apis()["items"]
    method = client.get_method(restApiId=api["id"], resourceId=api["rootResourceId"], httpMethod="ANY")
    stage = client.get_stage(restApiId=api["id"], stageName="prod")
    assert api["endpointConfiguration"]["types"] == ["REGIONAL"]
    assert method["authorizerId"] == "abc"
    assert method["methodIntegration"]["credentials"] == integration["Credentials"]
    assert (stage["variables"], "description" in stage) == ({"alias": "live"}, False)
    aws.client("cloudformation").delete_stack(StackName="fix")
    assert client.get_rest_apis()["items"] == []


def test_a_deployment_of_a_stack_keeps_the_settings_of_the_stage(aws: SimulatedAws, api: Api) -> None:
    properties = {"RestApiId": api.id, "StageName": "prod"}
    template = body(Deploy={"Type": "AWS::ApiGateway::Deployment", "Properties": properties})
    aws.client("cloudformation").create_stack(StackName="fix", TemplateBody=template)
    stage = aws.client("apigateway").get_stage(restApiId=api.id, stageName="prod")
    assert stage["deploymentId"] != api.deployment
    assert stage["variables"] == {"alias": "live", "table": "orders"}
