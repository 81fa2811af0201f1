"""Slack is called in turn: within its limits, held up for all by a 429, and no longer than whoever calls is patient."""

from contextlib import suppress
from http.client import IncompleteRead, RemoteDisconnected
from io import BytesIO
from threading import Event, Thread
from urllib.error import HTTPError, URLError

import pytest
from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.web import SlackResponse

from bot.slack.calling.client import PacedClient
from bot.slack.calling.failures import MustWait, ResponseUrlRefused, may_be_done, passes
from bot.slack.calling.limits import HARMLESS, LIMITS, PER_CHANNEL
from bot.slack.calling.patience import USUAL, patience
from bot.slack.calling.response_url import ResponsePost
from bot.slack.calling.turns import Turns
from bot.slack.outgoing.messages import say
from bot.telemetry import Unheard
from tests.slack.fake import BOT_TOKEN, FakeSlack
from tests.slack.fake.faults import Answer
from tests.slack.fake.limits import Limits
from tests.slack.listening import web
from tests.slack.serving import PATIENCE

HELLO = say("Hello").payload()
VIEW = {"type": "modal", "title": {"type": "plain_text", "text": "T"}, "blocks": HELLO["blocks"]}
AN_HOUR = 60 * 60


class Clock:
    """A time that passes only where somebody sleeps."""

    def __init__(self):
        self.now = 1_700_000_000.0
        self.slept = []

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds


class Heard(Unheard):
    """What telemetry is told of."""

    def __init__(self):
        self.calls = []

    def asked_slack(self, method, outcome, seconds):
        self.calls.append((method, outcome, seconds))


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def heard():
    return Heard()


@pytest.fixture
def turns(clock, heard):
    return Turns(heard, clock, clock.sleep)


@pytest.fixture
def slack(clock):
    """One that tells whoever calls too often."""
    with FakeSlack({"UEN": {}}, events=(), clock=clock, has_limits=True) as slack:
        yield slack
    assert slack.complaints == []


@pytest.fixture
def client(slack, turns):
    return PacedClient(BOT_TOKEN, turns, base_url=slack.url)


def use_up(turns, method, channel=None):
    """Make calls until one would have to wait."""
    with patience(0), suppress(MustWait):
        while True:
            turns.call(method, lambda: None, channel)


def an_error(error, status=200):
    response = SlackResponse(
        client=None, http_verb="POST", api_url="", req_args={}, data={"ok": False, "error": error},
        headers={}, status_code=status,
    )  # fmt: skip
    return SlackApiError("no", response)


def http_error(status):
    return HTTPError("https://files.slack.com/", status, "no", {}, BytesIO())


# Within the limits.


def test_a_bot_that_does_not_pace_itself_is_told_so_by_the_fake(slack):
    client = web(slack)
    for _ in range(5):
        client.chat_postMessage(channel="C1", **HELLO)
    with pytest.raises(SlackApiError) as error:
        client.chat_postMessage(channel="C1", **HELLO)
    assert (error.value.response.status_code, error.value.response.headers["Retry-After"]) == (429, "1")


def test_a_hundred_messages_in_one_channel_come_one_a_second_and_are_never_refused(client, heard, clock):
    began = clock.now
    with patience(AN_HOUR):
        for _ in range(100):
            client.chat_postMessage(channel="C1", **HELLO)
    assert {outcome for _, outcome, _ in heard.calls} == {"ok"}
    assert 100 <= clock.now - began <= 120


def test_a_burst_is_not_slowed_down(client, clock):
    for _ in range(PER_CHANNEL["chat.postMessage"].burst):
        client.chat_postMessage(channel="C1", **HELLO)
    assert clock.slept == []


@pytest.mark.parametrize("method", sorted(LIMITS.keys() - {"response_url"}))
def test_no_method_is_called_more_often_than_its_tier_allows(turns, clock, method):
    limits = Limits(clock)
    with patience(AN_HOUR):
        waits = [turns.call(method, lambda: limits.seconds_to_wait(method, None)) for _ in range(700)]
    assert set(waits) == {0}


def test_channels_do_not_wait_for_one_another(slack, client, clock):
    slack.add_channel("C2", "another")
    use_up(client.turns, "chat.postMessage", "C1")
    client.chat_postMessage(channel="C2", **HELLO)
    assert clock.slept == []


def test_who_waits_for_one_channel_holds_up_no_other(turns, clock):
    with patience(AN_HOUR):
        for _ in range(PER_CHANNEL["chat.postMessage"].burst + 1):
            turns.call("chat.postMessage", lambda: None, "C1")
    slept = len(clock.slept)
    turns.call("chat.postMessage", lambda: None, "C2")
    assert len(clock.slept) == slept == 1


def test_many_channels_are_forgotten_again(turns, clock):
    for number in range(30_000):
        clock.now += 1
        turns.call("chat.postMessage", lambda: None, f"C{number}")
    assert len(turns._buckets) <= 10_000


# Asked to wait.


def test_a_429_is_waited_for_and_the_call_made_again(slack, client, heard, clock):
    slack.fail("chat.update", "ratelimited", retry_after=3)
    posted = client.chat_postMessage(channel="C1", **HELLO)
    client.chat_update(channel="C1", ts=posted["ts"], **HELLO)
    assert clock.slept == [3]
    assert [call[:2] for call in heard.calls] == [
        ("chat.postMessage", "ok"), ("chat.update", "ratelimited"), ("chat.update", "ok"),
    ]  # fmt: skip


def test_a_429_holds_everybody_up_and_nothing_else(slack, client, clock):
    slack.add_channel("C2", "another")
    slack.fail("chat.postMessage", "ratelimited", retry_after=40)
    with pytest.raises(MustWait) as told:
        client.chat_postMessage(channel="C1", **HELLO)
    assert told.value.seconds == 40
    clock.now += 10
    with pytest.raises(MustWait) as told:
        client.chat_postMessage(channel="C1", **HELLO)
    assert told.value.seconds == pytest.approx(30)
    assert len(slack.calls("chat.postMessage")) == 1
    posted = client.chat_postMessage(channel="C2", **HELLO)
    client.chat_update(channel="C2", ts=posted["ts"], **HELLO)
    clock.now += 31
    client.chat_postMessage(channel="C1", **HELLO)
    assert clock.slept == []


def test_who_already_waits_waits_on_when_slack_asks_for_more():
    clock, asleep, go_on = Clock(), Event(), Event()
    waiting = []

    def sleep(seconds):
        waiting.append(seconds)
        if len(waiting) == 1:
            asleep.set()
            assert go_on.wait(PATIENCE)
        clock.now += seconds

    turns = Turns(Unheard(), clock, sleep)
    use_up(turns, "chat.postMessage", "C1")
    said_at = []

    def speak():
        with patience(AN_HOUR):
            turns.call("chat.postMessage", lambda: said_at.append(clock.now), "C1")

    other = Thread(target=speak)
    other.start()
    try:
        assert asleep.wait(PATIENCE)
        held_until = clock.now + 30
        turns._hold("chat.postMessage", "C1", 30)
    finally:
        go_on.set()
        other.join(PATIENCE)
    assert len(said_at) == 1
    assert said_at[0] >= held_until


@pytest.mark.parametrize(("header", "seconds"), [("7", 7), ("soon", 1), ("-5", 1), ("²", 1), ("9" * 30, AN_HOUR)])
def test_whatever_slack_asks_for_is_understood(slack, client, header, seconds):
    limited = Answer(429, '{"ok": false, "error": "ratelimited"}', {"Retry-After": header})
    slack.faults.around = lambda name, do: limited
    with pytest.raises(MustWait) as told, patience(0):
        client.users_info(user="UEN")
    assert told.value.seconds == seconds


def test_who_is_always_told_to_wait_is_told_so_in_the_end(slack, client):
    slack.fail("users.info", "ratelimited", retry_after=0, times=100)
    with pytest.raises(MustWait):
        client.users_info(user="UEN")
    assert len(slack.calls("users.info")) == 5


# Patience.


def test_nobody_waits_longer_than_they_are_patient_and_nobody_sleeps_in_vain(turns, clock):
    turns._hold("chat.update", None, USUAL + 1)
    with pytest.raises(MustWait) as told:
        turns.call("chat.update", lambda: None)
    assert told.value.seconds == USUAL + 1
    assert clock.slept == []
    with patience(AN_HOUR):
        turns.call("chat.update", lambda: None)
    assert clock.slept == [USUAL + 1]


def test_what_is_said_in_passing_is_dropped_and_costs_no_turn(turns, clock):
    use_up(turns, "chat.update")
    for _ in range(100):
        with pytest.raises(MustWait), patience(0):
            turns.call("chat.update", lambda: None)
    turns.call("chat.update", lambda: None)
    assert len(clock.slept) == 1
    assert clock.slept[0] < 2


def test_opening_a_view_is_never_delayed_until_it_cannot_be_opened(slack, client, clock):
    slack.fail("views.open", "ratelimited", retry_after=3)
    with slack.workspace.changing():
        trigger = slack.workspace.new_trigger("UEN")
    with pytest.raises(MustWait), patience(AN_HOUR):
        client.views_open(trigger_id=trigger, view=VIEW)
    assert clock.slept == []


# What fails.


@pytest.mark.parametrize("trouble", [{"error": "reset"}, {"error": "x", "status": 503}, {"error": "internal_error"}])
def test_what_does_no_harm_is_done_again(slack, client, heard, trouble):
    slack.fail("users.info", **trouble, times=2)
    assert client.users_info(user="UEN")["ok"]
    assert [outcome for _, outcome, _ in heard.calls][-1] == "ok"
    assert len(heard.calls) == 3


def test_again_is_not_for_ever(slack, client):
    slack.fail("users.info", "reset", times=9)
    with pytest.raises(OSError):
        client.users_info(user="UEN")
    assert len(slack.calls("users.info")) == 3


def test_what_is_refused_is_not_done_again(slack, client, heard):
    with pytest.raises(SlackApiError):
        client.users_info(user="UNOBODY")
    assert [call[:2] for call in heard.calls] == [("users.info", "user_not_found")]


@pytest.mark.parametrize("is_done", [False, True])
def test_a_message_is_not_posted_again_by_itself(slack, client, is_done):
    slack.fail("chat.postMessage", "reset", done=is_done)
    with pytest.raises(OSError):
        client.chat_postMessage(channel="C1", **HELLO)
    assert len(slack.channel("C1")) == is_done
    assert {"chat.postMessage", "chat.postEphemeral", "files.completeUploadExternal"}.isdisjoint(HARMLESS)


def test_what_is_counted_is_a_code_of_slack_or_that_it_failed(slack, client, heard):
    slack.fail("chat.postMessage", "<html> a page of somebody's with a-secret", status=500)
    with pytest.raises(SlackApiError):
        client.chat_postMessage(channel="C1", **HELLO)
    assert [outcome for _, outcome, _ in heard.calls] == ["failed"]


def test_a_response_url_has_its_turn_too(slack, client, heard, clock):
    person = slack.person("UEN")
    address = slack._urls.new("UEN", slack.workspace.channels["C1"])
    post = ResponsePost(client, address)
    slack.fail("response_url", "ratelimited", retry_after=2)
    post.send(HELLO | {"response_type": "ephemeral"})
    assert clock.slept == [2]
    slack.fail("response_url", "no_service", status=404)
    with pytest.raises(ResponseUrlRefused) as refused:
        post.send(HELLO | {"response_type": "ephemeral"})
    assert not passes(refused.value)
    assert address not in str(refused.value)
    assert [call[:2] for call in heard.calls] == [
        ("response_url", "ratelimited"), ("response_url", "ok"), ("response_url", "failed"),
    ]  # fmt: skip
    assert len(slack.ephemerals(person.id)) == 1


PASSING = [
    MustWait("chat.update", 3),
    an_error("ratelimited", 429),
    an_error("rate_limited"),
    an_error("internal_error"),
    an_error("fatal_error"),
    an_error("service_unavailable", 503),
    an_error("request_timeout", 408),
    an_error("Received a response in a non-JSON format: <html>", 502),
    an_error("Received a response in a non-JSON format: ", 200),
    ResponseUrlRefused("no", 500),
    http_error(503),
    URLError("refused"),
    ConnectionResetError(),
    TimeoutError(),
    RemoteDisconnected(),
    IncompleteRead(b""),
]
FINAL = [
    an_error("is_archived"),
    an_error("not_in_channel"),
    an_error("channel_not_found"),
    an_error("invalid_auth"),
    an_error("token_revoked"),
    an_error("account_inactive"),
    an_error("missing_scope"),
    an_error("msg_too_long"),
    an_error("msg_blocks_too_long"),
    an_error("invalid_blocks", 400),
    SlackApiError("no", {"ok": False, "error": "is_archived"}),
    ResponseUrlRefused("leads elsewhere"),
    ResponseUrlRefused("used", 404),
    SlackRequestError("no"),
    http_error(404),
    ValueError("ours"),
]


@pytest.mark.parametrize("error", PASSING, ids=repr)
def test_what_passes(error):
    assert passes(error)


@pytest.mark.parametrize("error", FINAL, ids=repr)
def test_what_does_not_pass(error):
    assert not passes(error)
    assert not may_be_done(error)


@pytest.mark.parametrize("error", PASSING, ids=repr)
def test_what_slack_did_not_take_is_certainly_not_done(error):
    is_for_its_rate = isinstance(error, MustWait) or "rate" in str(error)
    assert may_be_done(error) is not is_for_its_rate
