"""Lines of access logs, in whatever format a stage has."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.aws.access_log import AccessLogFormat

_VALUES = {
    "requestId": "7d0f1e7c-3a52-4f0e-9a3c-2a0c1f3bb0a1",
    "extendedRequestId": "JKZsWGbpjoEF6Vw=",
    "identity.sourceIp": "198.51.100.7",
    "httpMethod": "GET",
    "resourcePath": "/orders/{id}",
    "status": "403",
    "error.responseType": "ACCESS_DENIED",
    "error.messageString": '"User is not authorized to access this resource"',
}
_CLF = (
    "$context.identity.sourceIp $context.identity.caller $context.identity.user [$context.requestTime] "
    '"$context.httpMethod $context.resourcePath $context.protocol" $context.status $context.responseLength '
    "$context.requestId $context.extendedRequestId"
)
_JSON = json.dumps(
    {
        "rid": "$context.requestId",
        "xid": "$context.extendedRequestId",
        "ip": "$context.identity.sourceIp",
        "what": {"verb": "$context.httpMethod", "where": "$context.resourcePath"},
        "kind": "$context.error.responseType",
        "why": "$context.error.messageString",
        "status": "$context.status",
    }
)
_XML = (
    '<request id="$context.requestId"><ip>$context.identity.sourceIp</ip><kind>$context.error.responseType</kind>'
    "<status>$context.status</status></request>"
)
_CSV = "$context.identity.sourceIp,$context.identity.caller,$context.status,$context.error.responseType"


def written(form: str, values: dict[str, str]) -> str:
    """A line as API Gateway writes it: what is not set is a dash."""
    parsed = AccessLogFormat.parse(form)
    parts = [parsed.literals[0]]
    for name, literal in zip(parsed.variables, parsed.literals[1:], strict=True):
        parts += [values.get(name, "-"), literal]
    return "".join(parts)


@pytest.mark.parametrize("form", [_CLF, _JSON, _XML, _CSV])
def test_every_kind_of_format_is_read(form: str) -> None:
    read = AccessLogFormat.parse(form).read(written(form, _VALUES))
    assert read is not None
    assert not read.is_cut
    expected = {name: value.strip('"') for name, value in _VALUES.items() if f"$context.{name}" in form}
    assert read.values == expected


def test_a_message_quoted_twice_is_no_json_and_read_all_the_same() -> None:
    form = '{"why":"$context.error.messageString","status":$context.status}'
    line = '{"why":""Forbidden"","status":403}'
    read = AccessLogFormat.parse(form).read(line)
    assert read is not None
    assert read.values == {"error.messageString": "Forbidden", "status": "403"}


def test_of_a_cut_line_what_stands_whole_is_read() -> None:
    line = written(_JSON, _VALUES)
    read = AccessLogFormat.parse(_JSON).read(line[: line.index("/orders") + 4])
    assert read is not None
    assert read.is_cut
    assert read.values == {
        name: _VALUES[name] for name in ("requestId", "extendedRequestId", "identity.sourceIp", "httpMethod")
    }


@pytest.mark.parametrize("line", ["", "something else", "{", '{"rid": 7}'])
def test_another_line_is_not_read(line: str) -> None:
    assert AccessLogFormat.parse(_JSON).read(line) is None


def test_a_format_without_variables_tells_nothing() -> None:
    assert AccessLogFormat.parse("a line").read("a line") is None


def test_a_caller_cannot_write_what_the_next_variables_say() -> None:
    form = '{"path":"$context.path","type":"$context.error.responseType","id":"$context.requestId"}'
    forged = '/x","type":"ACCESS_DENIED","id":"1","type":"-'
    line = written(form, {"path": forged, "error.responseType": "UNAUTHORIZED", "requestId": "2"})
    read = AccessLogFormat.parse(form).read(line)
    assert read is not None
    assert "error.responseType" not in read.values


def test_variables_with_nothing_between_cannot_be_told_apart() -> None:
    form = "$context.stage$context.path $context.status"
    read = AccessLogFormat.parse(form).read("prod/x 403")
    assert read is not None
    assert read.values == {"status": "403"}


_NAMES = st.sampled_from(
    ["requestId", "status", "error.responseType", "identity.sourceIp", "identity.vpceId", "path", "authorizer.error"]
)
_LITERALS = st.text(alphabet="{}[]()<>\":;,|= \t'#é", min_size=1, max_size=8)


@given(
    st.lists(st.tuples(_LITERALS, _NAMES), min_size=1, max_size=7, unique_by=lambda pair: pair[1]),
    _LITERALS,
    st.dictionaries(_NAMES, st.text(alphabet="abcXYZ0189/._", min_size=1, max_size=20)),
)
def test_what_a_format_writes_it_reads(parts: list[tuple[str, str]], last: str, values: dict[str, str]) -> None:
    form = "".join(f"{literal}$context.{name}" for literal, name in parts) + last
    names = {name for _, name in parts}
    read = AccessLogFormat.parse(form).read(written(form, values))
    assert read is not None
    assert read.values == {name: value for name, value in values.items() if name in names}


@given(st.text(), st.text())
def test_no_format_and_no_line_breaks_it(form: str, line: str) -> None:
    AccessLogFormat.parse(form + "$context.status").read(line)
    AccessLogFormat.parse(form).read(line)
