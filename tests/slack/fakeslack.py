"""A small, strict Slack on loopback: Web API, response_urls, uploads and Socket Mode, checked as Slack would.

What it does not accept it refuses as Slack does, and keeps as a complaint for the test to find.
"""

import itertools
import json
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from threading import Event, Lock, Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

from tests.slack.blockkit import NotAccepted, check_message

BOT_TOKEN = "xoxb-1-bot"
APP_TOKEN = "xapp-1-app"
BOT_USER, BOT_ID, TEAM = "UKINTSUGI", "BKINTSUGI", "T1"

_ACKNOWLEDGE_SECONDS = 3
_RESPONSE_URL_USES = 5
_BOOLEAN = ("0", "1", "true", "false")


@dataclass(frozen=True)
class Method:
    """What a Web API method takes: the token's prefix, and its arguments (`!`: required) with a check of each."""

    token: str
    arguments: Mapping[str, Callable[[Any], bool]]


def _text(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def _flag(value: Any) -> bool:
    return isinstance(value, bool) or value in _BOOLEAN


def _list(value: Any) -> bool:
    return isinstance(value, list)


METHODS = {
    "auth.test": Method(BOT_TOKEN, {}),
    "apps.connections.open": Method(APP_TOKEN, {}),
    "users.info": Method(BOT_TOKEN, {"user!": _text, "include_locale": _flag}),
    "chat.postMessage": Method(
        BOT_TOKEN,
        {
            "channel!": _text, "text!": _text, "blocks": _list, "thread_ts": _text,
            "parse": lambda value: value in ("none", "full"), "link_names": _flag,
            "unfurl_links": _flag, "unfurl_media": _flag,
        },
    ),
    "assistant.threads.setStatus": Method(BOT_TOKEN, {"channel_id!": _text, "thread_ts!": _text, "status!": _text}),
    "files.getUploadURLExternal": Method(
        BOT_TOKEN, {"filename!": _text, "length!": lambda value: str(value).isdigit(), "snippet_type": _text}
    ),
    "files.completeUploadExternal": Method(
        BOT_TOKEN, {"files!": _text, "channel_id": _text, "thread_ts": _text, "initial_comment": _text}
    ),
}  # fmt: skip


class Refused(Exception):
    """Slack's answer to a call that is wrong: an error code."""


@dataclass
class FakeSlack:
    """Slack. `people` are what users.info knows.

    `refusals` maps a method to the error it shall answer; with `response_url` in it, what is `refused` is kept.
    """

    people: dict[str, dict[str, Any]] = field(default_factory=dict)
    refusals: dict[str, str] = field(default_factory=dict)
    posts: Queue = field(default_factory=Queue)
    responses: Queue = field(default_factory=Queue)
    statuses: Queue = field(default_factory=Queue)
    files: Queue = field(default_factory=Queue)
    refused: Queue = field(default_factory=Queue)
    complaints: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    connected: Event = field(default_factory=Event)

    def __post_init__(self) -> None:
        self._numbers = itertools.count(1)
        self._lock = Lock()
        self._uses: dict[str, int] = {}
        self._tickets: set[str] = set()
        self._uploads: dict[str, dict[str, Any]] = {}
        self._unacknowledged: dict[str, tuple[str, Future]] = {}
        self._connection: ServerConnection | None = None
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._http.daemon_threads = False
        # The SDK's client can only close between two frames: frequent pings let tests end soon.
        self._socket = serve(self._talk, "127.0.0.1", 0, compression=None, ping_interval=0.1)
        self._threads = [Thread(target=each.serve_forever) for each in (self._http, self._socket)]

    def __enter__(self) -> "FakeSlack":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        for server in (self._http, self._socket):
            server.shutdown()
        for thread in self._threads:
            thread.join()
        self._http.server_close()

    @property
    def url(self) -> str:
        """The base URL of the Web API."""
        return f"http://127.0.0.1:{self._http.server_port}/api/"

    def response_url(self) -> str:
        """A fresh response_url."""
        return f"http://127.0.0.1:{self._http.server_port}/commands/{next(self._numbers)}"

    def number(self) -> int:
        """A number not used before, for ids and timestamps."""
        return next(self._numbers)

    def send(self, kind: str, payload: Mapping[str, Any], retry: int | None = None) -> dict[str, Any]:
        """Send an envelope and return the payload of its acknowledgement. Fails if there is none within 3 seconds."""
        envelope, acknowledged = f"envelope-{self.number()}", Future()
        self._unacknowledged[envelope] = (kind, acknowledged)
        message = {
            "envelope_id": envelope,
            "type": kind,
            "payload": payload,
            "accepts_response_payload": kind == "slash_commands",
        }
        if retry is not None:
            message |= {"retry_attempt": retry, "retry_reason": "timeout"}
        assert self._connection is not None
        self._connection.send(json.dumps(message))
        return acknowledged.result(timeout=_ACKNOWLEDGE_SECONDS)

    # Socket Mode: https://docs.slack.dev/apis/events-api/using-socket-mode

    def _talk(self, connection: ServerConnection) -> None:
        ticket = urlsplit(connection.request.path).query
        if ticket not in self._tickets:
            self.complaints.append("a connection without a ticket")
            return
        self._tickets.discard(ticket)
        connection.send(json.dumps({"type": "hello", "num_connections": 1, "connection_info": {"app_id": "A1"}}))
        self._connection = connection
        self.connected.set()
        try:
            for frame in connection:
                self._acknowledge(json.loads(frame))
        except ConnectionClosed:
            pass

    def _acknowledge(self, frame: dict[str, Any]) -> None:
        kind, acknowledged = self._unacknowledged.pop(frame.get("envelope_id"), (None, None))
        if acknowledged is None:
            self.complaints.append(f"acknowledges what was not sent, or twice: {frame}")
            return
        payload = frame.get("payload", {})
        try:
            _check_acknowledgement(kind, frame, payload)
        except NotAccepted as complaint:
            acknowledged.set_exception(complaint)
        else:
            acknowledged.set_result(payload)

    # The Web API: https://docs.slack.dev/apis/web-api

    def call(self, method: str, token: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """Answer a call as Slack would."""
        self.calls.append(method)
        try:
            known = METHODS.get(method)
            if known is None:
                raise Refused("unknown_method")
            if token != known.token:
                raise Refused("invalid_auth" if token.startswith("xox") else "not_allowed_token_type")
            if method in self.refusals:
                return {"ok": False, "error": self.refusals[method]}
            _check_arguments(known, arguments)
            return {"ok": True} | self._answer(method, arguments)
        except (Refused, NotAccepted) as error:
            self.complaints.append(f"{method}: {error}")
            return {"ok": False, "error": str(error)}

    def _answer(self, method: str, arguments: dict[str, Any]) -> dict[str, Any]:
        match method:
            case "auth.test":
                return {"user_id": BOT_USER, "bot_id": BOT_ID, "team_id": TEAM, "url": "https://x.slack.com/"}
            case "apps.connections.open":
                ticket = f"ticket={self.number()}"
                self._tickets.add(ticket)
                return {"url": f"ws://127.0.0.1:{self._socket.socket.getsockname()[1]}/link/?{ticket}"}
            case "users.info":
                if arguments["user"] not in self.people:
                    return {"ok": False, "error": "user_not_found"}
                return {"user": {"id": arguments["user"]} | self.people[arguments["user"]]}
            case "chat.postMessage":
                check_message(arguments)
                self.posts.put(arguments)
                return {"ts": f"{self.number()}.0", "channel": arguments["channel"]}
            case "assistant.threads.setStatus":
                self.statuses.put(arguments)
                return {}
            case "files.getUploadURLExternal":
                file = f"F{self.number()}"
                self._uploads[file] = {"length": int(arguments["length"]), "filename": arguments["filename"]}
                return {"upload_url": f"http://127.0.0.1:{self._http.server_port}/upload/{file}", "file_id": file}
            case _:
                completed = json.loads(arguments.pop("files"))
                for each in completed:
                    if "content" not in self._uploads.get(each["id"], {}):
                        raise Refused("file_not_found")
                    self.files.put(self._uploads.pop(each["id"]) | each | arguments)
                return {"files": completed}

    def upload(self, file: str, content: bytes) -> int:
        """The second of the three steps of an upload; the status."""
        announced = self._uploads.get(file)
        if announced is None or announced["length"] != len(content):
            self.complaints.append(f"upload of {len(content)} bytes, announced {announced}")
            return 400
        announced["content"] = content.decode()
        return 200

    def respond(self, path: str, body: dict[str, Any]) -> int:
        """A message to a response_url; the status."""
        if "response_url" in self.refusals:
            self.refused.put(body)
            return 500
        with self._lock:
            self._uses[path] = self._uses.get(path, 0) + 1
        try:
            if self._uses[path] > _RESPONSE_URL_USES:
                raise NotAccepted("used_url")
            if (
                body.get("response_type") not in ("ephemeral", "in_channel")
                or body.get("replace_original") is not False
            ):
                raise NotAccepted("says neither who sees the message nor that the original stays")
            check_message(body)
        except NotAccepted as complaint:
            self.complaints.append(f"response_url: {complaint}")
            return 404
        self.responses.put(body | {"path": path})
        return 200


def _check_acknowledgement(kind: str | None, frame: Mapping[str, Any], payload: Mapping[str, Any]) -> None:
    if set(frame) - {"envelope_id", "payload"}:
        raise NotAccepted(f"an acknowledgement with {sorted(frame)}")
    if payload and kind != "slash_commands":
        raise NotAccepted(f"{kind} takes no payload, but got {payload}")
    if payload:
        if payload.get("response_type") != "ephemeral":
            raise NotAccepted("the acknowledgement of a command is for everybody to see")
        check_message(payload)


def _check_arguments(method: Method, arguments: Mapping[str, Any]) -> None:
    known = {name.removesuffix("!"): check for name, check in method.arguments.items()}
    required = {name.removesuffix("!") for name in method.arguments if name.endswith("!")}
    if missing := required - set(arguments):
        raise Refused(f"missing argument: {sorted(missing)}")
    for name, value in arguments.items():
        if name not in known:
            raise Refused(f"unknown argument: {name}")
        if not known[name](value):
            raise Refused(f"invalid argument: {name}={value!r}")


def _handler(slack: FakeSlack) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            place, _, rest = self.path.removeprefix("/").partition("/")
            match place:
                case "api":
                    token = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
                    self._answer(200, json.dumps(slack.call(rest, token, self._arguments(body))))
                case "commands":
                    self._answer(slack.respond(self.path, json.loads(body)), "ok")
                case "upload":
                    self._answer(slack.upload(rest, body), "OK")
                case _:
                    slack.complaints.append(f"POST {self.path}")
                    self._answer(404, "")

        def _arguments(self, body: bytes) -> dict[str, Any]:
            if "json" in (self.headers.get("Content-Type") or ""):
                return json.loads(body) if body else {}
            return dict(parse_qsl(body.decode()))

        def _answer(self, status: int, text: str) -> None:
            content = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Tests are quiet."""

    return Handler
