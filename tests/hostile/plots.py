"""Broken accounts for every playbook, in which what decides, or is shown, is a stranger's text."""

from __future__ import annotations

import json
from collections.abc import Callable

from bot.demo.world import API_GATEWAY, Document, document, may_invoke, trust
from tests.hostile.strangers import StrangersWorld
from tests.scenarios.authorizer_answers import UNPARSED, guarded, log
from tests.scenarios.authorizer_requests import curl, token
from tests.scenarios.caller_access import refused, shop
from tests.scenarios.scenario import Case, found

Plot = Callable[[StrangersWorld], Case]
_FAILURE = 'HTTP/1.1 500\nx-amzn-ErrorType: AuthorizerConfigurationException\n{"message":null}'
_EVERYONE = {"Effect": "Allow", "Principal": "*"}
_INVOKE = "execute-api:Invoke"
_NEIGHBOUR = "210987654321"


def _elsewhere(world: StrangersWorld) -> Document:
    """A policy that has nothing to do with APIs."""
    resource = f"arn:aws:s3:::{world.texts.latin}"
    return document({"Sid": "x", "Effect": "Allow", "Action": "s3:GetObject", "Resource": resource})


def a_function_open_to_other_paths(world: StrangersWorld) -> Case:
    orders = world.function("orders")
    api = world.rest_api("shop").method("POST /orders", orders)
    mallory = f"arn:aws:iam::{world.account}:user/{world.texts.path}/{world.texts.name}"
    with world.changed(by=mallory, hours=3):
        orders.allows(api.source(f"GET /{world.texts.line}"), sid="-profile")
    return Case(api.stage("prod").id, (found("integration_permission_source_arn_mismatch"),))


def a_role_of_strangers(world: StrangersWorld) -> Case:
    orders = world.function("orders")
    trusted = trust(API_GATEWAY, StringEquals={"aws:SourceAccount": _NEIGHBOUR, "aws:SourceArn": world.texts.latin})
    role = world.role(world.texts.name, trusted, {world.texts.name: may_invoke(orders)}, path=f"/{world.texts.path}/")
    api = world.rest_api("shop").method("GET /orders", orders, credentials=role).stage("prod")
    return Case(api.id, (found("integration_role_not_assumable"),))


def a_role_without_a_policy(world: StrangersWorld) -> Case:
    orders = world.function("orders")
    other = document(
        {"Sid": "x", "Effect": "Allow", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{world.texts.latin}"}
    )
    role = world.role(world.texts.name, None, {world.texts.name: other}, path=f"/{world.texts.path}/")
    api = world.rest_api("shop").method("GET /orders", orders, credentials=role).stage("prod")
    return Case(api.id, (found("integration_role_cannot_invoke"),))


def an_alias_of_strangers(world: StrangersWorld) -> Case:
    orders = world.function("orders", versions=1, live="1")
    api = world.rest_api("shop").method("GET /orders", orders.at("${stageVariables.alias}"))
    given = {"note": world.texts.value, "other": world.texts.value}
    api.stage("dev", {"alias": "live", **given}).stage("prod", given, canary={"other": world.texts.value})
    orders.at("live").allows(api.source())
    return Case(api.id, (found("stage_variable_missing"),), heals=False)


def a_stage_with_an_alias_of_strangers(world: StrangersWorld) -> Case:
    orders = world.function("orders", versions=1, live="1")
    api = world.rest_api("shop").method("GET /orders", orders.at("${stageVariables.alias}"))
    api.stage("dev", {"alias": "live"}).stage("prod", {"alias": f"a:{world.texts.value}"})
    orders.at("live").allows(api.source())
    return Case(api.id, (found("integration_function_missing"),), heals=False)


def a_shop_moved_to_strangers(world: StrangersWorld) -> Case:
    api = world.rest_api("shop").forwards("GET /orders", "https://shop.test/").stage("prod")
    api.saves("GET /orders", uri=f"https://shop.test/{world.texts.path}")
    return Case(api.url("prod", "/orders"), (found("change_not_deployed"),))


def a_logging_role_of_strangers(world: StrangersWorld) -> Case:
    orders = world.function("orders")
    role = world.role(world.texts.name, None, attached=[world.push_to_logs], path=f"/{world.texts.path}/")
    world.logs_with(role)
    api = world.rest_api("shop").method("GET /orders", orders).stage("prod")
    orders.allows(api.source())
    iam = world.client("iam")
    iam.detach_role_policy(RoleName=world.texts.name, PolicyArn=world.push_to_logs)
    iam.delete_role(RoleName=world.texts.name)
    return Case(api.arn, (found("logging_role_missing"),))


def a_user_of_strangers(world: StrangersWorld) -> Case:
    api = shop(world).stage("prod")
    other = document(
        {"Sid": "x", "Effect": "Allow", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{world.texts.latin}"}
    )
    group = world.group(world.texts.name, {world.texts.name: other})
    user = world.user(world.texts.name, {world.texts.name: other}, groups=[group])
    return Case(refused(api, "GET /prod/orders", user), (found("caller_not_allowed"),))


def a_policy_of_strangers(world: StrangersWorld) -> Case:
    mine, other = world.vpc_endpoint(), world.vpc_endpoint()
    api = shop(world, authorization="NONE").private(mine, other)
    elsewhere = {"StringNotEquals": {"aws:SourceVpce": [mine, world.texts.latin]}}
    api.policy(_EVERYONE, {"Sid": "Office", "Effect": "Deny", "Principal": "*", "Condition": elsewhere}).stage("prod")
    asks = f"vpceId: {other} {refused(api, 'GET /prod/orders', ending=' with an explicit deny')}"
    return Case(asks, (found("resource_policy_denies"),))


def an_endpoint_of_strangers(world: StrangersWorld) -> Case:
    endpoint = world.vpc_endpoint(
        {**_EVERYONE, "Action": _INVOKE, "Resource": f"arn:aws:execute-api:{world.texts.latin}"}
    )
    api = shop(world, authorization="NONE").private(endpoint)
    api.policy({**_EVERYONE, "Condition": {"StringEquals": {"aws:SourceVpce": endpoint}}}).stage("prod")
    return Case(f"vpceId: {endpoint} {refused(api, 'GET /prod/orders')}", (found("vpc_endpoint_policy_denies"),))


def methods_that_lost_their_checker(world: StrangersWorld) -> Case:
    api, gate, session = guarded(world, "GET /orders")
    newer = api.authorizer("session-2", session)
    api.method("GET /items", session, authorizer=newer).deployed("prod").drops_authorizer(gate)
    return Case(api.id, (found("authorizer_not_attached"),))


def a_checker_that_says_what_strangers_sent(world: StrangersWorld) -> Case:
    api, _, session = guarded(world, "GET /orders")
    output = json.dumps({"errorMessage": world.texts.line, "errorType": "Error"})
    ends = (UNPARSED, "AuthorizerConfigurationException")
    api.logged("prod", 5, *log(api, "GET /orders", output, *ends, status=500))
    return Case(f"GET {api.url('prod', '/orders')} {_FAILURE}", (found("authorizer_fails"),), by_hand=session.changed)


def a_checker_whose_log_repeats_what_strangers_sent(world: StrangersWorld) -> Case:
    """Nothing shows why it failed: what callers sent is no reason."""
    api, _, _ = guarded(world, "GET /orders")
    api.logged("prod", 5)
    world.log("/aws/lambda/session", 5)
    failure = _FAILURE.replace("Configuration", "Failure")
    return Case(f"GET {api.url('prod', '/orders')} {failure}", verdict="could_not_check")


def a_healthy_shop_whose_log_repeats_what_strangers_sent(world: StrangersWorld) -> Case:
    api, _, _ = guarded(world, "GET /orders")
    api.logged("prod", 5)
    return Case(f"{api.url('prod', '/orders')} Internal server error", verdict="healthy")


def a_pattern_of_strangers(world: StrangersWorld) -> Case:
    api, _, _ = guarded(world, "GET /orders", pattern=f"^Bearer {world.texts.name}$")
    asks = curl(api, "GET /orders", f"Authorization: {token(sub='1')}")
    return Case(asks, (found("authorizer_token_pattern_rejects"),), heals=False)


def several_shops(world: StrangersWorld) -> Case:
    for name in ("one", "two"):
        world.rest_api(name)
    return Case("Invalid permissions on Lambda function", verdict="need_target")


PLOTS: dict[Plot, tuple[str, ...]] = {
    a_function_open_to_other_paths: ("line", "path", "name"),
    a_role_of_strangers: ("latin", "path", "name"),
    a_role_without_a_policy: ("path", "name"),
    an_alias_of_strangers: (),
    a_stage_with_an_alias_of_strangers: ("value",),
    a_shop_moved_to_strangers: (),
    a_logging_role_of_strangers: ("path", "name"),
    a_user_of_strangers: ("name",),
    a_policy_of_strangers: ("anything", "latin"),
    an_endpoint_of_strangers: ("latin",),
    methods_that_lost_their_checker: ("line",),
    a_checker_that_says_what_strangers_sent: ("line",),
    a_checker_whose_log_repeats_what_strangers_sent: (),
    a_healthy_shop_whose_log_repeats_what_strangers_sent: (),
    a_pattern_of_strangers: ("line", "name"),
    several_shops: ("anything",),
}
"""Each with the texts that its answer shows."""
