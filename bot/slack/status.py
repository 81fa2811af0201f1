"""Tells whoever operates the bot how it does: /metrics, /healthz and /readyz, on an address of their own."""

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from http import HTTPStatus
from threading import Lock
from wsgiref.types import StartResponse, WSGIEnvironment

from bot.settings import BadSettings, Settings
from bot.slack.cannot_serve import cannot_listen
from bot.slack.guard import HEALTH_PATH, READY_PATH
from bot.slack.webserver import Address, WebServer, address_of
from bot.store.store import StoreFails

log = logging.getLogger(__name__)

METRICS_PATH = "/metrics"

_PLAIN = "text/plain; charset=utf-8"
_METHODS = ("GET", "HEAD")
_CHECK_SECONDS = 1.0
"""How old an answer may be: whoever asks often does not ask the store as often."""
_SLOW_SECONDS = 10.0
"""After so long a check that does not come back is itself what is wrong."""

Check = Callable[[], str | None]
"""Looks whether something is as it has to be: None, or in a few words what is wrong. Quotes nothing that is secret."""


def answers_to(read: Callable[[], object], name: str) -> Check:
    """The check that a store answers: `read` is a cheap question to it, `name` what to call it."""

    def check() -> str | None:
        try:
            read()
        except StoreFails as error:
            return f"{name} does not answer: {error}"
        return None

    return check


def holds(is_so: Callable[[], bool], otherwise: str) -> Check:
    """The check that something is so, with what to say where it is not."""
    return lambda: None if is_so() else otherwise


class Readiness:
    """Whether the bot can do what it is there for; not before it is told what that takes."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._checks: Sequence[Check] = ()
        self._checking = Lock()
        self._since = self._next = float("-inf")
        self._found: tuple[str, ...] = ("it is starting",)

    def watch(self, *checks: Check) -> None:
        """From now on it is ready as long as all of these find nothing."""
        self._checks = checks

    def is_ready(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems()

    def problems(self) -> tuple[str, ...]:
        """What is wrong. One caller at a time looks; others are told what was found last, so that none waits long."""
        if self._checks and self._clock() >= self._next:
            if self._checking.acquire(blocking=False):
                try:
                    self._look()
                finally:
                    self._checking.release()
            elif self._clock() - self._since > _SLOW_SECONDS:
                return ("a check does not come back", *self._found)
        return self._found

    def _look(self) -> None:
        self._since = self._clock()
        found = map(_found_by, self._checks)
        self._found = tuple(problem for problem in found if problem is not None)
        self._next = self._clock() + _CHECK_SECONDS


def _found_by(check: Check) -> str | None:
    try:
        return check()
    except Exception as error:
        log.error("a check broke", exc_info=error)
        return f"a check broke ({type(error).__name__})"


class StatusPages:
    """The WSGI application. It takes nothing from whoever asks but a path. https://peps.python.org/pep-3333"""

    def __init__(self, metrics: Callable[[], tuple[str, bytes]], readiness: Readiness) -> None:
        """`metrics` gives a content type and a text."""
        self._metrics = metrics
        self._readiness = readiness

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answers any request."""
        status, kind, body = self._answer(environ["REQUEST_METHOD"], environ["PATH_INFO"])
        headers = [("Content-Type", kind), ("Content-Length", str(len(body))), ("Cache-Control", "no-store")]
        if status is HTTPStatus.METHOD_NOT_ALLOWED:
            headers.append(("Allow", ", ".join(_METHODS)))
        start_response(f"{status.value} {status.phrase}", headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    def _answer(self, method: str, path: str) -> tuple[HTTPStatus, str, bytes]:
        if method not in _METHODS:
            return _told(HTTPStatus.METHOD_NOT_ALLOWED)
        if path == METRICS_PATH:
            return HTTPStatus.OK, *self._metrics()
        if path == HEALTH_PATH:
            return _told(HTTPStatus.OK, "ok")
        if path == READY_PATH:
            problems = self._readiness.problems()
            return _told(HTTPStatus.SERVICE_UNAVAILABLE, *problems) if problems else _told(HTTPStatus.OK, "ok")
        return _told(HTTPStatus.NOT_FOUND)


def _told(status: HTTPStatus, *lines: str) -> tuple[HTTPStatus, str, bytes]:
    text = "".join(f"{' '.join(line.split())}\n" for line in lines or (status.phrase,))
    return status, _PLAIN, text.encode("utf-8", "replace")


def status_address(settings: Settings) -> Address | None:
    """Where to tell it; None where nobody wants to know. Raises BadSettings."""
    if settings.status is None:
        return None
    address = address_of(settings.status)
    if address is None:
        raise BadSettings(
            (f"KINTSUGI_STATUS is {settings.status!r}, but takes HOST:PORT, like 127.0.0.1:9300", "mend or unset it")
        )
    return address


def serve_status(address: Address, pages: StatusPages) -> WebServer:
    """A server that tells it until it is stopped. Raises CannotServe."""
    try:
        return WebServer(pages, address, longest_body=0)
    except OSError as error:
        raise cannot_listen("KINTSUGI_STATUS", str(address), error) from error
