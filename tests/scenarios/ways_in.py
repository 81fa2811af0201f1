"""Accounts in which the stage, the route or the integration that a request needs is not there, or seems so."""

from __future__ import annotations

from typing import Any

from bot.demo.rest_api import Api
from bot.demo.world import World
from tests.scenarios.scenario import Case, Expected, found, nothing_wrong, scenario

_NO_TOKEN = '{"message":"Missing Authentication Token"}'
_FORBIDDEN = '{"message":"Forbidden"}'


def _left(cause: str, **facts: Any) -> Expected:
    return found(cause, cli=False, stack=None, **facts)


def _shop(world: World, *methods: str) -> Api:
    api = world.rest_api("shop")
    for method in methods or ("GET /orders",):
        api.mock(method)
    return api


def _call(api: Api, request: str, answer: str = _NO_TOKEN) -> str:
    """A curl command and its answer: `POST prod /orders`."""
    verb, stage, path = request.split()
    return f"$ curl -i -X {verb} {api.url(stage, path)}\nHTTP/2 403\n\n{answer}"


# ---- routes


@scenario
def orders_are_sent(world: World) -> Case:
    api = _shop(world, "GET /orders", "OPTIONS /orders").stage("prod")
    finds = _left("route_missing", called="POST /orders", nearest="GET /orders, OPTIONS /orders")
    return Case(_call(api, "POST prod /orders"), (finds,), heals=False)


@scenario
def orders_in_capitals(world: World) -> Case:
    api = _shop(world, "GET /orders/{id}", "GET /users").stage("prod")
    finds = _left("route_missing", called="GET /Orders/7", nearest="GET /orders/{id}")
    return Case(_call(api, "GET prod /Orders/7"), (finds,), heals=False)


@scenario
def the_foot_of_a_greedy_path(world: World) -> Case:
    api = _shop(world, "ANY /docs/{proxy+}").stage("prod")
    finds = _left("route_missing", called="GET /docs", nearest="ANY /docs/{proxy+}")
    return Case(_call(api, "GET prod /docs"), (finds,), heals=False)


@scenario
def orders_of_the_first_version(world: World) -> Case:
    api = _shop(world, "GET /orders", "GET /unlike").stage("prod")
    finds = _left("route_missing", called="/v1/orders", nearest="GET /orders")
    return Case(f"{api.url('prod', '/v1/orders')} gives {_NO_TOKEN}", (finds,), heals=False)


@scenario
def a_counter_that_is_open_still(world: World) -> Case:
    api = _shop(world, "GET /orders", "GET /returns").stage("prod").drops("GET /returns")
    return nothing_wrong(_call(api, "GET prod /returns"))


# ---- stages


@scenario
def a_stage_in_full(world: World) -> Case:
    api = _shop(world).stage("dev").stage("prod")
    finds = _left("stage_missing", stage="production", stages="dev, prod")
    return Case(_call(api, "GET production /orders", _FORBIDDEN), (finds,), heals=False)


@scenario
def an_address_cut_short(world: World) -> Case:
    api = _shop(world, "GET /orders/{id}").stage("prod")
    finds = _left("stage_missing", stage="orders", stages="prod")
    return Case(_call(api, "GET orders /7", _FORBIDDEN), (finds,), heals=False)


@scenario
def a_stage_by_option(world: World) -> Case:
    api = _shop(world).stage("prod")
    return Case(api.id, (_left("stage_missing", stage="Prod", stages="prod"),), stage="Prod", heals=False)


@scenario
def an_api_between_stages(world: World) -> Case:
    api = _shop(world).deployed()
    return Case(api.id, (_left("stage_missing", api_id=api.id, stages=""),), heals=False)


# ---- deployments


@scenario
def an_api_just_made(world: World) -> Case:
    api = _shop(world)
    finds = found("never_deployed", rollback=False, api_id=api.id, stage="prod")
    return Case(api.url("prod", "/orders"), (finds,), advice_stays=True)


@scenario
def an_api_just_made_and_asked_about(world: World) -> Case:
    api = _shop(world, "GET /orders", "ANY /{proxy+}")
    return Case(api.id, (_left("never_deployed", api_id=api.id),), heals=False)


@scenario
def an_api_with_nothing_in_it(world: World) -> Case:
    api = world.rest_api("shop")
    return Case(api.url("prod"), (_left("never_deployed", api_id=api.id),), heals=False)


# ---- integrations


@scenario
def a_route_begun(world: World) -> Case:
    api = _shop(world).stage("prod").bare("POST /orders")
    finds = _left("integration_missing", api_id=api.id, methods="POST /orders")
    return Case(api.id, (finds,), heals=False)


@scenario
def two_routes_begun_and_one_done(world: World) -> Case:
    api = _shop(world).stage("prod").bare("GET /").bare("GET /users").mock("POST /orders")
    said = "An error occurred (BadRequestException) when calling the CreateDeployment operation: "
    finds = _left("integration_missing", methods="GET /, GET /users")
    return Case(f"{said}No integration defined for method\n{api.id}", (finds,), heals=False)


@scenario
def a_route_begun_and_another_called(world: World) -> Case:
    orders, api = world.function("orders"), world.rest_api("shop")
    api.method("GET /orders", orders).stage("prod").bare("POST /orders")
    orders.allows(api.source())
    return nothing_wrong(f'{api.url("prod", "/orders")} {{"message": "Internal server error"}}')
