"""HTTP: Slack calls a public address of the bot, for events, commands and interactions alike."""

import logging
from collections.abc import Callable, Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from slack_bolt import App
from slack_bolt.adapter.wsgi import SlackRequestHandler

from bot.settings import Settings
from bot.slack.cannot_serve import cannot_listen, not_set
from bot.slack.guard import LONGEST_BODY, Guard
from bot.slack.manifest import EVENTS_PATH
from bot.slack.webserver import Address, WebServer

log = logging.getLogger(__name__)


class Http:
    """The transport for the Events API. https://docs.slack.dev/apis/events-api/using-http-request-urls"""

    def __init__(self, settings: Settings, address: Address, is_ready: Callable[[], bool] = lambda: True) -> None:
        """`is_ready` is what /readyz says. Raises CannotServe."""
        if not settings.slack_signing_secrets:
            raise not_set("SLACK_SIGNING_SECRET", "Basic Information")
        self._secrets = settings.slack_signing_secrets
        self._address = address
        self._is_ready = is_ready
        self._server: WebServer | None = None

    @property
    def port(self) -> int:
        """The port that it listens on; 0 while it does not."""
        return self._server.port if self._server else 0

    @property
    def is_connected(self) -> bool:
        """Whether Slack can reach the bot, as far as that lies with the bot."""
        return self._server is not None and self._server.is_serving

    def open(self, app: App) -> None:
        """Listen, and hand what comes to the app from then on. Raises CannotServe."""
        bolt = _without_tracebacks(SlackRequestHandler(app, EVENTS_PATH))
        guarded = Guard(bolt, EVENTS_PATH, self._secrets, is_ready=self._is_ready)
        try:
            self._server = WebServer(guarded, self._address, LONGEST_BODY)
        except OSError as error:
            raise cannot_listen("--http", str(self._address), error) from error

    def close(self) -> None:
        """Take nothing more, and acknowledge what has come. To be called even if `open` failed."""
        if self._server is not None:
            self._server.stop()


def _without_tracebacks(bolt: SlackRequestHandler) -> WSGIApplication:
    """Bolt looks into a payload before any middleware does, and trusts its form; what it says may quote the payload."""

    def handle(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        try:
            return bolt(environ, start_response)
        except Exception as error:  # noqa: BLE001
            log.error("a payload has a form that Bolt cannot read: %s", type(error).__name__)
            start_response("400 Bad Request", [("Content-Length", "0"), ("X-Slack-No-Retry", "1")])
            return []

    return handle
