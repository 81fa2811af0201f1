"""Accounts in which the policy of a function keeps the API's methods out."""

from __future__ import annotations

from hashlib import sha256

from bot.demo.world import World
from tests.scenarios.pasted import INTERNAL_ERROR, access_log, console_test, execution_log
from tests.scenarios.scenario import Case, found, scenario

# ---- nothing is meant for API Gateway


@scenario
def one_method_asked_by_id(world: World) -> Case:
    orders = world.function("orders")
    shop = world.rest_api("shop").method("GET /orders", orders).stage("prod")
    return Case(
        shop.id,
        (
            found(
                "integration_permission_missing",
                api_id=shop.id,
                function_arn=str(orders),
                methods="GET /orders",
                stages="prod",
                source_arn=shop.source("GET /orders", "prod"),
            ),
        ),
    )


@scenario
def greedy_path_behind_an_alias(world: World) -> Case:
    catalogue = world.function("catalogue", versions=2, live="2")
    catalogue.at("live").allows("arn:aws:s3:::uploads", principal="s3.amazonaws.com", sid="uploads")
    api = (
        world.rest_api("catalogue").method("ANY /{proxy+}", catalogue.at("live")).method("ANY /", catalogue.at("live"))
    )
    api.stage("v1")
    return Case(
        f"curl {api.url('v1', '/items/12')} gives {INTERNAL_ERROR}",
        (
            found(
                "integration_permission_missing",
                function_arn=str(catalogue.at("live")),
                methods="ANY /{proxy+}, ANY /",
                source_arn=api.source("ANY /{proxy+}", "v1"),
            ),
        ),
    )


@scenario
def methods_that_share_a_function(world: World) -> Case:
    users = world.function("users")
    api = world.rest_api("people")
    for method in ("GET /users", "POST /users", "GET /users/{id}", "ANY /"):
        api.method(method, users)
    api.stage("dev").stage("prod")
    return Case(
        api.arn,
        (
            found(
                "integration_permission_missing",
                methods="ANY /, GET /users, POST /users, GET /users/{id}",
                stages="dev, prod",
            ),
        ),
    )


@scenario
def more_methods_than_statements_serve(world: World) -> Case:
    reports = world.function("reports")
    api = world.rest_api("reports")
    for number in range(12):
        api.method(f"GET /reports/{number}", reports)
    api.stage("prod")
    return Case(api.id, (found("integration_permission_missing", function_arn=str(reports)),))


@scenario
def more_methods_than_statements_serve_by_stage(world: World) -> Case:
    reports = world.function("reports", versions=1, dev="1", live="1")
    api = world.rest_api("reports")
    for number in range(11):
        api.method(f"GET /reports/{number}", reports.at("${stageVariables.alias}"))
    api.stage("prod", {"alias": "live"}).stage("dev", {"alias": "dev"})
    return Case(
        api.id,
        (
            found("integration_permission_missing", stages="prod", function_arn=str(reports.at("live"))),
            found("integration_permission_missing", stages="dev", function_arn=str(reports.at("dev"))),
        ),
        runs=(f"{api.arn}/prod/*", f"{api.arn}/dev/*"),
    )


@scenario
def a_chinese_region(world: World) -> Case:
    china = World(world.aws, world.account, "cn-north-1")
    billing = china.function("billing")
    api = china.rest_api("billing").method("POST /invoices", billing).stage("prod")
    return Case(
        f"在浏览器里打开 {api.url('prod', '/invoices')} 总是 500: 对 Lambda 函数的权限无效",
        (
            found(
                "integration_permission_missing",
                function_arn=f"arn:aws-cn:lambda:cn-north-1:{world.account}:function:billing",
                source_arn=f"arn:aws-cn:execute-api:cn-north-1:{world.account}:{api.id}/prod/POST/invoices",
            ),
        ),
        locale="zh_TW",
    )


# ---- the statements name something else


@scenario
def a_path_variable(world: World) -> Case:
    pets = world.function("pets")
    api = world.rest_api("pets").method("GET /pets/{id}", pets).stage("prod")
    pets.allows(api.source("GET /pets/42"))
    return Case(
        execution_log(api, "prod", "GET /pets/42"),
        (
            found(
                "integration_permission_source_arn_mismatch",
                expected=api.source("GET /pets/{id}", "prod"),
                actual=api.source("GET /pets/42"),
                differs="path",
                statement="invoke",
            ),
        ),
    )


@scenario
def any_verb_on_a_path(world: World) -> Case:
    pets = world.function("pets")
    api = world.rest_api("pets").method("ANY /pets", pets).stage("prod")
    pets.allows(api.source("GET /pets"), sid="s1").allows(api.source("POST /pets"), sid="s2")
    return Case(
        access_log(api, "prod", "GET /pets"),
        (found("integration_permission_source_arn_mismatch", differs="method", statement="s1"),),
    )


@scenario
def two_stages_of_one_api(world: World) -> Case:
    tickets = world.function("tickets")
    api = world.rest_api("tickets").method("GET /", tickets).stage("dev").stage("prod")
    tickets.allows(api.source("GET /", "prod"))
    return Case(
        api.id,
        (
            found(
                "integration_permission_source_arn_mismatch",
                expected=api.source("GET /", "dev"),
                differs="stage",
                stages="dev",
            ),
        ),
    )


@scenario
def an_api_made_anew(world: World) -> Case:
    orders = world.function("orders")
    former = world.rest_api("orders").method("GET /orders", orders).stage("prod")
    current = world.rest_api("orders-2").method("GET /orders", orders).stage("prod")
    orders.allows(former.source("GET /orders"))
    return Case(
        current.url("prod", "/orders"),
        (found("integration_permission_source_arn_mismatch", differs="api", actual=former.source("GET /orders")),),
    )


@scenario
def the_id_alone_as_source(world: World) -> Case:
    orders = world.function("orders", versions=1)
    api = world.rest_api("orders").method("POST /orders", orders.at("1")).stage("prod")
    orders.at("1").allows(api.arn)
    return Case(
        f"Invalid permissions on Lambda function の件です。API は {api.id} です",
        (found("integration_permission_source_arn_mismatch", differs="form", actual=api.arn),),
        locale="ja",
    )


@scenario
def the_root_resource(world: World) -> Case:
    home = world.function("home")
    api = world.rest_api("home").method("GET /", home).stage("prod")
    home.allows(f"{api.arn}/*/GET")
    return Case(api.id, (found("integration_permission_source_arn_mismatch", differs="path"),))


@scenario
def partition_written_by_hand(world: World) -> Case:
    china = World(world.aws, world.account, "cn-north-1")
    orders = china.function("orders")
    api = china.rest_api("orders").method("ANY /{proxy+}", orders).stage("prod")
    orders.allows(api.source().replace("aws-cn", "aws").replace("cn-north-1", "cn-northwest-1"))
    return Case(
        api.id,
        (found("integration_permission_source_arn_mismatch", differs="partition,region"),),
        region="cn-north-1",
    )


@scenario
def another_account_in_the_source(world: World) -> Case:
    orders = world.function("orders")
    api = world.rest_api("orders").method("GET /orders", orders).stage("prod")
    orders.allows(api.source("GET /orders").replace(world.account, "210987654321"), sid="apigateway-orders")
    return Case(api.id, (found("integration_permission_source_arn_mismatch", differs="account"),))


@scenario
def a_name_that_is_taken(world: World) -> Case:
    orders = world.function("orders")
    api = world.rest_api("orders").method("GET /orders", orders).stage("prod")
    digest = sha256(api.source("GET /orders").encode()).hexdigest()[:6]
    sid = f"apigateway-{api.id}-GET-orders-{digest}"
    orders.allows(api.source("GET /orders", "beta"), sid=sid)
    return Case(
        console_test(api, "GET /orders"),
        (found("integration_permission_source_arn_mismatch", differs="stage", statement=sid),),
        runs=(f"{sid}-2",),
    )


_LONG = "-and-so-on"


@scenario
def a_policy_that_has_grown(world: World) -> Case:
    orders = world.function("orders")
    api = world.rest_api("orders").method("GET /orders", orders).stage("prod")
    for number in range(4):
        orders.allows(api.source(f"GET /orders/{number}{_LONG * 480}"), sid=f"deploy-{number}")
    return Case(api.id, (found("integration_permission_source_arn_mismatch", stack=None, differs="path"),))


@scenario
def a_policy_that_is_growing(world: World) -> Case:
    orders = world.function("orders")
    api = world.rest_api("orders").method("GET /orders", orders).stage("prod")
    for number in range(3):
        orders.allows(api.source(f"GET /orders/{number}{_LONG * 630}"), sid=f"deploy-{number}")
    return Case(api.id, (found("integration_permission_source_arn_mismatch", differs="path"),))


@scenario
def a_policy_that_serves_others(world: World) -> Case:
    orders = world.function("orders")
    api = world.rest_api("orders").method("GET /orders", orders).stage("prod")
    for number in range(4):
        orders.allows(f"arn:aws:s3:::{number}{_LONG * 485}", principal="s3.amazonaws.com", sid=f"bucket-{number}")
    return Case(api.id, (found("integration_permission_missing", cli=False, stack=None),), heals=False)


@scenario
def a_policy_that_serves_all_but_one(world: World) -> Case:
    orders = world.function("orders")
    api = world.rest_api("orders").method("GET /orders", orders).method("POST /orders", orders).stage("prod")
    orders.states(sid="others", Condition={"ArnNotLike": {"AWS:SourceArn": api.source("POST /orders")}})
    orders.allows(api.source("GET /orders"), sid="ours")
    for number in range(4):
        orders.allows(f"arn:aws:s3:::{number}{_LONG * 470}", principal="s3.amazonaws.com", sid=f"bucket-{number}")
    finds = found("integration_permission_source_arn_mismatch", stack=None, methods="POST /orders", statement="ours")
    return Case(api.id, (finds,))
