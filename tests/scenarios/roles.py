"""Accounts in which the API calls its functions with a role, and the role does not reach."""

from __future__ import annotations

from bot.demo.world import API_GATEWAY, World, document, may_invoke, trust
from tests.scenarios.pasted import AUTHORIZER_FAILED, ROLE_REFUSED, execution_log
from tests.scenarios.scenario import Case, found, scenario


@scenario
def a_role_by_its_arn(world: World) -> Case:
    orders = world.function("orders")
    role = f"arn:aws:iam::{world.account}:role/gateway-orders"
    api = world.rest_api("orders").method("GET /orders", orders, credentials=role).stage("prod")
    return Case(
        execution_log(api, "prod", "GET /orders", f"{ROLE_REFUSED} {role}"),
        (found("integration_role_missing", role_arn=role, methods="GET /orders"),),
    )


@scenario
def a_role_with_a_path(world: World) -> Case:
    china = World(world.aws, world.account, "cn-north-1")
    orders = china.function("orders", versions=1, live="1").at("live")
    role = f"arn:aws-cn:iam::{world.account}:role/service/gateway/orders"
    api = china.rest_api("orders").method("ANY /{proxy+}", orders, credentials=role).method("ANY /", orders)
    orders.allows(api.source("ANY /"))
    api.stage("prod")
    return Case(api.arn, (found("integration_role_missing", role_arn=role, methods="ANY /{proxy+}"),))


@scenario
def a_path_with_every_character(world: World) -> Case:
    orders = world.function("orders")
    role = f'arn:aws:iam::{world.account}:role/a\'b;c$(id)`d`"e"/gateway=+,.@-orders'
    api = world.rest_api("orders 'x' `y` $(z) ${q} *b* <i>").method("GET /orders", orders, credentials=role)
    return Case(api.stage("prod").id, (found("integration_role_missing", role_arn=role),), prints=("$", "<"))


@scenario
def a_checker_with_a_role(world: World) -> Case:
    api, session = world.rest_api("accounts"), world.function("session")
    accounts = world.function("accounts").allows(api.source())
    role = f"arn:aws:iam::{world.account}:role/checker"
    gate = api.authorizer("session", session, credentials=role)
    api.method("GET /me", accounts, authorizer=gate).stage("prod")
    return Case(api.id, (found("authorizer_role_missing", role_arn=role, authorizer_id=gate.id, methods="GET /me"),))


@scenario
def a_checker_with_a_role_by_stage(world: World) -> Case:
    api, session = world.rest_api("accounts"), world.function("session", versions=1, live="1").at("live")
    accounts = world.function("accounts").allows(api.source())
    world.role("checker-dev", inline={"invoke": may_invoke(session)})
    role = f"arn:aws:iam::{world.account}:role/checker-"
    gate = api.authorizer("session", session, type="REQUEST", credentials=role + "${stageVariables.env}")
    api.method("ANY /{proxy+}", accounts, authorizer=gate).stage("dev", {"env": "dev"}).stage("prod", {"env": "prod"})
    return Case(api.id, (found("authorizer_role_missing", role_arn=f"{role}prod", stages="prod"),))


@scenario
def a_role_made_for_functions(world: World) -> Case:
    orders = world.function("orders")
    role = world.role("orders", trust("lambda.amazonaws.com"), {"invoke": may_invoke(orders)})
    api = world.rest_api("orders").method("POST /orders", orders, credentials=role).stage("prod")
    return Case(
        execution_log(api, "prod", "POST /orders", f"{ROLE_REFUSED} {role}"),
        (found("integration_role_not_assumable", role_arn=role, stack="merge"),),
    )


@scenario
def a_role_trusted_for_one_account(world: World) -> Case:
    orders = world.function("orders", versions=1).at("1")
    trusted = trust(API_GATEWAY, StringEquals={"aws:SourceAccount": "210987654321"})
    role = world.role("orders", trusted, {"invoke": may_invoke(orders)}, path="/gateway/")
    api = world.rest_api("orders").method("ANY /{proxy+}", orders, credentials=role).stage("dev").stage("prod")
    return Case(api.id, (found("integration_role_not_assumable", role_arn=role, stack="merge"),))


@scenario
def a_role_closed_to_everyone(world: World) -> Case:
    orders = world.function("orders")
    nobody = {"Effect": "Deny", "Principal": {"Service": API_GATEWAY}, "Action": "sts:AssumeRole"}
    trusted = document(*trust(API_GATEWAY)["Statement"], nobody)
    role = world.role("orders", trusted, {"invoke": may_invoke(orders)})
    api = world.rest_api("orders").method("GET /", orders, credentials=role).stage("prod")
    return Case(api.id, (found("integration_role_not_assumable", cli=False, stack=None),), heals=False)


@scenario
def a_checker_with_a_role_for_functions(world: World) -> Case:
    api, session = world.rest_api("accounts"), world.function("session")
    accounts = world.function("accounts").allows(api.source())
    role = world.role("checker", trust("lambda.amazonaws.com", "edgelambda.amazonaws.com"), {"x": may_invoke(session)})
    gate = api.authorizer("session", session, credentials=role)
    api.method("GET /me", accounts, authorizer=gate).stage("prod")
    return Case(
        execution_log(api, "prod", "GET /me", f"{ROLE_REFUSED} {role}\n{AUTHORIZER_FAILED}"),
        (found("authorizer_role_not_assumable", role_arn=role, authorizer_name="session", stack="merge"),),
    )


@scenario
def a_checker_role_trusted_for_one_account(world: World) -> Case:
    api, session = world.rest_api("accounts"), world.function("session", versions=1, live="1").at("live")
    accounts = world.function("accounts").allows(api.source())
    trusted = trust(API_GATEWAY, StringEquals={"aws:SourceAccount": "210987654321"})
    role = world.role("checker", trusted, {"invoke": may_invoke(session)})
    gate = api.authorizer("session", session, type="REQUEST", credentials=role)
    api.method("ANY /{proxy+}", accounts, authorizer=gate).stage("prod")
    return Case(api.id, (found("authorizer_role_not_assumable", stack="merge"),))


@scenario
def a_role_for_the_function_itself(world: World) -> Case:
    orders = world.function("orders", versions=1, live="1")
    role = world.role("orders", inline={"invoke": may_invoke(orders)})
    api = world.rest_api("orders").method("GET /orders", orders.at("live"), credentials=role).stage("prod")
    return Case(
        api.id,
        (
            found(
                "integration_role_cannot_invoke",
                role_arn=role,
                function_arn=str(orders.at("live")),
                lacking="identity",
            ),
        ),
    )


@scenario
def a_role_with_a_boundary(world: World) -> Case:
    orders = world.function("orders")
    allowed = world.managed_policy("invoke-orders", may_invoke(orders))
    edge = {"Effect": "Allow", "Action": "dynamodb:*", "Resource": "arn:aws:dynamodb:eu-west-1:123456789012:table/t"}
    role = world.role("orders", attached=[allowed], boundary=world.managed_policy("edge", document(edge)))
    api = world.rest_api("orders").method("ANY /{proxy+}", orders, credentials=role).stage("prod")
    return Case(
        execution_log(api, "prod", "GET /orders"),
        (found("integration_role_cannot_invoke", lacking="boundary", stack=None),),
    )


@scenario
def a_role_for_several_functions(world: World) -> Case:
    orders, users = world.function("orders"), world.function("users", versions=1, live="1")
    role = world.role("gateway", inline={"invoke-lambda": may_invoke(world.function_arn("other"))}, path="/gateway/")
    api = world.rest_api("shop").method("GET /orders", orders, credentials=role)
    api.method("GET /users/{id}", users.at("${stageVariables.alias}"), credentials=role)
    api.stage("prod", {"alias": "live"})
    return Case(
        api.url("prod", "/orders"),
        (
            found(
                "integration_role_cannot_invoke",
                lacking="identity",
                function_arn=f"{orders}, {users.at('live')}",
                methods="GET /orders, GET /users/{id}",
            ),
        ),
    )


@scenario
def a_role_that_is_held_back(world: World) -> Case:
    orders = world.function("orders")
    held = {"Effect": "Deny", "Action": "lambda:Invoke*", "Resource": "*"}
    role = world.role("orders", inline={"invoke": document(*may_invoke(orders)["Statement"], held)})
    api = world.rest_api("orders").method("GET /", orders, credentials=role).stage("prod")
    return Case(
        api.id,
        (found("integration_role_cannot_invoke", lacking="explicit deny", cli=False, stack=None),),
        heals=False,
    )


@scenario
def a_checker_role_for_logs(world: World) -> Case:
    api, session = world.rest_api("accounts"), world.function("session")
    accounts = world.function("accounts").allows(api.source())
    logs = "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"
    role = world.role("checker", attached=[logs])
    gate = api.authorizer("session", session, credentials=role)
    api.method("GET /me", accounts, authorizer=gate).stage("prod")
    return Case(api.id, (found("authorizer_role_cannot_invoke", function_arn=str(session), lacking="identity"),))


@scenario
def a_checker_role_for_one_alias(world: World) -> Case:
    api, session = world.rest_api("accounts"), world.function("session", versions=2, old="1", new="2")
    accounts = world.function("accounts").allows(api.source())
    role = world.role("checker", inline={"invoke": may_invoke(session.at("old"), session)})
    gate = api.authorizer("session", session.at("new"), type="REQUEST", credentials=role)
    api.method("ANY /{proxy+}", accounts, authorizer=gate).stage("prod")
    return Case(
        api.url("prod", "/me"),
        (found("authorizer_role_cannot_invoke", function_arn=str(session.at("new")), lacking="identity"),),
    )
