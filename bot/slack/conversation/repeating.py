"""Calls that are made again where nobody knows what became of them: only those that do no harm when done twice."""

from urllib.parse import urlsplit

from slack_sdk.http_retry import HttpRequest, HttpResponse, RetryHandler, RetryState
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler
from slack_sdk.http_retry.builtin_interval_calculators import FixedValueRetryIntervalCalculator

_TIMES = 2
_SECONDS_BETWEEN = 0.25
_HARMLESS = {"chat.update", "conversations.replies", "users.info", "views.publish"}
"""A message that is posted twice stands there twice; one that is edited twice says the same."""


class _HarmlessRetryHandler(RetryHandler):
    def _can_retry(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        is_unknown = isinstance(error, OSError) if response is None else response.status_code >= 500
        return is_unknown and urlsplit(request.url).path.rpartition("/")[2] in _HARMLESS


def retry_handlers() -> list[RetryHandler]:
    """For a client of Slack's: what was refused for its rate waits, and what does no harm is made again.

    The SDK's own choice makes every call again, posts as well.
    """
    again = FixedValueRetryIntervalCalculator(_SECONDS_BETWEEN)
    return [RateLimitErrorRetryHandler(_TIMES), _HarmlessRetryHandler(_TIMES, again)]
