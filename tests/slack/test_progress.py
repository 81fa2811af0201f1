"""How far a question is: told now and then in the one message, never holding up the work, never after the answer."""

from dataclasses import replace
from threading import Event

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError

from bot.model import Progress, Step
from bot.pool import Pool, TooBusy
from bot.slack.calling.client import PacedClient
from bot.slack.calling.turns import Turns
from bot.slack.conversation.outlets import ThreadOutlet
from bot.slack.conversation.ticker import Pace, Ticker
from bot.slack.incoming.entrances import Thread
from bot.slack.outgoing.messages import say
from bot.slack.outgoing.progress import progress_message
from tests.slack.blockkit import check_message
from tests.slack.blockkit.texts import every_text
from tests.slack.engine import WRITER
from tests.slack.fake import BOT_TOKEN, FakeSlack
from tests.slack.replies import TARGET
from tests.slack.scenes import answer_to
from tests.slack.serving import PATIENCE, own_words, said, serving
from tests.slack.test_calling import Clock

LANGUAGES = ("en", "ja", "zh_TW", "es")
EXAMINING = Progress(Step.EXAMINE, target=TARGET, done=3, total=7, reads=41)


class Outlet:
    """A place to say something, that says when; `fails` is what it raises."""

    can_edit = True
    fails = None

    def __init__(self):
        self.shown = []
        self.go = Event()
        self.go.set()
        self.begun = Event()

    def show(self, message):
        self.begun.set()
        assert self.go.wait(PATIENCE)
        if self.fails is not None:
            raise self.fails
        self.shown.append(message)


class Waiting(list):
    """Errands that are done when the test says so."""

    def submit(self, task, failed):
        self.append(task)


class AtOnce:
    """Errands that are done in no time."""

    def submit(self, task, failed):
        task()


class NoRoom:
    """Errands of which there are too many."""

    def submit(self, task, failed):
        raise TooBusy


class Seconds:
    """A clock that a test sets."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Seconds()


@pytest.fixture
def outlet():
    return Outlet()


def a_ticker(outlet, errands, clock, pace=None):
    return Ticker(outlet, WRITER.words("slack", "en"), errands, pace or Pace(), clock)


def test_a_quick_answer_is_preceded_by_nothing(outlet, clock):
    ticker = a_ticker(outlet, AtOnce(), clock)
    for _ in range(14):
        clock.now += 0.1
        ticker(EXAMINING)
    ticker.stop()
    assert outlet.shown == []


def test_it_is_told_every_two_seconds_however_often_it_is_heard(outlet, clock):
    ticker = a_ticker(outlet, AtOnce(), clock)
    for _ in range(1_000):
        clock.now += 0.03125
        ticker(EXAMINING)
    assert len(outlet.shown) == 15  # in 31.25 seconds


def test_many_questions_together_leave_room_for_their_answers(clock):
    pace = Pace()
    outlets = [Outlet() for _ in range(8)]
    tickers = [a_ticker(outlet, AtOnce(), clock, pace) for outlet in outlets]
    for _ in range(60):
        clock.now += 1
        for ticker in tickers:
            ticker(EXAMINING)
    assert sum(len(outlet.shown) for outlet in outlets) == 30  # Slack takes 50 a minute


def test_the_work_never_waits_for_slack_and_nothing_piles_up(outlet, clock):
    errands = Pool("errand", 4, 100)
    outlet.go.clear()
    ticker = a_ticker(outlet, errands, clock)
    try:
        for number in range(100):
            clock.now += 2
            ticker(Progress(Step.EXAMINE, reads=number))  # a call that waited would never return
        assert outlet.begun.wait(PATIENCE)
    finally:
        outlet.go.set()
        errands.stop(PATIENCE)
    assert len(outlet.shown) == 1


def test_where_errands_wait_as_well_nothing_piles_up(outlet, clock):
    errands = Waiting()
    ticker = a_ticker(outlet, errands, clock)
    for _ in range(10):
        clock.now += 2
        ticker(EXAMINING)
    assert len(errands) == 1
    errands.pop()()
    clock.now += 2
    ticker(EXAMINING)
    assert len(errands) == 1


def test_nothing_is_told_after_the_answer(outlet, clock):
    errands = Waiting()
    ticker = a_ticker(outlet, errands, clock)
    clock.now += 2
    ticker(EXAMINING)
    ticker.stop()
    errands.pop()()
    assert outlet.shown == []


@pytest.mark.parametrize("failure", [SlackClientError("no"), ConnectionResetError(), TimeoutError()])
def test_telling_that_fails_hinders_nothing(outlet, clock, failure):
    ticker = a_ticker(outlet, AtOnce(), clock)
    outlet.fails = failure
    clock.now += 2
    ticker(EXAMINING)
    outlet.fails = None
    clock.now += 2
    ticker(EXAMINING)
    assert len(outlet.shown) == 1


def test_with_too_much_to_do_nothing_is_told(outlet, clock):
    ticker = a_ticker(outlet, NoRoom(), clock)
    clock.now += 2
    ticker(EXAMINING)
    ticker.stop()
    assert outlet.shown == []


def test_where_nothing_can_be_edited_nothing_is_told(outlet, clock):
    outlet.can_edit = False
    ticker = a_ticker(outlet, AtOnce(), clock)
    clock.now += 2
    ticker(EXAMINING)
    assert outlet.shown == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_tells_what_is_done_what_is_being_done_and_what_is_left(language):
    words = WRITER.words("slack", language)
    message = progress_message(EXAMINING, words)
    check_message(message.payload())
    lines = "".join(every_text(message.payload()["blocks"])).split("\n")
    assert [line[0] for line in lines[1:6]] == list("✓✓▸○○")
    assert TARGET.id in lines[2]
    assert own_words("step_examine_parts", language, done=3, total=7) == lines[3][2:]
    assert own_words("reads_so_far", language, count=41) == lines[6]


@pytest.mark.parametrize("step", Step)
@pytest.mark.parametrize("language", LANGUAGES)
def test_slack_accepts_every_step_whatever_was_found(language, step):
    target = replace(TARGET, id="<!here> `" + "&" * 300, region="a\x00b")
    message = progress_message(Progress(step, target=target, total=9, reads=1), WRITER.words("slack", language))
    check_message(message.payload())


def test_in_slack_it_is_one_message_that_becomes_the_answer(clock):
    with FakeSlack({"UEN": {}}, events=()) as slack:
        asked = slack.person("UEN").write("C1", "an error")
        outlet = ThreadOutlet(WebClient(BOT_TOKEN, base_url=slack.url), Thread("C1", asked.ts))
        outlet.show(say("placeholder"))
        (message,) = slack.answers(asked)
        ticker = a_ticker(outlet, AtOnce(), clock)
        for number in range(3):
            clock.now += 2
            ticker(Progress(Step.LOCATE, reads=number + 1))
            assert own_words("reads_so_far", count=number + 1) in said(message)
        with slack.workspace.changing():
            message.is_deleted = True
        clock.now += 2
        ticker(EXAMINING)
        (anew,) = slack.answers(asked)
        ticker.stop()
        outlet.show(say("the answer"))
        assert said(anew) == "the answer"
        assert len(slack.answers(asked)) == 1
    assert slack.complaints == []


def test_where_slack_wants_fewer_edits_it_is_dropped_and_never_waits(clock):
    with FakeSlack({"UEN": {}}, events=()) as slack:
        time = Clock()
        client = PacedClient(BOT_TOKEN, Turns(clock=time, sleep=time.sleep), base_url=slack.url)
        outlet = ThreadOutlet(client, Thread("C1"))
        outlet.show(say("placeholder"))
        slack.fail("chat.update", "ratelimited", retry_after=10)
        ticker = a_ticker(outlet, AtOnce(), clock)
        for _ in range(3):
            clock.now += 2
            ticker(EXAMINING)
        assert time.slept == []
        assert len(slack.calls("chat.update")) == 1
        time.now += 10
        clock.now += 2
        ticker(EXAMINING)
        assert own_words("reads_so_far", count=41) in said(slack.channel("C1")[0])


def test_of_a_quick_answer_slack_hears_twice(slack, stub, tmp_path):
    stub.progress = [Progress(Step.EXAMINE, reads=number) for number in range(500)]
    with serving(slack, stub, tmp_path):
        asked = slack.person("UEN").mention("C1", "an error")
        answer_to(slack, asked)
    assert len(slack.calls("chat.postMessage")) == 1
    assert len(slack.calls("chat.update")) == 1


def test_a_command_is_answered_without_any_of_it(slack, stub, tmp_path):
    stub.progress = [EXAMINING] * 3
    with serving(slack, stub, tmp_path):
        slack.person("UEN").command("an error")
        slack.wait_for(lambda: len(slack.ephemerals("UEN")) == 2)
    assert len(slack.ephemerals("UEN")) == 2
