"""Accounts whose logs tell much of an authorizer's answer, or little, or what a caller wrote into them."""

from __future__ import annotations

from bot.demo.world import World
from tests.scenarios.authorizer_answers import REFUSED, guarded, log, policy
from tests.scenarios.scenario import Case, found, nothing_wrong, scenario

_DENIED = '{"Message":"User is not authorized to access this resource with an explicit deny"}'
_NOT_COVERED = '{"Message":"User is not authorized to access this resource"}'


@scenario
def an_order_called_star(world: World) -> Case:
    api, _, session = guarded(world, "GET /orders/{id}", "POST /orders/{id}", ttl=0)
    writes = api.source("POST/orders/1", "prod")
    api.logged("prod", 3, *log(api, "GET /orders/*", policy("Allow", writes), REFUSED))
    call = api.source("GET/orders/7", "prod")
    return Case(
        f"GET {api.url('prod', '/orders/7')} {_NOT_COVERED}",
        (found("authorizer_policy_too_narrow", cli=False, stack=None, resource=call, allowed=writes),),
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
