"""Where a question can be written down nowhere, a command is told so, and Slack repeats whatever can be repeated."""

import json
from types import SimpleNamespace

import pytest
from slack_bolt import BoltRequest, BoltResponse

from bot.inbox.inbox import Full
from bot.reply.locales import LANGUAGES
from bot.reply.writer import Writer
from bot.settings import Settings
from bot.slack.listeners import Listeners
from bot.store.store import StoreFails
from bot.telemetry import Unheard
from tests.slack.test_entering import BOT, command, mention

WRITER = Writer([], [folder / "locales" for folder in Settings().content_folders])


class Shut:
    """An intake that everything concerns, and that can write nothing down."""

    def __init__(self, error):
        self._error = error

    def concerns(self, _):
        return True

    def take(self, _):
        raise self._error


def turned_away(payload, error, language="en"):
    desk = SimpleNamespace(
        channels=SimpleNamespace(notice=lambda body: None),
        people=SimpleNamespace(language=lambda person: language),
        words=lambda language: WRITER.words("slack", language),
    )
    listeners = Listeners(BOT, Shut(error), SimpleNamespace(desk=desk), None, Unheard())
    return listeners.process(
        req=BoltRequest(body=payload, mode="socket_mode"), resp=BoltResponse(status=404), next=None
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("error", [Full(), StoreFails("the disk is full")], ids=["full", "failing"])
def test_a_command_is_told_so_in_the_language_of_whoever_asks(error, language):
    answer = turned_away(command(), error, language)
    told = json.loads(answer.body)
    assert (answer.status, told["response_type"]) == (200, "ephemeral")
    assert told["text"] == WRITER.words("slack", language).block("cannot_take")


def test_what_slack_repeats_is_not_acknowledged():
    assert turned_away(mention(), Full()).status == 503
