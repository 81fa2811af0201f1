"""A response_url is only used if it is Slack's, and an answer waits where other things would not."""

import pytest
from slack_sdk import WebClient

from bot.slack.calling.client import PacedClient
from bot.slack.calling.failures import MustWait, ResponseUrlRefused
from bot.slack.calling.patience import FOR_AN_ANSWER, USUAL, patience_now
from bot.slack.calling.turns import Turns
from bot.slack.conversation.delivery import show_patiently
from bot.slack.conversation.outlets import ResponseOutlet, ThreadOutlet
from bot.slack.incoming.entrances import ResponseUrl, Thread
from bot.slack.outgoing.messages import say
from tests.slack.fake import BOT_TOKEN, FakeSlack
from tests.slack.serving import said
from tests.slack.test_calling import Clock


@pytest.mark.parametrize(
    ("url", "base_url"),
    [
        ("https://hooks.slack.com/commands/T1/1/x", "https://slack.com/api/"),
        ("https://hooks.slack.com/commands/T1/1/x", "http://127.0.0.1:8080/api/"),
        ("http://127.0.0.1:8080/commands/1", "http://127.0.0.1:8080/api/"),
    ],
)
def test_an_address_of_slack_is_used(url, base_url):
    ResponseOutlet(WebClient(base_url=base_url), ResponseUrl(url))


@pytest.mark.parametrize(
    ("url", "base_url"),
    [
        ("http://hooks.slack.com/commands/1", "https://slack.com/api/"),
        ("https://hooks.slack.com.evil.test/commands/1", "https://slack.com/api/"),
        ("https://hooks.slack.com@evil.test/commands/1", "https://slack.com/api/"),
        ("https://hooks.slack.com:8443/commands/1", "https://slack.com/api/"),
        ("https://evil.test/https://hooks.slack.com/", "https://slack.com/api/"),
        ("https://slack.com/redirect", "https://slack.com/api/"),
        ("http://127.0.0.1:9090/commands/1", "http://127.0.0.1:8080/api/"),
        ("file:///etc/passwd", "https://slack.com/api/"),
        ("", "https://slack.com/api/"),
    ],
)
def test_any_other_address_is_refused_and_not_repeated(url, base_url):
    with pytest.raises(ResponseUrlRefused) as error:
        ResponseOutlet(WebClient(base_url=base_url), ResponseUrl(url))
    assert not url or url not in str(error.value)


class Heard:
    """An outlet that says how patient whoever shows something there is."""

    def __init__(self):
        self.shown = []

    def show(self, message):
        self.shown.append((message, patience_now()))


def test_an_answer_is_said_more_patiently_than_anything_else():
    outlet = Heard()
    outlet.show(say("working"))
    show_patiently(outlet, say("the answer"))
    outlet.show(say("something else"))
    assert [seconds for _, seconds in outlet.shown] == [USUAL, FOR_AN_ANSWER, USUAL]
    assert outlet.shown[1][0] == say("the answer")


@pytest.mark.parametrize("seconds", [30, int(FOR_AN_ANSWER)])
def test_an_answer_waits_as_long_as_slack_asks_and_is_not_lost(seconds):
    clock = Clock()
    with FakeSlack({"UEN": {}}, events=()) as slack:
        turns = Turns(clock=clock, sleep=clock.sleep)
        outlet = ThreadOutlet(PacedClient(BOT_TOKEN, turns, base_url=slack.url), Thread("C1"))
        slack.fail("chat.postMessage", "ratelimited", retry_after=seconds)
        show_patiently(outlet, say("the answer"))
        assert [said(each) for each in slack.channel("C1")] == ["the answer"]
    assert clock.slept == [seconds]


def test_patience_has_an_end():
    with FakeSlack({"UEN": {}}, events=()) as slack:
        client = PacedClient(BOT_TOKEN, Turns(sleep=lambda seconds: None), base_url=slack.url)
        slack.fail("chat.postMessage", "ratelimited", retry_after=int(FOR_AN_ANSWER) + 1)
        with pytest.raises(MustWait):
            show_patiently(ThreadOutlet(client, Thread("C1")), say("the answer"))
        assert slack.channel("C1") == []
