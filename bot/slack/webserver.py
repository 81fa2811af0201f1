"""A web server in a thread of its own, for one WSGI application, that knows nothing of Slack."""

import logging
import re
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from threading import Event, Thread
from wsgiref.types import WSGIApplication

from waitress import create_server, wasyncore
from waitress.channel import HTTPChannel
from waitress.task import ErrorTask

_ADDRESS = re.compile(r"(?:\[(?P<ipv6>[0-9A-Fa-f:.]+)\]|(?P<host>[A-Za-z0-9._-]*)):(?P<port>[0-9]{1,5})")
_THREADS = 4
_CONNECTIONS = 100
_IDLE_SECONDS = 75  # longer than the 60 seconds for which load balancers keep a connection, so that they close it
_LONGEST_HEADER = 16 * 1024
_RECEIVE_SECONDS = 10
_FINISH_SECONDS = 3  # Slack waits no longer for an acknowledgement


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen. An empty host is every address of the machine; port 0 is one that is free."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def address_of(text: str) -> Address | None:
    """The address that a `HOST:PORT` names: `127.0.0.1:3000`, `[::1]:3000`, `:3000`. None if it names none."""
    parts = _ADDRESS.fullmatch(text)
    if parts is None or not 1 <= int(parts["port"]) <= 65_535:
        return None
    return Address(parts["ipv6"] or parts["host"] or "", int(parts["port"]))


class WebServer:
    """Serves from the moment it is made until it is stopped.

    No thread waits for a slow client, and who takes too long is dropped. Where all connections are taken, the one that
    has been silent longest makes room. A body is kept in memory, never in a file.
    """

    def __init__(
        self,
        app: WSGIApplication,
        address: Address,
        longest_body: int,
        receive_seconds: float = _RECEIVE_SECONDS,
        connections: int = _CONNECTIONS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Bodies longer than `longest_body` bytes are refused unread. Raises OSError if the address cannot be had.

        `receive_seconds` is how long a request may take to arrive, however busily the client sends; that of the first
        one begins with the connection. `connections` counts the server's own two as well. `clock` counts seconds.
        """
        _quieten()
        listening = _listen(address)
        self.port: int = listening.getsockname()[1]
        self._connections: dict[int, wasyncore.dispatcher] = {}
        self._most_connections = connections
        self._server = create_server(
            app,
            map=self._connections,
            sockets=[listening],
            threads=_THREADS,
            connection_limit=connections,
            channel_timeout=_IDLE_SECONDS,
            max_request_header_size=_LONGEST_HEADER,
            max_request_body_size=longest_body + 1,
            inbuf_overflow=longest_body + 1,
            asyncore_use_poll=True,
            log_socket_errors=False,
            ident=None,
        )
        self._server.channel_class = partial(_Connection, receive_seconds, clock)
        self._stopping = Event()
        self._thread = Thread(target=self._run, name="webserver")
        self._thread.start()

    @property
    def is_serving(self) -> bool:
        """Whether it takes connections."""
        return self._thread.is_alive() and not self._stopping.is_set()

    def stop(self) -> None:
        """Accept no more connections, finish the requests that have begun to arrive, and close."""
        self._stopping.set()
        self._server.pull_trigger()
        self._thread.join()
        wasyncore.close_all(self._connections)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._turn(1)
        wasyncore.dispatcher.close(self._server)  # its own `close` would break, too, what wakes this thread
        latest = time.monotonic() + _FINISH_SECONDS
        while self._is_busy() and time.monotonic() < latest:
            self._turn(0.1)
        self._server.task_dispatcher.shutdown()

    def _turn(self, at_most_seconds: float) -> None:
        if len(self._connections) >= self._most_connections:
            self._make_room()
        wasyncore.loop(at_most_seconds, use_poll=True, map=self._connections, count=1)

    def _make_room(self) -> None:
        """Has the connection closed that has been silent longest, of those that wait for no answer."""
        silent = [each for each in self._server.active_channels.values() if not each.awaits_an_answer()]
        if silent:
            min(silent, key=lambda each: each.last_activity).will_close = True

    def _is_busy(self) -> bool:
        return any(connection.is_busy() for connection in self._server.active_channels.values())


class _PlainError(ErrorTask):  # type: ignore[misc]
    """An error of the protocol, which quotes nothing of what was sent."""

    def execute(self) -> None:
        self.request.error.body = ""
        super().execute()


class _Connection(HTTPChannel):  # type: ignore[misc]
    """Waitress limits how long a connection is idle; this limits, too, how long a request takes to arrive.

    Whoever has sent no request yet is not idle but late. Empty lines are no request.
    """

    error_task_class = _PlainError

    def __init__(self, receive_seconds: float, clock: Callable[[], float], *arguments: object, **named: object) -> None:
        self._receive_seconds = receive_seconds
        self._clock = clock
        self._awaited_since: float | None = clock()
        self._has_asked = False
        super().__init__(*arguments, **named)

    def awaits_an_answer(self) -> bool:
        return bool(self.requests or self.total_outbufs_len)

    def is_busy(self) -> bool:
        return bool(self.request) or self.awaits_an_answer()

    def received(self, data: bytes) -> bool:
        more: bool = super().received(data)
        if self.request is not None:
            self._awaited_since = self._clock() if self._awaited_since is None else self._awaited_since
        elif self.requests or self._has_asked:
            self._awaited_since = None
        return more

    def service(self) -> None:
        self._has_asked = True  # before the request is taken from `requests`, which another thread looks at
        super().service()

    def readable(self) -> bool:
        # Asked at every turn of the server.
        if self._awaited_since is not None and self._clock() - self._awaited_since > self._receive_seconds:
            self.will_close = True
        return bool(super().readable())


def _listen(address: Address) -> socket.socket:
    if address.host:
        family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
        return socket.create_server((address.host, address.port), family=family)
    if socket.has_dualstack_ipv6():
        return socket.create_server(("", address.port), family=socket.AF_INET6, dualstack_ipv6=True)
    return socket.create_server(("", address.port))


def _quieten() -> None:
    # Anybody on the internet can bring about a warning of the server's.
    for name in ("waitress", "waitress.queue"):
        logging.getLogger(name).setLevel(logging.ERROR)
