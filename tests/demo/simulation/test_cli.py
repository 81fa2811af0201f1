"""The real AWS CLI, as a process, against the simulation."""

from __future__ import annotations

import json
from pathlib import Path

from bot.demo.simulation.server import SimulatedAws
from tests.demo.simulation.conftest import Cli
from tests.demo.simulation.worlds import Api, Function


def test_add_permission_to_an_alias(aws: SimulatedAws, function: Function, cli: Cli) -> None:
    source = "arn:aws:execute-api:eu-west-1:123456789012:abc123/*/GET/orders"
    grant = ["--statement-id", "api", "--action", "lambda:InvokeFunction", "--source-arn", source]
    named = ["--function-name", "orders", "--qualifier", "live"]
    added = cli("lambda", "add-permission", *named, *grant, "--principal", "apigateway.amazonaws.com")
    again = cli("lambda", "add-permission", *named, *grant, "--principal", "apigateway.amazonaws.com")
    read = cli("lambda", "get-policy", *named, "--query", "Policy", "--output", "text")
    assert (added.returncode, added.stderr) == (0, "")
    assert json.loads(read.stdout)["Statement"] == [json.loads(json.loads(added.stdout)["Statement"])]
    assert json.loads(read.stdout)["Statement"][0]["Resource"] == f"{function.arn}:live"
    assert again.returncode != 0
    assert "ResourceConflictException" in again.stderr


def test_update_integration_then_deploy(aws: SimulatedAws, api: Api, cli: Cli) -> None:
    where = ["--rest-api-id", api.id]
    method = [*where, "--resource-id", api.resource, "--http-method", "GET"]
    change = [
        "--patch-operations",
        "op=replace,path=/timeoutInMillis,value=5000",
        "op=replace,path=/credentials,value=",
    ]
    updated = cli("apigateway", "update-integration", *method, *change)
    deployed = cli("apigateway", "create-deployment", *where, "--stage-name", "prod")
    stage = aws.client("apigateway").get_stage(restApiId=api.id, stageName="prod")
    assert (updated.returncode, deployed.returncode, deployed.stderr) == (0, 0, "")
    assert json.loads(updated.stdout)["timeoutInMillis"] == 5000
    assert stage["deploymentId"] == json.loads(deployed.stdout)["id"]
    assert stage["variables"] == {"alias": "live", "table": "orders"}


def test_the_waiter_for_an_active_function(aws: SimulatedAws, function: Function, cli: Cli) -> None:
    waited = cli("lambda", "wait", "function-active-v2", "--function-name", "orders")
    aws.set_function_state(function.arn, State="Failed")
    failed = cli("lambda", "wait", "function-active-v2", "--function-name", "orders")
    assert (waited.returncode, waited.stderr) == (0, "")
    assert failed.returncode != 0


def test_who_calls(cli: Cli) -> None:
    arn = cli("sts", "get-caller-identity", "--query", "Arn", "--output", "text")
    assert arn.stdout.strip() == "arn:aws:iam::123456789012:user/kintsugi"


def test_a_denied_call(aws: SimulatedAws, cli: Cli) -> None:
    aws.deny("lambda", "GetPolicy")
    denied = cli("lambda", "get-policy", "--function-name", "orders")
    assert denied.returncode != 0
    assert "(AccessDeniedException)" in denied.stderr


TEMPLATE = """\
Resources:
  AllowApi:
    Type: AWS::Lambda::Permission
    Properties:
      Action: lambda:InvokeFunction
      FunctionName: !Sub arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:orders:live
      Principal: apigateway.amazonaws.com
      SourceArn: arn:aws:execute-api:eu-west-1:123456789012:abc123/*/GET/orders
"""


def test_deploy_a_stack(aws: SimulatedAws, function: Function, cli: Cli, tmp_path: Path) -> None:
    template = tmp_path / "fix.yaml"
    template.write_text(TEMPLATE)
    deployed = cli("cloudformation", "deploy", "--stack-name", "fix", "--template-file", str(template))
    policy = json.loads(aws.client("lambda").get_policy(FunctionName="orders:live")["Policy"])
    assert (deployed.returncode, deployed.stderr) == (0, "")
    assert policy["Statement"][0]["Resource"] == f"{function.arn}:live"
    template.write_text(TEMPLATE.replace("function:orders:live", "function:bills"))
    failed = cli("cloudformation", "deploy", "--stack-name", "other", "--template-file", str(template))
    assert failed.returncode != 0
    assert "Failed to create/update the stack" in failed.stderr
