"""Posts to the address that comes with a command or a click, in its turn."""

from functools import partial
from typing import Any

from slack_sdk import WebClient
from slack_sdk.webhook import WebhookClient

from bot.slack.calling.client import PacedClient
from bot.slack.calling.failures import MustWait, ResponseUrlRefused, retry_after
from bot.slack.calling.turns import Turns


class ResponsePost:
    """A `response_url`: what is sent is shown. https://docs.slack.dev/interactivity/handling-user-interaction"""

    def __init__(self, client: WebClient, url: str) -> None:
        """The way there, and the turns if it has any, are those of the client; its token is not sent."""
        self._turns = client.turns if isinstance(client, PacedClient) else Turns()
        self._hook = WebhookClient(url, client.timeout, client.ssl, client.proxy, retry_handlers=[])

    def send(self, payload: dict[str, Any]) -> None:
        """Raises ResponseUrlRefused, MustWait or another of SLACK_FAILS."""
        self._turns.call("response_url", partial(self._send, payload))

    def _send(self, payload: dict[str, Any]) -> None:
        answer = self._hook.send_dict(payload)
        if answer.status_code == 429:
            raise MustWait("response_url", retry_after(answer.headers.get("Retry-After")))
        if answer.status_code != 200:
            raise ResponseUrlRefused(
                f"a response_url answered {answer.status_code}: {answer.body[:100]}", answer.status_code
            )
