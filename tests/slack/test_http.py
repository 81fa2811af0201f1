"""`kintsugi serve --http`, over real sockets: what Slack sends to a public address is answered like all else."""

import logging
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.slack.app import connected, serve
from bot.slack.cannot_serve import CannotServe
from bot.slack.http import Http
from bot.slack.webserver import Address
from tests.slack.fakeslack import BOT_TOKEN
from tests.slack.serving import (
    PATIENCE,
    WRITER,
    button_of,
    click,
    command,
    mention,
    post,
    response,
    settings,
)
from tests.slack.signed import FORM, NEXT_SECRET, SECRET, Caller, as_json, headers_of

HERE = Address("127.0.0.1", 0)


def http_settings(slack, **changes):
    """Without a token for Socket Mode, which HTTP does not need."""
    return settings(slack, **({"SLACK_APP_TOKEN": None, "SLACK_SIGNING_SECRET": f"{SECRET}, {NEXT_SECRET}"} | changes))


@contextmanager
def served_by_http(slack, stub, **changes):
    configured = http_settings(slack, **changes)
    transport = Http(configured, HERE)
    with connected(configured, stub, WRITER, transport):
        yield Caller(transport.port)


@pytest.fixture
def caller(slack, stub):
    """Slack's caller, while one worker serves it."""
    with served_by_http(slack, stub) as caller:
        yield caller


def test_an_event_is_acknowledged_and_answered(slack, caller):
    body = mention(slack, "GET /orders", user="UJA")
    assert caller.event(body) == (200, b"")
    answer = post(slack)
    assert answer["thread_ts"] == body["event"]["ts"]
    assert answer["text"] == "Answer to GET /orders in ja"


def test_a_command_is_acknowledged_with_words_and_answered(slack, caller):
    status, told = caller.command(command(slack, "wrong payload format version"))
    assert status == 200
    assert b'"ephemeral"' in told
    assert "Answer to wrong payload format version" in response(slack)["text"]


def test_an_interaction_is_acknowledged_and_done(slack, caller):
    caller.command(command(slack, "help"))
    job = button_of(response(slack))["value"]
    assert caller.interaction(click(slack, job)) == (200, b"")
    shared = response(slack)
    assert (shared["response_type"], shared["text"]) == ("in_channel", "Answer to help in en")


def test_what_slack_sends_again_is_acknowledged_and_not_answered_again(slack, stub, caller):
    body = mention(slack, "once")
    assert caller.event(body) == (200, b"")
    assert caller.event(body, **{"X-Slack-Retry-Num": "1", "X-Slack-Retry-Reason": "http_timeout"}) == (200, b"")
    assert caller.event(mention(slack, "last")) == (200, b"")
    assert [post(slack)["text"] for _ in range(2)] == ["Answer to once in en", "Answer to last in en"]


def test_acknowledgements_wait_for_no_answer(slack, stub, caller):
    stub.go.clear()
    try:
        assert caller.event(mention(slack, "first")) == (200, b"")
        assert stub.questions.get(timeout=PATIENCE).pasted == "first"
        for _ in range(8):
            assert caller.event(mention(slack, "waiting")) == (200, b"")
        status, told = caller.command(command(slack, "waiting"))
        assert (status, b'"ephemeral"' in told) == (200, True)
        assert slack.posts.empty()
    finally:
        stub.go.set()
    for _ in range(9):
        post(slack)
    response(slack)


def test_the_next_secret_is_as_good(slack, caller):
    body = as_json(mention(slack))
    status, _, _ = caller.call(body=body, headers=headers_of(body, secret=NEXT_SECRET))
    assert status == 200
    post(slack)


def test_slack_is_shown_that_the_address_is_ours(caller):
    assert caller.event({"type": "url_verification", "challenge": "3eZbrw1a"}) == (200, b"3eZbrw1a")
    assert caller.call(body=b"ssl_check=1&token=x", headers={"Content-Type": FORM})[::2] == (200, b"")


def test_whoever_looks_after_it_hears_that_it_is_well(caller):
    assert caller.call("GET", "/healthz")[::2] == (200, b"ok")


def test_what_is_not_slacks_is_refused_and_nothing_comes_of_it(slack, stub, caller):
    body = as_json(mention(slack, "a-secret-paste"))
    signed = headers_of(body)
    refusals = [
        caller.call(body=body),
        caller.call(body=body, headers=headers_of(body, secret="0" * 32)),
        caller.call(body=body, headers=headers_of(body, timestamp="1700000000")),
        caller.call(body=body, headers=headers_of(body, timestamp="abc")),
        caller.call(body=body.replace(b"secret", b"forged"), headers=signed),
        caller.call(body=iter([body]), headers=headers_of(body, secret="0" * 32)),
        caller.call(body=body, path="/", headers=signed),
        caller.call("GET"),
        caller.send(b"[" * 100_000),
        caller.send(b"[]"),
    ]
    assert [refusal[0] for refusal in refusals] == [401, 401, 401, 401, 401, 401, 404, 405, 400, 400]
    with socket.create_connection(("127.0.0.1", caller.port), PATIENCE) as connection:
        connection.sendall(b"POST /slack/events HTTP/1.0\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.0 411 ")
    assert stub.questions.empty()


@pytest.mark.parametrize(
    "payload",
    [
        {"authorizations": "x", "type": "event_callback"},
        {"team": 5, "enterprise": 5},
        {"event": {"user": []}, "authorizations": [[]]},
        {"a": 1},
    ],
)
def test_a_signed_payload_of_any_form_is_an_answer_and_no_traceback(slack, stub, caller, caplog, payload):
    status, told = caller.event(payload)
    assert status in (200, 400)
    assert told == b""
    assert "Traceback" not in caplog.text
    assert stub.questions.empty()


def test_no_log_holds_a_paste_a_token_or_a_secret(slack, stub, caplog):
    caplog.set_level(logging.DEBUG)
    with served_by_http(slack, stub) as caller:
        caller.event(mention(slack, "a-secret-paste"))
        post(slack)
        caller.command(command(slack, "a-secret-paste"))
        response(slack)
        caller.event({"team": 5, "enterprise": 5, "text": "a-secret-paste"})
        caller.call(body=b"a-secret-paste")
    secrets = ("a-secret-paste", BOT_TOKEN, SECRET, NEXT_SECRET, "/commands/", "v0=")
    assert not [secret for secret in secrets if secret in caplog.text]


def test_leaving_finishes_what_was_asked_and_leaves_no_thread(slack, stub):
    before = set(threading.enumerate())
    stub.go.clear()
    with served_by_http(slack, stub) as caller:
        caller.event(mention(slack, "first"))
        caller.event(mention(slack, "second"))
        assert stub.questions.get(timeout=PATIENCE).pasted == "first"
        stub.go.set()
    assert [slack.posts.get_nowait()["text"] for _ in range(2)] == ["Answer to first in en", "Answer to second in en"]
    for thread in set(threading.enumerate()) - before:
        if "process_request" not in thread.name:  # the fake's own
            thread.join(PATIENCE)
            assert not thread.is_alive()
    with pytest.raises(ConnectionRefusedError):
        caller.call("GET", "/healthz")


class Announced(Http):
    """Says when it is open."""

    def __init__(self, settings, address):
        super().__init__(settings, address)
        self.opened = threading.Event()

    def open(self, app):
        super().open(app)
        self.opened.set()


def test_a_signal_ends_it_with_everything_answered(slack, stub):
    configured = http_settings(slack)
    transport = Announced(configured, HERE)
    acknowledged = []

    def ask_then_signal():
        assert transport.opened.wait(PATIENCE)
        stub.go.clear()
        acknowledged.append(Caller(transport.port).event(mention(slack)))
        os.kill(os.getpid(), signal.SIGTERM)
        stub.go.set()

    helper = threading.Thread(target=ask_then_signal)
    helper.start()
    serve(configured, stub, WRITER, transport)
    helper.join(PATIENCE)
    assert acknowledged == [(200, b"")]
    assert slack.posts.get_nowait()["text"] == "Answer to help in en"


@pytest.mark.parametrize("secrets", [None, "", " , "])
def test_without_a_signing_secret_it_says_where_to_find_one(slack, secrets):
    with pytest.raises(CannotServe, match=r"SLACK_SIGNING_SECRET is not set: .*'Basic Information'"):
        Http(http_settings(slack, SLACK_SIGNING_SECRET=secrets), HERE)


@pytest.mark.parametrize("host", ["127.0.0.1", "203.0.113.1", "no-such-host.invalid"])
def test_an_address_that_cannot_be_had_is_named(slack, stub, host):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        configured = http_settings(slack)
        with (
            pytest.raises(CannotServe, match=rf"cannot listen on {re.escape(host)}:{port} \(.+\)"),
            connected(configured, stub, WRITER, Http(configured, Address(host, port))),
        ):
            pass


def run(*words, **environment):
    """Runs the program, which is to end by itself."""
    program = Path(sys.executable).with_name("kintsugi")
    given = {"PATH": os.environ["PATH"], "AWS_EC2_METADATA_DISABLED": "true", **environment}
    return subprocess.run([program, *words], env=given, capture_output=True, text=True, timeout=60)


def test_a_port_in_use_ends_the_program_with_a_sentence(slack):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        ended = run(
            "serve", "--http", address,
            SLACK_BOT_TOKEN=BOT_TOKEN, SLACK_SIGNING_SECRET=SECRET, SLACK_API_URL=slack.url,
            AWS_REGION="eu-west-1", AWS_ACCESS_KEY_ID="simulated", AWS_SECRET_ACCESS_KEY="simulated",
        )  # fmt: skip
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith(f"kintsugi: --http cannot listen on {address} (Address already in use): ")
    assert len(ended.stderr.splitlines()) == 1


@pytest.mark.parametrize("address", ["3000", "localhost", ":99999", "https://kintsugi.example.com"])
def test_an_address_that_is_none_is_a_mistake_of_usage(address):
    ended = run("serve", "--http", address)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "--http takes HOST:PORT" in ended.stderr
    assert address in ended.stderr
