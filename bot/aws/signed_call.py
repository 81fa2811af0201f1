"""A call as it was let through, put together a second time, to be compared with what is about to be signed."""

from collections.abc import Mapping
from copy import deepcopy
from functools import cache
from typing import Any
from urllib.parse import urlsplit

_BOTOCORE_ADDS = frozenset(
    {
        *("accept", "content-length", "user-agent", "x-amz-api-version"),
        *("amz-sdk-invocation-id", "amz-sdk-request", "x-amzn-trace-id"),
        *("authorization", "x-amz-content-sha256", "x-amz-date", "x-amz-security-token"),
    }
)
"""Headers that say nothing about what is asked for. Of others, one could name another operation: X-Amz-Target does."""


class SignedCall:
    """An operation with its parameters, as they were when the door had seen them.

    Between that and the signature, handlers of botocore's events may still change parameters, method, path and body.
    The host is not compared: who signs for one service is believed by no other, nor is a signature good elsewhere.
    """

    def __init__(self, model: Any, params: Mapping[str, Any], endpoint_url: str) -> None:
        """`endpoint_url` is the client's: the path of a stand-in for AWS begins with its own."""
        self._model = model
        self._params = deepcopy(params)
        self._endpoint_url = endpoint_url

    def difference(self, request: Any) -> str | None:
        """What a request of botocore's, prepared or not yet, has otherwise than the call; None if nothing."""
        from botocore.awsrequest import AWSRequest, create_request_object, prepare_request_dict

        form = _serializer(self._model.service_model.resolved_protocol).serialize_to_request(self._params, self._model)
        form.pop("host_prefix", None)
        prepare_request_dict(form, self._endpoint_url, context={})
        let_through = create_request_object(form).prepare()
        given = request.prepare() if isinstance(request, AWSRequest) else request
        mine, theirs = urlsplit(let_through.url), urlsplit(given.url)
        for part, expected, found in (
            ("method", let_through.method, given.method),
            ("path", mine.path, theirs.path),
            ("query", mine.query, theirs.query),
            ("body", let_through.body, given.body),
            ("headers", _telling(form["headers"]), _telling(given.headers)),
        ):
            if expected != found:
                return part
        return None

    def is_signed_as(self, service: str) -> bool:
        """Whether a signature for a service, as signatures name it, is one for this call."""
        return bool(service == self._model.service_model.signing_name)


def _telling(headers: Any) -> list[tuple[str, str]]:
    """The headers that may say what is asked for, each as often as it is there."""
    named = ((name.lower(), value.decode() if isinstance(value, bytes) else value) for name, value in headers.items())
    return sorted(pair for pair in named if pair[0] not in _BOTOCORE_ADDS)


@cache
def _serializer(protocol: str) -> Any:
    from botocore.serialize import create_serializer

    return create_serializer(protocol)
