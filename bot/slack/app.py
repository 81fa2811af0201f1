"""`kintsugi serve`: hears Slack by one of two transports until told to stop, and leaves nothing unanswered."""

import logging
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from queue import Empty, SimpleQueue
from typing import Protocol

from slack_bolt import App, BoltResponse
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.audit import AuditLog
from bot.inbox.inbox import Owed, Stage
from bot.inbox.sealed import Seal
from bot.inbox.sheltered import Sheltered
from bot.inbox.sqlite import SqliteInbox
from bot.logs import trace_of
from bot.pool import Pool
from bot.reply.locales import UnknownLanguage, language_of
from bot.reply.writer import Writer
from bot.settings import Settings
from bot.slack.calling.client import PacedClient
from bot.slack.calling.failures import SLACK_FAILS
from bot.slack.calling.turns import Turns
from bot.slack.cannot_serve import CannotServe, out_of_reach, token
from bot.slack.conversation.answering import Answering, Troubleshooter
from bot.slack.conversation.answers import Answers
from bot.slack.conversation.bounds import Bounds, Limits
from bot.slack.conversation.clicks import Clicks
from bot.slack.conversation.desk import Desk
from bot.slack.conversation.exposure import Exposure
from bot.slack.conversation.intake import Intake
from bot.slack.conversation.ledger import Ledger
from bot.slack.conversation.people import People
from bot.slack.conversation.pointing import Pointing
from bot.slack.conversation.reception import Arrivals, Questions, Reception
from bot.slack.conversation.rechecking import Rechecking
from bot.slack.conversation.repeats import Repeats
from bot.slack.conversation.threads import Threads
from bot.slack.conversation.views import Views
from bot.slack.incoming.files import Files
from bot.slack.incoming.lasting import FORM
from bot.slack.listeners import Listeners
from bot.slack.socket_mode import SocketMode
from bot.slack.status import Readiness, answers_to, holds
from bot.storage import Storage
from bot.store.counted import CountedStore
from bot.store.database import MEMORY
from bot.store.feedback import Feedback
from bot.telemetry import Telemetry, Unheard
from bot.worker import LEASE_SECONDS, PAUSE_SECONDS, Worker

log = logging.getLogger(__name__)

_RECEIVERS = 8
_ERRAND_RUNNERS = 4
_WAITING_ERRANDS = 500
_FILE_SECONDS = 10
_CALL_SECONDS = 10
_NOBODYS = "0" * 16
"""An id under which nothing is kept."""


class Transport(Protocol):
    """How payloads come from Slack to the app: `SocketMode` or `Http`."""

    def open(self, app: App) -> None:
        """Let them come, from now on and in threads of its own. Raises CannotServe."""

    def close(self) -> None:
        """Let no more come, and acknowledge those that have. To be called even if `open` failed."""

    @property
    def is_connected(self) -> bool:
        """Whether they can come at the moment, as far as is known."""


@dataclass(frozen=True, slots=True)
class Backlog:
    """What is to be done: `owed` by all processes together, which raises StoreFails, and being done by this one."""

    owed: Callable[[], Sequence[Owed]]
    busy: Callable[[], int]


def serve(
    settings: Settings,
    troubleshooter: Troubleshooter,
    writer: Writer,
    storage: Storage,
    transport: Transport | None = None,
    telemetry: Telemetry | None = None,
    readiness: Readiness | None = None,
    watch: Callable[["Backlog"], None] = lambda backlog: None,
) -> None:
    """Serve Slack until SIGTERM or SIGINT, then finish what is being worked on; a second signal ends at once.

    `watch` is given, once it serves, what tells what there is to be done. To be called in the main thread. Raises
    CannotServe.
    """
    serving = connected(settings, troubleshooter, writer, storage, transport, telemetry=telemetry, readiness=readiness)
    with _told_to_stop() as stop, serving as backlog:
        watch(backlog)
        log.info("serving Slack")
        _wait(stop)
        log.info("stopping: finishing what is being worked on")


@contextmanager
def _told_to_stop() -> Iterator[SimpleQueue[int]]:
    """The signals that have come; a queue of this kind may be put into wherever a signal interrupts the program."""
    told: SimpleQueue[int] = SimpleQueue()
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    def notice(number: int, _: object) -> None:
        told.put(number)
        restore()

    for number in before:
        signal.signal(number, notice)
    try:
        yield told
    finally:
        restore()


def _wait(told: SimpleQueue[int]) -> None:
    # A signal that comes just when waiting begins does not interrupt it: it begins anew every second.
    while True:
        with suppress(Empty):
            told.get(timeout=1)
            return


@contextmanager
def connected(
    settings: Settings,
    troubleshooter: Troubleshooter,
    writer: Writer,
    storage: Storage,
    transport: Transport | None = None,
    *,
    telemetry: Telemetry | None = None,
    readiness: Readiness | None = None,
    turns: Turns | None = None,
    lease_seconds: float = LEASE_SECONDS,
    pause_seconds: float = PAUSE_SECONDS,
) -> Iterator["Backlog"]:
    """Serve Slack while inside, by Socket Mode if nothing else is said; tells what there is to be done.

    Leaving closes the transport, then waits for what is being worked on; what is not done in time stays in the inbox,
    which is closed. Raises CannotServe.
    """
    _quieten()
    bot_token = token(settings.slack_bot_token, "SLACK_BOT_TOKEN", "xoxb-", "OAuth & Permissions")
    transport = transport or SocketMode(settings)
    telemetry = telemetry or Unheard()
    try:
        language = language_of(settings.slack_default_language)
    except UnknownLanguage as error:
        raise CannotServe(f"KINTSUGI_DEFAULT_LANGUAGE: {error}") from error
    turns = turns or Turns(telemetry)
    client = PacedClient(bot_token, turns, base_url=settings.slack_api_url, timeout=_CALL_SECONDS)
    user, teams = _introduce(client)
    store = CountedStore(storage.store, telemetry)
    kept_seconds = settings.keep_seconds
    inbox = Sheltered(storage.inbox, SqliteInbox(MEMORY, FORM, failed_seconds=kept_seconds), telemetry)
    errands = Pool("errand", _ERRAND_RUNNERS, _WAITING_ERRANDS)
    # Apart from the errands: where Slack asks it to wait, nobody's click waits with it.
    progress = Pool("progress", 1, 1)
    people = People(client, store, teams, language)
    desk = Desk(
        client=client,
        bot_user=user,
        writer=writer,
        people=people,
        threads=Threads(store, kept_seconds),
        answers=Answers(store, kept_seconds),
        ledger=Ledger(people, telemetry, AuditLog(settings.audit, telemetry)),
        lets_in=troubleshooter.lets_in,
        may_see=troubleshooter.may_see_all,
        lets_outsiders_in=settings.slack_outsiders,
    )
    bounds = Bounds(_limits(settings), inbox.waiting_beside)
    exposure = Exposure(desk, errands)
    answering = Answering(
        desk,
        troubleshooter,
        Files(client, settings.slack_file_bytes, _FILE_SECONDS),
        settings.slack_file_bytes / 1_000_000,
        bounds,
        Pointing(desk, Repeats(store, settings.repeat_minutes * 60)),
        exposure,
        progress,
    )
    rechecking = Rechecking(desk, answering, bounds, store)
    views = Views(desk, troubleshooter)
    clicks = Clicks(desk, rechecking, views, Feedback(store, kept_seconds), exposure, store)
    seal = Seal(bot_token)
    arrivals, questions = Arrivals(desk, seal, answering, clicks), Questions(desk, seal, answering, rechecking)
    working = partial(Worker, lease_seconds=lease_seconds, pause_seconds=pause_seconds)
    workers = (
        working("arrival", inbox, Stage.ARRIVED, arrivals, _RECEIVERS),
        working("question", inbox, Stage.WAITING, questions, settings.workers),
    )
    intake = Intake(inbox, seal, desk.threads)
    listeners = Listeners(user, intake, Reception(desk, clicks, views), errands, telemetry)
    try:
        for worker in workers:
            worker.start()
        transport.open(_app(client, listeners))
        if readiness:
            readiness.watch(
                holds(lambda: transport.is_connected, "Slack is not connected"),
                holds(lambda: all(worker.is_alive for worker in workers), "a worker has died, or is stopping"),
                answers_to(lambda: storage.inbox.find(_NOBODYS), "the inbox"),
                answers_to(lambda: store.get(_NOBODYS, _NOBODYS), "the store"),
            )
        errands.submit(views.look_around, _log_failure)
        yield Backlog(inbox.owed, lambda: workers[-1].busy)
    finally:
        transport.close()
        for worker in workers:
            worker.take_no_more()  # All of them first: while one is waited for, another would go on.
        until = time.monotonic() + settings.deadline_seconds + _CALL_SECONDS
        for worker in workers:
            worker.stop(max(0.0, until - time.monotonic()))
        errands.stop(0)
        progress.stop(0)
        inbox.close()


def _limits(settings: Settings) -> Limits:
    return Limits(
        open_in_all=settings.queue,
        open_of_person=settings.queue_of_person,
        open_in_channel=settings.queue_in_channel,
        at_once=settings.workers,
        at_once_of_person=settings.workers_of_person,
        at_once_in_channel=settings.workers_in_channel,
    )


def _log_failure(error: BaseException) -> None:
    log.error("an errand failed: %s", trace_of(error))


def _quieten() -> None:
    # Below these levels, both print whole payloads, which hold what people paste. Bolt's warnings are for programmers.
    logging.getLogger("slack_bolt").setLevel(logging.ERROR)
    logging.getLogger("slack_sdk").setLevel(logging.WARNING)


def _introduce(client: WebClient) -> tuple[str, frozenset[str]]:
    """The bot's own user, and the teams that are its company: its workspace and, in a grid, the organization."""
    # https://docs.slack.dev/reference/methods/auth.test
    try:
        answer = client.auth_test()
    except SlackApiError as error:
        raise CannotServe(
            f"Slack refuses SLACK_BOT_TOKEN ({error.response.get('error')})",
            "reinstall the app and take its new token",
        ) from error
    except SLACK_FAILS as error:
        raise out_of_reach(client.base_url, error) from error
    teams = frozenset(filter(None, (answer.get("team_id"), answer.get("enterprise_id"))))
    return answer["user_id"], teams


def _app(client: WebClient, listeners: Listeners) -> App:
    # `before_authorize` comes first of all middleware, and authorizing may call Slack: `_introduce` has done that once.
    # Signatures are looked at by the guard of HTTP; Socket Mode has none.
    # Without a logger given, Bolt's loggers take their level from the root logger.
    app = App(
        name="kintsugi",
        logger=logging.getLogger("slack_bolt"),
        client=client,
        token_verification_enabled=False,
        request_verification_enabled=False,
        before_authorize=listeners,
    )

    @app.error
    def report(error: Exception) -> BoltResponse:
        log.error("a payload could not be read: %s", trace_of(error))
        return BoltResponse(status=200)

    return app
