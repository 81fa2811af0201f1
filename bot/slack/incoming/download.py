"""Gets one file out of Slack: no more bytes, no longer and from nowhere else than it may.

The token goes with every request, so no redirect is followed that was not looked at: the opener has no handler for
them. It is urllib's, as is the SDK's own, so that a proxy and certificates work the same in both.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from http.client import HTTPException, HTTPResponse
from urllib.parse import urljoin
from urllib.request import HTTPHandler, HTTPSHandler, OpenerDirector, ProxyHandler, Request

from slack_sdk import WebClient

from bot.slack.addresses import is_of_slack

log = logging.getLogger(__name__)

Clock = Callable[[], float]

_CHUNK = 64 * 1024
_MOST_REDIRECTS = 3
_REDIRECTS = (301, 302, 303, 307, 308)
_FORBIDDEN = (401, 403, 404, 410)


class Refusal(StrEnum):
    """Why a file was not read."""

    TOO_LARGE = "too_large"
    NOT_TEXT = "not_text"
    NOT_READABLE = "not_readable"
    """Not for the bot's eyes: the scope `files:read` is missing, or the file is deleted, expired or somebody else's."""
    OUT_OF_REACH = "out_of_reach"
    """Slack fails, asks to wait or takes too long, or the file lies elsewhere."""


class Refused(Exception):
    """A file is not read, or not to its end: `received` bytes of it came."""

    def __init__(self, reason: Refusal, received: int = 0) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.received = received


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment by which all has to be done; `at` is a reading of the clock, in seconds."""

    at: float
    clock: Clock = time.monotonic

    def left(self) -> float:
        """The seconds left. Raises Refused if there are none."""
        left = self.at - self.clock()
        if left <= 0:
            raise Refused(Refusal.OUT_OF_REACH)
        return left


class Downloads:
    """Downloads what lies behind `url_private`, as https://docs.slack.dev/reference/objects/file-object describes."""

    def __init__(self, client: WebClient) -> None:
        self._headers = {"Authorization": f"Bearer {client.token}"}
        self._base_url = client.base_url
        self._opener = OpenerDirector()
        self._opener.add_handler(HTTPHandler())
        self._opener.add_handler(HTTPSHandler(context=client.ssl))
        if client.proxy:
            self._opener.add_handler(ProxyHandler({"http": client.proxy, "https": client.proxy}))

    def get(self, url: str, most: int, deadline: Deadline, *, is_page: bool = False) -> bytes:
        """The file behind `url`, of at most `most` bytes. Raises Refused.

        Whoever may not see a file is shown a page to sign in at, with status 200: a page is only taken for the file
        if it `is_page`.
        """
        try:
            return self._follow(url, most, deadline, is_page)
        except (HTTPException, OSError) as error:
            log.info("a file could not be downloaded (%s)", type(error).__name__)
            raise Refused(Refusal.OUT_OF_REACH) from error

    def _follow(self, url: str, most: int, deadline: Deadline, is_page: bool) -> bytes:
        for _ in range(1 + _MOST_REDIRECTS):
            if not is_of_slack(url, self._base_url):
                break
            request = Request(url, headers=self._headers)  # noqa: S310 — the address was just looked at
            with self._opener.open(request, timeout=deadline.left()) as response:
                if response.status not in _REDIRECTS:
                    _check(response, is_page)
                    return _read(response, most, deadline)
                url = _joined(url, response.headers.get("Location", ""))
        raise Refused(Refusal.OUT_OF_REACH)


def _check(response: HTTPResponse, is_page: bool) -> None:
    if response.status != 200:
        log.warning("a file could not be downloaded: Slack answered %d", response.status)
        raise Refused(Refusal.NOT_READABLE if response.status in _FORBIDDEN else Refusal.OUT_OF_REACH)
    if response.headers.get_content_type() == "text/html" and not is_page:
        log.warning("a file could not be downloaded: Slack asks the bot to sign in; has it the scope files:read?")
        raise Refused(Refusal.NOT_READABLE)


def _read(response: HTTPResponse, most: int, deadline: Deadline) -> bytes:
    announced = response.length
    if announced is not None and announced > most:
        raise Refused(Refusal.TOO_LARGE)
    content = bytearray()
    # Whatever was announced: the byte after the last that is allowed says that there are too many.
    while chunk := response.read1(min(_CHUNK, most + 1 - len(content))):
        content += chunk
        if len(content) > most:
            raise Refused(Refusal.TOO_LARGE, received=most)
        deadline.left()
    if announced is not None and len(content) < announced:
        raise Refused(Refusal.OUT_OF_REACH)
    return bytes(content)


def _joined(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:
        return ""
