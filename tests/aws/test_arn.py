"""ARNs are read, built in both conventions, and compared part by part."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.aws.arn import (
    SOURCE_ARN_PARTS,
    Arn,
    FunctionArn,
    arn_like,
    authorizer_source_arn,
    compare_source_arn,
    execute_api_invoke_arn,
    execute_api_source_arn,
    lambda_arn_of_integration_uri,
    matches,
    overlap,
    partition_of,
    pattern_of,
)

ACCOUNT = "123456789012"
API = "abc1234567"
HERE = f"arn:aws:execute-api:eu-west-1:{ACCOUNT}:"
PETS = execute_api_source_arn("aws", "eu-west-1", ACCOUNT, API, "prod", "ANY", "/pets/{id}")
ROOT = execute_api_source_arn("aws", "eu-west-1", ACCOUNT, API, "prod", "GET", "/")
AUTHORIZER = authorizer_source_arn("aws", "eu-west-1", ACCOUNT, API, "au1234")


def test_a_permission_is_asked_for_the_configured_method_and_the_template() -> None:
    assert f"{HERE}abc1234567/prod/ANY/pets/{{id}}" == PETS


def test_the_root_resource_leaves_a_trailing_slash() -> None:
    assert f"{HERE}abc1234567/prod/GET/" == ROOT


def test_an_authorizer_has_no_stage() -> None:
    assert f"{HERE}abc1234567/authorizers/au1234" == AUTHORIZER


def test_an_execute_api_policy_is_asked_for_the_actual_verb_and_path() -> None:
    arn = execute_api_invoke_arn("aws-cn", "cn-north-1", ACCOUNT, API, "prod", "GET", "/pets/42")
    assert arn == f"arn:aws-cn:execute-api:cn-north-1:{ACCOUNT}:abc1234567/prod/GET/pets/42"


@pytest.mark.parametrize(
    "text",
    [
        "arn:aws:lambda:eu-west-1:123456789012:function:pets:live",
        "arn:aws:iam::123456789012:role/a/b",
        "arn:aws:s3:::bucket/a:b",
    ],
)
def test_an_arn_is_written_as_it_was_read(text: str) -> None:
    assert str(Arn.parse(text)) == text


@pytest.mark.parametrize("text", ["", "*", "pets", "arn:aws:s3:::", "arn::s3:::b", "urn:aws:s3:::b", "arn:aws:s3"])
def test_what_is_no_arn_is_none(text: str) -> None:
    assert Arn.parse(text) is None


@pytest.mark.parametrize("qualifier", [None, "live", "17", "$LATEST"])
def test_a_function_arn_is_written_as_it_was_read(qualifier: str | None) -> None:
    function = FunctionArn("aws-cn", "cn-north-1", ACCOUNT, "pets-prod_1", qualifier)
    assert FunctionArn.parse(str(function)) == function
    assert function.unqualified == FunctionArn("aws-cn", "cn-north-1", ACCOUNT, "pets-prod_1")


@pytest.mark.parametrize(
    "text",
    [
        "pets",
        "function:pets",
        "arn:aws:lambda:eu-west-1:123456789012:function:pets:",
        "arn:aws:lambda:eu-west-1:123456789012:function:${stageVariables.fn}",
        "arn:aws:lambda:eu-west-1:123456789012:function:pets:live:more",
        "arn:aws:lambda:eu-west-1:123456789012:layer:pets",
        "arn:aws:lambda:eu-west-1:123456789012:function:pets; rm -rf",
        "arn:aws:sqs:eu-west-1:123456789012:pets",
    ],
)
def test_what_names_no_function_is_none(text: str) -> None:
    assert FunctionArn.parse(text) is None


def test_a_function_arn_that_lost_a_leading_zero_is_still_read() -> None:
    function = FunctionArn.parse("arn:aws:lambda:eu-west-1:12345678901:function:pets")
    assert function is not None
    assert function.account == "12345678901"


@pytest.mark.parametrize(
    ("region", "partition"),
    [
        ("eu-west-1", "aws"),
        ("us-east-1", "aws"),
        ("cn-northwest-1", "aws-cn"),
        ("us-gov-west-1", "aws-us-gov"),
        ("us-iso-east-1", "aws-iso"),
        ("us-isob-east-1", "aws-iso-b"),
        ("eu-isoe-west-1", "aws-iso-e"),
        ("us-isof-south-1", "aws-iso-f"),
        ("eusc-de-east-1", "aws-eusc"),
    ],
)
def test_a_region_lies_in_a_partition(region: str, partition: str) -> None:
    assert partition_of(region) == partition


FUNCTION = f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:pets"


@pytest.mark.parametrize(
    "function",
    [
        FUNCTION,
        f"{FUNCTION}:live",
        f"{FUNCTION}:${{stageVariables.alias}}",
        f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:${{stageVariables.fn}}",
        "${stageVariables.arn}",
    ],
)
def test_the_function_of_an_integration_uri(function: str) -> None:
    for date in ("2015-03-31", "2021-11-15"):
        uri = f"arn:aws:apigateway:eu-west-1:lambda:path/{date}/functions/{function}/invocations"
        assert lambda_arn_of_integration_uri(uri) == function


def test_a_streaming_integration_calls_a_function_too() -> None:
    path = f"path/2021-11-15/functions/{FUNCTION}/response-streaming-invocations"
    assert lambda_arn_of_integration_uri(f"arn:aws:apigateway:eu-west-1:lambda:{path}") == FUNCTION


@pytest.mark.parametrize(
    "uri",
    [
        "https://example.com/functions/arn:aws:lambda/invocations",
        "arn:aws:apigateway:eu-west-1:sqs:path/123456789012/queue",
        "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/pets/invocations",
        "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/function:pets/invocations",
        f"arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/{FUNCTION}",
        "arn:aws:apigateway:eu-west-1:s3:action/ListBuckets",
        "",
    ],
)
def test_a_uri_that_calls_no_function_by_arn(uri: str) -> None:
    assert lambda_arn_of_integration_uri(uri) is None


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        ("*", "", True),
        ("*", "a/b:c", True),
        ("", "", True),
        ("", "a", False),
        ("?", "", False),
        ("?", "a", True),
        ("a*c", "abbc", True),
        ("a*c", "abcb", False),
        ("a*b*c", "aXbXbXc", True),
        ("**a", "ba", True),
        ("a?c", "a/c", True),
        ("[ab]", "a", False),
        ("a.c", "abc", False),
    ],
)
def test_wildcards(pattern: str, text: str, fits: bool) -> None:
    assert matches(pattern, text) is fits


def test_a_hostile_pattern_ends() -> None:
    assert not matches("*a" * 500 + "b", "a" * 2000)


@pytest.mark.parametrize(
    ("rule", "pattern", "fits"),
    [
        ("a star in the resource spans slashes", f"{HERE}{API}/*", True),
        ("a component that is a star fits any", f"arn:*:execute-api:*:*:{API}/*/ANY/*", True),
        ("a bare API id fits nothing", f"{HERE}{API}", False),
        ("a lone star has not six components", "*", False),
        ("a pattern with three components fits nothing", "arn:aws:execute-api:*", False),
        ("a star does not reach over a colon", f"arn:aws:*:{ACCOUNT}:{API}/*", False),
        ("a question mark is one character", f"{HERE}abc123456?/*", True),
        ("values are case-sensitive", f"{HERE}{API}/prod/any/*", False),
    ],
)
def test_arn_like(rule: str, pattern: str, fits: bool) -> None:
    assert arn_like(pattern, PETS) is fits, rule


def test_arn_like_follows_the_documented_example() -> None:
    value = "arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt"
    pattern = "arn:aws:someservice:*:111122223333:finance/*"
    assert not arn_like(pattern, value)
    assert matches(pattern, value)


@pytest.mark.parametrize(
    ("pattern", "actual", "differs"),
    [
        (f"{HERE}{API}/*/*", PETS, ()),
        (f"{HERE}{API}/*", PETS, ()),
        (f"{HERE}{API}/prod/ANY/pets/{{id}}", PETS, ()),
        (f"{HERE}{API}/*/*/pets/*", PETS, ()),
        (PETS.replace("arn:aws:", "arn:aws-cn:"), PETS, ("partition",)),
        (PETS.replace("eu-west-1", "us-east-1"), PETS, ("region",)),
        (PETS.replace(ACCOUNT, "999999999999"), PETS, ("account",)),
        (
            PETS.replace(ACCOUNT, "999999999999").replace(API, "CustomAPI"),
            PETS,
            ("account", "api"),
        ),
        (f"{HERE}CustomAPI/*/ANY/pets/{{id}}", PETS, ("api",)),
        (f"{HERE}CustomAPI/*", PETS, ("api",)),
        (f"{HERE}{API}", PETS, ("form",)),
        (f"{HERE}{API}/", PETS, ("form",)),
        (f"{HERE}{API}/prod/", PETS, ("form",)),
        (f"{HERE}{API}/dev/", PETS, ("form", "stage")),
        (f"{HERE}{API}/prod", PETS, ("form",)),
        (f"{HERE}{API}/dev", PETS, ("form", "stage")),
        (f"{HERE}{API}/ANY/pets/{{id}}", PETS, ("form",)),
        (f"{HERE}{API}/GET/pets", PETS, ("form",)),
        (f"{HERE}{API}/Stage/ANY/pets/{{id}}", PETS, ("stage",)),
        (f"{HERE}{API}/dev/*", PETS, ("stage",)),
        (f"{HERE}{API}/test-invoke-stage/*/*", PETS, ("stage",)),
        (f"{HERE}{API}/prod/GET/pets/{{id}}", PETS, ("method",)),
        (f"{HERE}{API}/*/GET*", PETS, ("method",)),
        (f"{HERE}{API}/*/ANY/pets/42", PETS, ("path",)),
        (f"{HERE}{API}/*/ANY/pets", PETS, ("path",)),
        (f"{HERE}{API}/*/GET/pets", PETS, ("method", "path")),
        (f"{HERE}{API}/*/*pets", PETS, ("path",)),
        (f"{HERE}{API}/prod/GET", ROOT, ("path",)),
        (f"{HERE}{API}/*/GET/", ROOT, ()),
        (f"{HERE}{API}/authorizers/au1234", PETS, ("form",)),
        (f"{HERE}{API}/*/GET/pets", AUTHORIZER, ("form",)),
        (f"{HERE}{API}/*/*/*", AUTHORIZER, ("form",)),
        (f"{HERE}{API}/prod/*", AUTHORIZER, ("form",)),
        (f"{HERE}{API}/*", AUTHORIZER, ()),
        (f"{HERE}{API}/*/*", AUTHORIZER, ()),
        (f"{HERE}{API}/authorizers/old999", AUTHORIZER, ("authorizer",)),
        (f"{HERE}oldapi1234/authorizers/old999", AUTHORIZER, ("api", "authorizer")),
        (f"arn:aws:lambda:eu-west-1:{ACCOUNT}:{API}/*", PETS, ("form",)),
        ("arn:aws:execute-api:*", PETS, ("form",)),
        ("*", PETS, ("form",)),
        ("", PETS, ("form",)),
    ],
)
def test_in_what_a_source_arn_differs(pattern: str, actual: str, differs: tuple[str, ...]) -> None:
    assert compare_source_arn(pattern, actual) == tuple(part for part in SOURCE_ARN_PARTS if part in differs)


_SHORT = st.text("ab*?", max_size=4)


@given(_SHORT, _SHORT)
def test_two_patterns_overlap_where_some_text_fits_both(one, other):
    texts = ("".join(letters) for length in range(9) for letters in product("ab", repeat=length))
    some = any(matches(one, text) and matches(other, text) for text in texts)
    assert overlap(pattern_of(one), pattern_of(other)) is some


@pytest.mark.parametrize(
    ("one", "other", "some"),
    [
        ("", "", True),
        ("", "*", True),
        ("a", "", False),
        ("api/*/GET/*", "api/prod/*/pets", True),
        ("api/*/GET/pets", "api/prod/POST/*", True),
        ("api/*/GET/pets", "api/prod/GET/p?ts", True),
        ("api/prod/GET/*", "api/prod/POST/*", False),
        ("api/*", "api/prod/GET/*", True),
        ("api", "api/*", False),
    ],
)
def test_patterns_that_overlap(one, other, some):
    assert overlap(pattern_of(one), pattern_of(other)) is overlap(pattern_of(other), pattern_of(one)) is some
