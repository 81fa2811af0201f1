"""Accounts in which what the API calls is not there, not ready, or called in another way than it takes."""

from __future__ import annotations

from typing import Any

from bot.demo.world import World, may_invoke
from tests.scenarios.pasted import AUTHORIZER_FAILED, NOT_PERMITTED, access_log, execution_log
from tests.scenarios.scenario import Case, Expected, found, scenario


def _left_to_the_reader(cause: str, certainty: str = "proven", **facts: Any) -> Expected:
    return found(cause, certainty, cli=False, stack=None, **facts)


@scenario
def a_function_by_its_arn(world: World) -> Case:
    arn = world.function_arn("orders")
    api = world.rest_api("orders").method("GET /orders", arn).stage("prod")
    finds = _left_to_the_reader("integration_function_missing", function_arn=arn, methods="GET /orders")
    return Case(execution_log(api, "prod", "GET /orders"), (finds,), heals=False)


@scenario
def an_account_that_begins_with_zero(world: World) -> Case:
    arn = World(world.aws, "12345678901").function_arn("orders")
    api = world.rest_api("orders").method("GET /orders", arn).stage("prod")
    finds = _left_to_the_reader("integration_function_missing", function_arn=arn)
    return Case(api.id, (finds,), heals=False)


@scenario
def a_function_of_another_region(world: World) -> Case:
    world.function("orders")
    far = World(world.aws, world.account, "us-east-1").function_arn("orders")
    api = world.rest_api("orders").method("ANY /{proxy+}", far).method("ANY /", far).stage("prod")
    finds = _left_to_the_reader("integration_function_missing", function_arn=far, methods="ANY /, ANY /{proxy+}")
    return Case(api.id, (finds,), heals=False)


@scenario
def a_stage_variable_that_names_the_function(world: World) -> Case:
    orders = world.function("orders")
    api = world.rest_api("orders").method("GET /orders/{id}", world.function_arn("${stageVariables.backend}"))
    api.stage("dev", {"backend": "orders"}).stage("prod", {"backend": "order"})
    orders.allows(api.source())
    arn = world.function_arn("order")
    finds = _left_to_the_reader("integration_function_missing", function_arn=arn, stages="prod")
    return Case(api.id, (finds,), heals=False)


@scenario
def a_checker_by_its_arn(world: World) -> Case:
    api, arn = world.rest_api("accounts"), world.function_arn("session")
    accounts = world.function("accounts").allows(api.source())
    gate = api.authorizer("session", arn)
    api.method("GET /me", accounts, authorizer=gate).stage("prod")
    finds = _left_to_the_reader("authorizer_function_missing", function_arn=arn, authorizer_id=gate.id)
    return Case(execution_log(api, "prod", "GET /me", f"{NOT_PERMITTED}\n{AUTHORIZER_FAILED}"), (finds,), heals=False)


@scenario
def a_checker_of_another_region(world: World) -> Case:
    api, far = world.rest_api("accounts"), World(world.aws, world.account, "eu-central-1")
    accounts = world.function("accounts").allows(api.source())
    world.function("session").allows(api.source())
    gate = api.authorizer("session", far.function_arn("session"), type="REQUEST")
    api.method("ANY /{proxy+}", accounts, authorizer=gate).stage("prod")
    finds = _left_to_the_reader("authorizer_function_missing", function_arn=far.function_arn("session"))
    return Case(api.url("prod", "/me"), (finds,), heals=False)


@scenario
def an_alias_on_one_method(world: World) -> Case:
    orders = world.function("orders", versions=1, live="1")
    api = world.rest_api("orders").method("GET /orders", orders.at("live")).method("POST /orders", orders.at("beta"))
    api.stage("prod")
    orders.at("live").allows(api.source())
    finds = _left_to_the_reader(
        "integration_qualifier_missing", function_name="orders", qualifier="beta", methods="POST /orders"
    )
    return Case(str(orders), (finds,), heals=False)


@scenario
def a_version_pinned_by_the_stage(world: World) -> Case:
    orders = world.function("orders", versions=2)
    api = world.rest_api("orders").method("ANY /", orders.at("${stageVariables.version}"))
    api.stage("prod", {"version": "2"}, canary={"version": "7"})
    orders.at("2").allows(api.source())
    finds = _left_to_the_reader("integration_qualifier_missing", qualifier="7", stages="prod")
    return Case(f"500 desde esta mañana en {api.url('prod')}", (finds,), heals=False, locale="es")


@scenario
def a_checker_at_an_alias(world: World) -> Case:
    api, session = world.rest_api("accounts"), world.function("session", versions=1, live="1")
    accounts = world.function("accounts").allows(api.source())
    gate = api.authorizer("session", session.at("stable"))
    api.method("GET /me", accounts, authorizer=gate).stage("prod")
    session.at("live").allows(gate.source)
    finds = _left_to_the_reader("authorizer_qualifier_missing", qualifier="stable", authorizer_name="session")
    return Case(api.id, (finds,), heals=False)


@scenario
def a_checker_at_a_version(world: World) -> Case:
    api, session = world.rest_api("accounts"), world.function("session", versions=1)
    accounts = world.function("accounts").allows(api.source())
    gate = api.authorizer("session", session.at("3"), type="REQUEST")
    api.method("ANY /{proxy+}", accounts, authorizer=gate).stage("dev").stage("prod")
    finds = _left_to_the_reader("authorizer_qualifier_missing", qualifier="3", stages="prod")
    return Case(access_log(api, "prod", "GET /me", "Authorizer error"), (finds,), heals=False)


@scenario
def a_function_nobody_called_for_weeks(world: World) -> Case:
    archive = world.function("archive").reports(
        State="Inactive", StateReason="The function was idle.", StateReasonCode="Idle"
    )
    api = world.rest_api("archive").method("GET /archive/{year}", archive).stage("prod")
    archive.allows(api.source())
    finds = _left_to_the_reader("integration_function_inactive", state="Inactive", reason_code="Idle")
    return Case(api.id, (finds,), heals=False)


@scenario
def a_function_in_a_network(world: World) -> Case:
    archive = world.function("archive", versions=1, live="1").reports(
        State="Failed", StateReason="The subnet `subnet-1` $(was) deleted.", StateReasonCode="InvalidSubnet"
    )
    api = world.rest_api("archive").method("ANY /{proxy+}", archive.at("live")).stage("prod")
    archive.at("live").allows(api.source())
    finds = _left_to_the_reader("integration_function_inactive", state="Failed", reason_code="InvalidSubnet")
    return Case(execution_log(api, "prod", "GET /archive"), (finds,), heals=False)


@scenario
def a_function_that_was_changed_today(world: World) -> Case:
    archive = world.function("archive").reports(
        LastUpdateStatus="Failed", LastUpdateStatusReason="no such image", LastUpdateStatusReasonCode="ImageDeleted"
    )
    api = world.rest_api("archive").method("GET /", archive).stage("prod")
    archive.allows(api.source())
    finds = _left_to_the_reader(
        "integration_function_inactive", "likely", state="Active", last_update_status="Failed", reason="no such image"
    )
    return Case(api.id, (finds,), heals=False)


@scenario
def a_checker_nobody_called_for_weeks(world: World) -> Case:
    api = world.rest_api("accounts")
    session = world.function("session").reports(State="Inactive", StateReasonCode="Idle")
    accounts = world.function("accounts").allows(api.source())
    gate = api.authorizer("session", session.allows(api.source()))
    api.method("GET /me", accounts, authorizer=gate).stage("prod")
    finds = _left_to_the_reader("authorizer_function_inactive", state="Inactive", authorizer_id=gate.id)
    return Case(api.id, (finds,), heals=False)


@scenario
def a_checker_in_a_network(world: World) -> Case:
    api = world.rest_api("accounts")
    session = world.function("session", versions=1, live="1").reports(
        State="Failed", StateReasonCode="EniLimitExceeded"
    )
    accounts = world.function("accounts").allows(api.source())
    gate = api.authorizer("session", session.at("live").allows(api.source()), type="REQUEST")
    api.method("ANY /{proxy+}", accounts, authorizer=gate).stage("prod")
    finds = _left_to_the_reader("authorizer_function_inactive", state="Failed", reason_code="EniLimitExceeded")
    return Case(execution_log(api, "prod", "GET /x", AUTHORIZER_FAILED), (finds,), heals=False)


@scenario
def an_alias_named_by_each_stage(world: World) -> Case:
    orders = world.function("orders", versions=1, live="1")
    api = world.rest_api("orders")
    api.method("GET /orders", orders.at("${stageVariables.alias}"))
    api.method("GET /orders/{id}", orders.at("${stageVariables.alias}"))
    api.stage("dev", {"alias": "live"}).stage("prod")
    orders.at("live").allows(api.source())
    finds = _left_to_the_reader(
        "stage_variable_missing", stage="prod", variable="alias", canary=False, methods="GET /orders, GET /orders/{id}"
    )
    return Case(api.id, (finds,), heals=False)


@scenario
def a_role_named_by_each_stage(world: World) -> Case:
    orders = world.function("orders")
    role = world.role("caller", inline={"invoke": may_invoke(orders)})
    api = world.rest_api("orders")
    api.method("ANY /{proxy+}", orders, credentials=role.replace("caller", "${stageVariables.role}"))
    api.stage("dev", {"role": "caller"}).stage("prod", {"roles": "caller"})
    finds = _left_to_the_reader("stage_variable_missing", stage="prod", variable="role")
    return Case(api.url("prod", "/orders"), (finds,), heals=False)


@scenario
def get_all_the_way(world: World) -> Case:
    orders = world.function("orders")
    api = world.rest_api("orders").method("GET /orders", orders, backend_method="GET").stage("dev").stage("prod")
    orders.allows(api.source())
    finds = found("integration_method_not_post", stack="merge", expected="POST", actual="GET", methods="GET /orders")
    return Case(execution_log(api, "prod", "GET /orders"), (finds,))


@scenario
def any_all_the_way(world: World) -> Case:
    orders = world.function("orders", versions=1, live="1")
    api = world.rest_api("orders")
    api.method("ANY /{proxy+}", orders.at("${stageVariables.alias}"), backend_method="ANY", proxy=False)
    api.stage("prod", {"alias": "live"})
    orders.at("live").allows(api.source())
    return Case(api.id, (found("integration_method_not_post", stack="merge", actual="ANY"),), prints=("$",))
