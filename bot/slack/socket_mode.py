"""Socket Mode: the bot connects to Slack, and needs no public address."""

from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk.errors import SlackApiError

from bot.settings import Settings
from bot.slack.calling.failures import SLACK_FAILS
from bot.slack.cannot_serve import CannotServe, out_of_reach, token

# The client reads a message by recursion, a buffer a level: with its 1,024 bytes, a long paste exceeds Python's limit.
_RECEIVE_BUFFER = 64 * 1024


class SocketMode:
    """The transport that is the default. https://docs.slack.dev/apis/events-api/using-socket-mode"""

    def __init__(self, settings: Settings) -> None:
        """Raises CannotServe."""
        self._token = token(settings.slack_app_token, "SLACK_APP_TOKEN", "xapp-", "Basic Information")
        self._handler: SocketModeHandler | None = None

    @property
    def is_connected(self) -> bool:
        """Whether Slack is connected, as far as its client knows; of a cut it hears within a minute."""
        client = self._handler.client if self._handler else None
        return client is not None and not client.closed and bool(client.is_connected())

    def open(self, app: App) -> None:
        """Connect, and hand what comes to the app from then on. Raises CannotServe."""
        self._handler = SocketModeHandler(app, self._token, receive_buffer_size=_RECEIVE_BUFFER)
        try:
            self._handler.connect()  # type: ignore[no-untyped-call]
        except SlackApiError as error:
            raise CannotServe(
                f"Slack refuses SLACK_APP_TOKEN ({error.response.get('error')})",
                "Socket Mode must be on, and the token needs the scope connections:write",
            ) from error
        except SLACK_FAILS as error:
            raise out_of_reach(app.client.base_url, error) from error

    def close(self) -> None:
        """Take nothing more, and acknowledge what has come. To be called even if `open` failed."""
        if self._handler is None:
            return
        # The client's own `close` disconnects first. What is being heard then would not be acknowledged, although it is
        # done: Slack would send it again, to be answered twice. What is not heard yet is left to be sent again.
        client = self._handler.client
        client.closed = True
        client.message_processor.shutdown()  # type: ignore[no-untyped-call]
        client.message_workers.shutdown()
        client.close()
