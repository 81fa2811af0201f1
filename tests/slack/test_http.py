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
from slack_bolt import App
from slack_sdk import WebClient

from bot.slack.app import connected, serve
from bot.slack.cannot_serve import CannotServe
from bot.slack.http import Http
from bot.slack.webserver import Address
from tests.slack.fake import BOT_TOKEN
from tests.slack.scenes import written_to
from tests.slack.serving import PATIENCE, WRITER, settings, storage_in
from tests.slack.signed import FORM, NEXT_SECRET, SECRET, Caller, as_json, headers_of

HERE = Address("127.0.0.1", 0)


def http_settings(slack, **changes):
    """Without a token for Socket Mode, which HTTP does not need."""
    return settings(slack, **({"SLACK_APP_TOKEN": None, "SLACK_SIGNING_SECRET": f"{SECRET}, {NEXT_SECRET}"} | changes))


@contextmanager
def served_by_http(slack, stub, folder, **changes):
    configured = http_settings(slack, **changes)
    transport = Http(configured, HERE)
    with (
        storage_in(folder, when_stopping=stub.go.set) as storage,
        connected(configured, stub, WRITER, storage, transport),
    ):
        slack.use_http(f"http://127.0.0.1:{transport.port}/slack/events", SECRET)
        yield Caller(transport.port)


@pytest.fixture
def caller(slack, stub, tmp_path):
    """Slack's caller, while one worker serves it."""
    with served_by_http(slack, stub, tmp_path) as caller:
        yield caller


def answered(slack, asked):
    """The answer to a question, once it stands."""
    return slack.wait_for(lambda: [each for each in slack.answers(asked) if "Answer to" in each.text])[0].text


def mention(number=1, text="help"):
    """A mention as Slack tells of it, made by hand so that it can be signed in any way."""
    event = {"type": "app_mention", "user": "UEN", "team": "T1", "channel": "C1", "ts": f"{number}.1", "text": text}
    return {"type": "event_callback", "team_id": "T1", "event_id": f"Ev{number}", "event": event}


def test_a_command_with_the_word_payload_in_it_is_answered(slack, stub, caller):
    assert slack.person("UJA").command("error: wrong payload format version") is None
    assert stub.questions.get(timeout=PATIENCE).pasted == "error: wrong payload format version"
    slack.wait_for(lambda: len(slack.ephemerals("UJA")) > 1)


def test_the_next_secret_is_as_good(slack, caller):
    slack.use_http(f"http://127.0.0.1:{caller.port}/slack/events", NEXT_SECRET)
    assert answered(slack, slack.person("UEN").mention("C1", "an error"))


def test_slack_is_shown_that_the_address_is_ours(caller):
    assert caller.event({"type": "url_verification", "challenge": "3eZbrw1a"}) == (200, b"3eZbrw1a")
    assert caller.call(body=b"ssl_check=1&token=x", headers={"Content-Type": FORM})[::2] == (200, b"")


def test_whoever_looks_after_it_hears_that_it_is_well(caller):
    assert caller.call("GET", "/healthz")[::2] == (200, b"ok")


def test_what_is_not_slacks_is_refused_and_nothing_comes_of_it(slack, stub, caller):
    body = as_json(mention(text="a-secret-paste"))
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


def test_no_log_holds_a_paste_a_token_or_a_secret(slack, stub, caplog, tmp_path):
    caplog.set_level(logging.DEBUG)
    with served_by_http(slack, stub, tmp_path) as caller:
        answered(slack, slack.person("UEN").mention("C1", "a-secret-paste"))
        slack.person("UEN").command("a-secret-paste")
        slack.wait_for(lambda: len(slack.ephemerals("UEN")) > 1)
        caller.event({"team": 5, "enterprise": 5, "text": "a-secret-paste"})
        caller.call(body=b"a-secret-paste")
    secrets = ("a-secret-paste", BOT_TOKEN, SECRET, NEXT_SECRET, "/commands/", "v0=")
    assert not [secret for secret in secrets if secret in caplog.text]


def test_leaving_finishes_what_is_worked_on_and_leaves_no_thread(slack, stub, tmp_path):
    stub.go.clear()
    before = set(threading.enumerate())
    with served_by_http(slack, stub, tmp_path) as caller:
        first = slack.person("UEN").mention("C1", "first error")
        assert stub.questions.get(timeout=PATIENCE).pasted == "first error"
        second = slack.person("UEN").mention("C1", "second error")
    assert answered(slack, first) == "Answer to first error in en"
    assert set(threading.enumerate()) <= before
    with pytest.raises(ConnectionRefusedError):
        caller.call("GET", "/healthz")
    assert stub.questions.empty()
    with served_by_http(slack, stub, tmp_path):
        assert answered(slack, second) == "Answer to second error in en"
    assert [len(written_to(slack, each)) for each in (first, second)] == [1, 1]
    assert stub.questions.qsize() == 1


def test_it_says_whether_it_can_be_reached_and_is_ready(slack):
    ready = [False]
    configured = http_settings(slack)
    transport = Http(configured, HERE, lambda: ready[0])
    assert not transport.is_connected
    transport.open(App(client=WebClient(BOT_TOKEN, base_url=slack.url), token_verification_enabled=False))
    try:
        assert transport.is_connected
        assert Caller(transport.port).call("GET", "/readyz")[::2] == (503, b"not ready")
        ready[0] = True
        assert Caller(transport.port).call("GET", "/readyz")[::2] == (200, b"ok")
    finally:
        transport.close()
    assert not transport.is_connected


class Announced(Http):
    """Says when it is open."""

    def __init__(self, settings, address):
        super().__init__(settings, address)
        self.opened = threading.Event()

    def open(self, app):
        super().open(app)
        self.opened.set()


def test_a_signal_ends_it_with_everything_answered_that_was_begun(slack, stub, tmp_path):
    configured = http_settings(slack)
    transport = Announced(configured, HERE)
    stub.go.clear()
    asked = []

    def ask_then_signal():
        try:
            assert transport.opened.wait(PATIENCE)
            slack.use_http(f"http://127.0.0.1:{transport.port}/slack/events", SECRET)
            asked.append(slack.person("UEN").mention("C1", "an error"))
            asked.append(stub.questions.get(timeout=PATIENCE))
        finally:
            os.kill(os.getpid(), signal.SIGTERM)

    helper = threading.Thread(target=ask_then_signal)
    helper.start()
    with storage_in(tmp_path, when_stopping=stub.go.set) as storage:
        serve(configured, stub, WRITER, storage, transport)
    helper.join(PATIENCE)
    with storage_in(tmp_path) as storage:
        assert storage.inbox.owed() == []
    assert answered(slack, asked[0]) == "Answer to an error in en"


@pytest.mark.parametrize("secrets", [None, "", " , "])
def test_without_a_signing_secret_it_says_where_to_find_one(slack, secrets):
    with pytest.raises(CannotServe, match=r"SLACK_SIGNING_SECRET is not set; .*'Basic Information'"):
        Http(http_settings(slack, SLACK_SIGNING_SECRET=secrets), HERE)


@pytest.mark.parametrize("host", ["127.0.0.1", "203.0.113.1", "no-such-host.invalid"])
def test_an_address_that_cannot_be_had_is_named(slack, stub, host, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        configured = http_settings(slack)
        with (
            pytest.raises(CannotServe, match=rf"cannot listen on {re.escape(host)}:{port} \(.+\)"),
            storage_in(tmp_path) as storage,
            connected(configured, stub, WRITER, storage, Http(configured, Address(host, port))),
        ):
            pass


def run(*words, **environment):
    """Runs the program, which is to end by itself."""
    program = Path(sys.executable).with_name("kintsugi")
    given = {"PATH": os.environ["PATH"], "AWS_EC2_METADATA_DISABLED": "true", **environment}
    return subprocess.run([program, *words], env=given, capture_output=True, text=True, timeout=60)


def test_a_port_in_use_ends_the_program_with_a_sentence(slack, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        ended = run(
            "serve", "--http", address,
            SLACK_BOT_TOKEN=BOT_TOKEN, SLACK_SIGNING_SECRET=SECRET, SLACK_API_URL=slack.url,
            KINTSUGI_STORE=str(tmp_path / "kintsugi.db"), AWS_REGION="eu-west-1",
            AWS_ACCESS_KEY_ID="simulated", AWS_SECRET_ACCESS_KEY="simulated",
        )  # fmt: skip
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith(f"kintsugi: --http cannot listen on {address} (Address already in use); ")
    assert len(ended.stderr.splitlines()) == 1


@pytest.mark.parametrize("address", ["3000", "localhost", ":99999", "https://kintsugi.example.com"])
def test_an_address_that_is_none_is_a_mistake_of_usage(address):
    ended = run("serve", "--http", address)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "--http takes HOST:PORT" in ended.stderr
    assert address in ended.stderr
