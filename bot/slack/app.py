"""`kintsugi serve`: connects to Slack by Socket Mode, serves until told to stop, and leaves nothing unanswered."""

import logging
import signal
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event

from slack_bolt import App, BoltResponse
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler

from bot.reply.locales import UnknownLanguage, language_of
from bot.reply.writer import Writer
from bot.report.redact import redact
from bot.settings import Secret, Settings
from bot.slack.conversation.answering import Answering, Troubleshooter
from bot.slack.conversation.people import SLACK_FAILS, People
from bot.slack.incoming.entrances import Bot
from bot.slack.listeners import Listeners
from bot.worker import Worker

log = logging.getLogger(__name__)

_ERRAND_RUNNERS = 2
_WAITING_ERRANDS = 100
# The client reads a message by recursion, a buffer a level: with its 1,024 bytes, a long paste exceeds Python's limit.
_RECEIVE_BUFFER = 64 * 1024


class CannotServe(Exception):
    """Slack cannot be served; the message says in one sentence why, and what to do."""


def serve(settings: Settings, troubleshooter: Troubleshooter, writer: Writer) -> None:
    """Serve Slack until SIGTERM or SIGINT, then finish what was asked; a second signal ends at once.

    To be called in the main thread. Raises CannotServe.
    """
    with _told_to_stop() as stop, connected(settings, troubleshooter, writer):
        log.info("connected to Slack")
        stop.wait()
        log.info("stopping: finishing what was asked")


@contextmanager
def _told_to_stop() -> Iterator[Event]:
    stop = Event()
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    def notice(*_: object) -> None:
        stop.set()
        restore()

    for number in before:
        signal.signal(number, notice)
    try:
        yield stop
    finally:
        restore()


@contextmanager
def connected(settings: Settings, troubleshooter: Troubleshooter, writer: Writer) -> Iterator[None]:
    """Serve Slack while inside. Leaving closes the connection, then finishes what was asked. Raises CannotServe."""
    _quieten()
    bot_token = _token(settings.slack_bot_token, "SLACK_BOT_TOKEN", "xoxb-", "OAuth & Permissions")
    app_token = _token(settings.slack_app_token, "SLACK_APP_TOKEN", "xapp-", "Basic Information")
    try:
        language = language_of(settings.slack_default_language)
    except UnknownLanguage as error:
        raise CannotServe(f"KINTSUGI_DEFAULT_LANGUAGE: {error}.") from error
    # Not the SDK's own choice, which repeats a message whose fate is unknown.
    client = WebClient(
        bot_token, base_url=settings.slack_api_url, retry_handlers=[RateLimitErrorRetryHandler(max_retry_count=2)]
    )
    bot = _introduce(client)
    answering = Answering(client, People(client, bot.teams, language), troubleshooter, writer)
    questions = Worker("question", settings.workers, settings.queue)
    errands = Worker("errand", _ERRAND_RUNNERS, _WAITING_ERRANDS)
    handler = SocketModeHandler(
        _app(client, Listeners(bot, answering, questions, errands)),
        app_token,
        receive_buffer_size=_RECEIVE_BUFFER,
    )
    try:
        _connect(handler)
        yield
    finally:
        handler.close()  # type: ignore[no-untyped-call]
        questions.stop(settings.deadline_seconds)
        errands.stop(settings.deadline_seconds)


def _quieten() -> None:
    # Below warnings, Bolt and the SDK print whole payloads, which hold what people paste.
    for name in ("slack_bolt", "slack_sdk"):
        logging.getLogger(name).setLevel(logging.WARNING)


def _token(secret: Secret | None, variable: str, prefix: str, page: str) -> str:
    token = secret.reveal().strip() if secret else ""
    where = f"it is shown on the page '{page}' of the app at https://api.slack.com/apps"
    if not token:
        raise CannotServe(f"{variable} is not set: {where}.")
    if not token.startswith(prefix):
        raise CannotServe(f"{variable} must begin with '{prefix}': {where}.")
    return token


def _introduce(client: WebClient) -> Bot:
    # https://docs.slack.dev/reference/methods/auth.test
    try:
        answer = client.auth_test()
    except SlackApiError as error:
        raise CannotServe(
            f"Slack refuses SLACK_BOT_TOKEN ({error.response.get('error')}): reinstall the app and take its new token."
        ) from error
    except SLACK_FAILS as error:
        raise _out_of_reach(client, error) from error
    teams = frozenset(filter(None, (answer.get("team_id"), answer.get("enterprise_id"))))
    return Bot(user=answer["user_id"], teams=teams)


def _app(client: WebClient, listeners: Listeners) -> App:
    # `before_authorize` comes first of all middleware, and authorizing may call Slack: `_introduce` has done that once.
    # Without a logger given, Bolt's loggers take their level from the root logger.
    app = App(
        name="kintsugi",
        logger=logging.getLogger("slack_bolt"),
        client=client,
        token_verification_enabled=False,
        before_authorize=listeners,
    )

    @app.error
    def report(error: Exception) -> BoltResponse:
        log.error("a payload could not be read: %s", redact("".join(traceback.format_exception(error)))[0])
        return BoltResponse(status=200)

    return app


def _connect(handler: SocketModeHandler) -> None:
    try:
        handler.connect()  # type: ignore[no-untyped-call]
    except SlackApiError as error:
        raise CannotServe(
            f"Slack refuses SLACK_APP_TOKEN ({error.response.get('error')}): Socket Mode must be on, "
            "and the token needs the scope connections:write."
        ) from error
    except SLACK_FAILS as error:
        raise _out_of_reach(handler.app.client, error) from error


def _out_of_reach(client: WebClient, error: BaseException) -> CannotServe:
    return CannotServe(f"Slack is out of reach at {client.base_url} ({error}): check the network and the proxy.")
