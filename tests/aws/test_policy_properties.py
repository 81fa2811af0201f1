"""What holds of every policy, request and ARN, not of examples alone."""

import re
from collections.abc import Mapping
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from bot.aws.arn import SOURCE_ARN_PARTS, arn_like, compare_source_arn, matches
from bot.aws.conditions import Condition, Context, Truth
from bot.aws.policy import (
    Access,
    Decision,
    MalformedPolicy,
    Policy,
    Principal,
    Request,
    evaluate,
    evaluate_role,
)

RESOURCE = "arn:aws:lambda:eu-west-1:123456789012:function:pets"
KEYS = ("aws:SourceArn", "aws:username", "k:list", "k:number")
VALUES = ("a", "A", "b", "", "1", "2.5", "true", "*", "arn:aws:s3:::b", "10.0.0.1", "2020-01-01T00:00:00Z")
PATTERNS = (
    *VALUES,
    "a*",
    "?",
    "arn:aws:s3:*",
    "arn:*:s3:::*",
    "${aws:username}",
    "${k:list, 'b'}",
    "10.0.0.0/8",
)
OPERATORS = (
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
    "NumericLessThan",
    "NumericNotEquals",
    "DateGreaterThan",
    "Bool",
    "IpAddress",
    "NotIpAddress",
    "ArnLike",
    "ArnNotEquals",
)

operators = st.one_of(
    st.builds(
        "{}{}{}".format,
        st.sampled_from(["", "", "ForAnyValue:", "ForAllValues:"]),
        st.sampled_from(OPERATORS),
        st.sampled_from(["", "IfExists"]),
    ),
    st.just("Null"),
    st.just("NobodyKnows"),
)
conditions = st.dictionaries(
    operators,
    st.dictionaries(st.sampled_from(KEYS), st.lists(st.sampled_from(PATTERNS), max_size=2), min_size=1, max_size=2),
    max_size=2,
)
principals = st.sampled_from(
    [
        "*",
        {"Service": "apigateway.amazonaws.com"},
        {"Service": "s3.amazonaws.com"},
        {"AWS": "123456789012"},
        {"AWS": "arn:aws:iam::123456789012:role/r"},
    ]
)
callers = st.sampled_from(
    [
        Principal.service("apigateway.amazonaws.com"),
        Principal.aws("arn:aws:sts::123456789012:assumed-role/r/s"),
        Principal.aws("arn:aws:iam::123456789012:role/r"),
        Principal.anonymous(),
        None,
    ]
)


@st.composite
def statements(draw: st.DrawFn, effect: str | None = None) -> Mapping[str, object]:
    effect = effect or draw(st.sampled_from(["Allow", "Deny"]))
    return {
        "Effect": effect,
        draw(st.sampled_from(["Principal", "NotPrincipal"])): draw(principals),
        draw(st.sampled_from(["Action", "Action", "NotAction"])): draw(
            st.sampled_from(["*", "lambda:*", "LAMBDA:InvokeFunction", "iam:*"])
        ),
        draw(st.sampled_from(["Resource", "Resource", "NotResource"])): draw(
            st.sampled_from(["*", RESOURCE, f"{RESOURCE}*", "arn:aws:s3:::b", "${aws:username}"])
        ),
        "Condition": draw(conditions),
    }


def policies(effect: str | None = None) -> st.SearchStrategy[Policy]:
    documents = st.builds(
        lambda version, found: {"Version": version, "Statement": found},
        st.sampled_from(["2012-10-17", "2012-10-17", "2008-10-17"]),
        st.lists(statements(effect=effect), max_size=3),
    )
    return documents.map(Policy.parse)


contexts = st.dictionaries(
    st.sampled_from(KEYS),
    st.one_of(st.sampled_from(VALUES), st.lists(st.sampled_from(VALUES), max_size=2)),
)


@st.composite
def requests(draw: st.DrawFn) -> Request:
    return Request(
        principal=draw(callers),
        action="lambda:InvokeFunction",
        resource=RESOURCE,
        context=draw(contexts),
        unknown=draw(st.lists(st.sampled_from((*KEYS, "k:*", "*")), max_size=2)),
    )


@given(policies(), policies(), requests())
def test_an_explicit_deny_always_wins(one: Policy, other: Policy, request: Request) -> None:
    denying = Policy.parse({"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}})
    assert evaluate([one, denying, other], request).verdict is Access.DENIED
    assert evaluate_role([one, denying], other, request).verdict is Access.DENIED
    assert evaluate_role([one], denying, request).verdict is Access.DENIED


@given(policies(), policies(effect="Allow"), requests())
def test_adding_an_allow_never_removes_an_allow(before: Policy, added: Policy, request: Request) -> None:
    rank = {Access.NOT_ALLOWED: 0, Access.UNKNOWN: 1, Access.ALLOWED: 2}
    first, then = evaluate([before], request).verdict, evaluate([before, added], request).verdict
    if first is Access.DENIED:
        assert then is Access.DENIED
    else:
        assert rank[then] >= rank[first]


@given(policies(), policies(effect="Deny"), requests())
def test_adding_a_deny_never_adds_an_allow(before: Policy, added: Policy, request: Request) -> None:
    first, then = evaluate([before], request).verdict, evaluate([before, added], request).verdict
    assert then is not Access.ALLOWED or first is Access.ALLOWED
    assert then is not Access.NOT_ALLOWED or first is Access.NOT_ALLOWED


@given(policies(), policies(), requests())
def test_a_boundary_never_grants(identity: Policy, boundary: Policy, request: Request) -> None:
    alone = evaluate([identity], request).verdict
    bounded = evaluate_role([identity], boundary, request).verdict
    assert evaluate_role([identity], None, request).verdict is alone
    assert bounded is not Access.ALLOWED or alone is Access.ALLOWED
    assert alone is not Access.DENIED or bounded is Access.DENIED


@st.composite
def resolved(draw: st.DrawFn, request: Request) -> Request:
    """A request with everything known: unknown keys are absent or have values, the caller is somebody."""
    known = dict(request.context)
    for key in KEYS:
        if key not in known and any(matches(pattern, key.lower()) for pattern in request.unknown):
            values = draw(st.one_of(st.none(), st.sampled_from(VALUES), st.lists(st.sampled_from(VALUES), max_size=2)))
            if values is not None:
                known[key] = values
    caller = request.principal or draw(callers.filter(lambda principal: principal is not None))
    return Request(caller, request.action, request.resource, known)


def agrees(partly: Decision, fully: Decision) -> bool:
    """What was certain stays so; what was not may turn out any way, or stay unknown for other reasons."""
    return partly.verdict is Access.UNKNOWN or partly.verdict is fully.verdict


@given(st.data(), policies(), policies(), requests())
def test_learning_more_never_changes_what_was_certain(
    data: st.DataObject, one: Policy, other: Policy, request: Request
) -> None:
    full = data.draw(resolved(request))
    assert agrees(evaluate([one, other], request), evaluate([one, other], full))
    assert agrees(evaluate_role([one], other, request), evaluate_role([one], other, full))


@given(st.data(), policies(), requests())
def test_learning_more_never_changes_a_certain_part(data: st.DataObject, one: Policy, request: Request) -> None:
    full = data.draw(resolved(request))
    for statement in one.statements:
        partly, fully = statement.covers(request), statement.covers(full)
        for part in ("result", "principal", "action", "resource", "result_with_arns_as_strings"):
            assert getattr(partly, part) in (Truth.UNKNOWN, getattr(fully, part)), part


@given(st.sampled_from(OPERATORS), st.lists(st.sampled_from(PATTERNS), max_size=2), st.sampled_from(VALUES))
def test_a_negated_operator_is_the_opposite(operator: str, expected: list[str], value: str) -> None:
    opposites = {
        "StringEquals": "StringNotEquals",
        "StringLike": "StringNotLike",
        "StringEqualsIgnoreCase": "StringNotEqualsIgnoreCase",
        "IpAddress": "NotIpAddress",
        "ArnLike": "ArnNotLike",
    }
    assume(operator in opposites)
    context = Context({"k:list": value, "aws:username": "a"})
    positive = Condition(operator, "k:list", tuple(expected), True).holds(context)
    negative = Condition(opposites[operator], "k:list", tuple(expected), True).holds(context)
    assert negative is positive.negated


@given(st.text("ab/:*?", max_size=12), st.text("ab/:", max_size=12))
def test_wildcards_agree_with_a_reference(pattern: str, text: str) -> None:
    reference = "".join({"*": ".*", "?": "."}.get(part, re.escape(part)) for part in pattern)
    assert matches(pattern, text) is bool(re.fullmatch(reference, text, re.DOTALL))


@given(st.text("ab:*?", max_size=24), st.text("ab:", max_size=16))
def test_arn_like_is_at_most_as_wide_as_string_like(pattern: str, text: str) -> None:
    assert not arn_like(pattern, text) or matches(pattern, text)


segments = st.sampled_from(
    ["*", "?", "prod", "dev", "GET", "ANY", "authorizers", "pets", "{id}", "au1234", "", "p*", "*s"]
)
heads = st.builds(
    "{}:{}:execute-api:{}:{}:{}".format,
    st.sampled_from(["arn", "arn", "a*", "urn"]),
    st.sampled_from(["aws", "aws-cn", "*"]),
    st.sampled_from(["eu-west-1", "us-east-1", "eu-*"]),
    st.sampled_from(["123456789012", "999999999999", "*"]),
    st.sampled_from(["abc1234567", "CustomAPI", "*", "abc*", ""]),
)
source_patterns = st.one_of(
    st.builds(lambda head, rest: "/".join([head, *rest]), heads, st.lists(segments, max_size=5)),
    st.text("arn:aws*/", max_size=20),
)
source_arns = st.sampled_from(
    [
        "arn:aws:execute-api:eu-west-1:123456789012:abc1234567/prod/GET/",
        "arn:aws:execute-api:eu-west-1:123456789012:abc1234567/prod/ANY/pets/{id}",
        "arn:aws:execute-api:eu-west-1:123456789012:abc1234567/authorizers/au1234",
    ]
)


@given(source_patterns, source_arns)
def test_a_source_arn_differs_in_nothing_exactly_if_it_fits(pattern: str, actual: str) -> None:
    differs = compare_source_arn(pattern, actual)
    assert (differs == ()) is arn_like(pattern, actual)
    assert [part for part in SOURCE_ARN_PARTS if part in differs] == list(differs)


json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6) | st.sampled_from(["Allow", "*"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["Effect", "Action", "NotAction", "Principal", "Resource", "Condition", "Bool", "k:x"])
            | st.integers(),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


damaged_statements = st.builds(
    lambda statement, element, value: {**statement, element: value},
    statements(),
    st.sampled_from(["Sid", "Effect", "Principal", "Action", "Resource", "Condition", "Extra"]),
    json_values,
)
documents: st.SearchStrategy[Any] = st.one_of(
    json_values,
    st.text(max_size=40),
    st.builds(
        lambda found: {"Version": "2012-10-17", "Statement": found},
        st.one_of(json_values, damaged_statements),
    ),
)


@given(documents, requests())
def test_whatever_is_parsed_is_malformed_or_can_be_evaluated(document: Any, request: Request) -> None:
    try:
        parsed = Policy.parse(document)
    except MalformedPolicy as malformed:
        sentence = str(malformed)
    else:
        assert evaluate([parsed], request).verdict in Access
        return
    assert sentence.endswith(".")


@given(policies(), requests())
def test_a_policy_is_read_the_same_from_its_own_document(found: Policy, request: Request) -> None:
    assert evaluate([Policy.parse(found.document)], request) == evaluate([found], request)
