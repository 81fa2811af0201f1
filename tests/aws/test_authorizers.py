"""What API Gateway checks by itself before it calls an authorizer."""

from __future__ import annotations

from typing import Any

import pytest

from bot.aws.api_parts import Authorizer, Stage
from bot.aws.authorizers import IdentityCheck
from bot.model import SentRequest
from tests.aws.test_tokens import encoded

AUTHORIZATION = "method.request.header.Authorization"
POOL = "arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_Abc123"
ISSUER = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Abc123"


def check(kind: str = "TOKEN", source: str | None = AUTHORIZATION, **definition: Any) -> IdentityCheck:
    settings = {"identitySource": source, **definition}
    return IdentityCheck(Authorizer("a1b2c3", "session", kind, None, None, settings))


def sent(*query: str, **values: str) -> SentRequest:
    return SentRequest({name.replace("_", "-"): value for name, value in values.items()}, query, True)


def names(found: Any) -> list[str]:
    return [source.expression for source in found]


def bearer(**claims: object) -> SentRequest:
    return sent(authorization=f"Bearer {encoded({'alg': 'RS256'})}.{encoded(claims)}.c2ln")


def test_an_answer_is_kept_for_five_minutes_unless_said_otherwise() -> None:
    assert check().ttl == 300
    assert check(authorizerResultTtlInSeconds=0).ttl == 0
    assert check(authorizerResultTtlInSeconds=3600).ttl == 3600


def test_identity_sources_are_read_in_their_order_and_strange_ones_left_out() -> None:
    source = f"{AUTHORIZATION},method.request.querystring.tenant , context.identity.sourceIp,stageVariables.env, x.y,"
    assert names(check("REQUEST", source).sources) == [
        AUTHORIZATION,
        "method.request.querystring.tenant",
        "context.identity.sourceIp",
        "stageVariables.env",
    ]
    assert check("REQUEST", None).sources == ()


@pytest.mark.parametrize("kind", ["TOKEN", "COGNITO_USER_POOLS"])
@pytest.mark.parametrize("request_", [sent(), sent(authorization=""), sent(authorization="  "), sent(cookie="a=b")])
def test_a_token_that_is_missing_or_empty_lacks(kind: str, request_: SentRequest) -> None:
    assert names(check(kind).missing(request_)) == [AUTHORIZATION]


def test_a_header_is_found_whatever_its_case() -> None:
    assert check(source="method.request.header.X-Token").missing(sent(x_token="t")) == ()


def test_a_request_authorizer_that_keeps_answers_requires_every_source() -> None:
    source = f"{AUTHORIZATION},method.request.querystring.tenant"
    kept = check("REQUEST", source, authorizerResultTtlInSeconds=60)
    assert names(kept.missing(sent(authorization="t"))) == ["method.request.querystring.tenant"]
    assert kept.missing(sent("tenant", authorization="t")) == ()


def test_a_request_authorizer_that_keeps_no_answers_requires_none() -> None:
    assert check("REQUEST", authorizerResultTtlInSeconds=0).missing(sent()) == ()


def test_a_stage_variable_lacks_where_no_stage_sets_it_and_the_context_never_does() -> None:
    both = check("REQUEST", "stageVariables.env,context.identity.sourceIp")
    assert both.missing(sent(), ()) == ()
    assert names(both.missing(sent(), (Stage("prod", {}),))) == ["stageVariables.env"]
    assert both.missing(sent(), (Stage("prod", {}), Stage("dev", {"env": "dev"}))) == ()


@pytest.mark.parametrize(
    ("expression", "value", "rejected"),
    [
        (r"^Bearer [-0-9a-zA-Z._]+$", "Bearer a.b-c", False),
        (r"^Bearer [-0-9a-zA-Z._]+$", "a.b-c", True),
        (r"(?i)bearer .+", "BEARER x", False),
        (r"\w{5}", "abcdef", True),
        (r"Bearer", "Bearer x", True),
        (r"x-[a-z]+", "x-a", False),
        # Nobody here can tell what Java makes of these.
        (r"(?<!x)a", "b", False),
        (r"a++", "b", False),
        (r"[a-z&&[^b]]", "b", False),
        (r"\p{Alpha}+", "1", False),
        (r"(", "b", False),
        (r"[a-z]+", "é", False),
        ("a" * 5_000, "b", False),
    ],
)
def test_a_pattern_is_compared_with_the_whole_value(expression: str, value: str, rejected: bool) -> None:
    assert check(identityValidationExpression=expression).rejects(sent(authorization=value)) is rejected


def test_a_pattern_that_would_take_a_backtracking_engine_forever_takes_none_of_our_time() -> None:
    assert check(identityValidationExpression=r"(a|a)*(a|a)*(a|a)*b").rejects(sent(authorization="a" * 10_000))


def test_a_request_authorizer_has_no_pattern() -> None:
    assert not check("REQUEST", identityValidationExpression="x").rejects(sent(authorization="y"))


def test_of_a_user_pools_token_the_audience_is_compared() -> None:
    gate = check("COGNITO_USER_POOLS", identityValidationExpression="shop-.+")
    assert gate.rejects(bearer(aud="admin"))
    assert not gate.rejects(bearer(aud="shop-1"))
    assert not gate.rejects(bearer(client_id="admin"))
    assert not gate.rejects(sent(authorization="no token"))


def test_no_token_no_verdict() -> None:
    assert not check(identityValidationExpression="x").rejects(sent())
    assert check(source=None).token(sent(authorization="x")) is None


def test_the_issuer_of_a_token_is_one_of_the_pools() -> None:
    gate = check("COGNITO_USER_POOLS", providerARNs=[POOL])
    assert gate.issuers == (ISSUER,)
    assert gate.token_mismatch(bearer(iss=ISSUER, token_use="id"), ()) is None
    mismatch = gate.token_mismatch(bearer(iss="https://shop.auth0.test/"), ())
    assert mismatch is not None
    assert (mismatch.claim, mismatch.expected, mismatch.actual) == ("issuer", ISSUER, "https://shop.auth0.test/")


def test_the_issuer_of_a_token_is_shortened() -> None:
    mismatch = check("COGNITO_USER_POOLS", providerARNs=[POOL]).token_mismatch(bearer(iss="x" * 900), ())
    assert mismatch is not None
    assert len(mismatch.actual) == 201


@pytest.mark.parametrize(
    ("scopes", "use", "expected"),
    [((), "access", "id"), (("orders/read",), "id", "access"), ((), "id", None), (("orders/read",), "access", None)],
)
def test_scopes_ask_for_an_access_token_and_no_scopes_for_an_id_token(
    scopes: tuple[str, ...], use: str, expected: str | None
) -> None:
    gate = check("COGNITO_USER_POOLS", providerARNs=[POOL])
    mismatch = gate.token_mismatch(bearer(iss=ISSUER, token_use=use), scopes)
    assert (mismatch.expected if mismatch else None) == expected


def test_what_is_no_token_has_no_mismatch() -> None:
    gate = check("COGNITO_USER_POOLS", providerARNs=[POOL, "nonsense", None])
    assert gate.token_mismatch(sent(authorization="x"), ()) is None
    assert gate.token_mismatch(bearer(iss=5, token_use=["id"]), ()) is None


def test_the_issuer_of_a_pool_in_china() -> None:
    pool = "arn:aws-cn:cognito-idp:cn-north-1:123456789012:userpool/cn-north-1_A"
    assert check("COGNITO_USER_POOLS", providerARNs=[pool]).issuers == (
        "https://cognito-idp.cn-north-1.amazonaws.com.cn/cn-north-1_A",
    )
