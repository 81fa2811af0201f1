"""The client of Slack's Web API that all calls go through, each in its turn."""

from functools import partial
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

from bot.slack.calling.failures import MustWait, is_rate_limit, retry_after
from bot.slack.calling.turns import Turns

_OF_SOCKET_MODE = "apps.connections.open"
"""The SDK's client of Socket Mode calls this by itself, and waits by itself where Slack asks it to."""


class PacedClient(WebClient):
    """A WebClient whose calls raise MustWait, as well, instead of a SlackApiError of `ratelimited`.

    The SDK opens a connection for each call; reusing them would mean another HTTP client than its own.
    """

    def __init__(self, token: str, turns: Turns, **more: Any) -> None:
        """`more` is what a WebClient takes besides."""
        super().__init__(token, retry_handlers=[], **more)
        self.turns = turns

    def api_call(self, api_method: str, **given: Any) -> SlackResponse:
        """As a WebClient does, in its turn."""
        if api_method == _OF_SOCKET_MODE:
            return super().api_call(api_method, **given)
        make = partial(super().api_call, api_method, **given)
        return self.turns.call(api_method, partial(_made, api_method, make), _channel(given))


def _made(method: str, make: "partial[SlackResponse]") -> SlackResponse:
    try:
        return make()
    except SlackApiError as error:
        if is_rate_limit(error):
            headers = getattr(error.response, "headers", {})
            raise MustWait(method, retry_after(headers.get("Retry-After"))) from error
        raise


def _channel(given: dict[str, Any]) -> str | None:
    arguments = given.get("json") or given.get("params") or {}
    channel = arguments.get("channel")
    return channel if isinstance(channel, str) else None
