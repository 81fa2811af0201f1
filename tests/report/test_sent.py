"""What a paste shows of the request as its client sent it, and that its values come out nowhere else."""

import json
import logging
from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Diagnosis, Reply, SentRequest, Verdict
from bot.reply.json_form import diagnosis_object, reading_object
from bot.report.reading import Reader
from bot.report.sent import sent_request

HOST = "k3n9x0q2zz.execute-api.eu-west-1.amazonaws.com"
TOKEN = "q7Zk-2pRw_9sLxT4"
ON_THE_WIRE = f"""* Connected to {HOST} port 443
> GET /prod/orders?limit=5&flag&after= HTTP/2
> Host: {HOST}
> user-agent: curl/8.4.0
> authorization: Bearer {TOKEN}
>
* Request completely sent off
< HTTP/2 401
< x-amzn-errortype: UnauthorizedException
<
{{"message":"Unauthorized"}}
"""
TRACED = f"""=> Send header, 150 bytes (0x96)
0000: GET /prod/orders HTTP/1.1
001b: Host: {HOST}
0051: Authorization: Bearer {TOKEN}{"a" * 26}
0091: {"b" * 30}
00b1: X-Tenant: north
00c2:
<= Recv header, 24 bytes (0x18)
0000: HTTP/1.1 401 Unauthorized
"""
CHROME = f"""Request Headers
:authority: {HOST}
:method: GET
:path: /prod/orders?limit=5
:scheme: https
accept: application/json
authorization: Bearer {TOKEN}
user-agent: Mozilla/5.0
"""
RAW = f"GET /prod/orders HTTP/1.1\r\nHost: {HOST}\r\nAuthorization: Bearer {TOKEN}\r\n\r\nHTTP/1.1 401 Unauthorized\r\n"
COMMAND = f"curl -H 'Authorization: Bearer {TOKEN}' https://{HOST}/prod/orders?limit=5"
FETCH = f"""fetch("https://{HOST}/prod/orders", {{
  "headers": {{
    "accept": "*/*",
    "authorization": "Bearer {TOKEN}"
  }},
  "method": "GET"
}});"""
EVERY = {
    "curl -v": ON_THE_WIRE,
    "quoted": "".join(f"> {line}\n" for line in ON_THE_WIRE.splitlines()),
    "html": ON_THE_WIRE.replace("<", "&lt;").replace(">", "&gt;"),
    "trace": TRACED,
    "chrome": CHROME,
    "chrome in two lines": CHROME.replace(": ", ":\n"),
    "raw": RAW,
    "command": COMMAND,
    "fetch": FETCH,
    "requests": f"requests.get('https://{HOST}/prod', headers={{'authorization': 'Bearer {TOKEN}'}})",
}


def shown(text: str) -> SentRequest:
    request = sent_request(text)
    assert request is not None
    return request


@pytest.mark.parametrize("text", EVERY.values(), ids=EVERY)
def test_every_client_shows_its_authorization(text: str):
    assert shown(text).values["authorization"].startswith(f"Bearer {TOKEN}")


@pytest.mark.parametrize("text", [ON_THE_WIRE, EVERY["quoted"], EVERY["html"], TRACED, CHROME, RAW, COMMAND])
def test_a_request_that_is_shown_to_its_end_is_whole(text: str):
    assert shown(text).is_whole


@pytest.mark.parametrize(
    "text", [ON_THE_WIRE.split(">\n")[0], ON_THE_WIRE.replace(">\n", ""), CHROME.split("user-agent")[0], FETCH]
)
def test_a_request_that_is_cut_is_not_whole(text: str):
    assert not shown(text).is_whole


def test_a_line_of_a_trace_that_curl_cut_is_joined():
    request = shown(TRACED)
    assert request.values["authorization"] == f"Bearer {TOKEN}{'a' * 26}{'b' * 30}"
    assert request.values["x-tenant"] == "north"


def test_only_parameters_with_a_value_are_named():
    assert shown(ON_THE_WIRE).query == ("limit",)


def test_the_request_that_was_answered_by_an_error_counts():
    fine = ON_THE_WIRE.replace("401", "200").replace("Bearer", "Basic")
    assert shown(ON_THE_WIRE + fine).values["authorization"] == f"Bearer {TOKEN}"
    assert shown(fine + ON_THE_WIRE).values["authorization"] == f"Bearer {TOKEN}"


def test_the_request_to_the_api_counts_and_not_the_one_for_a_token():
    login = ON_THE_WIRE.replace(HOST, "login.example.com").replace("Bearer", "Basic")
    assert shown(ON_THE_WIRE + login).values["authorization"] == f"Bearer {TOKEN}"


def test_what_was_sent_outweighs_the_command():
    assert "authorization" in shown(f"$ curl -v https://{HOST}/prod\n{ON_THE_WIRE}").values


def test_of_different_commands_nothing_is_certain():
    request = shown(f"this works:\n{COMMAND}\nthis does not:\ncurl https://{HOST}/prod/orders")
    assert not request.is_whole


def test_a_command_that_fetches_a_token_is_another_matter():
    request = shown(f"curl https://login.example.com/token -d a=b\ncurl https://{HOST}/prod/orders")
    assert request.is_whole
    assert request.values["host"] == HOST


@pytest.mark.parametrize("mask", ["***", "$TOKEN", "<token>", "[redacted]"])
def test_of_a_request_whose_value_was_masked_nothing_is_claimed(mask: str):
    assert sent_request(ON_THE_WIRE.replace(TOKEN, mask)) is None
    assert sent_request(COMMAND.replace(TOKEN, mask)) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "curl says 403",
        "when I curl it, it fails",
        "GET /prod/orders HTTP/1.1\n\n",
        '203.0.113.7 - - [10/Oct/2026:10:00:00 +0000] "GET /x HTTP/1.1" 403 10',
        f"> CONNECT {HOST}:443 HTTP/1.1\n> Host: {HOST}:443\n>\n",
        "HTTP/2 403\nx-amzn-errortype: ForbiddenException\n",
        '{"headers": {"Authorization": "a"}}',
        f"awscurl -H 'a: b' https://{HOST}/prod",
    ],
)
def test_text_that_shows_no_request_shows_none(text: str):
    assert sent_request(text) is None


@pytest.mark.parametrize("mark", [">", "> ", "&gt;"])
def test_a_request_is_read_as_deep_as_mails_are_quoted_and_no_deeper(mark: str):
    assert shown(RAW.replace("\r", "").replace("\n", f"\n{mark * 16}").replace("GET", f"{mark * 16}GET")).is_whole
    assert sent_request(RAW.replace("\r", "").replace("\n", f"\n{mark * 17}").replace("GET", f"{mark * 17}GET")) is None


@pytest.mark.parametrize("text", EVERY.values(), ids=EVERY)
def test_a_token_comes_out_nowhere(text: str, reader: Reader, caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.DEBUG):
        report = reader.read(text)
    diagnosis = Diagnosis(Verdict.UNKNOWN_SYMPTOM, report)
    answer = json.dumps([diagnosis_object(Reply("en", "", diagnosis)), reading_object("-", report)])
    assert report.sent is not None
    assert TOKEN in report.sent.values["authorization"]
    for exposed in (repr(report), str(report), repr(diagnosis), answer, caplog.text, report.text, str(report.ids)):
        assert TOKEN not in exposed
    values = asdict(report)
    del values["sent"]
    assert TOKEN not in str(values)


LINES = st.sampled_from(
    [*ON_THE_WIRE.splitlines(), *TRACED.splitlines(), *CHROME.splitlines(), COMMAND, FETCH, "curl -H '", "\\", '"', "'"]
)


@given(st.lists(LINES, max_size=20).map("\n".join))
def test_any_mixture_is_answered(text: str):
    sent_request(text)


@given(st.text())
def test_any_text_behind_curl_is_answered(text: str):
    sent_request(f"curl {text}")
