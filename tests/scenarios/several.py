"""Accounts with more than one thing to mend, and questions about a part of an API."""

from __future__ import annotations

from bot.demo.world import World, may_invoke, trust
from tests.scenarios.pasted import execution_log
from tests.scenarios.scenario import Case, found, scenario


@scenario
def a_shop_with_everything(world: World) -> Case:
    orders, users, session = (world.function(name) for name in ("orders", "users", "session"))
    role = world.role("orders", trust("lambda.amazonaws.com"))
    api = world.rest_api("shop")
    gate = api.authorizer("session", session)
    api.method("GET /users", users, authorizer=gate)
    api.method("POST /orders", orders, credentials=role, backend_method="GET")
    api.stage("prod")
    return Case(
        api.id,
        (
            found("authorizer_permission_missing", methods="GET /users"),
            found("integration_permission_missing", methods="GET /users"),
            found("integration_role_not_assumable", stack="merge", role_arn=role),
            found("integration_role_cannot_invoke", role_arn=role),
            found("integration_method_not_post", stack="merge", methods="POST /orders"),
        ),
    )


@scenario
def one_function_checks_and_answers(world: World) -> Case:
    front = world.function("front", versions=1, live="1").at("live")
    api = world.rest_api("front")
    gate = api.authorizer("front", front, type="REQUEST")
    api.method("ANY /{proxy+}", front, authorizer=gate).stage("dev").stage("prod")
    return Case(
        execution_log(api, "prod", "GET /x"),
        (
            found("authorizer_permission_missing", source_arn=gate.source),
            found("integration_permission_missing", source_arn=api.source("ANY /{proxy+}", "prod")),
        ),
    )


@scenario
def one_busy_function_checks_and_answers(world: World) -> Case:
    front, api = world.function("front"), world.rest_api("front")
    for number in range(4):
        bucket = f"arn:aws:s3:::{number}" + "-and-so-on" * 455
        front.allows(bucket, principal="s3.amazonaws.com", sid=f"bucket-{number}")
    gate = api.authorizer("front", front)
    for number in range(11):
        api.method(f"GET /{number}", front, authorizer=gate)
    api.stage("prod")
    return Case(
        api.id,
        (
            found("authorizer_permission_missing", source_arn=gate.source),
            found("integration_permission_missing", cli=False, stack=None, stages="prod"),
        ),
        runs=(f"{api.arn}/*/*",),
    )


@scenario
def the_function_and_its_latest(world: World) -> Case:
    orders = world.function("orders")
    api = world.rest_api("orders").method("GET /orders", orders).method("POST /orders", orders.at("$LATEST"))
    return Case(
        api.stage("prod").id,
        (found("integration_permission_missing", function_arn=str(orders), methods="GET /orders, POST /orders"),),
    )


@scenario
def shut_out_and_never_let_in(world: World) -> Case:
    orders = world.function("orders")
    api = world.rest_api("orders").method("GET /orders", orders).stage("prod")
    orders.states("Deny", sid="closed", Condition={"ArnLike": {"AWS:SourceArn": f"{api.arn}/*"}})
    return Case(
        api.id,
        (
            found("integration_permission_denied", rollback=False, stack=None, statement="closed"),
            found("integration_permission_missing", methods="GET /orders"),
        ),
    )


@scenario
def a_checker_in_front_of_two_methods(world: World) -> Case:
    api, session, orders = world.rest_api("orders"), world.function("session"), world.function("orders")
    gate = api.authorizer("session", session)
    api.method("GET /orders", orders, authorizer=gate).method("GET /orders/{id}", orders, authorizer=gate).stage("prod")
    orders.allows(api.source())
    return Case(
        execution_log(api, "prod", "GET /orders/7"),
        (found("authorizer_permission_missing", methods="GET /orders, GET /orders/{id}"),),
    )


@scenario
def a_stage_asked_about(world: World) -> Case:
    orders = world.function("orders", versions=2, beta="2", live="1")
    api = world.rest_api("orders").method("GET /orders", orders.at("${stageVariables.alias}"))
    api.stage("beta", {"alias": "beta"}).stage("prod", {"alias": "live"})
    orders.at("live").allows(api.source())
    return Case(
        api.id,
        (found("integration_permission_on_other_qualifier", stages="beta", called=str(orders.at("beta"))),),
        stage="beta",
    )


@scenario
def a_stage_next_to_the_one_asked_about(world: World) -> Case:
    orders = world.function("orders", versions=2, beta="2", live="1")
    api = world.rest_api("orders").method("GET /orders", orders.at("${stageVariables.alias}"))
    api.stage("beta", {"alias": "beta"}).stage("prod", {"alias": "live"})
    orders.at("live").allows(api.source())
    return Case(
        api.id,
        (found("integration_permission_on_other_qualifier", scope="elsewhere", stages="beta"),),
        stage="prod",
    )


@scenario
def a_method_next_to_the_one_asked_about(world: World) -> Case:
    orders, users = world.function("orders"), world.function("users")
    api = world.rest_api("shop").method("GET /orders", orders).method("GET /users", users).stage("prod")
    orders.allows(api.source("GET /orders"))
    return Case(
        execution_log(api, "prod", "GET /orders"),
        (found("integration_permission_missing", scope="elsewhere", methods="GET /users"),),
    )


@scenario
def a_method_asked_about_in_two_ways(world: World) -> Case:
    users = world.function("users")
    api = world.rest_api("shop").method("GET /users/{id}", users).method("ANY /users/{id}", users).stage("prod")
    users.allows(api.source("GET /users/{id}"))
    return Case(
        execution_log(api, "prod", "DELETE /users/7"),
        (found("integration_permission_source_arn_mismatch", methods="ANY /users/{id}", differs="method"),),
    )


@scenario
def stages_with_functions_of_their_own(world: World) -> Case:
    for name in ("orders-dev", "orders-prod"):
        world.function(name)
    api = world.rest_api("orders").method("ANY /", world.function_arn("orders-${stageVariables.env}"))
    api.stage("dev", {"env": "dev"}).stage("prod", {"env": "prod"})
    return Case(
        api.id,
        (
            found("integration_permission_missing", function_arn=world.function_arn("orders-dev"), stages="dev"),
            found("integration_permission_missing", function_arn=world.function_arn("orders-prod"), stages="prod"),
        ),
    )


@scenario
def an_api_that_was_never_deployed(world: World) -> Case:
    orders = world.function("orders")
    api = world.rest_api("orders").method("GET /orders", orders)
    return Case(api.id, (found("never_deployed", cli=False, stack=None, api_id=api.id),), heals=False)


@scenario
def a_function_used_by_one_api_of_three(world: World) -> Case:
    orders, users = world.function("orders"), world.function("users")
    world.rest_api("users").method("GET /", users).stage("prod")
    world.rest_api("pages").mock("GET /").stage("prod")
    api = world.rest_api("orders").method("GET /", orders).stage("prod")
    return Case(
        f"Lambda 函數的權限無效 {orders}",
        (found("integration_permission_missing", api_id=api.id, function_arn=str(orders)),),
        locale="zh_TW",
    )


@scenario
def an_api_of_another_region(world: World) -> Case:
    far = World(world.aws, world.account, "ap-northeast-1")
    orders = far.function("orders")
    role = far.role("orders", inline={"invoke": may_invoke(far.function_arn("*"))})
    api = far.rest_api("orders").method("GET /", orders).method("POST /", orders, credentials=role).stage("prod")
    return Case(api.id, (found("integration_permission_missing", methods="GET /"),))


@scenario
def a_function_across_a_region(world: World) -> Case:
    far = World(world.aws, world.account, "us-east-1").function("orders", versions=1, live="1").at("live")
    api = world.rest_api("orders").method("ANY /{proxy+}", far).stage("prod")
    return Case(
        api.url("prod", "/orders"),
        (
            found(
                "integration_permission_missing", function_arn=str(far), source_arn=api.source("ANY /{proxy+}", "prod")
            ),
        ),
    )
