"""Whoever asks what was just answered is led to the answer first, and then to the button to look anew."""

import pytest

from bot.reply.locales import LANGUAGES
from bot.reply.writer import Writer
from bot.settings import Settings
from bot.slack import actions
from bot.slack.outgoing.pointer import pointer
from tests.slack.blockkit import check_message
from tests.slack.blockkit.texts import every_text

WRITER = Writer([], [folder / "locales" for folder in Settings().content_folders])
URL = "https://kintsugi.slack.com/archives/C1/p1700000000000100?thread_ts=1&cid=C1"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("minutes", [0, 1, 7])
def test_the_link_stands_right_after_what_announces_it_and_the_button_after_what_leads_there(language, minutes):
    words = WRITER.words("slack", language)
    message = pointer(words, URL, minutes, "an-answer").payload()
    check_message(message)
    announced, otherwise = (
        words.block("asked_before" if minutes else "asked_just_now", {"count": minutes}),
        "changed_since",
    )
    text, buttons = message["blocks"]
    links = [each for part in text["elements"] for each in part["elements"] if each["type"] == "link"]
    assert [each["url"] for each in links] == [URL]
    assert "".join(every_text(text)) == f"{announced}\n{URL}{words.block(otherwise)}"
    assert [(each["action_id"], each["value"]) for each in buttons["elements"]] == [(actions.CHECK_AGAIN, "an-answer")]


def test_a_notification_says_where_it_is_as_well():
    message = pointer(WRITER.words("slack", "en"), URL, 0, "an-answer")
    assert f" {URL.replace('&', '&amp;')} " in message.text
