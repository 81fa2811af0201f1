"""The list that the steps give for an authorizer's policy names no value that only a log tells."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bot.demo.world import World
from tests.conftest import Ask
from tests.scenarios.authorizer_answers import REFUSED, guarded, log, policy

_NOT_COVERED = '{"Message":"User is not authorized to access this resource"}'
_KEY = "AKIAIOSFODNN7EXAMPLE"
_TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c"


def listed(world: World, ask: Ask, called: str, asked: str, allowed: Sequence[str], ttl: int = 0) -> str:
    """The steps that give a list, in Python and in Node.js."""
    api, _, _ = guarded(world, "GET /orders/{id}", "POST /orders", "GET /files/{path+}", ttl=ttl)
    output = policy("Allow", *(api.source(each, "prod") for each in allowed))
    api.logged("prod", 3, *log(api, f"GET {called}", output, REFUSED))
    reply = ask(f"GET {api.url('prod', asked)} {_NOT_COVERED}", "en", None, None, ())
    (mend,) = reply.findings
    return "\n".join(step for step in mend.fix.steps if "```" in step and "aws apigateway" not in step)


def test_what_the_policy_allows_and_the_call_asked_about(world: World, ask: Ask) -> None:
    code = listed(world, ask, "/orders/7", "/orders/7", ["POST/orders", "POST/files/*"])
    assert all(each in code for each in ('"/POST/orders"', '"/POST/files/*"', '"/GET/orders/7"'))


@pytest.mark.parametrize("called", ["/orders/*", "/orders/${aws:username}", "/orders/a*b?c"])
def test_a_wildcard_from_a_log_never_gets_into_a_policy(called: str, world: World, ask: Ask) -> None:
    code = listed(world, ask, called, "/orders/7", ["POST/orders"])
    assert '"/GET/orders/7"' in code
    assert "*" not in code
    assert "${" not in code


@pytest.mark.parametrize("value", [_KEY, _TOKEN, "8"])
def test_the_value_of_a_path_variable_in_a_log_is_not_printed(value: str, world: World, ask: Ask) -> None:
    code = listed(world, ask, f"/orders/{value}", "/orders/7", ["POST/orders"])
    assert '"/GET/orders/7"' in code
    assert value not in code.replace("orders/7", "")


def test_nor_is_it_where_the_question_names_none(world: World, ask: Ask) -> None:
    code = listed(world, ask, f"/orders/{_KEY}", "/orders/{id}", ["POST/orders"])
    assert '"/GET/orders/*"' in code
    assert _KEY not in code


def test_nor_all_that_a_greedy_variable_takes(world: World, ask: Ask) -> None:
    assert listed(world, ask, f"/files/{_KEY}", "/files/{path+}", ["POST/orders"]) == ""


@pytest.mark.parametrize("allowed", [f"GET/orders/{_KEY}", f"{_KEY}/orders", f"GET/t/{_TOKEN}", "GET/orders/8"])
def test_nor_what_the_policy_names_of_such_values(allowed: str, world: World, ask: Ask) -> None:
    code = listed(world, ask, "/orders/7", "/orders/7", ["POST/orders", allowed], ttl=300)
    assert "So far it holds only the call in question" in code
    assert '"/GET/orders/7"' in code
    assert _KEY not in code
    assert _TOKEN not in code
    assert "/POST/orders" not in code
