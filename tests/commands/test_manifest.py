"""`kintsugi manifest`: what is printed can be pasted into Slack, or says why it cannot be made."""

import json

import pytest

from bot.slack.manifest import manifest

URL = "https://kintsugi.example.com"


def test_without_an_address_it_is_for_socket_mode(kintsugi):
    result = kintsugi("manifest")
    assert (result.exit_code, result.stderr) == (0, "")
    assert json.loads(result.stdout) == manifest()


@pytest.mark.parametrize(
    ("url", "base"),
    [
        (URL, URL),
        (f"{URL}/", URL),
        (f"{URL}:8443", f"{URL}:8443"),
        (f"{URL}/bots/kintsugi//", f"{URL}/bots/kintsugi"),
        (f"{URL}/slack/events", URL),
        ("HTTPS://[2001:db8::1]/", "HTTPS://[2001:db8::1]"),
    ],
)
def test_with_an_address_it_is_for_http(kintsugi, url, base):
    result = kintsugi("manifest", "--http", url)
    assert (result.exit_code, result.stderr) == (0, "")
    assert json.loads(result.stdout) == manifest(base)


@pytest.mark.parametrize(
    "url",
    ["", "kintsugi.example.com", "http://kintsugi.example.com", "https://", "https:///slack", "https://[::1",
     f"{URL}?a=b", f"{URL}#a", "https://me:word@kintsugi.example.com", f"{URL}:0", f"{URL}:99999", f"{URL}/a b",
     f"{URL}/\n", "https://kintsugi.例え", f"{URL}/{'x' * 3_000}"],
)  # fmt: skip
def test_an_address_that_slack_cannot_call_is_a_mistake_of_usage(kintsugi, url):
    result = kintsugi("manifest", "--http", url)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "--http takes the bot's public address, like https://kintsugi.example.com" in result.stderr
