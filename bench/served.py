"""Processes that serve Slack over HTTP: the bot, and bare Bolt apps behind the same web server."""

import asyncio
import logging
import multiprocessing
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, closing, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from time import monotonic, sleep

from slack_bolt import Ack, App
from slack_bolt.adapter.wsgi import SlackRequestHandler
from slack_sdk import WebClient

from bench.outside import PATH, SECRET
from bot.model import Asker, Diagnosis, Place, Question, Reply
from bot.settings import read_settings
from bot.slack import actions
from bot.slack.app import connected
from bot.slack.calling.turns import Turns
from bot.slack.guard import LONGEST_BODY
from bot.slack.http import Http
from bot.slack.incoming.lasting import FORM
from bot.slack.webserver import Address, WebServer
from bot.storage import open_storage
from tests.slack.engine import WRITER, broken

_TOKEN = "xoxb-1-bot"
_ANYWHERE = Address("127.0.0.1", 0)
_WAIT_SECONDS = 60
_HURRIED = Turns(clock=lambda: monotonic() * 1_000, sleep=lambda seconds: sleep(seconds / 1_000))
"""Slack's limits, a thousand times as wide: they are not what is measured."""
_SPAWN = multiprocessing.get_context("spawn")
Serving = Callable[[str, Event], AbstractContextManager[int]]


@dataclass(frozen=True, slots=True)
class Served:
    """A process that serves at a port of this machine."""

    pid: int
    port: int
    go: Event
    """Until this is set, whoever answers questions waits."""


@asynccontextmanager
async def served(serving: Serving, slack_url: str) -> AsyncIterator[Served]:
    """A process of its own, for as long as inside."""
    line, theirs = _SPAWN.Pipe()
    go = _SPAWN.Event()
    process = _SPAWN.Process(target=_serve, args=(serving, slack_url, theirs, go), daemon=True)
    process.start()
    theirs.close()
    try:
        port = await asyncio.to_thread(line.recv)
        assert process.pid
        yield Served(process.pid, port, go)
    finally:
        go.set()
        line.close()
        await asyncio.to_thread(process.join, _WAIT_SECONDS)
        process.kill()


def _serve(serving: Serving, slack_url: str, line: Connection, go: Event) -> None:
    logging.disable(logging.ERROR)
    with serving(slack_url, go) as port:
        line.send(port)
        with suppress(EOFError):
            line.recv()


@contextmanager
def bare(slack_url: str, go: Event, *, working_seconds: float = 0) -> Iterator[int]:
    """A Bolt app as its documentation shows it. Its listeners work for so long, or do nothing at all."""
    app = App(client=WebClient(_TOKEN, base_url=slack_url), signing_secret=SECRET, token_verification_enabled=False)

    @app.event("app_mention")
    def mentioned() -> None:
        sleep(working_seconds)

    @app.command(actions.COMMAND)
    def commanded(ack: Ack) -> None:
        ack()
        sleep(working_seconds)

    server = WebServer(SlackRequestHandler(app, PATH), _ANYWHERE, LONGEST_BODY)
    try:
        yield server.port
    finally:
        server.stop()


class _Finder:
    """Finds nothing wrong, once it is let."""

    def __init__(self, go: Event) -> None:
        self._go = go

    def answer(self, question: Question, watch: object = None) -> Reply:
        self._go.wait(_WAIT_SECONDS)
        return WRITER.reply(broken(), question.locale)

    def subject_of(self, question: Question) -> str | None:
        return None

    def understands(self, *texts: str) -> bool:
        return True

    def lets_in(self, asker: Asker) -> bool:
        return True

    def may_see_all(self, asker: Asker, diagnosis: Diagnosis) -> bool:
        return True

    def places(self, asker: Asker | None = None) -> tuple[Place, ...]:
        return ()

    def regions(self) -> tuple[str, ...]:
        return ()


@contextmanager
def ours(slack_url: str, go: Event) -> Iterator[int]:
    """The bot, as it is by itself, but for the room that it has for questions that wait."""
    environment = {
        "SLACK_BOT_TOKEN": _TOKEN,
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_API_URL": slack_url,
        "KINTSUGI_QUEUE": "10000",
        "KINTSUGI_QUEUE_CHANNEL": "10000",
    }
    with tempfile.TemporaryDirectory() as folder:
        given = read_settings(environment | {"KINTSUGI_STORE": f"{folder}/kintsugi.db"})
        transport = Http(given, _ANYWHERE)
        with (
            closing(open_storage(given, FORM)) as storage,
            connected(given, _Finder(go), WRITER, storage, transport, turns=_HURRIED),
        ):
            yield transport.port


WORKING_SECONDS = 2.0
working = partial(bare, working_seconds=WORKING_SECONDS)
"""A Bolt app whose listeners do something, in the five threads that Bolt has for them by itself."""
