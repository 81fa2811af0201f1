"""A response_url is only used if it is Slack's, and as often as Slack allows."""

import pytest
from slack_sdk import WebClient

from bot.slack.conversation.delivery import ResponseOutlet, ResponseUrlRefused
from bot.slack.incoming.entrances import ResponseUrl


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
