"""A response_url is only used if it is Slack's, and as often as Slack allows."""

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

from bot.slack.conversation.delivery import ResponseUrlRefused, show_patiently
from bot.slack.conversation.outlets import ResponseOutlet
from bot.slack.incoming.entrances import ResponseUrl
from bot.slack.outgoing.messages import say


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


class Busy:
    """An outlet that Slack lets nothing through to for a while."""

    def __init__(self, *errors):
        self.errors = list(errors)
        self.shown = []

    def show(self, message):
        if self.errors:
            raise self.errors.pop(0)
        self.shown.append(message)


def limited(**headers):
    response = SlackResponse(
        client=None, http_verb="POST", api_url="", req_args={}, data={"ok": False, "error": "ratelimited"},
        headers=headers, status_code=429,
    )  # fmt: skip
    return SlackApiError("no", response)


def test_an_answer_waits_as_long_as_slack_asks_and_is_not_lost():
    outlet, slept = Busy(limited(**{"Retry-After": "30"}), limited(), limited(**{"Retry-After": "soon"})), []
    show_patiently(outlet, say("the answer"), slept.append)
    assert slept == [30, 1, 1]
    assert outlet.shown == [say("the answer")]


def test_other_refusals_are_told_at_once():
    outlet, slept = Busy(SlackApiError("no", {"ok": False, "error": "is_archived"})), []
    with pytest.raises(SlackApiError):
        show_patiently(outlet, say("the answer"), slept.append)
    assert slept == []


def test_patience_has_an_end():
    outlet = Busy(*(limited() for _ in range(20)))
    with pytest.raises(SlackApiError):
        show_patiently(outlet, say("the answer"), lambda seconds: None)
