"""What stands between the internet and the bot: only what Slack has signed, and what can be read, is passed on."""

import hmac
import json
import logging
import re
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from hashlib import sha256
from http import HTTPStatus
from io import BytesIO
from threading import Lock
from typing import Any
from urllib.parse import parse_qsl
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from bot.settings import Secret

log = logging.getLogger(__name__)

LONGEST_BODY = 1024 * 1024
"""In bytes. What Slack sends is far below."""
HEALTH_PATH = "/healthz"
"""Whether the process lives."""
READY_PATH = "/readyz"
"""Whether it can do its work. Anybody may ask, so that it says no more than that."""

_OLDEST_SECONDS = 5 * 60
_TELL_SECONDS = 60
_FIELDS_OF_A_FORM = 100
_CERTIFICATE_CHECK = b"ssl_check=1"
_FORM = "application/x-www-form-urlencoded"
_LENGTH, _SECONDS = re.compile("[0-9]{1,10}"), re.compile("[0-9]{1,12}")


class Refused(Exception):
    """A request that is not passed on. What was sent stands in no reason."""

    def __init__(self, status: HTTPStatus, reason: str, *headers: tuple[str, str]) -> None:
        super().__init__(reason)
        self.status = status
        self.headers = headers


_NEVER_AGAIN = ("X-Slack-No-Retry", "1")
"""On the answer to an event that would be refused again. https://docs.slack.dev/apis/events-api/#no-retries"""


class Guard:
    """Stands in front of a WSGI application, which is given JSON objects, whatever form Slack has sent them in.

    Nothing of a body is parsed before its signature is found to be Slack's:
    https://docs.slack.dev/authentication/verifying-requests-from-slack
    """

    def __init__(
        self,
        app: WSGIApplication,
        path: str,
        secrets: Collection[Secret],
        clock: Callable[[], float] = time.time,
        is_ready: Callable[[], bool] = lambda: True,
    ) -> None:
        """`app` hears what is posted to `path`. Any of `secrets` may have signed it, so that they can be changed.

        `is_ready` says whether questions can be answered at the moment, and has to say it quickly.
        """
        self._app = app
        self._path = path
        self._keys = [secret.reveal().encode() for secret in secrets]
        self._clock = clock
        self._is_ready = is_ready
        self._refusals = _Refusals(clock)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answers any request; https://peps.python.org/pep-3333."""
        try:
            health = self._health(environ)
            if health is not None:
                return _answer(start_response, *health)
            body = _body(environ)
            if _is_certificate_check(environ, body):
                return _answer(start_response, HTTPStatus.OK, "")
            self._verify(environ, body)
            payload, as_json = _payload(environ, body)
        except Refused as refused:
            self._refusals.count(str(refused))
            return _answer(start_response, refused.status, refused.status.phrase, *refused.headers)
        if payload.get("type") == "url_verification":
            # https://docs.slack.dev/reference/events/url_verification
            return _answer(start_response, HTTPStatus.OK, str(payload.get("challenge")))
        return self._app(_with_body(environ, as_json), start_response)

    def _health(self, environ: WSGIEnvironment) -> tuple[HTTPStatus, str] | None:
        """How the bot does, if that is asked; None if it is told something. Raises Refused where neither is so."""
        path: str = environ["PATH_INFO"]
        if path not in (HEALTH_PATH, READY_PATH, self._path):
            raise Refused(HTTPStatus.NOT_FOUND, "unknown path")
        method = "POST" if path == self._path else "GET"
        if environ["REQUEST_METHOD"] != method:
            raise Refused(HTTPStatus.METHOD_NOT_ALLOWED, "wrong method", ("Allow", method))
        if path == self._path:
            return None
        if path == READY_PATH and not self._is_ready():
            return HTTPStatus.SERVICE_UNAVAILABLE, "not ready"
        return HTTPStatus.OK, "ok"

    def _verify(self, environ: WSGIEnvironment, body: bytes) -> None:
        timestamp = environ.get("HTTP_X_SLACK_REQUEST_TIMESTAMP", "")
        if not _SECONDS.fullmatch(timestamp):
            raise Refused(HTTPStatus.UNAUTHORIZED, "no timestamp")
        if abs(self._clock() - int(timestamp)) > _OLDEST_SECONDS:
            raise Refused(HTTPStatus.UNAUTHORIZED, "too old or from the future; is this machine's clock right?")
        given = environ.get("HTTP_X_SLACK_SIGNATURE", "").encode("latin-1", "replace")
        signed = b"v0:" + timestamp.encode() + b":" + body
        if not any(hmac.compare_digest(_signature(key, signed), given) for key in self._keys):
            raise Refused(HTTPStatus.UNAUTHORIZED, "not signed with SLACK_SIGNING_SECRET")


def _signature(key: bytes, signed: bytes) -> bytes:
    return b"v0=" + hmac.new(key, signed, sha256).hexdigest().encode()


def _body(environ: WSGIEnvironment) -> bytes:
    stated = environ.get("CONTENT_LENGTH", "")
    if not _LENGTH.fullmatch(stated):
        raise Refused(HTTPStatus.LENGTH_REQUIRED, "no length")
    length = int(stated)
    if length > LONGEST_BODY:
        raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too long", _NEVER_AGAIN)
    body: bytes = environ["wsgi.input"].read(length)
    if len(body) < length:
        raise Refused(HTTPStatus.BAD_REQUEST, "cut short")
    return body


def _is_certificate_check(environ: WSGIEnvironment, body: bytes) -> bool:
    """Slack looks at the certificate of a command's address with a request that it does not sign and that asks nothing.

    https://docs.slack.dev/interactivity/implementing-slash-commands, https://github.com/slackapi/bolt-js/issues/1397
    """
    return "HTTP_X_SLACK_SIGNATURE" not in environ and _CERTIFICATE_CHECK in body.split(b"&", _FIELDS_OF_A_FORM)


def _payload(environ: WSGIEnvironment, body: bytes) -> tuple[dict[str, Any], bytes]:
    """What was sent, and the same as JSON. Raises Refused.

    Events are JSON, a command is a form, and an interaction is JSON in a form. This is not left to Bolt, which loses
    every command with the word `payload` in its text.
    """
    is_form = environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower() == _FORM
    try:
        text = body.decode("utf-8")
        form = dict(parse_qsl(text, keep_blank_values=True, max_num_fields=_FIELDS_OF_A_FORM)) if is_form else {}
        payload = form if form and "payload" not in form else json.loads(form.get("payload", text))
        if not isinstance(payload, dict):
            raise ValueError("no object")
        return payload, json.dumps(payload).encode()
    except (ValueError, RecursionError):
        raise Refused(HTTPStatus.BAD_REQUEST, "signed, but unreadable", _NEVER_AGAIN) from None


def _with_body(environ: WSGIEnvironment, as_json: bytes) -> WSGIEnvironment:
    return {
        **environ,
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(as_json)),
        "wsgi.input": BytesIO(as_json),
    }


def _answer(start_response: StartResponse, status: HTTPStatus, text: str, *headers: tuple[str, str]) -> Iterable[bytes]:
    body = text.encode("utf-8", "replace")
    described = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body))), *headers]
    start_response(f"{status.value} {status.phrase}", described)
    return [body]


class _Refusals:
    """Refused requests, in the log: a line a minute at most, however many there are."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = Lock()
        self._counts: Counter[str] = Counter()
        self._next = float("-inf")

    def count(self, reason: str) -> None:
        with self._lock:
            self._counts[reason] += 1
            if self._clock() < self._next:
                return
            self._next = self._clock() + _TELL_SECONDS
            counts, self._counts = self._counts, Counter()
        log.warning("requests refused: %s", ", ".join(f"{count} {reason}" for reason, count in counts.items()))
