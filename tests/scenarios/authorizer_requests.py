"""Accounts in which a call is refused before its authorizer runs, for what the caller sent."""

from __future__ import annotations

import base64
import json

from bot.demo.rest_api import Api
from bot.demo.world import World
from tests.scenarios.authorizer_answers import guarded
from tests.scenarios.scenario import Case, found, scenario

_UNAUTHORIZED = 'x-amzn-ErrorType: UnauthorizedException\n\n{"message":"Unauthorized"}'


def curl(api: Api, request: str, *headers: str) -> str:
    """What `curl -v` prints of a call that is answered 401; the path may hold a query."""
    verb, _, path = request.partition(" ")
    host = api.url("prod").removeprefix("https://").partition("/")[0]
    sent = [f"{verb} /prod{path} HTTP/1.1", f"Host: {host}", "User-Agent: curl/8.5.0", "Accept: */*", *headers]
    shown = "\n".join(f"> {line}" for line in sent)
    return f"$ curl -v {api.url('prod', path)}\n{shown}\n>\n< HTTP/1.1 401 Unauthorized\n< {_UNAUTHORIZED}"


def token(**claims: object) -> str:
    """A JSON Web Token that nobody signed."""
    parts = ({"alg": "RS256", "kid": "k1"}, claims)
    return ".".join(
        [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts] + ["c2lnbmVk"]
    )


def pool(world: World, *ids: str, scopes: tuple[str, ...] = ()) -> Api:
    """An API whose one method takes the tokens of these user pools."""
    api = world.rest_api("shop")
    orders = world.function("orders").allows(api.source())
    api.method("GET /orders", orders, authorizer=api.user_pool_authorizer("people", *ids), scopes=scopes)
    return api.stage("prod")


@scenario
def a_call_with_a_cookie(world: World) -> Case:
    api, gate, _ = guarded(world, "GET /orders")
    return Case(
        curl(api, "GET /orders", "Cookie: session=1"),
        (
            found(
                "authorizer_identity_source_missing",
                cli=False,
                stack=None,
                missing="method.request.header.Authorization",
                authorizer_id=gate.id,
                methods="GET /orders",
            ),
        ),
        heals=False,
    )


@scenario
def a_tenant_without_a_name(world: World) -> Case:
    identity = "method.request.header.X-Api-Token, method.request.querystring.tenant, context.identity.sourceIp"
    api, _, _ = guarded(world, "GET /orders", type="REQUEST", identity=identity, ttl=60)
    return Case(
        curl(api, "GET /orders?page=2", "X-Api-Token: 4f1c"),
        (
            found(
                "authorizer_identity_source_missing",
                cli=False,
                stack=None,
                missing="method.request.querystring.tenant",
                identity_source=identity,
            ),
        ),
        heals=False,
    )


@scenario
def a_tenant_that_nobody_requires(world: World) -> Case:
    identity = "method.request.header.X-Api-Token, method.request.querystring.tenant"
    api, _, _ = guarded(world, "GET /orders", type="REQUEST", identity=identity, ttl=0)
    return Case(curl(api, "GET /orders", "X-Api-Token: 4f1c"), verdict="could_not_check")


@scenario
def a_token_without_its_scheme(world: World) -> Case:
    api, gate, _ = guarded(world, "GET /orders", pattern=r"^Bearer [-0-9A-Za-z._]+$")
    return Case(
        curl(api, "GET /orders", f"Authorization: {token(sub='1')}"),
        (
            found(
                "authorizer_token_pattern_rejects",
                cli=False,
                stack=None,
                authorizer_id=gate.id,
                expression=r"^Bearer [-0-9A-Za-z._]+$",
            ),
        ),
        heals=False,
    )


@scenario
def a_token_of_five_letters(world: World) -> Case:
    api, _, _ = guarded(world, "GET /orders", pattern=r"\w{5}", identity="method.request.header.X-Api-Token")
    return Case(
        curl(api, "GET /orders", "X-Api-Token: abcdef"),
        (found("authorizer_token_pattern_rejects", cli=False, stack=None, expression=r"\w{5}"),),
        heals=False,
    )


@scenario
def a_token_that_fits(world: World) -> Case:
    api, _, _ = guarded(world, "GET /orders", pattern=r"Bearer .+")
    return Case(
        curl(api, "GET /orders", f"Authorization: Bearer {token(sub='1')}"),
        verdict="could_not_check",
    )


@scenario
def people_of_the_test_pool(world: World) -> Case:
    api = pool(world, "eu-west-1_Live00001")
    other = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Test00001"
    return Case(
        curl(api, "GET /orders", f"Authorization: {token(iss=other, token_use='id')}"),
        (
            found(
                "jwt_configuration_mismatch",
                cli=False,
                stack=None,
                differs="issuer",
                expected="https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Live00001",
                actual=other,
            ),
        ),
        heals=False,
    )


@scenario
def people_with_two_tokens(world: World) -> Case:
    api = pool(world, "eu-west-1_Live00001")
    own = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Live00001"
    return Case(
        curl(api, "GET /orders", f"Authorization: Bearer {token(iss=own, token_use='access')}"),
        (
            found(
                "jwt_configuration_mismatch",
                "likely",
                cli=False,
                stack=None,
                differs="token_use",
                expected="id",
                actual="access",
            ),
        ),
        heals=False,
    )


@scenario
def people_with_scopes(world: World) -> Case:
    api = pool(world, "eu-west-1_Live00001", scopes=("orders/read",))
    own = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Live00001"
    return Case(
        curl(api, "GET /orders", f"Authorization: Bearer {token(iss=own, token_use='access')}"),
        verdict="could_not_check",
    )


@scenario
def a_call_without_a_token_and_its_log(world: World) -> Case:
    api, _, _ = guarded(world, "GET /orders")
    id = "0c6d4b8a-7e11-4d2a-9f57-2f7c1d905b1e"
    api.logged("prod", 4, f"({id}) Extended Request Id: MY92nHDwwwIdGxzR=", f"({id}) Unauthorized request: {id}")
    return Case(
        f'GET {api.url("prod", "/orders")} 401 {{"message":"Unauthorized"}}',
        (found("authorizer_identity_source_missing", cli=False, stack=None),),
        heals=False,
    )
