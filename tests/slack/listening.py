"""Bots that only listen, over Socket Mode with the SDK's client or over HTTP, to test the fake of Slack with."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from urllib.parse import parse_qs

from slack_sdk import WebClient
from slack_sdk.signature import SignatureVerifier
from slack_sdk.socket_mode import SocketModeClient
from slack_sdk.socket_mode.response import SocketModeResponse

from tests.slack.fake import APP_TOKEN, BOT_TOKEN, FakeSlack

SECRET = "the signing secret"


class Listener:
    """What a bot hears, and what it answers: the payload of an acknowledgement by the type of what it heard."""

    def __init__(self):
        self.heard = []
        self.headers = []
        self.answers = {}
        self.statuses = []
        self.silent = 0
        self.may_answer = Event()

    def types(self):
        return [payload.get("event", payload).get("type", "command") for payload in self.heard]

    def hear(self, payload, headers):
        """The acknowledgement, or None if it stays silent this time."""
        self.heard.append(payload)
        self.headers.append(headers)
        if self.silent:
            self.silent -= 1
            return None
        return self.answers.get(payload.get("event", payload).get("type", "command"), {})


def web(slack: FakeSlack, token: str = BOT_TOKEN) -> WebClient:
    return WebClient(token, base_url=slack.url, retry_handlers=[])


@contextmanager
def connected(slack: FakeSlack, listener: Listener) -> Iterator[SocketModeClient]:
    def listen(client, request):
        answer = listener.hear(request.payload, (request.retry_attempt, request.retry_reason))
        if answer is not None:
            client.send_socket_mode_response(SocketModeResponse(request.envelope_id, payload=answer or None))

    client = SocketModeClient(APP_TOKEN, web_client=web(slack), receive_buffer_size=65_536, ping_interval=0.2)
    client.socket_mode_request_listeners.append(listen)
    before = len(slack.socket.connections)
    client.connect()
    try:
        slack.wait_until_connected(before + 1)
        yield client
    finally:
        client.close()


@contextmanager
def serving(slack: FakeSlack, listener: Listener) -> Iterator[object]:
    """Over HTTP; what it gives is what `use_http` returns."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            content = self.rfile.read(int(self.headers["Content-Length"]))
            if not SignatureVerifier(SECRET).is_valid_request(content, dict(self.headers)):
                return self.answer(401, b"")
            payload = read(self.headers["Content-Type"], content)
            if payload.get("type") == "url_verification":
                return self.answer(200, payload["challenge"].encode(), "text/plain")
            answer = listener.hear(payload, dict(self.headers))
            if answer is None:
                listener.may_answer.wait(20)
            status = listener.statuses.pop(0) if listener.statuses else 200
            return self.answer(status, json.dumps(answer).encode() if answer else b"")

        def answer(self, status, content, kind="application/json"):
            self.send_response(status)
            self.send_header("Content-Type", kind)
            if status == 503:
                self.send_header("X-Slack-No-Retry", "1")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = False
    thread = Thread(target=server.serve_forever, args=[0.05])
    thread.start()
    try:
        yield slack.use_http(f"http://127.0.0.1:{server.server_port}/slack/events", SECRET)
    finally:
        listener.may_answer.set()
        server.shutdown()
        thread.join()
        server.server_close()


def read(content_type, content):
    if content_type == "application/json":
        return json.loads(content)
    form = {name: values[0] for name, values in parse_qs(content.decode(), keep_blank_values=True).items()}
    return json.loads(form["payload"]) if "payload" in form else form
