"""Requests of boto3 clients in this process, handed to the simulation without a socket between."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from urllib3 import HTTPResponse
from werkzeug.test import EnvironBuilder, run_wsgi_app


def answers_of(application: Callable[..., Any]) -> Callable[..., AWSResponse]:
    """A handler of botocore's event `before-send`: a WSGI application answers in the place of the network."""

    def answer(request: AWSPreparedRequest, **_: object) -> AWSResponse:
        body, status, headers = run_wsgi_app(application, _environ(request), buffered=True)
        raw = HTTPResponse(io.BytesIO(b"".join(body)), dict(headers), preload_content=False)
        return AWSResponse(request.url, int(status.split()[0]), dict(headers), raw)

    return answer


def _environ(request: AWSPreparedRequest) -> dict[str, Any]:
    url = urlsplit(request.url)
    headers = {
        name: value.decode("latin-1") if isinstance(value, bytes) else str(value)
        for name, value in request.headers.items()
    }
    return EnvironBuilder(
        urlunsplit(("", "", url.path, url.query, "")),
        f"{url.scheme}://{url.netloc}",
        method=request.method,
        headers=headers,
        data=request.body or b"",
    ).get_environ()
