"""Accounts in which nothing is wrong, of many shapes; some carry advice."""

from __future__ import annotations

from bot.demo.world import API_GATEWAY, CALLER_CREDENTIALS, World, document, may_invoke, trust
from tests.scenarios.pasted import caller_refused, execution_log
from tests.scenarios.scenario import Case, found, nothing_wrong, scenario


@scenario
def a_shop_by_its_id(world: World) -> Case:
    orders = world.function("orders")
    api = world.rest_api("shop").method("GET /orders", orders).method("POST /orders", orders).stage("prod")
    orders.allows(api.source("GET /orders"), sid="s1").allows(api.source("POST /orders"), sid="s2")
    orders.allows("arn:aws:s3:::uploads", principal="s3.amazonaws.com", sid="s3")
    return nothing_wrong(api.id)


@scenario
def a_shop_by_its_log(world: World) -> Case:
    orders = world.function("orders", versions=1, live="1").at("live")
    api = world.rest_api("shop").method("ANY /{proxy+}", orders).method("ANY /", orders).stage("v1")
    orders.allows(f"{api.arn}/*")
    return nothing_wrong(execution_log(api, "v1", "GET /orders/7"))


@scenario
def blue_and_green_side_by_side(world: World) -> Case:
    orders = world.function("orders", versions=2, blue="1", green="2")
    api = world.rest_api("shop").method("GET /orders/{id}", orders.at("${stageVariables.colour}"))
    api.stage("prod", {"colour": "blue"}, canary={"colour": "green"})
    for alias in ("blue", "green"):
        orders.at(alias).allows(api.source("GET /orders/{id}", "prod"))
    return nothing_wrong(api.url("prod", "/orders/7"))


@scenario
def a_checker_under_the_grant_of_its_api(world: World) -> Case:
    api, front = world.rest_api("front"), world.function("front")
    gate = api.authorizer("front", front)
    api.method("GET /me", front, authorizer=gate).stage("prod")
    front.allows(api.source())
    return nothing_wrong(api.id)


@scenario
def a_checker_no_method_uses(world: World) -> Case:
    api, orders = world.rest_api("shop"), world.function("orders")
    api.authorizer("former", world.function_arn("former"))
    api.authorizer("other", world.function("other"), credentials=f"arn:aws:iam::{world.account}:role/gone")
    api.method("GET /orders", orders).stage("prod")
    orders.allows(api.source("GET /orders"))
    return nothing_wrong(api.id)


@scenario
def pages_without_functions(world: World) -> Case:
    api = world.rest_api("pages").mock("GET /health").forwards("GET /docs", "https://docs.acme.test/")
    return nothing_wrong(api.stage("prod").id)


@scenario
def a_role_for_every_alias(world: World) -> Case:
    orders = world.function("orders", versions=1, live="1")
    trusted = trust(API_GATEWAY, "lambda.amazonaws.com", StringEquals={"aws:SourceAccount": world.account})
    role = world.role("gateway", trusted, {"invoke": may_invoke(f"{orders}:*")}, path="/gateway/")
    api = world.rest_api("shop").method("ANY /{proxy+}", orders.at("live"), credentials=role).stage("prod")
    return nothing_wrong(api.id)


@scenario
def a_role_within_its_boundary(world: World) -> Case:
    orders = world.function("orders")
    edge = document({"Effect": "Allow", "Action": "lambda:*", "Resource": "*"})
    aws_managed = "arn:aws:iam::aws:policy/service-role/AWSLambdaRole"
    role = world.role("gateway", attached=[aws_managed], boundary=world.managed_policy("edge", edge))
    api = world.rest_api("shop").method("GET /", orders, credentials=role).stage("prod")
    return nothing_wrong(execution_log(api, "prod", "GET /"))


@scenario
def a_role_the_function_names(world: World) -> Case:
    orders = world.function("orders")
    role = world.role("gateway")
    orders.states(Principal={"AWS": role})
    api = world.rest_api("shop").method("GET /orders", orders, credentials=role).stage("prod")
    return nothing_wrong(api.id)


@scenario
def callers_with_rights_of_their_own(world: World) -> Case:
    orders = world.function("orders")
    role = world.role("batch", trust("ec2.amazonaws.com"), {"invoke": may_invoke(orders)})
    api = world.rest_api("shop")
    api.method("GET /orders", orders, credentials=CALLER_CREDENTIALS, authorization="AWS_IAM").stage("prod")
    caller = role.replace(":iam:", ":sts:").replace(":role/", ":assumed-role/") + "/i-0123456789abcdef0"
    return nothing_wrong(f"{api.url('prod', '/orders')} {caller_refused(caller, orders)}")


@scenario
def a_caller_the_function_names(world: World) -> Case:
    orders = world.function("orders")
    role = world.role("batch", trust("ec2.amazonaws.com"), path="/team/")
    orders.states(Principal={"AWS": role})
    api = world.rest_api("shop")
    api.method("GET /orders", orders, credentials=CALLER_CREDENTIALS, authorization="AWS_IAM").stage("prod")
    caller = f"arn:aws:sts::{world.account}:assumed-role/batch/i-0123456789abcdef0"
    return nothing_wrong(f"{api.url('prod', '/orders')} {caller_refused(caller, orders)}")


@scenario
def several_regions_and_apis(world: World) -> Case:
    far = World(world.aws, world.account, "us-east-1")
    orders = far.function("orders")
    api = world.rest_api("shop").method("GET /orders", orders).stage("dev").stage("prod")
    other = world.rest_api("shop-2").method("GET /orders", orders).stage("prod")
    orders.allows(api.source(), sid="one").allows(other.source(), sid="two")
    return nothing_wrong(api.url("dev", "/orders"))


@scenario
def a_chinese_shop(world: World) -> Case:
    china = World(world.aws, world.account, "cn-north-1")
    orders = china.function("orders", versions=1).at("1")
    api = china.rest_api("shop").method("GET /orders/{id}", orders).stage("prod")
    orders.allows(api.source("GET /orders/{id}"), source_account=world.account)
    return nothing_wrong(api.url("prod", "/orders/7"), locale="zh_TW")


@scenario
def an_exception_from_a_ban(world: World) -> Case:
    orders = world.function("orders")
    api = world.rest_api("shop").method("GET /orders", orders).stage("prod")
    orders.allows(api.source()).states(
        "Deny", Principal="*", Condition={"ArnNotLike": {"AWS:SourceArn": f"{api.arn}/*"}}
    )
    return nothing_wrong(api.id)


@scenario
def a_ban_on_other_regions_and_accounts(world: World) -> Case:
    orders = world.function("orders")
    api = world.rest_api("shop").method("GET /orders", orders).stage("prod")
    orders.allows(api.source())
    for sid, key, value in (("r", "aws:RequestedRegion", world.region), ("a", "aws:ResourceAccount", world.account)):
        orders.states("Deny", sid=sid, Principal="*", Condition={"StringNotEquals": {key: value}})
    return nothing_wrong(api.id)


@scenario
def open_to_every_api(world: World) -> Case:
    orders = world.function("orders").allows(sid="open")
    api = world.rest_api("shop").method("GET /orders", orders).method("ANY /{proxy+}", orders).stage("prod")
    return nothing_wrong(api.id, found("permission_unscoped", statement="open", function_arn=str(orders)))


@scenario
def open_to_every_api_of_two(world: World) -> Case:
    orders = world.function("orders", versions=1, live="1").at("live").allows(sid="open")
    world.rest_api("other").method("GET /", orders).stage("prod")
    api = world.rest_api("shop").method("GET /orders", orders).stage("prod")
    return nothing_wrong(api.url("prod", "/orders"), found("permission_unscoped", statement="open"), advice_stays=True)


@scenario
def open_to_everybody(world: World) -> Case:
    orders = world.function("orders").states(sid="open", Principal="*")
    api = world.rest_api("shop").method("GET /orders", orders).stage("prod")
    return nothing_wrong(api.id, found("permission_unscoped", statement="open"), advice_stays=True)


@scenario
def open_to_two_services(world: World) -> Case:
    services = {"Service": [API_GATEWAY, "s3.amazonaws.com"]}
    orders = world.function("orders").states(sid="open", Principal=services)
    api = world.rest_api("shop").method("GET /orders", orders).stage("prod")
    return nothing_wrong(api.id, found("permission_unscoped", statement="open"), advice_stays=True)


@scenario
def open_for_every_action(world: World) -> Case:
    orders = world.function("orders").allows(sid="open", action="lambda:*")
    api = world.rest_api("shop").method("GET /orders", orders).stage("prod")
    return nothing_wrong(api.id, found("permission_unscoped", statement="open"), advice_stays=True)


@scenario
def open_to_an_api_of_its_own_account(world: World) -> Case:
    next_door = World(world.aws, "210987654321")
    orders = next_door.function("orders").allows(sid="open")
    next_door.rest_api("theirs").method("GET /orders", orders).stage("prod")
    api = world.rest_api("shop").method("GET /orders", orders).stage("prod")
    advice = found("permission_unscoped", statement="open")
    return nothing_wrong(api.id, advice, accounts=(next_door.account,), advice_stays=True)
