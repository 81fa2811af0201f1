"""The web server of the fake: Web API, response_urls, uploads and files, each request told whole and answered whole."""

import socket
import struct
import sys
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from tests.slack.fake.faults import Answer

# Closing at once, with what was not read lost: the other end sees a connection that was reset.
_RESET = struct.pack("ii", 1, 0)
# Seconds after which the server at the latest notices that it is to stop.
_POLL = 0.05


@dataclass(frozen=True)
class Request:
    """What somebody asks: the path with its beginning slash, and the bearer token, empty if there is none."""

    verb: str
    path: str
    token: str
    content_type: str
    content: bytes


class _Server(ThreadingHTTPServer):
    # Closing waits for whoever is still being answered.
    daemon_threads = False

    def handle_error(self, *arguments: Any) -> None:
        """Whoever asks may leave before the answer: that is nothing to tell of."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(*arguments)


class WebServer:
    """Listens on loopback from its making; answers while inside."""

    def __init__(self, answer: Callable[[Request], Answer]) -> None:
        self._server = _Server(("127.0.0.1", 0), _handler(answer))
        self._thread = Thread(target=self._server.serve_forever, args=[_POLL], name="fake Slack's web server")
        self.address = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> "WebServer":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def _handler(answer: Callable[[Request], Answer]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def _answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            content = self.rfile.read(length)
            if len(content) < length:
                return  # Whoever asks has died in the middle of it.
            token = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
            kind = self.headers.get("Content-Type") or ""
            self._send(answer(Request(self.command, self.path, token, kind, content)))

        def _send(self, answer: Answer) -> None:
            if answer.is_reset:
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                self.close_connection = True
                return
            content = answer.content.encode() if isinstance(answer.content, str) else answer.content
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Tests are quiet."""

    return Handler
