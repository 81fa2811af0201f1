"""Accounts whose logs tell much of an authorizer's answer, or little, or what a caller wrote into them."""

from __future__ import annotations

from bot.demo.world import World
from tests.scenarios.authorizer_answers import REFUSED, guarded, log, policy
from tests.scenarios.scenario import Case, found, nothing_wrong, scenario

_DENIED = '{"Message":"User is not authorized to access this resource with an explicit deny"}'
_NOT_COVERED = '{"Message":"User is not authorized to access this resource"}'
_FAILURE = 'HTTP/1.1 500\nx-amzn-ErrorType: AuthorizerFailureException\n{"message":null}'
_MISCONFIGURED = _FAILURE.replace("AuthorizerFailure", "AuthorizerConfiguration")
_AUTHORIZER_ERROR = "Execution failed due to configuration error: Authorizer error"
_STOPPED = "2026-11-20T09:27:03.000Z 6d1c9f0a-1111-4222-8333-444455556666 Task timed out after 3.00 seconds"


@scenario
def an_order_called_star(world: World) -> Case:
    api, _, session = guarded(world, "GET /orders/{id}", "POST /orders/{id}", ttl=0)
    writes = api.source("POST/orders/1", "prod")
    api.logged("prod", 3, *log(api, "GET /orders/*", policy("Allow", writes), REFUSED))
    call = api.source("GET/orders/7", "prod")
    return Case(
        f"GET {api.url('prod', '/orders/7')} {_NOT_COVERED}",
        (found("authorizer_policy_too_narrow", "likely", cli=False, stack=None, resource=call, allowed=writes),),
        by_hand=session.changed,
    )


@scenario
def a_user_by_variable(world: World) -> Case:
    """What a policy would take for more than a path is no path to judge it by."""
    api, _, _ = guarded(world, "ANY /users/{name}", ttl=0)
    api.logged(
        "prod", 3, *log(api, "PUT /users/${aws:username}", policy("Allow", api.source("GET/*", "prod")), REFUSED)
    )
    return Case(f"{api.id} {_NOT_COVERED}", verdict="could_not_check")


@scenario
def a_new_route_beside_the_refusal(world: World) -> Case:
    api, gate, session = guarded(world, "GET /orders", ttl=0)
    api.logged("prod", 5, *log(api, "GET /orders", policy("Deny", "*"), REFUSED))
    api.method("GET /health", world.function("health").allows(api.source())).deployed("prod")
    return Case(
        f"GET {api.url('prod', '/orders')} {_DENIED}",
        (found("authorizer_denies", "likely", cli=False, stack=None, denied_by="*", authorizer_id=gate.id),),
        by_hand=session.changed,
    )


@scenario
def a_second_checker_was_deployed(world: World) -> Case:
    api, _, _ = guarded(world, "GET /orders")
    second = world.function("second").allows(api.source())
    gate = api.authorizer("second", second)
    api.method("GET /items", world.function("items").allows(api.source()), authorizer=gate).deployed("prod")
    lines = log(api, "GET /items", policy("Allow", api.source("GET/orders", "prod")), REFUSED)
    lines = [
        line if "Starting authorizer" not in line else f"{line[:39]}Starting authorizer: {gate.id} for request: 1"
        for line in lines
    ]
    api.logged("prod", 3, *lines)
    return Case(
        f"{api.id} {_NOT_COVERED}",
        (found("authorizer_cache_too_narrow", "likely", cli=False, stack=None, authorizer_id=gate.id),),
        heals=False,
    )


@scenario
def a_checker_mended_before_a_deployment(world: World) -> Case:
    api, _, session = guarded(world, "GET /orders", ttl=0)
    api.logged("prod", 12, *log(api, "GET /orders", policy("Deny", "*"), REFUSED))
    session.changed()
    api.method("GET /health", world.function("health").allows(api.source())).deployed("prod")
    return nothing_wrong(f"GET {api.url('prod', '/orders')} {_DENIED}")


@scenario
def an_answer_cut_at_its_thirtieth(world: World) -> Case:
    api, _, session = guarded(world, "GET /orders", ttl=0)
    many = policy("Allow", *[api.source(f"GET/items/{number}", "prod") for number in range(30)])
    api.logged("prod", 5, *(line[:1024] for line in log(api, "GET /orders", many, REFUSED)))
    return Case(
        f"GET {api.url('prod', '/orders')} {_NOT_COVERED}",
        (
            found(
                "authorizer_policy_too_narrow",
                "likely",
                cli=False,
                stack=None,
                resource=api.source("GET/orders", "prod"),
            ),
        ),
        by_hand=session.changed,
    )


@scenario
def a_kept_answer_that_was_cut(world: World) -> Case:
    api, _, session = guarded(world, "POST /orders", *(f"GET /items-of-the-catalogue/{n}" for n in range(12)))
    many = policy("Allow", *[api.source(f"GET/items-of-the-catalogue/{n}", "prod") for n in range(12)])
    api.logged("prod", 5, *(line[:1024] for line in log(api, "POST /orders", many, REFUSED)))
    return Case(
        f"POST {api.url('prod', '/orders')} {_NOT_COVERED}",
        (found("authorizer_cache_too_narrow", "likely", cli=False, stack=None, ttl=300),),
        by_hand=session.changed,
    )


@scenario
def a_cut_answer_that_allows_the_call(world: World) -> Case:
    """Somebody else refused it, or the rest of the policy."""
    api, _, _ = guarded(world, "GET /orders", ttl=0)
    every = [api.source("GET/orders", "prod"), *(api.source(f"GET/items/{n}", "prod") for n in range(30))]
    api.logged("prod", 5, *(line[:1024] for line in log(api, "GET /orders", policy("Allow", *every), REFUSED)))
    return Case(f"GET {api.url('prod', '/orders')} {_NOT_COVERED}", verdict="could_not_check")


@scenario
def a_pasted_line_with_the_stage_in_its_path(world: World) -> Case:
    api, _, _ = guarded(world, "ANY /{proxy+}", ttl=0)
    why = "User is not authorized to access this resource with an explicit deny"
    line = f'{{"a":"{api.id}","s":"prod","m":"GET","p":"/prod/a/b","st":"403","msg":"{why}"}}'
    return Case(
        line,
        (found("authorizer_denies", "likely", cli=False, stack=None, resource=api.source("GET/a/b", "prod")),),
        heals=False,
    )


@scenario
def a_slow_checker_without_stage_logs(world: World) -> Case:
    api, _, session = guarded(world, "ANY /{proxy+}", type="REQUEST")
    api.logs("prod", "OFF")
    world.log("/aws/lambda/session", 3, _STOPPED)
    return Case(
        f"PATCH {api.url('prod', '/a/b')} {_FAILURE}",
        (found("authorizer_fails", "likely", cli=False, stack=None, reason="timeout", timeout_seconds=3),),
        advises=(found("execution_logging_off", stack="merge"),),
        heals=False,
        by_hand=session.changed,
    )


@scenario
def a_checker_that_cannot_read_its_keys(world: World) -> Case:
    api, _, session = guarded(world, "GET /orders", "POST /orders")
    lines = log(api, "GET /orders", None, _AUTHORIZER_ERROR, "AuthorizerConfigurationException", status=500)
    api.logged("prod", 3, *lines)
    error = "[ERROR] KeyError: 'JWKS_URL'"
    world.log("/aws/lambda/session", 3, f"{error}\nTraceback (most recent call last):")
    return Case(
        f"GET {api.url('prod', '/orders')} {_MISCONFIGURED}",
        (found("authorizer_fails", "likely", cli=False, stack=None, reason="error", error=error),),
        by_hand=session.changed,
    )


@scenario
def a_slow_checker_in_the_stage_log(world: World) -> Case:
    api, _, session = guarded(world, "ANY /{proxy+}", type="REQUEST")
    lines = log(api, "PATCH /a/b", None, _AUTHORIZER_ERROR, "AuthorizerFailureException", status=500)
    api.logged("prod", 3, *lines)
    world.log("/aws/lambda/session", 3, _STOPPED)
    return Case(
        f"PATCH {api.url('prod', '/a/b')} {_FAILURE}",
        (found("authorizer_fails", cli=False, stack=None, reason="timeout", error=_STOPPED),),
        by_hand=session.changed,
    )


@scenario
def a_checker_that_only_writes_of_errors(world: World) -> Case:
    """Refusing callers and telling of it is no failure."""
    api, _, _ = guarded(world, "GET /orders")
    world.log(
        "/aws/lambda/session",
        3,
        "2026-11-20T09:27:00.000Z\t6d1c9f0a\tERROR\ttoken has expired",
        '2026-11-20T09:27:00.000Z\t6d1c9f0a\tERROR\tInvoke Error\t{"errorType":"Error","errorMessage":"Unauthorized"}',
        "REPORT RequestId: 6d1c9f0a\tDuration: 3.00 ms\tStatus: error\tError Type: Error",
    )
    return Case(f"GET {api.url('prod', '/orders')} {_FAILURE}", verdict="could_not_check")


@scenario
def a_checker_that_was_slow_before_its_new_code(world: World) -> Case:
    api, _, session = guarded(world, "GET /orders")
    world.log("/aws/lambda/session", 30, _STOPPED)
    session.changed()
    return Case(f"GET {api.url('prod', '/orders')} {_FAILURE}", verdict="could_not_check")
