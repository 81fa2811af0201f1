"""Accounts in which what is wrong with a role is only one of the things that rest on it."""

from __future__ import annotations

import json

from bot.demo.world import API_GATEWAY, World, document, may_invoke, trust
from tests.scenarios.scenario import Case, found, scenario

_ELSEWHERE = "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/*"
_OPEN = trust(API_GATEWAY)["Statement"][0]


@scenario
def a_role_of_two_apis(world: World) -> Case:
    orders, first = world.function("orders"), world.rest_api("first")
    trusted = trust(API_GATEWAY, ArnLike={"aws:SourceArn": f"{first.arn}/*"})
    role = world.role("gateway", trusted, {"invoke": may_invoke(orders)})
    first.method("GET /orders", orders, credentials=role).stage("prod")
    second = world.rest_api("second").method("GET /orders", orders, credentials=role).stage("prod")
    return Case(
        second.id,
        (found("integration_role_not_assumable", "likely", stack="merge", role_arn=role),),
        runs=(json.dumps(document(*trusted["Statement"], _OPEN)),),
    )


@scenario
def a_role_for_an_api_by_its_whole_name(world: World) -> Case:
    orders = world.function("orders")
    trusted = trust(API_GATEWAY, StringEquals={"aws:SourceArn": _ELSEWHERE})
    role = world.role("gateway", trusted, {"invoke": may_invoke(orders)})
    api = world.rest_api("shop").method("GET /orders", orders, credentials=role).stage("prod")
    return Case(api.id, (found("integration_role_not_assumable", "likely", stack="merge"),))


@scenario
def a_role_with_session_tags(world: World) -> Case:
    orders = world.function("orders")
    ours = {"StringEquals": {"aws:SourceAccount": world.account}}
    tags = _OPEN | {"Action": "sts:TagSession", "Condition": ours}
    role = world.role("gateway", document(tags), {"invoke": may_invoke(orders)})
    api = world.rest_api("shop").method("GET /orders", orders, credentials=role).stage("prod")
    return Case(
        api.id,
        (found("integration_role_not_assumable", stack="merge"),),
        runs=(json.dumps(document(tags, _OPEN)),),
    )


@scenario
def a_role_with_a_reference_to_elsewhere(world: World) -> Case:
    orders = world.function("orders")
    trusted = trust("lambda.amazonaws.com", StringEquals={"sts:ExternalId": "{{resolve:secretsmanager:partner}}"})
    role = world.role("gateway", trusted, {"invoke": may_invoke(orders)})
    api = world.rest_api("shop").method("GET /orders", orders, credentials=role).stage("prod")
    return Case(api.id, (found("integration_role_not_assumable", stack=None),))


@scenario
def one_role_checks_and_answers(world: World) -> Case:
    api, session, orders = world.rest_api("shop"), world.function("session"), world.function("orders")
    role = world.role("gateway")
    gate = api.authorizer("session", session, credentials=role)
    api.method("GET /orders", orders, credentials=role, authorizer=gate).stage("prod")
    return Case(
        api.id,
        (
            found("authorizer_role_cannot_invoke", role_arn=role, lacking="identity"),
            found("integration_role_cannot_invoke", cli=False, stack=None, role_arn=role, lacking="identity"),
        ),
    )


@scenario
def one_role_by_its_arn_checks_and_answers(world: World) -> Case:
    api, session, orders = world.rest_api("shop"), world.function("session"), world.function("orders")
    role = f"arn:aws:iam::{world.account}:role/gateway"
    gate = api.authorizer("session", session, credentials=role)
    api.method("GET /orders", orders, credentials=role, authorizer=gate).stage("prod")
    return Case(
        api.id,
        (
            found("authorizer_role_missing", role_arn=role),
            found("integration_role_missing", cli=False, stack=None, role_arn=role),
        ),
    )


@scenario
def one_role_for_one_function_of_two(world: World) -> Case:
    orders, users = world.function("orders"), world.function("users")
    role = world.role("gateway", inline={"invoke": may_invoke(orders)})
    api = world.rest_api("shop").method("GET /orders", orders, credentials=role)
    api.method("GET /users", users, credentials=role).stage("prod")
    finds = found("integration_role_cannot_invoke", methods="GET /users", function_arn=str(users))
    return Case(api.id, (finds,))


@scenario
def two_roles_within_one_boundary(world: World) -> Case:
    orders, users = world.function("orders"), world.function("users")
    table = {"Effect": "Allow", "Action": "dynamodb:*", "Resource": "arn:aws:dynamodb:eu-west-1:123456789012:table/t"}
    edge = world.managed_policy("edge", document(table))
    first = world.role("orders", inline={"invoke": may_invoke(orders)}, boundary=edge)
    second = world.role("users", inline={"invoke": may_invoke(users)}, boundary=edge)
    api = world.rest_api("shop").method("GET /orders", orders, credentials=first)
    api.method("GET /users", users, credentials=second).stage("prod")
    return Case(
        api.id,
        (
            found("integration_role_cannot_invoke", role_arn=first, lacking="boundary", stack=None),
            found("integration_role_cannot_invoke", role_arn=second, lacking="boundary", cli=False, stack=None),
        ),
    )


@scenario
def a_role_that_was_moved(world: World) -> Case:
    api, session, orders = world.rest_api("shop"), world.function("session"), world.function("orders")
    moved = world.role("gateway", inline={"invoke": may_invoke(orders, session)}, path="/service/")
    role = f"arn:aws:iam::{world.account}:role/gateway"
    gate = api.authorizer("session", session, credentials=role)
    api.method("GET /orders", orders, credentials=role, authorizer=gate).stage("prod")
    return Case(
        api.id,
        (
            found("authorizer_role_missing", stack=None, role_arn=role, expected=moved, actual=role),
            found("integration_role_missing", cli=False, stack=None, role_arn=role, expected=moved, actual=role),
        ),
        runs=("update-authorizer", "update-integration", "create-deployment"),
    )


@scenario
def a_role_for_what_the_stage_names(world: World) -> Case:
    orders = world.function_arn("${stageVariables.backend}")
    role = f"arn:aws:iam::{world.account}:role/gateway"
    api = world.rest_api("shop").method("GET /orders", orders, credentials=role).stage("prod")
    return Case(
        api.id,
        (
            found("integration_role_missing", role_arn=role),
            found("stage_variable_missing", cli=False, stack=None, variable="backend"),
        ),
        heals=False,
    )
