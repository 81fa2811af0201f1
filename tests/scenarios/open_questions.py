"""Accounts of which nobody can tell from outside whether they work: neither healthy nor broken may be said."""

from __future__ import annotations

from bot.demo.world import API_GATEWAY, World, document, may_invoke, trust
from tests.scenarios.scenario import Case, found, scenario

_NEXT_DOOR = "210987654321"


@scenario
def a_role_that_depends_on_the_address(world: World) -> Case:
    orders = world.function("orders")
    inside = {"Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}}
    role = world.role("gateway", inline={"invoke": document(may_invoke(orders)["Statement"][0] | inside)})
    api = world.rest_api("shop").method("GET /orders", orders, credentials=role).stage("prod")
    return Case(api.id, verdict="could_not_check")


@scenario
def a_role_for_a_function_next_door(world: World) -> Case:
    orders = World(world.aws, _NEXT_DOOR).function("orders")
    role = world.role("gateway", inline={"invoke": may_invoke(orders)})
    api = world.rest_api("shop").method("GET /orders", orders, credentials=role).stage("prod")
    return Case(api.url("prod", "/orders"), verdict="could_not_check")


@scenario
def a_role_of_the_account_next_door(world: World) -> Case:
    orders = world.function("orders")
    api = world.rest_api("shop")
    gate = api.authorizer("session", orders, credentials=f"arn:aws:iam::{_NEXT_DOOR}:role/gateway")
    api.method("GET /orders", orders, authorizer=gate).stage("prod")
    orders.allows(api.source())
    return Case(api.url("prod", "/orders"), verdict="could_not_check")


@scenario
def a_role_trusted_for_one_api(world: World) -> Case:
    orders = world.function("orders")
    api = world.rest_api("shop")
    trusted = trust(API_GATEWAY, ArnLike={"aws:SourceArn": "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/*"})
    role = world.role("gateway", trusted, {"invoke": may_invoke(orders)})
    api.method("GET /orders", orders, credentials=role).stage("prod")
    return Case(api.id, (found("integration_role_not_assumable", "likely", stack="merge"),))


@scenario
def a_function_in_an_organization(world: World) -> Case:
    orders = world.function("orders")
    orders.states(Condition={"StringEquals": {"aws:SourceOrgID": "o-a1b2c3d4e5"}})
    api = world.rest_api("shop").method("GET /orders", orders).stage("prod")
    return Case(api.id, verdict="could_not_check")


@scenario
def a_function_with_a_closing_date(world: World) -> Case:
    orders = world.function("orders")
    api = world.rest_api("shop").method("GET /orders", orders).method("GET /users", orders).stage("prod")
    until = {"ArnLike": {"aws:SourceArn": api.source("GET /orders")}, "DateLessThan": {"aws:CurrentTime": "2031-01-01"}}
    orders.states(sid="until", Condition=until)
    finds = found("integration_permission_source_arn_mismatch", methods="GET /users", differs="path")
    return Case(api.id, (finds,), heals=False)


@scenario
def a_method_with_a_closing_date(world: World) -> Case:
    orders = world.function("orders")
    api = world.rest_api("shop").method("GET /orders", orders).stage("prod")
    until = {"ArnLike": {"aws:SourceArn": api.source("GET /orders")}, "DateLessThan": {"aws:CurrentTime": "2031-01-01"}}
    orders.states(sid="until", Condition=until)
    return Case(api.url("prod", "/orders"), verdict="could_not_check")


@scenario
def a_role_that_depends_on_a_tag(world: World) -> Case:
    orders, users = world.function("orders"), world.function("users")
    tagged = {"Condition": {"StringEquals": {"aws:PrincipalTag/team": "shop"}}}
    role = world.role("gateway", inline={"invoke": document(may_invoke(orders)["Statement"][0] | tagged)})
    api = world.rest_api("shop").method("GET /orders", orders, credentials=role)
    api.method("GET /users", users, credentials=role).stage("prod")
    finds = found("integration_role_cannot_invoke", methods="GET /users", function_arn=str(users))
    return Case(api.id, (finds,), heals=False)
