"""Every attempt at a call waits for its turn and is told, retries, pages and refusals among them."""

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import EndpointConnectionError

from bot.aws.account import DEADLINE, Read
from bot.aws.attempts import Attempts
from bot.aws.door import give
from bot.aws.live import Live
from bot.aws.pace import Pace
from bot.demo.world import World
from bot.model import Outcome, UnseenReason
from tests.aws.bystanders import Heard
from tests.aws.tapes import REGION

ABSENT_API = Read.of("apigateway", "GetRestApi", REGION, restApiId="zzzzzzzzz9")
APIS = Read.of("apigateway", "GetRestApis", REGION)


class Noted(Pace):
    """Lets everybody go at once, and keeps what it was asked."""

    def __init__(self, *, full=False):
        super().__init__()
        self.turns, self.complaints, self.deadlines = [], [], []
        self._is_full = full

    def wait(self, service, region, deadline):
        self.turns.append((service, region))
        self.deadlines.append(deadline)
        return not self._is_full

    def slow_down(self, service, region):
        self.complaints.append((service, region))


@pytest.fixture
def heard():
    return Heard()


@pytest.fixture
def pace():
    return Noted()


@pytest.fixture
def live(aws, heard, pace):
    return Live(aws.session(), aws.endpoint, attempts=Attempts(heard, pace))


def test_each_outcome_is_told_in_its_word(aws, live, heard):
    live(APIS)
    live(ABSENT_API)
    aws.deny("apigateway", "GetRestApis")
    live(APIS)
    outcomes = [outcome for _, _, outcome in heard.calls]
    assert outcomes == ["found", "absent", "denied"]
    assert {call[:2] for call in heard.calls} == {("apigateway", "GetRestApis"), ("apigateway", "GetRestApi")}


def test_retries_are_attempts_of_their_own_and_a_throttle_slows_down(aws, live, heard, pace):
    aws.throttle("apigateway", "GetRestApis", times=1)
    assert live(APIS).outcome is Outcome.FOUND
    assert [outcome for _, _, outcome in heard.calls] == ["throttled", "found"]
    assert pace.turns == [("apigateway", REGION)] * 2
    assert pace.complaints == [("apigateway", REGION)]


def test_what_is_expired_and_what_is_out_of_reach_have_failed(aws, live, heard):
    aws.expire_credentials()
    assert live(APIS).credentials_rejected
    once = Config(retries={"total_max_attempts": 1})
    client = aws.session().client("sts", endpoint_url="http://127.0.0.1:9", config=once)
    Attempts(heard).follow(client.meta.events)
    with pytest.raises(EndpointConnectionError):
        client.get_caller_identity()
    assert heard.calls == [("apigateway", "GetRestApis", "failed"), ("sts", "GetCallerIdentity", "failed")]


def test_both_versions_of_api_gateway_take_turns_together(live, pace):
    live(APIS)
    live(Read.of("apigatewayv2", "GetApi", REGION, ApiId="zzzzzzzzz9"))
    assert pace.turns == [("apigateway", REGION)] * 2


def test_a_call_whose_turn_comes_too_late_is_not_made_and_counts_as_not_tried(aws, heard):
    live = Live(aws.session(), aws.endpoint, attempts=Attempts(heard, Noted(full=True)))
    result = live(ABSENT_API)
    assert (result.outcome, result.reason, result.credentials_rejected) == (
        Outcome.FAILED,
        UnseenReason.NOT_TRIED,
        False,
    )
    assert "too many calls are waiting" in result.error
    assert (aws.calls, heard.calls) == ([], [])


def test_the_question_s_deadline_is_that_of_its_calls(live, pace):
    token = DEADLINE.set(1234.5)
    live(APIS)
    DEADLINE.reset(token)
    live(APIS)
    assert pace.deadlines == [1234.5, float("inf")]


def test_a_session_is_followed_into_its_clients(aws, heard):
    session = boto3.Session(aws_access_key_id="a", aws_secret_access_key="b", region_name=REGION)
    give(session.events, None)
    Attempts(heard).follow(session.events)
    config = Config(retries={"total_max_attempts": 1})
    session.client("sts", endpoint_url=aws.endpoint, config=config).assume_role(
        RoleArn=f"arn:aws:iam::{World(aws).account}:role/x", RoleSessionName="kintsugi"
    )
    assert heard.calls == [("sts", "AssumeRole", "found")]
