"""Where a question can be written down nowhere, a command is told so, and Slack repeats whatever can be repeated."""

import json
from types import SimpleNamespace

import pytest
from slack_bolt import BoltRequest, BoltResponse

from bot.inbox.inbox import Full
from bot.reply.locales import LANGUAGES
from bot.reply.writer import Writer
from bot.settings import Settings
from bot.slack import actions
from bot.slack.conversation.ledger import Ledger
from bot.slack.incoming.entering import entered
from bot.slack.incoming.lasting import id_of
from bot.slack.listeners import Listeners
from bot.store.store import StoreFails
from bot.telemetry import Unheard
from tests.slack.test_entering import BOT, click, command, mention, reply

WRITER = Writer([], [folder / "locales" for folder in Settings().content_folders])


class Shut:
    """An intake that everything concerns, and that can write nothing down."""

    def __init__(self, error):
        self._error = error

    def concerns(self, _):
        return True

    def take(self, _):
        raise self._error


class Audit:
    """Keeps what it is told."""

    def __init__(self):
        self.lines = []

    def write(self, ended):
        self.lines.append(ended)


def turned_away(payload, error, language="en", audit=None, times=1):
    """The answer to a payload that can be written down nowhere, when it comes for so many times."""
    people = SimpleNamespace(language=lambda person: language, team=lambda person: "T1")
    desk = SimpleNamespace(
        ledger=Ledger(people, Unheard(), audit or Audit()),
        channels=SimpleNamespace(notice=lambda body: None),
        people=people,
        words=lambda language: WRITER.words("slack", language),
    )
    listeners = Listeners(BOT, Shut(error), SimpleNamespace(desk=desk), None, Unheard())
    request = BoltRequest(body=payload, mode="socket_mode")
    answers = [listeners.process(req=request, resp=BoltResponse(status=404), next=None) for _ in range(times)]
    return answers[-1]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("error", [Full(), StoreFails("the disk is full")], ids=["full", "failing"])
def test_a_command_is_told_so_in_the_language_of_whoever_asks(error, language):
    answer = turned_away(command(), error, language)
    told = json.loads(answer.body)
    assert (answer.status, told["response_type"]) == (200, "ephemeral")
    assert told["text"] == WRITER.words("slack", language).block("cannot_take")


def test_what_slack_repeats_is_not_acknowledged():
    assert turned_away(mention(), Full()).status == 503


@pytest.mark.parametrize(("error", "why"), [(Full(), "full"), (StoreFails("the disk is full"), "store_fails")])
@pytest.mark.parametrize(("payload", "way"), [(command(), "command"), (mention(), "mention")])
def test_a_question_that_is_not_taken_has_a_line_in_the_audit_log(error, why, payload, way):
    audit = Audit()
    turned_away(payload, error, audit=audit)
    (line,) = audit.lines
    assert (line.outcome, line.why, line.way, line.person, line.team) == ("not_taken", why, way, "U1", "T1")
    assert line.question == id_of(entered(payload, BOT))


def test_what_need_not_have_been_a_question_has_none():
    audit = Audit()
    turned_away(reply(), Full(), audit=audit)
    turned_away(click(), Full(), audit=audit)  # of the button that shares
    assert audit.lines == []
    turned_away(click(action_id=actions.CHECK_AGAIN), Full(), audit=audit)
    assert [line.way for line in audit.lines] == ["check_again"]


def test_a_button_that_is_pressed_too_much_has_a_line_each_time():
    audit = Audit()
    turned_away(click(action_id=actions.CHECK_AGAIN), Full(), audit=audit, times=60)
    assert len(audit.lines) == 60
    assert {line.why for line in audit.lines} == {"full", "too_fast"}
