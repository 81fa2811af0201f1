"""HTTP: requests that Slack signs and sends to the bot's Request URL.

https://docs.slack.dev/apis/events-api/using-http-request-urls, https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlencode, urlsplit

from tests.slack.fake.delivery import COMMANDS, EVENTS, Outcome, Retry
from tests.slack.fake.workspace import Workspace

_JSON, _FORM = "application/json", "application/x-www-form-urlencoded"


class RequestUrl:
    """The bot's address, and the secret with which requests to it are signed."""

    def __init__(self, workspace: Workspace, url: str, signing_secret: str, acknowledge_seconds: float) -> None:
        self._workspace = workspace
        self._url = urlsplit(url)
        self._secret = signing_secret
        self._seconds = acknowledge_seconds

    def is_reachable(self) -> bool:
        """Whether there is an address."""
        return True

    def attempt(self, kind: str, payload: Mapping[str, Any], retry: Retry | None) -> Outcome:
        """Send a request, and take its answer for the acknowledgement if it is a 2xx."""
        headers = {}
        if retry is not None:
            headers = {"X-Slack-Retry-Num": str(retry.number), "X-Slack-Retry-Reason": retry.reason}
        try:
            status, answered, content = self.post(*_body(kind, payload), headers)
        except TimeoutError:
            return Outcome(False, reason="http_timeout")
        except (OSError, HTTPException):
            return Outcome(False, reason="connection_failed")
        if not 200 <= status < 300:
            return Outcome(False, reason="http_error", is_final=answered.get("x-slack-no-retry") == "1")
        if kind == EVENTS or not content.strip():
            return Outcome(True)
        if not answered.get("content-type", "").startswith(_JSON):
            return Outcome(True, {"text": content.decode()})
        return Outcome(True, json.loads(content))

    def post(
        self, content_type: str, content: bytes, headers: Mapping[str, str] | None = None, is_signed: bool = True
    ) -> tuple[int, dict[str, str], bytes]:
        """Send one request; status, headers in small letters, and content. Raises OSError, HTTPException."""
        sent = {"Content-Type": content_type, "User-Agent": "Slackbot 1.0", "Accept": "*/*", **(headers or {})}
        if is_signed:
            sent |= self.signature(content)
        connection = HTTPConnection(self._url.hostname or "", self._url.port, timeout=self._seconds)
        try:
            connection.request("POST", self._url.path or "/", content, sent)
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def signature(self, content: bytes, at: int | None = None) -> dict[str, str]:
        """The headers that say that a request is from Slack, and from when: by default, by the real clock."""
        moment = str(int(time.time()) if at is None else at)
        signed = hmac.new(self._secret.encode(), b"v0:" + moment.encode() + b":" + content, hashlib.sha256)
        return {"X-Slack-Request-Timestamp": moment, "X-Slack-Signature": f"v0={signed.hexdigest()}"}

    def verify(self) -> bool:
        """Whether the bot gives back the challenge that Slack sends to a new Request URL."""
        challenge = self._workspace.new_id("challenge")
        body = {"token": "legacy", "challenge": challenge, "type": "url_verification"}
        status, headers, content = self.post(_JSON, json.dumps(body).encode())
        if headers.get("content-type", "").startswith(_JSON):
            return status == 200 and json.loads(content) == {"challenge": challenge}
        return status == 200 and content.decode() == challenge

    def check_certificate(self) -> bool:
        """Whether the bot says yes to the request by which Slack looks at its certificate."""
        status, _, _ = self.post(_FORM, urlencode({"ssl_check": "1", "token": "legacy"}).encode())
        return status == 200


def _body(kind: str, payload: Mapping[str, Any]) -> tuple[str, bytes]:
    if kind == EVENTS:
        return _JSON, json.dumps(payload).encode()
    if kind == COMMANDS:
        return _FORM, urlencode(payload).encode()
    return _FORM, urlencode({"payload": json.dumps(payload)}).encode()
