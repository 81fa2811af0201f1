"""Accounts in which CloudTrail's event history tells who changed the faulty thing, or tells of other changes only."""

from __future__ import annotations

import json
from datetime import timedelta

from botocore.exceptions import ClientError

from bot.demo.world import World, document, may_invoke, trust
from tests.scenarios.scenario import Case, found, scenario

_DEPLOYER = "assumed-role/deployer/build-4711"
_CLOUDFORMATION = "cloudformation.amazonaws.com"


def _user(world: World, name: str = "mika") -> str:
    return f"arn:{world.partition}:iam::{world.account}:user/{name}"


def _ago(world: World, **ago: float) -> str:
    return (world.now - timedelta(**ago)).strftime("%Y-%m-%dT%H:%M:%SZ")


@scenario
def tidied_up_in_the_afternoon(world: World) -> Case:
    orders = world.function("orders")
    api = world.rest_api("shop").method("GET /orders", orders).stage("prod")
    orders.allows(api.source("GET /orders"), sid="shop")
    with world.changed(hours=17):
        orders.allows_no_longer("shop")
    return Case(
        api.id,
        (
            found(
                "integration_permission_missing",
                changed_at=_ago(world, hours=17),
                changed_by=_user(world),
                changed_event="RemovePermission",
                changed_via=None,
            ),
        ),
    )


@scenario
def rolled_out_by_a_pipeline(world: World) -> Case:
    carts = world.function("carts", versions=1, live="1").at("live")
    api = world.rest_api("shop").method("POST /carts", carts).stage("prod")
    carts.allows(api.source("POST /carts"), sid="shop")
    with world.changed(_DEPLOYER, _CLOUDFORMATION, days=2):
        carts.allows_no_longer("shop")
        carts.allows(api.source("GET /carts"), sid="shop")
    return Case(
        api.id,
        (
            found(
                "integration_permission_source_arn_mismatch",
                statement="shop",
                changed_at=_ago(world, days=2),
                changed_by=f"arn:aws:sts::{world.account}:{_DEPLOYER}",
                changed_event="AddPermission",
                changed_via=_CLOUDFORMATION,
            ),
        ),
    )


@scenario
def neighbours_with_longer_names(world: World) -> Case:
    orders = world.function("orders", versions=1, live="1")
    report = world.function("orders-report").allows(sid="invoke")
    api = world.rest_api("shop").method("GET /orders", orders).stage("prod")
    orders.at("live").allows(sid="invoke")
    with world.changed(hours=2):
        report.allows_no_longer()
        orders.at("live").allows_no_longer()
    return Case(api.id, (found("integration_permission_missing", function_arn=str(orders), changed_by=None),))


@scenario
def attempts_that_came_to_nothing(world: World) -> Case:
    orders = world.function("orders")
    api = world.rest_api("shop").method("GET /orders", orders).stage("prod")
    client = world.client("lambda")
    with world.changed(hours=1):
        try:
            client.remove_permission(FunctionName="orders", StatementId="shop")
        except ClientError:
            pass  # there is no such statement, which CloudTrail keeps as an errorCode
        client.get_function_configuration(FunctionName="orders")
    return Case(api.id, (found("integration_permission_missing", changed_by=None, changed_event=None),))


@scenario
def removed_again_while_looking_into_it(world: World) -> Case:
    orders = world.function("orders")
    api = world.rest_api("shop").method("GET /orders", orders).stage("prod")
    orders.allows(api.source("GET /orders"), sid="one").allows(api.source("GET /orders"), sid="two")
    with world.changed("user/first", hours=5):
        orders.allows_no_longer("one")
    with world.changed("user/second", hours=1):
        orders.allows_no_longer("two")
    failed = (world.now - timedelta(hours=4)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    return Case(
        f"< HTTP/2 500\n< date: {failed}\n\n{api.url('prod', '/orders')} Invalid permissions on Lambda function",
        (
            found(
                "integration_permission_missing",
                changed_at=_ago(world, hours=5),
                changed_by=_user(world, "first"),
            ),
        ),
    )


@scenario
def a_role_swept_away(world: World) -> Case:
    orders = world.function("orders")
    role = world.role("invoker", inline={"invoke": may_invoke(orders)})
    api = world.rest_api("shop").method("GET /orders", orders, credentials=role).stage("prod")
    iam = world.client("iam")
    with world.changed(days=3):
        iam.delete_role_policy(RoleName="invoker", PolicyName="invoke")
        iam.delete_role(RoleName="invoker")
    return Case(api.id, (found("integration_role_missing", changed_by=_user(world), changed_event="DeleteRole"),))


@scenario
def a_role_handed_on(world: World) -> Case:
    orders = world.function("orders")
    role = world.role("invoker", inline={"invoke": may_invoke(orders)})
    other = world.role("invoker-2", inline={"invoke": may_invoke(orders)})
    shop = world.rest_api("shop").method("GET /orders", orders, credentials=role)
    shop.method("PUT /orders", orders, credentials=other).stage("prod")
    iam = world.client("iam")
    with world.changed(_DEPLOYER, hours=30):
        iam.update_assume_role_policy(RoleName="invoker", PolicyDocument=json.dumps(trust("lambda.amazonaws.com")))
    with world.changed(hours=3):
        iam.delete_role_policy(RoleName="invoker-2", PolicyName="invoke")
    return Case(
        shop.id,
        (
            found(
                "integration_role_not_assumable",
                stack="merge",
                role_arn=role,
                changed_by=f"arn:aws:sts::{world.account}:{_DEPLOYER}",
                changed_event="UpdateAssumeRolePolicy",
            ),
            found(
                "integration_role_cannot_invoke",
                role_arn=other,
                changed_by=_user(world),
                changed_event="DeleteRolePolicy",
            ),
        ),
    )


@scenario
def a_stage_set_anew(world: World) -> Case:
    orders = world.function("orders", versions=1, live="1")
    at_alias = orders.at("${stageVariables.alias}")
    api = world.rest_api("shop").method("GET /orders", at_alias).stage("dev", {"alias": "live"})
    api.stage("prod", {"alias": "live"})
    orders.at("live").allows(api.source("GET /orders"))
    apigateway = world.client("apigateway")
    with world.changed(hours=8):
        patch = {"op": "remove", "path": "/variables/alias"}
        apigateway.update_stage(restApiId=api.id, stageName="prod", patchOperations=[patch])
    with world.changed("user/other", hours=4):
        patch = {"op": "replace", "path": "/description", "value": "the shop"}
        apigateway.update_stage(restApiId=api.id, stageName="prod", patchOperations=[patch])
    return Case(
        api.id,
        (
            found(
                "stage_variable_missing",
                stage="prod",
                cli=False,
                stack=None,
                changed_by=_user(world),
                changed_event="UpdateStage",
            ),
        ),
        heals=False,
    )


@scenario
def one_method_of_two_set_anew(world: World) -> Case:
    orders = world.function("orders")
    api = world.rest_api("shop").method("GET /orders", orders, backend_method="GET").method("PUT /orders", orders)
    api.stage("prod")
    orders.allows(api.source("*"))
    with world.changed("user/other", hours=1):
        api.method("DELETE /orders", orders)
    api.deployed("prod")
    return Case(api.id, (found("integration_method_not_post", stack="merge", methods="GET /orders", changed_by=None),))


@scenario
def a_function_taken_down_in_china(world: World) -> Case:
    china = World(world.aws, world.account, "cn-north-1", world.now)
    role = china.role("invoker", document())
    api = china.rest_api("shop").method("GET /orders", china.function("orders"), credentials=role).stage("prod")
    with china.changed(days=1):
        china.client("iam").delete_role(RoleName="invoker")
    return Case(
        api.url("prod", "/orders"),
        (found("integration_role_missing", changed_by=_user(china), changed_event="DeleteRole"),),
    )
