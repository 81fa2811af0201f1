"""Serving against the fake of Slack: a stub that answers, and what comes back in whose language."""

import json
import logging
import re
import time
import zlib
from contextlib import contextmanager
from queue import Queue
from threading import Event

from bot.inbox.sealed import Seal, Unsealable
from bot.inbox.sqlite import SqliteInbox
from bot.model import Place
from bot.settings import read_settings
from bot.slack.app import connected
from bot.slack.calling.turns import Turns
from bot.slack.conversation.ledger import LOOKS
from bot.slack.conversation.notes import Note
from bot.slack.http import Http
from bot.slack.incoming.entrances import Asked, Clicked, Way
from bot.slack.incoming.lasting import FORM, read
from bot.slack.socket_mode import SocketMode
from bot.slack.webserver import Address
from bot.storage import Storage
from bot.store.sqlite import SqliteStore
from tests.slack.blockkit.texts import every_text
from tests.slack.engine import WRITER
from tests.slack.fake import APP_TOKEN, BOT_TOKEN
from tests.slack.replies import a_reply

PATIENCE = 20
PACE = {"lease_seconds": 2, "pause_seconds": 0.1}
SECRETS = ("the-old-secret", "the-new-secret")


class StubTroubleshooter:
    """Answers what it is told to answer, when it is let; `progress` is what a watcher hears meanwhile."""

    def __init__(self):
        self.questions = Queue()
        self.answers = a_reply
        self.progress = []
        self.go = Event()
        self.go.set()
        self.lets_see = lambda asker: True
        self.may_use = lambda asker: True

    def answer(self, question, watch=lambda progress: None):
        self.questions.put(question)
        for each in self.progress:
            watch(each)
        assert self.go.wait(PATIENCE)
        reply = self.answers(locale=question.locale, summary=f"Answer to {question.pasted} in {question.locale}")
        return reply

    def understands(self, *texts):
        return any(re.search(r"error|\b[a-z0-9]{10}\b|\bstage\b", text) for text in texts)

    def subject_of(self, question):
        texts = (*question.earlier, question.pasted)
        return str(zlib.crc32(" ".join(texts).encode())) if "error" in question.pasted else None

    def lets_in(self, asker):
        return self.may_use(asker)

    def may_see_all(self, asker, diagnosis):
        return self.lets_see(asker)

    def places(self, asker=None):
        return (Place("123456789012", True, "eu-west-1"), Place("210987654321", False, None))

    def regions(self):
        return ("eu-central-1", "eu-west-1")


def settings(slack, **changes):
    known = {
        "SLACK_BOT_TOKEN": BOT_TOKEN,
        "SLACK_APP_TOKEN": APP_TOKEN,
        "SLACK_SIGNING_SECRET": ",".join(SECRETS),
        "SLACK_API_URL": slack.url,
        "KINTSUGI_WORKERS": "1",
        "KINTSUGI_QUEUE": "10",
        "KINTSUGI_REPEAT_MINUTES": "0",
    }
    return read_settings({name: value for name, value in (known | changes).items() if value is not None})


def hurried(times=1_000):
    """Turns to call Slack that come so many times sooner: the fake of Slack takes as much as there is."""
    return Turns(clock=lambda: time.monotonic() * times, sleep=lambda seconds: time.sleep(seconds / times))


def nothing():
    """What is done where a test wants nothing done."""


class Inbox(SqliteInbox):
    """An inbox that tells when the bot has begun to stop, since those who wait are woken then, and when items end."""

    def __init__(self, file, when_stopping, when_ended):
        super().__init__(file, FORM)
        self._when_stopping = when_stopping
        self._when_ended = when_ended
        self.ended = []
        """The leases by which items ended here."""

    def wake(self):
        super().wake()
        self._when_stopping()

    def done(self, lease):
        super().done(lease)
        self.ended.append(lease)
        self._when_ended()

    def give_up(self, lease, why):
        super().give_up(lease, why)
        self.ended.append(lease)
        self._when_ended()


class Lines(logging.Handler):
    """The ids of the questions that have a line in the audit log, wherever its lines go."""

    def __init__(self):
        super().__init__()
        self.questions = set()

    def emit(self, record):
        if record.msg == "audit":
            self.questions.add(record.question)

    @contextmanager
    def read(self, file):
        """Those of this while, once it is over."""
        to_log = logging.getLogger("bot.audit")
        to_log.addHandler(self)
        try:
            yield self
        finally:
            to_log.removeHandler(self)
            if file and file.exists():
                self.questions |= {json.loads(line)["question"] for line in file.read_text("ascii").splitlines()}


def is_question(lease):
    """Whether what ended is a question: what people say to each other is one once the bot has said that it heard it."""
    try:
        entrance = read(Seal(BOT_TOKEN).open(lease.item.body))
    except Unsealable:
        return lease.item.kind not in ("clicked", "commented")
    if isinstance(entrance, Asked):
        is_addressed = entrance.way is not Way.REPLY and not (entrance.way is Way.DIRECT and entrance.hangs_on)
        return is_addressed or Note.read(lease.note).is_greeted
    return isinstance(entrance, Clicked) and entrance.action in LOOKS


@contextmanager
def storage_in(folder, clock=time.time, when_stopping=nothing, when_ended=nothing):
    """A storage in a file of the folder, as each process opens one of its own."""
    file = folder / "kintsugi.db"
    storage = Storage(SqliteStore(file, clock), Inbox(file, when_stopping, when_ended))
    try:
        yield storage
    finally:
        storage.close()


@contextmanager
def serving(slack, stub, folder, over="http", clock=time.time, when_stopping=nothing, **changes):
    """The bot, serving: over HTTP, which begins and ends sooner than Socket Mode, unless something else is said.

    `folder` holds its store, which forgets by the clock. `when_stopping` is called, perhaps several times, once nothing
    more is taken up. What fails is tried again at once. Gives the way by which Slack reaches it. Whoever waits for
    something with `slack.wait_for` looks again when anything ends in the inbox, too.

    Whatever a test does, each question that ended has its line in the audit log.
    """
    given = settings(slack, **changes)
    transport = Http(given, Address("127.0.0.1", 0)) if over == "http" else SocketMode(given)

    def look_again():
        with slack.workspace.changing():
            pass

    with (
        storage_in(folder, clock, when_stopping, look_again) as storage,
        Lines().read(given.audit) as lines,
        connected(given, stub, WRITER, storage, transport, turns=hurried(), **PACE),
    ):
        if over == "http":
            slack.use_http(f"http://127.0.0.1:{transport.port}/slack/events", SECRETS[1])
        else:
            slack.wait_until_connected()
        yield slack.delivery.transport
    questions = {lease.item.id for lease in storage.inbox.ended if is_question(lease)}
    assert questions <= lines.questions, "a question ended untold"


def own_words(block, /, language="en", **values):
    return WRITER.words("slack", language).block(block, values)


def said(message):
    """What a person reads of a message or a view, in one line."""
    return "".join(every_text(message.blocks))
