"""The role that writes logs is tried before it is taken, and without one no stage can be set to log."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from bot.demo.simulation.server import SimulatedAws
from bot.demo.world import API_GATEWAY, World, document, trust

TEMPLATE = """
Resources:
  Settings:
    Type: AWS::ApiGateway::Account
    Properties:
      CloudWatchRoleArn: %s
"""


@pytest.fixture
def world(aws: SimulatedAws) -> World:
    return World(aws)


def role_of(world: World) -> Any:
    return world.client("apigateway").get_account().get("cloudwatchRoleArn")


def test_a_role_that_can_write_is_taken_and_given_up(world: World) -> None:
    assert role_of(world) is None
    role = world.role("writer", attached=[world.push_to_logs])
    world.logs_with(role)
    assert role_of(world) == role
    world.logs_with("")
    assert role_of(world) is None


def test_a_role_that_cannot_write_is_refused(world: World) -> None:
    ban = {"Effect": "Deny", "Principal": {"Service": API_GATEWAY}, "Action": "sts:AssumeRole"}
    push = [world.push_to_logs]
    roles = [
        world.role("idle"),
        world.role("reader", inline={"read": document({"Effect": "Allow", "Action": "logs:Get*", "Resource": "*"})}),
        world.role("lent", trust("ec2.amazonaws.com"), attached=push),
        world.role("shut", document(*trust(API_GATEWAY)["Statement"], ban), attached=push),
        "arn:aws:iam::123456789012:role/none",
    ]
    world.role("moved", attached=push, path="/platform/")
    for role in (*roles, "arn:aws:iam::123456789012:role/moved"):
        with pytest.raises(ClientError, match="does not have required permissions configured"):
            world.logs_with(role)
    assert role_of(world) is None


def test_a_stage_can_be_set_to_log_only_once_there_is_a_role(world: World) -> None:
    api = world.rest_api("shop").mock("GET /orders").stage("prod", logs=None)
    with pytest.raises(ClientError, match="CloudWatch Logs role ARN must be set in account settings to enable logging"):
        api.logs("prod", "INFO")
    api.logs("prod", "OFF")
    world.can_log()
    api.logs("prod", "ERROR", "GET /orders")
    stage = world.client("apigateway").get_stage(restApiId=api.id, stageName="prod")
    assert stage["methodSettings"]["~1orders/GET"]["loggingLevel"] == "ERROR"


def test_every_region_has_a_role_of_its_own(world: World) -> None:
    world.can_log()
    elsewhere = World(world.aws, world.account, "us-east-1")
    assert role_of(elsewhere) is None
    elsewhere.can_log()
    assert role_of(elsewhere) == role_of(world)


def test_a_deleted_stack_leaves_the_setting(world: World) -> None:
    role = world.role("writer", attached=[world.push_to_logs])
    cloudformation = world.client("cloudformation")
    cloudformation.create_stack(StackName="logs", TemplateBody=TEMPLATE % role)
    assert role_of(world) == role
    cloudformation.delete_stack(StackName="logs")
    assert role_of(world) == role


def test_a_stack_with_a_role_that_cannot_write_fails(world: World) -> None:
    cloudformation = world.client("cloudformation")
    cloudformation.create_stack(StackName="logs", TemplateBody=TEMPLATE % world.role("idle"))
    (stack,) = cloudformation.describe_stacks(StackName="logs")["Stacks"]
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert role_of(world) is None
