"""Accounts in which a statement for the API's methods is right but for one thing other than its SourceArn."""

from __future__ import annotations

from bot.demo.world import API_GATEWAY, World
from tests.scenarios.pasted import INTERNAL_ERROR, execution_log
from tests.scenarios.scenario import Case, found, scenario


@scenario
def source_account_of_a_neighbour(world: World) -> Case:
    orders = world.function("orders")
    api = world.rest_api("orders").method("GET /orders", orders).stage("prod")
    orders.allows(api.source(), source_account="210987654321")
    return Case(
        api.id,
        (
            found(
                "integration_permission_condition_unmet",
                key="AWS:SourceAccount",
                operator="StringEquals",
                expected=world.account,
                actual="210987654321",
            ),
        ),
    )


@scenario
def an_operator_without_wildcards(world: World) -> Case:
    orders = world.function("orders", versions=1, live="1").at("live")
    api = world.rest_api("orders").method("ANY /{proxy+}", orders).stage("prod")
    orders.states(Condition={"StringEquals": {"AWS:SourceArn": api.source()}})
    return Case(
        execution_log(api, "prod", "GET /orders/7"),
        (found("integration_permission_condition_unmet", key="AWS:SourceArn", actual=api.source()),),
    )


@scenario
def within_an_organization(world: World) -> Case:
    orders = world.function("orders")
    world.rest_api("orders").method("GET /", orders).stage("prod")
    orders.states(Condition={"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}})
    return Case(str(orders), (found("integration_permission_condition_unmet", key="aws:PrincipalOrgID"),))


@scenario
def a_scheduled_function_with_an_api(world: World) -> Case:
    digest = world.function("digest")
    api = world.rest_api("digest").method("POST /digest", digest).stage("prod")
    digest.allows(api.source("POST /digest"), principal="events.amazonaws.com")
    return Case(
        api.url("prod", "/digest") + " " + INTERNAL_ERROR,
        (found("integration_permission_wrong_principal", actual="events.amazonaws.com", expected=API_GATEWAY),),
    )


@scenario
def chinese_service_name(world: World) -> Case:
    china = World(world.aws, world.account, "cn-north-1")
    orders = china.function("orders", versions=1, live="1").at("live")
    api = china.rest_api("orders").method("ANY /", orders).stage("prod")
    orders.allows(api.source(), principal="apigateway.amazonaws.com.cn")
    return Case(api.arn, (found("integration_permission_wrong_principal", actual="apigateway.amazonaws.com.cn"),))


@scenario
def a_function_with_a_url(world: World) -> Case:
    orders = world.function("orders")
    api = world.rest_api("orders").method("GET /orders/{id}", orders).stage("prod")
    orders.allows(api.source(), action="lambda:InvokeFunctionUrl")
    return Case(
        api.id,
        (
            found(
                "integration_permission_wrong_action",
                actual="lambda:InvokeFunctionUrl",
                expected="lambda:InvokeFunction",
            ),
        ),
    )


@scenario
def called_without_waiting(world: World) -> Case:
    jobs = world.function("jobs", versions=1)
    api = world.rest_api("jobs").method("POST /jobs", jobs.at("1"), proxy=False).stage("prod")
    jobs.at("1").states(Action="lambda:InvokeAsync", Condition={"ArnLike": {"AWS:SourceArn": api.source("POST /jobs")}})
    return Case(
        execution_log(api, "prod", "POST /jobs"),
        (found("integration_permission_wrong_action", actual="lambda:InvokeAsync"),),
    )


@scenario
def an_alias_introduced_later(world: World) -> Case:
    orders = world.function("orders", versions=1, live="1")
    api = world.rest_api("orders").method("GET /orders", orders.at("live")).stage("prod")
    orders.allows(api.source("GET /orders"))
    return Case(
        api.id,
        (
            found(
                "integration_permission_on_other_qualifier",
                granted_on=str(orders),
                called=str(orders.at("live")),
            ),
        ),
    )


@scenario
def blue_and_green(world: World) -> Case:
    orders = world.function("orders", versions=2, blue="1", green="2")
    api = world.rest_api("orders").method("ANY /{proxy+}", orders.at("${stageVariables.colour}"))
    api.stage("prod", {"colour": "blue"}, canary={"colour": "green"})
    orders.at("blue").allows(api.source())
    return Case(
        api.url("prod", "/orders"),
        (
            found(
                "integration_permission_on_other_qualifier",
                granted_on=str(orders.at("blue")),
                called=str(orders.at("green")),
                stages="prod",
            ),
        ),
    )


@scenario
def the_function_itself_is_called(world: World) -> Case:
    orders = world.function("orders", versions=1, live="1")
    api = world.rest_api("orders").method("GET /", orders).stage("prod")
    orders.at("live").allows(api.source("GET /"))
    return Case(
        api.id,
        (
            found(
                "integration_permission_on_other_qualifier",
                granted_on=str(orders.at("live")),
                called=str(orders),
            ),
        ),
    )


@scenario
def an_api_shut_out_by_name(world: World) -> Case:
    orders = world.function("orders")
    api = world.rest_api("orders").method("GET /orders", orders).stage("prod")
    orders.allows(api.source()).states(
        "Deny", sid="closed", Principal="*", Condition={"ArnLike": {"AWS:SourceArn": f"{api.arn}/*"}}
    )
    return Case(
        api.id,
        (
            found(
                "integration_permission_denied",
                rollback=False,
                stack=None,
                statement="closed",
                source_arn=api.source("GET /orders", "prod"),
            ),
        ),
    )


@scenario
def only_one_network(world: World) -> Case:
    orders = world.function("orders", versions=1, live="1").at("live")
    api = world.rest_api("orders").method("ANY /{proxy+}", orders).stage("prod")
    orders.allows(api.source()).states(
        "Deny",
        sid="not-ours",
        Principal="*",
        Action="lambda:*",
        Condition={"StringNotEquals": {"AWS:SourceAccount": "210987654321"}},
    )
    return Case(
        execution_log(api, "prod", "GET /orders"),
        (found("integration_permission_denied", cli=False, stack=None, statement="not-ours"),),
        heals=False,
    )


@scenario
def one_stage_for_everybody_and_a_partner(world: World) -> Case:
    orders = world.function("orders")
    api = world.rest_api("orders").method("GET /orders", orders).stage("prod").stage("dev")
    partner = "arn:aws:execute-api:eu-west-1:210987654321:a1b2c3d4e5/*"
    orders.allows(api.source(), sid="ours").allows(partner, sid="partner")
    prod = {"ArnNotLike": {"AWS:SourceArn": api.source(stage="prod")}}
    orders.states("Deny", sid="prod", Principal="*", Condition=prod)
    return Case(
        api.id,
        (found("integration_permission_denied", cli=False, stack=None, statement="prod", stages="dev"),),
        heals=False,
    )


@scenario
def two_methods_that_were_retired(world: World) -> Case:
    orders = world.function("orders")
    api = world.rest_api("orders").method("GET /orders", orders).method("POST /orders", orders).stage("prod")
    orders.allows(api.source())
    for verb in ("GET", "POST"):
        condition = {"ArnLike": {"AWS:SourceArn": api.source(f"{verb} /orders")}}
        orders.states("Deny", sid=f"no-{verb}", Condition=condition)
    return Case(
        api.id,
        (
            found(
                "integration_permission_denied",
                rollback=False,
                stack=None,
                methods="GET /orders, POST /orders",
                statement="no-GET, no-POST",
            ),
        ),
    )


# ---- of several statements, the nearest


@scenario
def a_function_of_several_apis(world: World) -> Case:
    orders = world.function("orders")
    api = world.rest_api("orders").method("GET /orders", orders).stage("prod")
    other = f"arn:aws:execute-api:eu-west-1:{world.account}:a1b2c3d4e5/*/GET/orders"
    orders.allows(other, action="lambda:GetFunction", sid="theirs").allows(api.source("POST /orders"), sid="ours")
    return Case(
        api.id,
        (found("integration_permission_source_arn_mismatch", statement="ours", differs="method"),),
    )


@scenario
def a_list_of_sources(world: World) -> Case:
    orders = world.function("orders")
    api = world.rest_api("orders").method("GET /orders", orders).stage("prod")
    other = f"arn:aws:execute-api:eu-west-1:{world.account}:a1b2c3d4e5/*"
    orders.states(Condition={"ForAnyValue:StringLike": {"aws:SourceArn": [other]}})
    return Case(
        api.id,
        (found("integration_permission_source_arn_mismatch", differs="api", actual=other),),
    )


@scenario
def a_version_without_a_name(world: World) -> Case:
    orders = world.function("orders", versions=2)
    api = world.rest_api("orders").method("GET /orders", orders).stage("prod")
    orders.at("2").allows(api.source())
    return Case(
        api.id,
        (found("integration_permission_on_other_qualifier", granted_on=str(orders.at("2")), called=str(orders)),),
    )
