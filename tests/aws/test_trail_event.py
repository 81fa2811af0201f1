"""An event of CloudTrail is read as it stands, or not at all; nothing that stands in it can do harm."""

from datetime import UTC, datetime

import pytest

from bot.aws.trail_event import TrailEvent
from tests.aws.trails import KEY, MIKA, PIPELINE, an_event, listed

PUT_INTEGRATION = {
    "resourceId": "x4jk7w",
    "httpMethod": "GET",
    "putIntegrationInput": {"httpMethod": "POST", "type": "AWS_PROXY", "requestParameters": {}},
    "restApiId": "3c8y72vp6f",
    "template": False,
}


def test_a_change_is_read():
    event = TrailEvent.of(an_event(parameters={"functionName": "orders", "statementId": "invoke"}))
    assert event is not None
    assert (event.service, event.name) == ("lambda", "RemovePermission20150331v2")
    assert event.at == datetime(2026, 11, 19, 8, 30, tzinfo=UTC)
    assert (event.by, event.via) == (MIKA, None)
    assert event.parameter("statementId") == "invoke"
    assert event.parameter("qualifier") is None


@pytest.mark.parametrize(
    "members",
    [
        {"errorCode": "AccessDenied"},
        {"errorMessage": "no"},
        {"readOnly": True},
        {"readOnly": "true"},
        {"eventTime": "yesterday"},
        {"eventTime": "2026-11-19T08:30:00"},
        {"eventTime": 1_790_000_000},
        {"eventName": None},
        {"eventSource": ["lambda.amazonaws.com"]},
    ],
)
def test_what_failed_or_changed_nothing_or_says_too_little_is_none(members):
    assert TrailEvent.of(an_event(**members)) is None


@pytest.mark.parametrize(
    "record",
    [
        None,
        "",
        "{",
        "[]",
        "null",
        "3",
        '"x"',
        "[" * 100_000,
        '{"a":' * 100_000,
        "9" * 10_000,
        b"{}",
        {"eventName": "x"},
    ],
)
def test_what_is_no_record_is_none(record):
    assert TrailEvent.of(listed(record)) is None


@pytest.mark.parametrize("item", [None, "x", [], {}, 3])
def test_what_is_no_item_is_none(item):
    assert TrailEvent.of(item) is None


@pytest.mark.parametrize(
    ("identity", "username", "by"),
    [
        ({"type": "AssumedRole", "arn": PIPELINE}, "build-77", PIPELINE),
        ({"type": "Root", "arn": "arn:aws:iam::123456789012:root"}, "root", "arn:aws:iam::123456789012:root"),
        ({"type": "AssumedRole", "sessionContext": {"sessionIssuer": {"arn": MIKA}}}, None, MIKA),
        ({"type": "AWSService", "invokedBy": "lambda.amazonaws.com"}, None, "lambda.amazonaws.com"),
        ({"type": "WebIdentityUser", "userName": "somebody"}, None, "somebody"),
        ({"type": "IdentityCenterUser", "onBehalfOf": {"userId": "u-1"}}, "mika@example.com", "mika@example.com"),
        ({"arn": 3, "userName": ["x"]}, "mika", "mika"),
        ("mika", "mika", "mika"),
        ({"userName": KEY}, "mika", "mika"),
        ({"arn": "a" * 5_000}, None, "a" * 600 + "…"),
    ],
)  # fmt: skip
def test_who_made_it(identity, username, by):
    event = TrailEvent.of(an_event(identity=identity, username=username))
    assert event is not None
    assert event.by == by


@pytest.mark.parametrize("username", [None, "", "  ", 3, KEY])
def test_nobody_is_made_up(username):
    assert TrailEvent.of(an_event(identity={"accessKeyId": KEY, "principalId": "AIDA"}, username=username)) is None


@pytest.mark.parametrize(
    ("invoked_by", "address", "via"),
    [
        ("cloudformation.amazonaws.com", "cloudformation.amazonaws.com", "cloudformation.amazonaws.com"),
        (None, "cloudformation.amazonaws.com", "cloudformation.amazonaws.com"),
        ("AWS Internal", "AWS Internal", None),
        (None, "203.0.113.7", None),
        (None, None, None),
        ([], {}, None),
    ],
)
def test_through_which_service(invoked_by, address, via):
    identity = {"arn": MIKA, "invokedBy": invoked_by}
    event = TrailEvent.of(an_event(identity=identity, sourceIPAddress=address))
    assert event is not None
    assert event.via == via


def test_the_outermost_of_several_parameters_with_a_name_counts():
    event = TrailEvent.of(an_event("PutIntegration", PUT_INTEGRATION, source="apigateway.amazonaws.com"))
    assert event is not None
    assert event.parameter("httpMethod") == "GET"
    assert event.parameter("type") == "AWS_PROXY"
    assert event.parameter("restapiid") == "3c8y72vp6f"


@pytest.mark.parametrize(
    ("parameters", "patches"),
    [
        ({"patchOperations": [{"op": "replace", "path": "/policy"}, {"path": 3}, "x"]}, ("/policy",)),
        ({"updateStageInput": {"patchOperations": [{"path": "/variables/a"}]}}, ("/variables/a",)),
        ({"patchOperations": {"path": "/policy"}}, ()),
        ({"patchOperations": None}, ()),
        (None, ()),
        ([], ()),
    ],
)
def test_what_an_update_patches(parameters, patches):
    event = TrailEvent.of(an_event("UpdateStage", parameters))
    assert event is not None
    assert event.patches == patches


def test_parameters_are_looked_for_no_deeper_than_services_wrap_them_and_in_bounded_time():
    deep = {"a": {"b": {"c": {"functionName": "orders"}}}}
    wide = {f"x{number}": number for number in range(5_000)} | {"functionName": "orders"}
    for parameters in (deep, wide):
        event = TrailEvent.of(an_event(parameters=parameters))
        assert event is not None
        assert event.parameter("functionName") is None


def test_what_it_tells_can_be_written_out():
    event = TrailEvent.of(an_event(parameters={"functionName": "orders\ud800"}))
    assert event is not None
    assert event.parameter("functionName") == "orders\ufffd"
