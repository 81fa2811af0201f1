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


def test_a_key_that_stands_twice_makes_a_line_unreadable() -> None:
    form = '{"path":"$context.path","type":"$context.error.responseType","id":"$context.requestId"}'
    forged = '/x","type":"ACCESS_DENIED","id":"1","type":"-'
    line = written(form, {"path": forged, "error.responseType": "UNAUTHORIZED", "requestId": "2"})
    assert AccessLogFormat.parse(form).read(line) is None


_AROUND = "$context.requestId,$context.identity.userAgent,$context.status,$context.error.responseType,$context.path"


@pytest.mark.parametrize(
    ("form", "agent", "path"),
    [
        (_AROUND, "x,403,ACCESS_DENIED,y", "/px,403,ACCESS_DENIED,y"),
        (_AROUND, "x,403,ACCESS_DENIED,y", "/p"),
        (_AROUND, "x", "/p,403,ACCESS_DENIED,y"),
        (_AROUND.replace(",", "</i><i>"), "x</i><i>403</i><i>ACCESS_DENIED</i><i>y", "/p</i><i>403"),
        (
            '{"id":"$context.requestId","agent":"$context.identity.userAgent","status":"$context.status",'
            '"type":"$context.error.responseType","path":"$context.path"}',
            'x","status":"403","type":"ACCESS_DENIED","path":"',
            '","status":"403","type":"ACCESS_DENIED","path":"',
        ),
        (
            '{"id":"$context.requestId","agent":"$context.identity.userAgent","what":{"status":$context.status,'
            '"type":"$context.error.responseType"},"path":"$context.path"}',
            'x","what":{"status":403,"type":"ACCESS_DENIED"},"path":"y","z":{"a":"',
            '"},"z":"',
        ),
    ],
)
def test_a_caller_cannot_write_what_the_variables_between_his_say(form: str, agent: str, path: str) -> None:
    line = written(form, {"requestId": "1", "identity.userAgent": agent, "status": "200", "path": path})
    read = AccessLogFormat.parse(form).read(line)
    assert read is None or read.values.get("status") in (None, "200")
    assert read is None or "error.responseType" not in read.values


@given(st.text(alphabet='a,"\\:{}4', max_size=12), st.text(alphabet='a,"\\:{}4', max_size=12), st.booleans())
def test_whatever_a_caller_writes_the_status_is_the_true_one_or_none(agent: str, path: str, is_json: bool) -> None:
    plain = '$context.identity.userAgent,$context.status,"$context.path"'
    form = '{"a":"$context.identity.userAgent","4":$context.status,"":"$context.path"}' if is_json else plain
    line = written(form, {"identity.userAgent": agent, "status": "200", "path": path})
    read = AccessLogFormat.parse(form).read(line)
    assert read is None or read.values.get("status") in (None, "200")


def test_what_stands_before_the_ambiguous_and_behind_it_is_read() -> None:
    form = "$context.requestId|$context.identity.userAgent,$context.status,$context.path|$context.stage"
    read = AccessLogFormat.parse(form).read("1|x,403,y,200,/p|prod")
    assert read is not None
    assert read.values == {"requestId": "1", "stage": "prod"}


def test_of_a_cut_line_nothing_counts_that_a_caller_may_have_written() -> None:
    form = '{"id":"$context.requestId","path":"$context.path","status":"$context.status","api":"$context.apiId"}'
    read = AccessLogFormat.parse(form).read('{"id":"1","path":"/x","status":"403","api":"a1b2')
    assert read is not None
    assert read.is_cut
    assert read.values == {"requestId": "1"}


def test_json_is_read_by_its_keys_whoever_wrote_it_anew() -> None:
    form = (
        '{"a": ["$context.httpMethod $context.path", {"code": $context.status, "why": $context.error.messageString}],'
        '"v": 1, "epoch": $context.requestTimeEpoch, "who": "$context.identity.user"}'
    )
    document = {"who": "-", "epoch": 1795162502, "v": 1, "a": ["GET /a\\b", {"why": None, "code": 403}]}
    read = AccessLogFormat.parse(form).read(json.dumps(document))
    assert read is not None
    assert read.values == {"httpMethod": "GET", "path": "/a\\b", "status": "403", "requestTimeEpoch": "1795162502"}
    for other in ({"more": 1}, {"v": 2}, {"a": []}, {"a": 7}, {"a": [7, {}]}):
        assert AccessLogFormat.parse(form).read(json.dumps(document | other)) is None


def test_escapes_of_json_are_undone() -> None:
    form = '{"agent":"$context.identity.userAgent","status":"$context.status"}'
    read = AccessLogFormat.parse(form).read(r'{"agent":"a\",\"status\":\"403","status":"200"}')
    assert read is not None
    assert read.values == {"identity.userAgent": 'a","status":"403', "status": "200"}


def test_a_variable_that_stands_twice_has_to_say_the_same() -> None:
    form = AccessLogFormat.parse("$context.status $context.status")
    same, other = form.read("403 403"), form.read("403 200")
    assert same is not None
    assert other is not None
    assert (same.values, other.values) == ({"status": "403"}, {})


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
