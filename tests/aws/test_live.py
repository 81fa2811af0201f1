"""AWS's answers are told apart by what they mean, and nothing that is not listed ever leaves."""

import json
from datetime import UTC, datetime

import boto3
import botocore.session
import pytest
from botocore.exceptions import (
    ConnectTimeoutError,
    EndpointConnectionError,
    IncompleteReadError,
    NoCredentialsError,
    PartialCredentialsError,
    ReadTimeoutError,
    UnauthorizedSSOTokenError,
)
from botocore.loaders import Loader
from botocore.parsers import ResponseParserError

from bot.aws.account import Read, minutes_ago
from bot.aws.door import NotAllowed
from bot.aws.error_codes import NO_CREDENTIALS
from bot.aws.live import Live
from bot.model import Hint, Outcome, UnseenReason
from tests.aws.tapes import REGION

POLICY = Read.of("lambda", "GetPolicy", REGION, FunctionName="pets")
IDENTITY = Read.of("sts", "GetCallerIdentity", REGION)


class Status:
    """As much of an HTTP answer as botocore looks at."""

    def __init__(self, status_code):
        self.status_code = status_code


class Wire:
    """Stands where calls would leave: answers each with the next of what it was given, and keeps what was sent."""

    def __init__(self, *answers):
        self._answers = list(answers)
        self.sent = []

    def __call__(self, model, params, **_):
        self.sent.append((model.name, params))
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


_DESCRIPTIONS = Loader()
"""Of AWS's services, read once: that is what takes time in making a client."""


def a_session():
    session = botocore.session.get_session()
    session.register_component("data_loader", _DESCRIPTIONS)
    return boto3.Session("AKIAIOSFODNN7EXAMPLE", "x" * 40, region_name=REGION, botocore_session=session)


def live_on(wire, session=None):
    """The real `Live`, whose clients meet its own guard first and then the wire."""
    session = session or a_session()
    live = Live(session)
    session.events.register("before-call", wire)
    return live


def answered(**body):
    return Status(200), {**body, "ResponseMetadata": {"HTTPStatusCode": 200}}


def refused(code, message="it says why", status=400):
    return Status(status), {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {}}


def test_an_answer_is_found_without_its_metadata():
    result = live_on(Wire(answered(Policy="{}")))(POLICY)
    assert (result.outcome, result.body) == (Outcome.FOUND, {"Policy": "{}"})


@pytest.mark.parametrize(
    ("code", "outcome", "reason", "credentials_rejected"),
    [
        ("ResourceNotFoundException", Outcome.ABSENT, None, False),
        ("NotFoundException", Outcome.ABSENT, None, False),
        ("NoSuchEntity", Outcome.ABSENT, None, False),
        ("AccessDenied", Outcome.DENIED, UnseenReason.DENIED, False),
        ("AccessDeniedException", Outcome.DENIED, UnseenReason.DENIED, False),
        ("UnauthorizedOperation", Outcome.DENIED, UnseenReason.DENIED, False),
        ("TooManyRequestsException", Outcome.FAILED, UnseenReason.THROTTLED, False),
        ("Throttling", Outcome.FAILED, UnseenReason.THROTTLED, False),
        ("ExpiredToken", Outcome.FAILED, UnseenReason.FAILED, True),
        ("ExpiredTokenException", Outcome.FAILED, UnseenReason.FAILED, True),
        ("InvalidClientTokenId", Outcome.FAILED, UnseenReason.FAILED, True),
        ("UnrecognizedClientException", Outcome.FAILED, UnseenReason.FAILED, True),
        ("SignatureDoesNotMatch", Outcome.FAILED, UnseenReason.FAILED, True),
        ("ServiceException", Outcome.FAILED, UnseenReason.FAILED, False),
        ("", Outcome.FAILED, UnseenReason.FAILED, False),
    ],
)
def test_errors_are_told_apart(code, outcome, reason, credentials_rejected):
    result = live_on(Wire(refused(code)))(POLICY)
    assert (result.outcome, result.credentials_rejected, result.unreachable) == (outcome, credentials_rejected, False)
    assert reason is None or result.reason is reason
    assert result.error == f"{code}: it says why"
    assert result.body is None


@pytest.mark.parametrize(
    ("error", "credentials_rejected", "unreachable"),
    [
        (NoCredentialsError(), True, False),
        (PartialCredentialsError(provider="env", cred_var="AWS_SECRET_ACCESS_KEY"), True, False),
        (UnauthorizedSSOTokenError(), True, False),
        (EndpointConnectionError(endpoint_url="https://nowhere.invalid"), False, True),
        (ConnectTimeoutError(endpoint_url="https://nowhere.invalid"), False, True),
        (ResponseParserError("<html>"), False, False),
        (IncompleteReadError(actual_bytes=1, expected_bytes=2), False, False),
    ],
)
def test_what_is_no_answer_of_aws_is_failed_and_says_whose_fault_it_is(error, credentials_rejected, unreachable):
    result = live_on(Wire(error))(IDENTITY)
    assert (result.outcome, result.reason) == (Outcome.FAILED, UnseenReason.FAILED)
    assert (result.credentials_rejected, result.unreachable) == (credentials_rejected, unreachable)
    assert result.error


def test_an_answer_that_does_not_come_in_time_is_told_from_one_that_fails():
    result = live_on(Wire(ReadTimeoutError(endpoint_url="https://nowhere.invalid")))(IDENTITY)
    assert (result.outcome, result.reason, result.unreachable) == (Outcome.FAILED, UnseenReason.NOT_TRIED, True)


def test_without_credentials_nothing_is_sent_and_it_says_so(monkeypatch, tmp_path):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    session, leaving = boto3.Session(region_name=REGION), []
    live = Live(session)
    session.events.register("before-send", lambda request, **_: leaving.append(request))
    result = live(IDENTITY)
    assert (result.credentials_rejected, result.credentials_missing) == (True, True)
    assert result.error == NO_CREDENTIALS
    assert leaving == []


class Exits:
    """Notes every request that is being signed or sent, and lets none out."""

    def __init__(self, session):
        self.seen = []
        session.events.register("before-sign", self._note)
        session.events.register("before-send", self._note)

    def _note(self, event_name, **_):
        self.seen.append(event_name)
        raise EndpointConnectionError(endpoint_url="the test")


@pytest.mark.parametrize(
    ("service", "operation", "parameters"),
    [
        ("lambda", "AddPermission", {"FunctionName": "f", "StatementId": "s", "Action": "a", "Principal": "p"}),
        ("lambda", "GetFunction", {"FunctionName": "f"}),
        ("secretsmanager", "GetSecretValue", {"SecretId": "s"}),
        ("apigateway", "GetApiKeys", {}),
        ("apigateway", "DeleteRestApi", {"restApiId": "a"}),
    ],
)
def test_what_is_not_listed_is_refused_before_it_is_signed(service, operation, parameters):
    session = a_session()
    live = Live(session)
    exits = Exits(session)
    with pytest.raises(NotAllowed, match=f"{service}:{operation} is not among the reads"):
        live(Read.of(service, operation, REGION, **parameters))
    assert exits.seen == []


def test_the_guard_is_no_hindrance_to_how_credentials_are_obtained():
    session = a_session()
    live = Live(session)
    exits = Exits(session)
    live(IDENTITY)
    with pytest.raises(EndpointConnectionError):
        session.client("sts").assume_role_with_web_identity(
            RoleArn="arn:aws:iam::123456789012:role/x", RoleSessionName="kintsugi", WebIdentityToken="of a pod"
        )
    assert "before-sign.sts.AssumeRoleWithWebIdentity" in exits.seen


def test_what_is_listed_gets_as_far_as_being_signed():
    session = a_session()
    live = Live(session)
    exits = Exits(session)
    live(IDENTITY)
    assert exits.seen
    assert exits.seen[0].startswith("before-sign")


def test_pages_are_fetched_to_the_end_and_as_large_as_they_come():
    first = answered(items=[{"id": "r1"}], position="next")
    wire = Wire(first, answered(items=[{"id": "r2"}]))
    result = live_on(wire)(Read.of("apigateway", "GetResources", REGION, restApiId="a", embed=["methods"]))
    assert result.body["items"] == [{"id": "r1"}, {"id": "r2"}]
    queries = [params["query_string"] for _, params in wire.sent]
    assert [(query.get("limit"), query.get("position")) for query in queries] == [(500, None), (500, "next")]
    assert [query["embed"] for query in queries] == [["methods"], ["methods"]]


def test_an_error_on_a_later_page_is_no_answer_at_all():
    wire = Wire(answered(items=[{"id": "r1"}], position="next"), refused("AccessDeniedException"))
    result = live_on(wire)(Read.of("apigateway", "GetResources", REGION, restApiId="a"))
    assert (result.outcome, result.body) == (Outcome.DENIED, None)


def test_where_aws_gives_no_page_size_none_is_asked():
    wire = Wire(answered(PolicyNames=["a"], IsTruncated=False))
    result = live_on(wire)(Read.of("iam", "ListRolePolicies", REGION, RoleName="caller"))
    assert result.body["PolicyNames"] == ["a"]
    assert "MaxItems" not in wire.sent[0][1]["body"]


def test_each_region_is_asked_where_it_is_and_its_client_is_made_once():
    wire = Wire(*(answered(Policy="{}") for _ in range(3)))
    live = live_on(wire)
    for region in (REGION, "us-east-1", REGION):
        live(Read.of("lambda", "GetPolicy", region, FunctionName="pets"))
    regions = [params["context"]["client_region"] for _, params in wire.sent]
    assert regions == [REGION, "us-east-1", REGION]


def test_of_many_regions_the_clients_asked_last_are_kept():
    wire = Wire(*(answered(Policy="{}") for _ in range(32)))
    session, made = a_session(), []
    making = session.client
    session.client = lambda service, region_name, **more: (
        made.append(region_name) or making(service, region_name=region_name, **more)
    )
    live = live_on(wire, session)
    regions = [f"eu-west-{number}" for number in range(1, 30)]
    for region in (*regions, regions[-1], regions[-2], regions[0]):
        assert live(Read.of("lambda", "GetPolicy", region, FunctionName="pets")).outcome is Outcome.FOUND
    assert made == [*regions, regions[0]]


def test_a_role_that_cannot_be_assumed_is_named_as_what_it_is():
    session = a_session()
    live = Live(session)

    def refuse(model, **_):
        from botocore.exceptions import ClientError

        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "AssumeRole")

    session.events.register("before-call", refuse)
    result = live(POLICY)
    assert (result.outcome, result.credentials_rejected) == (Outcome.FAILED, False)
    assert (result.error, result.hint) == ("AccessDenied: no", Hint.OTHER_ACCOUNT)


@pytest.mark.parametrize("region", ["not a region", "-x", "x" * 70])
def test_a_region_that_cannot_be_one_is_out_of_reach(region):
    result = Live(a_session())(Read.of("lambda", "GetPolicy", region, FunctionName="pets"))
    assert (result.outcome, result.unreachable) == (Outcome.FAILED, True)


def test_pages_of_one_search_name_the_same_time():
    clock = iter(datetime(2026, 11, 20, 9, 30, second, tzinfo=UTC) for second in (1, 44))
    wire = Wire(answered(events=[], nextToken="t"), answered(events=[]))
    session = a_session()
    live = Live(session, now=lambda: next(clock))
    session.events.register("before-call", wire)
    for token in (None, "t"):
        live(Read.of("logs", "FilterLogEvents", REGION, logGroupName="g", startTime=minutes_ago(60), nextToken=token))
    first, second = (json.loads(params["body"]) for _, params in wire.sent)
    hour_ago = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
    assert first["startTime"] == second["startTime"] == hour_ago.timestamp() * 1000
    assert second["nextToken"] == "t"
