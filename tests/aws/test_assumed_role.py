"""A role is assumed when it is first needed, once, renewed before it expires, and by one thread alone."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from botocore.exceptions import ClientError

from bot.aws.account import Read
from bot.aws.accounts_file import AccountEntry
from bot.aws.assumed_role import Believed, NoCredentials, session_in
from bot.aws.live import Live
from bot.demo.simulation.identity import access_key
from bot.model import Hint, Outcome
from tests.aws.tapes import REGION

THERE = "210987654321"
ENTRY = AccountEntry(id=THERE, role_arn=f"arn:aws:iam::{THERE}:role/reads", external_id="f8d1")
IDENTITY = Read.of("sts", "GetCallerIdentity", REGION)


class Clock:
    def __init__(self):
        self.now = datetime.now(UTC)

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def times_assumed(aws):
    return sum(call.operation == "AssumeRole" for call in aws.calls)


def test_it_is_another_account_and_is_entered_when_first_asked(aws):
    live = Live(session_in(ENTRY, REGION))
    assert times_assumed(aws) == 0
    assert live(IDENTITY).body["Account"] == THERE
    live(IDENTITY)
    assert times_assumed(aws) == 1
    assert {call.region for call in aws.calls if call.operation == "AssumeRole"} == {REGION}


@pytest.mark.parametrize(("minutes", "times"), [(44, 1), (46, 2), (51, 2), (59, 2)])
def test_it_is_renewed_before_it_expires(aws, clock, minutes, times):
    """What is assumed is good for an hour; fifteen minutes before its end it is renewed."""
    live = Live(session_in(ENTRY, REGION, clock))
    live(IDENTITY)
    clock.now += timedelta(minutes=minutes)
    assert live(IDENTITY).outcome is Outcome.FOUND
    assert times_assumed(aws) == times


def test_what_is_still_good_is_used_while_it_cannot_be_renewed(aws, clock):
    live = Live(session_in(ENTRY, REGION, clock))
    live(IDENTITY)
    aws.deny("sts", "AssumeRole")
    clock.now += timedelta(minutes=46)
    assert live(IDENTITY).body["Account"] == THERE
    clock.now += timedelta(minutes=5)
    assert live(IDENTITY).hint is Hint.OTHER_ACCOUNT


def test_a_clock_that_is_hours_ahead_is_said_to_be_wrong(aws, clock):
    clock.now += timedelta(hours=2)
    result = Live(session_in(ENTRY, REGION, clock))(IDENTITY)
    assert result.outcome is Outcome.FAILED
    assert "the clock of this computer must be wrong" in result.error


class Status:
    """As much of an HTTP answer as botocore looks at."""

    status_code = 200


class Sts:
    """Answers AssumeRole by the clock of the test, which the simulation does not know."""

    def __init__(self, clock):
        self._clock = clock
        self.given = 0

    def __call__(self, **_):
        self.given += 1
        key = {"AccessKeyId": access_key(f"{self.given:012}"), "SecretAccessKey": "x", "SessionToken": "t"}
        return Status(), {"Credentials": {**key, "Expiration": self._clock() + timedelta(hours=1)}}

    def answer_for(self, base):
        base.register("before-call.sts.AssumeRole", self)


@pytest.mark.parametrize("minutes", [0, 46, 51, 61, 600])
def test_many_threads_assume_it_once(aws, clock, minutes):
    sts, together = Sts(clock), Barrier(12)
    live = Live(session_in(ENTRY, REGION, clock, sts.answer_for))

    def ask(_):
        together.wait(timeout=30)
        return live(IDENTITY).body["Account"]

    if minutes:
        live(IDENTITY)
        clock.now += timedelta(minutes=minutes)
    before = sts.given
    with ThreadPoolExecutor(12) as pool:
        asked_with = set(pool.map(ask, range(12)))
    assert sts.given - before == 1
    # Some may have gone on with the credentials before, if those were good for more than ten minutes yet.
    allowed = {f"{sts.given:012}"} | ({f"{before:012}"} if minutes == 46 else set())
    assert asked_with <= allowed


def test_without_credentials_it_says_which_role_it_is_about(monkeypatch, tmp_path):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    with pytest.raises(NoCredentials, match=f"to assume {ENTRY.role_arn}; set AWS_PROFILE"):
        session_in(ENTRY, REGION)


REFUSED = ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "AssumeRole")
GIVEN = {"access_key": "a", "secret_key": "b", "token": "c", "expiry_time": "2026-11-20T10:00:00+00:00"}


def test_a_refusal_is_believed_for_a_few_seconds():
    answers, seconds = [REFUSED, REFUSED, GIVEN], [0.0]

    def assume():
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    believed = Believed(assume, lambda: seconds[0])
    for now, left in ((0.0, 2), (4.9, 2), (5.1, 1), (10.0, 1)):
        seconds[0] = now
        with pytest.raises(ClientError):
            believed()
        assert len(answers) == left
    seconds[0] = 11.0
    assert believed() is GIVEN
