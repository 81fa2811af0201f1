"""A simulated AWS in a process of its own, behind a proxy that adds a fixed delay to every call, as a network would."""

import http.client
import multiprocessing
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from typing import Any
from urllib.parse import urlsplit

import boto3

from bot.demo.scenarios import SCENARIOS
from bot.demo.simulation.server import SimulatedAws
from bot.demo.world import World


@dataclass
class Traffic:
    """When each call began and ended, on the monotonic clock."""

    url: str = ""
    calls: list[tuple[float, float]] = field(default_factory=list)

    def layers(self) -> int:
        """How many calls waited for one another: the longest chain in which each begins after the last has ended."""
        depth = 0
        ends: list[tuple[float, int]] = []
        for begun, ended in sorted(self.calls):
            level = 1 + max((chain for end, chain in ends if end <= begun), default=0)
            ends.append((ended, level))
            depth = max(depth, level)
        return depth


@contextmanager
def delayed(endpoint: str, seconds: float) -> Iterator[Traffic]:
    """A URL that answers as `endpoint` does, so many seconds later."""
    there = urlsplit(endpoint)
    traffic = Traffic()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _forward(self) -> None:
            begun = time.monotonic()
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            time.sleep(seconds)
            connection = http.client.HTTPConnection(there.hostname or "", there.port)
            connection.request(self.command, self.path, body, dict(self.headers))
            response = connection.getresponse()
            answer = response.read()
            connection.close()
            head = [f"HTTP/1.1 {response.status} {response.reason}"]
            head += [f"{k}: {v}" for k, v in response.getheaders() if k.lower() not in _HOP]
            head += [f"Content-Length: {len(answer)}", "", ""]
            self.wfile.write("\r\n".join(head).encode() + answer)
            traffic.calls.append((begun, time.monotonic()))

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _forward

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    traffic.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield traffic
    finally:
        server.shutdown()
        server.server_close()


_HOP = frozenset({"connection", "content-length", "transfer-encoding", "keep-alive"})


@dataclass
class FarAws:
    """The simulated AWS as it is seen from here: `near` without the delay, `far` with it."""

    near: str
    far: str
    environment: dict[str, str]
    _line: Connection

    def build(self, scenario: str) -> str:
        """Empties the account, builds a demo scenario in it, and returns what is pasted."""
        return str(self._ask("build", scenario))

    def layers(self) -> int:
        """How many calls since the last time had to wait for one another."""
        return int(self._ask("layers", ""))

    @cached_property
    def session(self) -> boto3.Session:
        """A session with the account's credentials."""
        return boto3.Session(
            aws_access_key_id=self.environment["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=self.environment["AWS_SECRET_ACCESS_KEY"],
            region_name=self.environment["AWS_REGION"],
        )

    def _ask(self, what: str, about: str) -> Any:
        self._line.send((what, about))
        return self._line.recv()


@contextmanager
def far_aws(seconds: float) -> Iterator[FarAws]:
    """A simulated AWS so many seconds away, which does not share the interpreter with what is measured."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(there, seconds), daemon=True)
    process.start()
    near, far, environment = here.recv()
    try:
        yield FarAws(near, far, environment, here)
    finally:
        here.send(("stop", ""))
        process.join(10)


def _serve(line: Connection, seconds: float) -> None:
    with SimulatedAws() as aws, delayed(aws.endpoint, seconds) as traffic:
        line.send((aws.endpoint, traffic.url, aws.environment()))
        while True:
            what, about = line.recv()
            if what == "stop":
                return
            if what == "build":
                aws.reset()
                line.send(SCENARIOS[about].build(World(aws)))
            else:
                line.send(traffic.layers())
                traffic.calls.clear()
