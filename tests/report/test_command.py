"""What a curl command sends: what it says, what curl adds by itself, and what nobody can tell."""

import pytest

from bot.report.command import CurlCommand, curl_commands

URL = "https://k3n9x0q2zz.execute-api.eu-west-1.amazonaws.com/prod/orders"


def command(text: str) -> CurlCommand:
    (only,) = curl_commands(text)
    return only


@pytest.mark.parametrize(
    ("text", "values"),
    [
        (f"curl -H 'X-A: b' {URL}", {"x-a": "b"}),
        (f'curl -H "X-A: b" "{URL}"', {"x-a": "b"}),
        (f"curl -HX-A:b {URL}", {"x-a": "b"}),
        (f"curl {URL} --header 'X-A: b'", {"x-a": "b"}),
        (f"curl '{URL}' \\\n  -H 'x-a: b' \\\n  -H 'x-c: d' --compressed", {"x-a": "b", "x-c": "d"}),
        (f"curl \"{URL}\" ^\r\n  -H \"x-a: b\"", {"x-a": "b"}),
        (f"curl -sSik -XPOST -d '{{\n \"a\": 1\n}}' -H 'x-a: b' {URL}", {"x-a": "b"}),
        (f"$ curl -u joe:pw {URL}", {"authorization": "Basic am9lOnB3"}),
        (f"curl --oauth2-bearer t0 {URL}", {"authorization": "Bearer t0"}),
        (f"curl -b 'sid=1' {URL}", {"cookie": "sid=1"}),
        (f"curl -H 'X-A;' {URL}", {"x-a": ""}),
        (f"curl --json '{{}}' {URL}", {"content-type": "application/json"}),
        (f"curl -H “x-a: b” {URL}", {"x-a": "b"}),
        (f"curl -X POST\n{URL}\n-H 'x-a: b'\n-d '{{}}'", {"x-a": "b"}),
        (f"curl -F a=@b -H 'x-a: b' <{URL}>", {"x-a": "b"}),
        (f"`curl -H 'x-a: b' {URL}`", {"x-a": "b"}),
    ],
)  # fmt: skip
def test_what_a_command_says_it_sends(text: str, values: dict[str, str]):
    request = command(text).request
    assert request is not None
    assert {name: request.values.get(name) for name in values} == values


def test_what_curl_sends_by_itself_is_known():
    request = command(f"curl {URL}").request
    assert request is not None
    assert request.is_whole
    assert set(request.headers) == {"host", "accept", "user-agent"}


@pytest.mark.parametrize(
    "options",
    [
        "--aws-sigv4 aws:amz:eu-west-1:execute-api", "--netrc", "-n", "-K secrets.txt", "--config x", "-H @headers.txt",
        "$OPTIONS", "...", "-H \"$AUTH\"", "--digest -u a:b", "-b cookies.txt",
        "against", "-H x-a: b", "-u joe", '-H "Authorization: Bearer $TOKEN"', "-H 'x-api-key: ****'",
    ],
)  # fmt: skip
def test_of_a_command_that_does_not_show_what_it_sends_nothing_is_claimed(options: str):
    assert command(f"curl {options} {URL}").request is None


def test_a_command_ends_with_its_line():
    request = command(f"curl {URL} | jq .\nx-a: b\n-H 'x-c: d'").request
    assert request is not None
    assert {"x-a", "x-c"}.isdisjoint(request.headers)


@pytest.mark.parametrize("text", ["curl", "curl it", "use curl -v to see more", f"awscurl {URL}", "curl -H 'a: b'"])
def test_the_word_alone_is_no_command(text: str):
    assert list(curl_commands(text)) == []


def test_time_does_not_grow_with_unclosed_quotes():
    assert len(list(curl_commands("curl '" * 100_000))) <= 20


@pytest.mark.parametrize("text", ["I ran curl against {} and got 401", "the same curl with {} works", "curl {} fails"])
def test_of_a_command_within_a_sentence_nothing_is_claimed(text: str):
    assert command(text.format(URL)).request is None


def test_what_a_command_makes_curl_send_is_known():
    compressed, form = (command(f"curl {options} {URL}").request for options in ("--compressed", "-F a=@b"))
    assert compressed is not None
    assert form is not None
    assert "accept-encoding" in compressed.headers
    assert "content-type" in form.headers
