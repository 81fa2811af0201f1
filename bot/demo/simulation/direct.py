"""Requests of boto3 clients in this process, handed to the simulation without a socket between."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote, urlsplit

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from urllib3 import HTTPResponse
from werkzeug.test import run_wsgi_app


def answers_of(application: Callable[..., Any]) -> Callable[..., AWSResponse]:
    """A handler of botocore's event `before-send`: a WSGI application answers in the place of the network."""

    def answer(request: AWSPreparedRequest, **_: object) -> AWSResponse:
        body, status, headers = run_wsgi_app(application, _environ(request), buffered=True)
        raw = HTTPResponse(io.BytesIO(b"".join(body)), dict(headers), preload_content=False)
        return AWSResponse(request.url, int(status.split()[0]), dict(headers), raw)

    return answer


def _environ(request: AWSPreparedRequest) -> dict[str, Any]:
    url = urlsplit(request.url)
    asked = request.body or b""
    body = asked.encode() if isinstance(asked, str) else asked if isinstance(asked, bytes) else asked.read()
    # A header may be bytes or text; both are Latin-1 on the wire.
    headers = {
        name: value.decode("latin-1") if isinstance(value, bytes) else str(value)
        for name, value in request.headers.items()
    }
    target = f"{url.path}?{url.query}" if url.query else url.path
    return {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote(url.path).encode().decode("latin-1"),
        "QUERY_STRING": url.query,
        "REQUEST_URI": target,
        "RAW_URI": target,
        "SERVER_NAME": url.hostname,
        "SERVER_PORT": str(url.port or 80),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_TYPE": headers.get("Content-Type", ""),
        **{f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()},
        "HTTP_HOST": url.netloc,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": url.scheme,
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
