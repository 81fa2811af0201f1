"""Accounts with faults that look alike and are others: none of these causes may be named."""

from __future__ import annotations

import json

from bot.demo.world import API_GATEWAY, World, trust
from tests.scenarios.pasted import access_log, execution_log
from tests.scenarios.scenario import Case, found, nothing_wrong, scenario


@scenario
def an_endpoint_elsewhere(world: World) -> Case:
    api = world.rest_api("shop").forwards("GET /orders", "https://orders.acme.test/v1").stage("prod")
    return nothing_wrong(
        execution_log(
            api, "prod", "GET /orders", "Execution failed due to configuration error: Invalid endpoint address"
        )
    )


@scenario
def a_function_without_concurrency(world: World) -> Case:
    orders = world.function("orders")
    world.client("lambda").put_function_concurrency(FunctionName="orders", ReservedConcurrentExecutions=0)
    api = world.rest_api("shop").method("GET /orders", orders).stage("prod")
    orders.allows(api.source())
    return nothing_wrong(api.arn)


@scenario
def a_function_that_crashes(world: World) -> Case:
    orders = world.function("orders")
    api = world.rest_api("shop").method("GET /orders", orders).stage("prod")
    orders.allows(api.source())
    said = "Execution failed due to customer function error: Malformed Lambda proxy response"
    return Case(execution_log(api, "prod", "GET /orders", said), verdict="could_not_check")


@scenario
def an_authorizer_that_says_no(world: World) -> Case:
    api, session = world.rest_api("shop"), world.function("session")
    orders = world.function("orders").allows(api.source())
    gate = api.authorizer("session", session.allows(api.source()))
    api.method("GET /orders", orders, authorizer=gate).stage("prod")
    said = '{"Message":"User is not authorized to access this resource with an explicit deny"}'
    finds = found("authorizer_denies", "likely", cli=False, stack=None, authorizer_id=gate.id)
    return Case(f"{api.url('prod', '/orders')} {said}", (finds,), heals=False)


@scenario
def an_authorizer_behind_a_silent_policy(world: World) -> Case:
    """An article says that the resource policy words it so; it is the authorizer, and the policy's silence is fine."""
    api, session = world.rest_api("shop"), world.function("session")
    orders = world.function("orders").allows(api.source())
    gate = api.authorizer("session", session.allows(api.source()))
    office = {"IpAddress": {"aws:SourceIp": ["192.0.2.0/24"]}}
    api.policy({"Effect": "Allow", "Principal": "*", "Condition": office})
    api.method("GET /orders", orders, authorizer=gate).stage("prod")
    said = '{"Message":"User is not authorized to access this resource"}'
    return Case(
        f"sourceIp: 203.0.113.9 {api.url('prod', '/orders')} {said}",
        (found("authorizer_policy_too_narrow", "likely", cli=False, stack=None),),
        heals=False,
    )


@scenario
def a_function_that_lost_its_own_role(world: World) -> Case:
    orders = world.function("orders")
    world.client("iam").update_assume_role_policy(
        RoleName="function-execution", PolicyDocument=json.dumps(trust("ecs-tasks.amazonaws.com"))
    )
    api = world.rest_api("shop").method("GET /orders", orders).stage("prod")
    orders.allows(api.source())
    return nothing_wrong(api.arn)


@scenario
def a_ban_that_names_a_neighbour(world: World) -> Case:
    orders = world.function("orders")
    other = world.rest_api("shop-2").method("GET /orders", orders).stage("prod")
    api = world.rest_api("shop").method("GET /orders", orders).stage("prod")
    orders.allows(api.source()).states(
        "Deny", Principal={"Service": API_GATEWAY}, Condition={"ArnLike": {"AWS:SourceArn": f"{other.arn}/*"}}
    )
    return nothing_wrong(api.id)


@scenario
def a_slow_backend(world: World) -> Case:
    orders = world.function("orders")
    api = world.rest_api("shop").method("GET /orders", orders).stage("prod")
    orders.allows(api.source())
    said = access_log(api, "prod", "GET /orders", "Execution failed due to a timeout error")
    return Case(said, verdict="could_not_check")
