"""What an authorizer returned, read whole and as far as it is certain."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.aws.authorizer_output import CUT, read_authorizer_output

_ARN = "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/prod/GET/orders"
_STATEMENTS = [
    {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": [f"{_ARN}/{number}", f"{_ARN}/{number}/*"]}
    for number in range(4)
]
_OUTPUT = {
    "principalId": "user-1",
    "policyDocument": {"Version": "2012-10-17", "Statement": _STATEMENTS},
    "context": {"plan": "free", "limit": 7, "beta": True},
}


def test_a_whole_output_is_read_whole() -> None:
    output = read_authorizer_output(" " + json.dumps(_OUTPUT) + "\nand what follows")
    assert output.raw == json.dumps(_OUTPUT)
    assert output.document == _OUTPUT
    assert output.principal_id == "user-1"
    assert output.policy is not None
    assert len(output.policy.statements) == 4
    assert (output.is_cut, output.policy_is_whole) == (False, True)


@pytest.mark.parametrize("indent", [None, 2])
def test_of_a_cut_output_only_whole_statements_count(indent: int | None) -> None:
    text = json.dumps(_OUTPUT, indent=indent)
    for end in range(1, len(text) - 1):
        output = read_authorizer_output(text[:end] + CUT)
        assert output.is_cut
        read = [dict(each.document.raw) for each in output.policy.statements] if output.policy else []
        assert read == _STATEMENTS[: len(read)]
        assert not output.policy_is_whole or len(read) == 4


def test_where_only_the_context_is_cut_the_policy_is_whole() -> None:
    text = json.dumps(_OUTPUT)
    output = read_authorizer_output(text[: text.index('"limit"')])
    assert (output.is_cut, output.policy_is_whole) == (True, True)
    assert output.policy is not None
    assert len(output.policy.statements) == 4
    assert output.document is not None
    assert output.document["context"] == {"plan": "free"}


def test_a_wrapped_output_is_joined() -> None:
    text = json.dumps(_OUTPUT)
    broken = "\n".join(text[start : start + 40] for start in range(0, len(text), 40))
    assert read_authorizer_output(broken).document == _OUTPUT


@pytest.mark.parametrize("text", ["null", "", '"no"', "[]", "Unauthorized", "7", "{'principalId': 'x'}"])
def test_what_is_no_object_has_no_policy(text: str) -> None:
    output = read_authorizer_output(text)
    assert output.policy is None
    assert output.principal_id is None
    assert not output.policy_is_whole


def test_an_error_is_told() -> None:
    output = read_authorizer_output('{"errorMessage":"Unauthorized","errorType":"Error"}')
    assert (output.error, output.error_type) == ("Unauthorized", "Error")
    assert read_authorizer_output('{"errorMessage":{"a":1}}').error is None


@pytest.mark.parametrize("text", ["{" * 100_000, '{"a":' * 100_000, '{"policyDocument":' + "[" * 100_000])
def test_depth_breaks_nothing(text: str) -> None:
    assert read_authorizer_output(text).policy is None


@given(st.text(alphabet='{}[]",:\\ae1\n'))
def test_no_text_breaks_it(text: str) -> None:
    read_authorizer_output(text)
    read_authorizer_output('{"policyDocument":{"Statement":[' + text)


def test_what_it_says_can_be_written_out() -> None:
    assert read_authorizer_output('{"principalId":"a\\ud800"}').principal_id == "a\ufffd"
    assert read_authorizer_output('{"principalId":"a\\ud800","context":{"b [TRUNCATED]').principal_id == "a\ufffd"
