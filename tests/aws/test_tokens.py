"""What a JSON Web Token says of itself, whatever a header holds."""

from __future__ import annotations

import base64
import json

import pytest

from bot.aws.tokens import claims_of


def encoded(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


TOKEN = f"{encoded({'alg': 'RS256'})}.{encoded({'iss': 'https://issuer.test', 'aud': 'shop'})}.c2ln"


@pytest.mark.parametrize("header", [TOKEN, f"Bearer {TOKEN}", f"bearer  {TOKEN} "])
def test_claims_are_read_with_and_without_the_scheme(header: str) -> None:
    assert claims_of(header) == {"iss": "https://issuer.test", "aud": "shop"}


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Basic dXNlcjpwYXNz",
        "a.b.c",
        f"{encoded({'alg': 'RS256'})}.{encoded([1])}.x",
        f"{encoded({})}.{encoded({'iss': 'x'})}.x",
        f"{encoded({'alg': 'RS256'})}.%%%.x",
        f"{encoded({'alg': 'RS256'})}.{'W1tb' * 3000}.x",
        TOKEN + "." + "x",
        "x" * 20_000,
        "é.é.é",
    ],
)
def test_what_is_no_token_has_no_claims(header: str) -> None:
    assert claims_of(header) == {}


def test_claims_can_be_written_out() -> None:
    token = f"{encoded({'alg': 'RS256'})}.{encoded({'iss': chr(0xD800)})}.x"
    assert claims_of(token) == {"iss": "\ufffd"}
