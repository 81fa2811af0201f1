"""The beginnings of lines that API Gateway writes, and what is taken out of them."""

from __future__ import annotations

from typing import Any

import pytest

from bot.aws import log_patterns as patterns

_ID = "4f6d2c1a-9b0e-4d57-8c3f-71e5a2b9d0c6"


@pytest.mark.parametrize(
    ("pattern", "line", "groups"),
    [
        (patterns.NAMED, f"Starting authorizer: k3p9zt for request: {_ID}", (_ID,)),
        (patterns.NAMED, f"Verifying Usage Plan for request: {_ID}. API Key:  API Stage: a1b2c3d4e5/prod", (_ID,)),
        (patterns.NAMED, f"Unauthorized request: {_ID}", (_ID,)),
        (patterns.NAMED, f"Method request headers: {{User-Agent=Unauthorized request: {_ID}}}", None),
        (
            patterns.STAGE,
            f"Verifying Usage Plan for request: {_ID}. API Key:  API Stage: a1b2c3d4/p",
            ("a1b2c3d4", "p"),
        ),
        (patterns.METHOD, "HTTP Method: GET, Resource Path: /a b", ("GET", "/a")),
        (patterns.RESPONSE, "Gateway response type: THROTTLED", ("THROTTLED", None)),
        (patterns.REFUSED, "AccessDeniedException User: a is not authorized to perform: execute-api:Invoke", ("a",)),
        (patterns.REFUSED, "He said: User: a is not authorized to perform: execute-api:Invoke", None),
    ],
)
def test_a_line_is_known_by_its_beginning(pattern: Any, line: str, groups: tuple[str | None, ...] | None) -> None:
    found = pattern.match(line)
    assert (found.groups() if found else None) == groups
