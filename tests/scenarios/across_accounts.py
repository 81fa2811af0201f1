"""Accounts whose API calls a function of another account, which the accounts file may know."""

from __future__ import annotations

from bot.demo.world import World, may_invoke
from tests.scenarios.scenario import Case, found, nothing_wrong, scenario

_NEXT_DOOR = "210987654321"


def _next_door(world: World) -> World:
    return World(world.aws, _NEXT_DOOR, world.region)


@scenario
def a_function_of_an_unknown_account(world: World) -> Case:
    orders = _next_door(world).function("orders")
    api = world.rest_api("orders").method("GET /orders", orders).stage("prod")
    orders.allows(api.source())
    finds = found("cross_account_function", "likely", function_account=_NEXT_DOOR, api_account=world.account)
    return Case(api.arn, (finds,), verdict="could_not_check", heals=False)


@scenario
def a_checker_of_an_unknown_account(world: World) -> Case:
    session = _next_door(world).function("session", versions=1, live="1").at("live")
    api = world.rest_api("accounts")
    accounts = world.function("accounts").allows(api.source())
    gate = api.authorizer("session", session, type="REQUEST")
    api.method("ANY /{proxy+}", accounts, authorizer=gate).stage("prod")
    finds = found("cross_account_function", "likely", source_arn=gate.source, function_arn=str(session))
    return Case(api.url("prod", "/x"), (finds,), verdict="could_not_check", heals=False)


@scenario
def a_function_of_a_known_account(world: World) -> Case:
    orders = _next_door(world).function("orders")
    api = world.rest_api("orders").method("GET /orders", orders).stage("prod")
    finds = found(
        "integration_permission_missing", function_arn=str(orders), source_arn=api.source("GET /orders", "prod")
    )
    return Case(api.id, (finds,), accounts=(_NEXT_DOOR,))


@scenario
def a_checker_of_a_known_account(world: World) -> Case:
    session = _next_door(world).function("session", versions=1, live="1").at("live")
    api = world.rest_api("accounts")
    accounts = world.function("accounts").allows(api.source())
    gate = api.authorizer("session", session)
    api.method("GET /me", accounts, authorizer=gate).stage("prod")
    session.allows(gate.source, source_account=_NEXT_DOOR)
    finds = found("authorizer_permission_condition_unmet", expected=world.account, actual=_NEXT_DOOR)
    return Case(api.arn, (finds,), accounts=(_NEXT_DOOR,))


@scenario
def an_open_function_of_a_known_account(world: World) -> Case:
    orders = _next_door(world).function("orders")
    api = world.rest_api("orders").method("GET /orders", orders).stage("prod")
    orders.allows(api.source(), source_account=world.account)
    return nothing_wrong(api.arn, accounts=(_NEXT_DOOR,))


@scenario
def a_role_and_a_function_that_know_each_other(world: World) -> Case:
    orders = _next_door(world).function("orders")
    role = world.role("gateway", inline={"invoke": may_invoke(orders)})
    orders.states(Principal={"AWS": role})
    api = world.rest_api("orders").method("GET /orders", orders, credentials=role).stage("prod")
    return nothing_wrong(api.arn, accounts=(_NEXT_DOOR,))
