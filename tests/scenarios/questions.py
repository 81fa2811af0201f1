"""Questions that name an API by something it uses, or by nothing."""

from __future__ import annotations

from bot.demo.world import World
from tests.scenarios.scenario import Case, found, nothing_wrong, scenario


@scenario
def a_function_by_name(world: World) -> Case:
    orders = world.function("orders-write")
    world.rest_api("pages").mock("GET /").stage("prod")
    api = world.rest_api("shop").method("POST /orders", orders).stage("prod")
    return Case(
        "Invalid permissions on Lambda function, function name: orders-write",
        (found("integration_permission_missing", api_id=api.id),),
    )


@scenario
def a_role_and_nothing_else(world: World) -> Case:
    role = f"arn:aws:iam::{world.account}:role/gateway"
    orders = world.function("orders")
    world.rest_api("pages").mock("GET /").stage("prod")
    api = world.rest_api("shop").method("POST /orders", orders, credentials=role).stage("prod")
    return Case(role, (found("integration_role_missing", api_id=api.id),))


@scenario
def a_function_of_two_apis(world: World) -> Case:
    orders = world.function("orders")
    for name in ("shop", "shop-2"):
        world.rest_api(name).method("GET /orders", orders).stage("prod")
    return Case(str(orders), verdict="need_target")


@scenario
def a_function_no_api_calls(world: World) -> Case:
    orders, users = world.function("orders"), world.function("users")
    world.rest_api("shop").method("GET /orders", orders).stage("prod")
    return Case(str(users), verdict="target_not_found")


@scenario
def an_error_alone(world: World) -> Case:
    world.rest_api("shop `a` <b>").method("GET /orders", world.function("orders")).stage("prod")
    return Case("執行因組態錯誤失敗: Lambda 函數的許可無效", verdict="need_target", locale="zh_TW")


@scenario
def a_domain_of_ones_own(world: World) -> Case:
    orders = world.function("orders")
    api = world.rest_api("shop").method("GET /orders/{id}", orders).stage("prod")
    client = world.client("apigateway")
    client.create_domain_name(domainName="api.acme.test", regionalCertificateName="acme")
    client.create_base_path_mapping(domainName="api.acme.test", basePath="v1", restApiId=api.id, stage="prod")
    return Case(
        'https://api.acme.test/v1/orders/7 {"message": "Internal server error"}',
        (found("integration_permission_missing", methods="GET /orders/{id}", stages="prod"),),
    )


@scenario
def a_domain_and_nothing_else(world: World) -> Case:
    orders = world.function("orders")
    api = world.rest_api("shop").method("GET /orders/{id}", orders).stage("prod")
    client = world.client("apigateway")
    client.create_domain_name(domainName="api.acme.test", regionalCertificateName="acme")
    client.create_base_path_mapping(domainName="api.acme.test", basePath="v1", restApiId=api.id, stage="prod")
    return Case("https://api.acme.test/v1/orders/7", (found("integration_permission_missing", api_id=api.id),))


@scenario
def a_stage_before_the_path(world: World) -> Case:
    orders = world.function("orders")
    api = world.rest_api("shop").method("GET /orders", orders).stage("prod")
    orders.allows(api.source("GET /orders"))
    return nothing_wrong(f"{api.id} GET /prod/orders Internal server error")
