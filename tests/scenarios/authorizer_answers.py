"""Accounts in which a Lambda authorizer refuses, or answers what API Gateway cannot use."""

from __future__ import annotations

import json
from typing import Any

from bot.demo.rest_api import Api, Authorizer
from bot.demo.world import Function, World
from tests.scenarios.scenario import Case, found, nothing_wrong, scenario

_REQUEST = "2f7c1d90-5b1e-4d2a-9f57-0c6d4b8a7e11"
_INVOKE = "execute-api:Invoke"
REFUSED = "The client is not authorized to perform this operation."
UNPARSED = "Execution failed due to configuration error: Could not parse policy"
_FAILED = "AuthorizerConfigurationException"
_DENIED = '{"Message":"User is not authorized to access this resource with an explicit deny"}'
_NOT_COVERED = '{"Message":"User is not authorized to access this resource"}'
_BROKEN = 'HTTP/1.1 500\nx-amzn-ErrorType: AuthorizerConfigurationException\n{"message":null}'


def guarded(world: World, *methods: str, **settings: Any) -> tuple[Api, Authorizer, Function]:
    """An API whose methods all use one authorizer, on the stage `prod`, which logs."""
    api, session = world.rest_api("shop"), world.function("session")
    orders = world.function("orders").allows(api.source())
    gate = api.authorizer("session", session.allows(api.source()), **settings)
    for method in methods:
        api.method(method, orders, authorizer=gate)
    return api.stage("prod").logs("prod"), gate, session


def policy(effect: str, *resources: str, **more: Any) -> str:
    """What an authorizer returns."""
    statement = {"Action": _INVOKE, "Effect": effect, "Resource": list(resources)}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    return json.dumps({"principalId": "u-81", "policyDocument": document, **more})


def log(api: Api, request: str, output: str | None, *ends: str, status: int = 403, id: str = _REQUEST) -> list[str]:
    """The execution log of one request that the authorizer answered so."""
    verb, _, path = request.partition(" ")
    lines = [
        "Extended Request Id: MY92nHDwwwIdGxzR=",
        f"Starting authorizer: {next(iter(api_gates(api)))} for request: {id}",
        *([] if output is None else [f"Authorizer result body before parsing: {output}"]),
        *ends,
        f"HTTP Method: {verb}, Resource Path: {path}",
        f"Method completed with status: {status}",
    ]
    return [f"({id}) {line}" for line in lines]


def api_gates(api: Api) -> list[str]:
    """The ids of the API's authorizers."""
    answered = api.world.client("apigateway").get_authorizers(restApiId=api.id)
    return [each["id"] for each in answered["items"]]


@scenario
def orders_of_another_tenant(world: World) -> Case:
    api, gate, session = guarded(world, "GET /orders", "GET /items")
    call = api.source("GET/orders", "prod")
    api.logged("prod", 12, *log(api, "GET /orders", policy("Deny", call), REFUSED))
    return Case(
        f"{api.url('prod', '/orders')} {_DENIED}",
        (found("authorizer_denies", cli=False, stack=None, resource=call, denied_by=call, authorizer_id=gate.id),),
        by_hand=session.changed,
    )


@scenario
def a_token_of_last_year(world: World) -> Case:
    api, _, session = guarded(world, "ANY /{proxy+}", type="REQUEST", ttl=0)
    output = json.dumps({"errorMessage": "Unauthorized", "errorType": "Error", "trace": ["Error: Unauthorized"]})
    lines = log(api, "GET /a/b", output, f"Unauthorized request: {_REQUEST}", status=401)
    api.logged("prod", 200, *lines)
    return Case(
        f'GET {api.url("prod", "/a/b")} 401 {{"message":"Unauthorized"}}',
        (found("authorizer_denies", cli=False, stack=None, throws=True, function_arn=str(session)),),
        by_hand=session.changed,
    )


@scenario
def a_reader_who_writes(world: World) -> Case:
    api, _, session = guarded(world, "GET /orders", "POST /orders", ttl=0)
    reads = api.source("GET/*", "prod")
    api.logged("prod", 3, *log(api, "POST /orders", policy("Allow", reads), REFUSED))
    return Case(
        f"POST {api.url('prod', '/orders')} {_NOT_COVERED}",
        (
            found(
                "authorizer_policy_too_narrow",
                cli=False,
                stack=None,
                allowed=reads,
                resource=api.source("POST/orders", "prod"),
            ),
        ),
        by_hand=session.changed,
    )


@scenario
def a_policy_for_the_stage_before(world: World) -> Case:
    api, _, session = guarded(world, "GET /orders/{id}")
    before = api.source("*/*", "dev")
    api.logged("prod", 3, *log(api, "GET /orders/7", policy("Allow", before), REFUSED))
    ending = _NOT_COVERED.replace('"}', f' because no identity-based policy allows the {_INVOKE} action"}}')
    return Case(
        f"GET {api.url('prod', '/orders/7')} {ending}",
        (found("authorizer_policy_too_narrow", cli=False, stack=None, allowed=before),),
        by_hand=session.changed,
    )


@scenario
def first_orders_then_items(world: World) -> Case:
    api, _, session = guarded(world, "GET /orders", "GET /items")
    first, second = api.source("GET/orders", "prod"), api.source("GET/items", "prod")
    api.logged("prod", 3, *log(api, "GET /items", policy("Allow", first), REFUSED))
    return Case(
        f"GET {api.url('prod', '/items')} {_NOT_COVERED}",
        (found("authorizer_cache_too_narrow", cli=False, stack=None, allowed=first, resource=second, ttl=300),),
        by_hand=session.changed,
    )


@scenario
def every_second_call(world: World) -> Case:
    api, _, _ = guarded(world, "GET /orders/{id}", "DELETE /orders/{id}", ttl=3600)
    api.logs("prod", "OFF")
    return Case(
        f"DELETE {api.url('prod', '/orders/7')} {_NOT_COVERED}",
        (found("authorizer_cache_too_narrow", "likely", cli=False, stack=None, ttl=3600),),
        advises=(found("execution_logging_off", stack="merge"),),
        heals=False,
    )


@scenario
def a_checker_that_returns_nothing(world: World) -> Case:
    api, _, session = guarded(world, "GET /orders")
    api.logged("prod", 5, *log(api, "GET /orders", "null", f"{UNPARSED}: null", _FAILED, status=500))
    return Case(
        f"GET {api.url('prod', '/orders')} {_BROKEN}",
        (found("authorizer_output_malformed", cli=False, stack=None, defect="null"),),
        by_hand=session.changed,
    )


@scenario
def a_checker_that_answers_like_a_page(world: World) -> Case:
    api, _, session = guarded(world, "GET /orders", type="REQUEST")
    output = '{"statusCode": 403, "body": "no"}'
    api.logged("prod", 5, *log(api, "GET /orders", output, f"{UNPARSED}: {output}", _FAILED, status=500))
    return Case(
        f"GET {api.url('prod', '/orders')} {_BROKEN}",
        (found("authorizer_output_malformed", cli=False, stack=None, defect="http_response"),),
        by_hand=session.changed,
    )


@scenario
def a_checker_with_a_new_library(world: World) -> Case:
    api, _, session = guarded(world, "GET /orders")
    output = json.dumps({"errorMessage": "No module named 'jwt'", "errorType": "Runtime.ImportModuleError"})
    api.logged("prod", 5, *log(api, "GET /orders", output, UNPARSED, _FAILED, status=500))
    return Case(
        f"GET {api.url('prod', '/orders')} {_BROKEN}",
        (found("authorizer_fails", cli=False, stack=None, error="No module named 'jwt'", reason="error"),),
        by_hand=session.changed,
    )


@scenario
def a_checker_that_asks_far_away(world: World) -> Case:
    api, _, session = guarded(world, "GET /orders")
    output = json.dumps({"errorMessage": "2026-11-20T09:20:00.000Z 0a1b2c3d Task timed out after 3.00 seconds"})
    api.logged("prod", 5, *log(api, "GET /orders", output, UNPARSED, _FAILED, status=500))
    return Case(
        f"GET {api.url('prod', '/orders')} {_BROKEN}",
        (found("authorizer_fails", cli=False, stack=None, reason="timeout", timeout_seconds=3),),
        by_hand=session.changed,
    )


@scenario
def a_checker_that_was_mended_since(world: World) -> Case:
    api, _, session = guarded(world, "GET /orders")
    call = api.source("GET/orders", "prod")
    api.logged("prod", 12, *log(api, "GET /orders", policy("Deny", call), REFUSED))
    session.changed()
    return nothing_wrong(f"GET {api.url('prod', '/orders')} {_DENIED}")


@scenario
def a_checker_that_says_yes(world: World) -> Case:
    api, _, _ = guarded(world, "GET /orders")
    output = policy("Allow", api.source("*", "prod"))
    api.logged("prod", 5, *log(api, "GET /orders", output, "Successfully completed authorizer execution", status=200))
    return Case(f"GET {api.url('prod', '/orders')} {_BROKEN}", verdict="could_not_check")


@scenario
def somebody_refused_elsewhere(world: World) -> Case:
    api, _, _ = guarded(world, "GET /orders", "GET /items")
    call = api.source("GET/orders", "prod")
    api.logged("prod", 12, *log(api, "GET /orders", policy("Deny", call), REFUSED))
    return Case(f"GET {api.url('prod', '/items')} {_BROKEN}", verdict="could_not_check")


@scenario
def an_open_method_beside(world: World) -> Case:
    api, _, _ = guarded(world, "GET /orders")
    orders = Function(world, "orders")
    api.method("GET /health", orders).deployed("prod")
    return nothing_wrong(api.id)


@scenario
def a_long_answer(world: World) -> Case:
    api, _, _ = guarded(world, "GET /orders", ttl=0)
    resources = [api.source(f"GET/items/{number}", "prod") for number in range(30)]
    output = policy("Allow", *resources)[:900] + " [TRUNCATED]"
    api.logged("prod", 5, *log(api, "GET /orders", output, REFUSED))
    return Case(
        f"GET {api.url('prod', '/orders')} {_NOT_COVERED}",
        (found("authorizer_policy_too_narrow", "likely", cli=False, stack=None),),
        heals=False,
    )


@scenario
def two_of_three_methods_lost_theirs(world: World) -> Case:
    api, gate, session = guarded(world, "GET /orders", "POST /orders")
    newer = api.authorizer("session-2", session)
    api.method("GET /items", Function(world, "orders"), authorizer=newer).deployed("prod")
    api.drops_authorizer(gate)
    return Case(
        api.id,
        (
            found(
                "authorizer_not_attached",
                rollback=False,
                stack="merge",
                methods="GET /orders, POST /orders",
                authorizer_id=gate.id,
            ),
        ),
    )


@scenario
def pools_of_two_teams(world: World) -> Case:
    api = world.rest_api("shop")
    orders = world.function("orders").allows(api.source())
    one, _, _ = (api.user_pool_authorizer(name, f"eu-west-1_{name}") for name in ("Abc1", "Abc2", "Abc3"))
    api.method("GET /orders", orders, authorizer=one).stage("prod").drops_authorizer(one)
    return Case(
        api.id,
        (found("authorizer_not_attached", cli=False, stack=None, authorizer_id=one.id),),
        heals=False,
    )


@scenario
def a_new_method_without_identity(world: World) -> Case:
    api, _, _ = guarded(world, "GET /orders", "POST /orders")
    items = world.function("items").allows(api.source())
    api.method("GET /items", items).stage("next")
    crash = "Lambda execution failed with status 200 due to customer function error: KeyError: 'authorizer'"
    return Case(
        f"GET {api.url('next', '/items')} {crash}",
        (found("authorizer_not_attached", "likely", stack="merge", methods="GET /items"),),
        heals=False,
    )


@scenario
def a_reader_and_a_new_function(world: World) -> Case:
    api, _, _ = guarded(world, "GET /orders", ttl=0)
    api.method("POST /orders", world.function("writer"), authorizer=Authorizer(api_gates(api)[0], ""))
    reads = api.source("GET/*", "prod")
    api.logged("prod", 3, *log(api, "POST /orders", policy("Allow", reads), REFUSED))
    return Case(
        f"POST {api.url('prod', '/orders')} {_NOT_COVERED}",
        (
            found("authorizer_policy_too_narrow", cli=False, stack=None, methods="POST /orders"),
            found("integration_permission_missing", methods="POST /orders"),
        ),
        heals=False,
    )


@scenario
def a_signed_method_beside(world: World) -> Case:
    api, _, _ = guarded(world, "GET /orders")
    api.method("GET /reports", Function(world, "orders"), authorization="AWS_IAM")
    ending = _NOT_COVERED.replace('"}', f' because no identity-based policy allows the {_INVOKE} action"}}')
    return Case(f"GET {api.url('prod', '/reports')} {ending}", verdict="could_not_check")


@scenario
def a_log_that_was_pasted(world: World) -> Case:
    api, _, _ = guarded(world, "GET /patients", "PUT /profile")
    api.logs("prod", "OFF")
    first = api.source("GET/patients", "prod")
    shown = "\n".join(log(api, "PUT /profile", policy("Allow", first), REFUSED))
    return Case(
        f"{api.url('prod')}\n{shown}",
        (
            found(
                "authorizer_cache_too_narrow",
                "likely",
                cli=False,
                stack=None,
                allowed=first,
                resource=api.source("PUT/profile", "prod"),
                methods="PUT /profile",
            ),
        ),
        advises=(found("execution_logging_off", stack="merge"),),
        heals=False,
    )


@scenario
def an_answer_given_anew(world: World) -> Case:
    api, _, _ = guarded(world, "GET /patients", "PUT /profile")
    first = api.source("GET/patients", "prod")
    sending = (
        f"({_REQUEST}) Sending request to https://lambda.eu-west-1.amazonaws.com/2015-03-31/functions/f/invocations"
    )
    lines = log(api, "PUT /profile", policy("Allow", first), REFUSED)
    api.logged("prod", 9, *lines[:2], sending, *lines[2:])
    return Case(
        f"PUT {api.url('prod', '/profile')} {_NOT_COVERED}",
        (found("authorizer_policy_too_narrow", cli=False, stack=None, allowed=first, ttl=300),),
        heals=False,
    )
