"""Accounts in which the API calls its functions with its caller's rights, and these do not reach."""

from __future__ import annotations

from bot.demo.world import CALLER_CREDENTIALS, World, trust
from tests.scenarios.pasted import INTERNAL_ERROR, caller_refused, execution_log
from tests.scenarios.scenario import Case, found, scenario


@scenario
def signed_calls(world: World) -> Case:
    orders = world.function("orders")
    api = world.rest_api("orders")
    api.method("GET /orders", orders, credentials=CALLER_CREDENTIALS, authorization="AWS_IAM").stage("prod")
    finds = found("caller_credentials_passthrough", "likely", stack="merge", authorization_type="AWS_IAM")
    return Case(execution_log(api, "prod", "GET /orders"), (finds,))


@scenario
def signed_calls_by_a_known_role(world: World) -> Case:
    orders = world.function("orders", versions=1, live="1").at("live")
    role = world.role("batch", trust("ec2.amazonaws.com"))
    api = world.rest_api("orders")
    api.method("ANY /{proxy+}", orders, credentials=CALLER_CREDENTIALS, authorization="AWS_IAM")
    api.stage("dev").stage("prod")
    caller = role.replace(":iam:", ":sts:").replace(":role/", ":assumed-role/") + "/i-0123456789abcdef0"
    return Case(
        f"{api.url('prod', '/orders')} {caller_refused(caller, orders)}",
        (found("caller_credentials_passthrough", stack="merge", caller=caller),),
    )


@scenario
def unsigned_calls(world: World) -> Case:
    orders = world.function("orders")
    api = world.rest_api("orders").method("GET /", orders, credentials=CALLER_CREDENTIALS).stage("prod")
    orders.allows(api.source())
    return Case(api.id, (found("caller_credentials_passthrough", stack="merge", authorization_type="NONE"),))


@scenario
def signed_calls_to_a_function_by_stage(world: World) -> Case:
    for name in ("orders-dev", "orders-prod"):
        world.function(name)
    orders = world.function_arn("orders-${stageVariables.env}")
    api = world.rest_api("orders")
    api.method("GET /orders", orders, credentials=CALLER_CREDENTIALS, authorization="AWS_IAM")
    api.stage("dev", {"env": "dev"}).stage("prod", {"env": "prod"})
    finds = found("caller_credentials_passthrough", "likely", stack="merge", stages="dev, prod")
    runs = (api.source("GET /orders", "dev"), api.source("GET /orders", "prod"), "orders-dev", "orders-prod")
    return Case(api.id, (finds,), runs=runs, prints=("$",))


@scenario
def unsigned_calls_to_an_alias_by_stage(world: World) -> Case:
    orders = world.function("orders", versions=1, dev="1", live="1")
    api = world.rest_api("orders").method("GET /", orders.at("${stageVariables.alias}"), credentials=CALLER_CREDENTIALS)
    api.stage("dev", {"alias": "dev"}).stage("prod", {"alias": "live"})
    finds = found("caller_credentials_passthrough", stack="merge", stages="dev")
    return Case(f"{api.url('dev')} {INTERNAL_ERROR}", (finds,), prints=("$",))


@scenario
def signed_calls_to_the_account_next_door(world: World) -> Case:
    orders = World(world.aws, "210987654321").function("orders")
    api = world.rest_api("orders")
    api.method("GET /orders", orders, credentials=CALLER_CREDENTIALS, authorization="AWS_IAM").stage("prod")
    finds = found("caller_credentials_passthrough", "likely", cli=False, stack=None, function_arn=str(orders))
    return Case(api.id, (finds,), heals=False)


@scenario
def unsigned_calls_to_a_function_of_many(world: World) -> Case:
    orders = world.function("orders")
    api = world.rest_api("orders").method("GET /", orders, credentials=CALLER_CREDENTIALS).stage("prod")
    for number in range(4):
        bucket = f"arn:aws:s3:::{number}" + "-and-so-on" * 485
        orders.allows(bucket, principal="s3.amazonaws.com", sid=f"bucket-{number}")
    return Case(api.id, (found("caller_credentials_passthrough", cli=False, stack=None),), heals=False)


@scenario
def paths_that_look_alike(world: World) -> Case:
    orders = world.function("orders")
    api = world.rest_api("orders").method("GET /a/b", orders)
    api.method("GET /a-b", orders, credentials=CALLER_CREDENTIALS).stage("prod")
    return Case(
        api.id,
        (
            found("integration_permission_missing", methods="GET /a/b"),
            found("caller_credentials_passthrough", stack="merge", methods="GET /a-b"),
        ),
    )
