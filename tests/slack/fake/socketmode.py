"""Socket Mode: connections that the bot opens, and envelopes that one of them gets and has to acknowledge.

https://docs.slack.dev/apis/events-api/using-socket-mode
"""

import json
import logging
from collections.abc import Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NoAcknowledgement
from socket import SHUT_RDWR
from threading import Thread, current_thread
from typing import Any
from urllib.parse import urlsplit

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

from tests.slack.fake.delivery import COMMANDS, EVENTS, INTERACTIVE, Outcome, Retry
from tests.slack.fake.webapi import Arguments, Method, flag
from tests.slack.fake.workspace import APP, APP_TOKEN, Refused, Workspace

_MOST_CONNECTIONS = 10
_QUIET = logging.Logger("fake Slack", logging.CRITICAL)


class SocketMode:
    """The WebSocket server. Listens from its making, serves while inside."""

    def __init__(self, workspace: Workspace, acknowledge_seconds: float) -> None:
        self.connections: list[ServerConnection] = []
        self._workspace = workspace
        self._seconds = acknowledge_seconds
        self._tickets: set[str] = set()
        self._sent: dict[str, tuple[Future[dict[str, Any]], ServerConnection]] = {}
        self._given_up: set[str] = set()
        self._talking: list[Thread] = []
        self._turn = 0
        self._last: ServerConnection | None = None
        # The SDK's client can only close between two frames: frequent pings let tests end soon.
        self._server = serve(self._talk, "127.0.0.1", 0, compression=None, ping_interval=0.1, logger=_QUIET)
        self._thread = Thread(target=self._server.serve_forever, name="fake Slack's Socket Mode")

    @property
    def methods(self) -> dict[str, Method]:
        """The method of the Web API that leads here."""
        return {"apps.connections.open": Method({"debug_reconnects": flag}, self._open, (), APP_TOKEN)}

    def __enter__(self) -> "SocketMode":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        with self._workspace.changed:
            present = list(self.connections)
            talking = list(self._talking)
        for connection in present:
            connection.close()
        for thread in talking:
            thread.join()

    def is_reachable(self) -> bool:
        """Whether a connection is open."""
        with self._workspace.changed:
            return bool(self.connections)

    def attempt(self, kind: str, payload: Mapping[str, Any], retry: Retry | None) -> Outcome:
        """Send an envelope by one of the connections; a repetition by another than before, if there is one."""
        envelope = self._workspace.new_id("envelope-")
        acknowledged: Future[dict[str, Any]] = Future()
        with self._workspace.changed:
            if not self._workspace.changed.wait_for(lambda: self.connections, self._seconds):
                return Outcome(False, reason="nobody is connected")
            connection = self._next(avoid=self._last if retry else None)
            self._sent[envelope] = (acknowledged, connection)
        try:
            connection.send(json.dumps(_envelope(envelope, kind, payload, retry)))
            return Outcome(True, acknowledged.result(self._seconds))
        except NoAcknowledgement:
            return Outcome(False, reason="timeout")
        except ConnectionClosed:
            return Outcome(False, reason="connection closed")
        finally:
            with self._workspace.changed:
                if self._sent.pop(envelope, None):
                    self._given_up.add(envelope)

    def disconnect(self, reason: str) -> None:
        """Ask every connection to be renewed. After a `warning` they stay for now, otherwise they are closed."""
        with self._workspace.changed:
            present = list(self.connections)
            if reason != "warning":
                self.connections.clear()
        for connection in present:
            connection.send(json.dumps({"type": "disconnect", "reason": reason, "debug_info": {"host": "fake"}}))
            if reason != "warning":
                connection.close()

    def drop(self) -> None:
        """Cut every connection without a word."""
        with self._workspace.changed:
            present = list(self.connections)
            self.connections.clear()
        for connection in present:
            connection.socket.shutdown(SHUT_RDWR)

    def _next(self, avoid: ServerConnection | None) -> ServerConnection:
        others = [each for each in self.connections if each is not avoid] or self.connections
        self._turn += 1
        self._last = others[self._turn % len(others)]
        return self._last

    def _open(self, workspace: Workspace, arguments: Arguments) -> dict[str, Any]:
        if len(self.connections) >= _MOST_CONNECTIONS:
            raise Refused("too_many_websockets", is_fault=True)
        ticket = f"ticket={workspace.number()}"
        self._tickets.add(ticket)
        return {"url": f"ws://127.0.0.1:{self._server.socket.getsockname()[1]}/link/?{ticket}"}

    def _talk(self, connection: ServerConnection) -> None:
        ticket = urlsplit(connection.request.path).query
        with self._workspace.changing():
            self._talking.append(current_thread())
            if ticket not in self._tickets:
                self._workspace.complain("a connection without a ticket")
                return
            self._tickets.discard(ticket)
            count = len(self.connections) + 1
            connection.send(json.dumps({"type": "hello", "num_connections": count, "connection_info": {"app_id": APP}}))
            self.connections.append(connection)
        try:
            for frame in connection:
                self._acknowledge(json.loads(frame))
        except ConnectionClosed:
            pass
        finally:
            self._gone(connection)

    def _gone(self, connection: ServerConnection) -> None:
        with self._workspace.changing():
            if connection in self.connections:
                self.connections.remove(connection)
            waiting = [future for future, used in self._sent.values() if used is connection]
        for future in waiting:
            if not future.done():
                future.set_exception(ConnectionClosed(None, None))

    def _acknowledge(self, frame: dict[str, Any]) -> None:
        envelope = frame.get("envelope_id")
        with self._workspace.changed:
            acknowledged, _ = self._sent.pop(envelope, (None, None))
        if set(frame) - {"envelope_id", "payload"}:
            self._workspace.complain(f"an acknowledgement with {sorted(frame)}")
        if acknowledged is not None:
            acknowledged.set_result(frame.get("payload") or {})
        elif envelope not in self._given_up:
            self._workspace.complain(f"acknowledges what was not sent, or twice: {frame}")


def _envelope(envelope: str, kind: str, payload: Mapping[str, Any], retry: Retry | None) -> dict[str, Any]:
    takes_payload = kind == COMMANDS or (kind == INTERACTIVE and payload["type"] == "view_submission")
    message = {"envelope_id": envelope, "type": kind, "payload": payload, "accepts_response_payload": takes_payload}
    if kind == EVENTS:
        message |= {"retry_attempt": retry.number if retry else 0, "retry_reason": retry.reason if retry else ""}
    return message
