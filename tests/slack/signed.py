"""Requests as Slack signs them, and as others do not."""

import hashlib
import hmac
import json
import time
from http.client import HTTPConnection
from urllib.parse import urlencode

SECRET, NEXT_SECRET = "0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210"
PATH = "/slack/events"
JSON, FORM = "application/json", "application/x-www-form-urlencoded"


def signature(body, timestamp, secret=SECRET):
    signed = b"v0:" + str(timestamp).encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def headers_of(body, kind=JSON, timestamp=None, secret=SECRET):
    """What Slack sends with a body; `timestamp` is now if none is given."""
    timestamp = str(int(time.time())) if timestamp is None else timestamp
    return {
        "Content-Type": kind,
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": signature(body, timestamp, secret),
    }


def as_json(payload):
    return json.dumps(payload).encode()


def as_form(fields):
    return urlencode(fields).encode()


class Caller:
    """Somebody who calls the bot over HTTP, each time on a connection of its own."""

    def __init__(self, port, patience=20):
        self.port = port
        self._patience = patience

    def call(self, method="POST", path=PATH, body=None, headers=None):
        """The status, the headers and the body of the answer."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=self._patience)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def send(self, body, kind=JSON, **changes):
        """Send what is signed; the status and the body of the answer."""
        status, _, answer = self.call(body=body, headers=headers_of(body, kind) | changes)
        return status, answer

    def event(self, payload, **changes):
        return self.send(as_json(payload), **changes)

    def command(self, fields):
        return self.send(as_form(fields), FORM)

    def interaction(self, payload):
        return self.send(as_form({"payload": json.dumps(payload)}), FORM)
