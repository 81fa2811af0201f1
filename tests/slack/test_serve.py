"""`kintsugi serve`, as it runs, over a real WebSocket against a strict fake of Slack."""

import os
import signal
import threading

import pytest

from bot.slack.app import serve
from tests.slack.blockkit import text_of
from tests.slack.fakeslack import FakeSlack
from tests.slack.replies import CLI
from tests.slack.serving import (
    PATIENCE,
    WRITER,
    ask,
    asked_and_answered,
    command,
    own_words,
    post,
    response,
    serving,
    settings,
)


def test_a_mention_is_answered_in_its_thread_in_the_askers_language(served, stub):
    body = ask(served, "GET /orders &amp; more", user="UJA")
    answer = post(served)
    question = stub.questions.get_nowait()
    assert (question.pasted, question.locale, question.timezone) == ("GET /orders & more", "ja", "Asia/Tokyo")
    assert (answer["channel"], answer["thread_ts"]) == ("C1", body["event"]["ts"])
    assert answer["text"] == "Answer to GET /orders &amp; more in ja"
    assert CLI in text_of(answer)
    status = served.statuses.get_nowait()
    assert (status["channel_id"], status["thread_ts"]) == ("C1", body["event"]["ts"])
    assert status["status"] == own_words("status", "ja")


def test_a_mention_in_a_thread_is_answered_in_that_thread(served):
    ask(served, thread_ts="0.1")
    assert post(served)["thread_ts"] == "0.1"


def test_a_direct_message_is_answered(served):
    ask(served, "help me", type="message", channel_type="im", channel="D1")
    answer = post(served)
    assert answer["channel"] == "D1"
    assert answer["text"] == "Answer to help me in en"


def test_the_language_is_looked_up_once_and_its_failure_hinders_nothing(slack, stub):
    with serving(slack, stub, KINTSUGI_DEFAULT_LANGUAGE="zh-TW"):
        ask(slack, user="UES")
        ask(slack, user="UES")
        ask(slack, user="UUNKNOWN")
        assert [post(slack)["text"] for _ in range(3)] == ["Answer to help in es"] * 2 + ["Answer to help in zh_TW"]
    assert slack.calls.count("users.info") == 2


def test_acknowledgements_wait_for_no_answer(served, stub):
    stub.go.clear()
    try:
        ask(served, "first")
        assert stub.questions.get(timeout=PATIENCE).pasted == "first"
        for _ in range(5):
            ask(served, "waiting")
        assert served.send("slash_commands", command(served, "waiting"))["response_type"] == "ephemeral"
        assert served.posts.empty()
    finally:
        stub.go.set()
    assert [post(served)["text"].split()[2] for _ in range(6)] == ["first"] + ["waiting"] * 5
    assert "waiting" in response(served)["text"]


def test_beyond_its_room_a_question_is_turned_away_at_once(slack, stub):
    stub.go.clear()
    with serving(slack, stub, KINTSUGI_QUEUE="1"):
        ask(slack, "first")
        assert stub.questions.get(timeout=PATIENCE).pasted == "first"
        ask(slack, "second")
        body = ask(slack, "third", user="UES")
        turned_away = post(slack)
        assert turned_away["thread_ts"] == body["event"]["ts"]
        assert text_of(turned_away) == own_words("too_busy", "es")
        assert text_of(slack.send("slash_commands", command(slack))) == own_words("too_busy")
        stub.go.set()
        assert [post(slack)["text"] for _ in range(2)] == ["Answer to first in en", "Answer to second in en"]


def test_the_two_events_of_one_mention_and_their_repetitions_are_answered_once(served, stub):
    body = ask(served, "once")
    served.send("events_api", body, retry=1)
    twin = body | {"event_id": "EvTwin", "event": body["event"] | {"type": "message", "channel_type": "im"}}
    served.send("events_api", twin)
    repeated = command(served, "once by command")
    assert served.send("slash_commands", repeated)
    assert served.send("slash_commands", repeated, retry=1) == {}
    posted = asked_and_answered(served, stub, "last")
    assert [each["text"] for each in posted] == ["Answer to once in en", "Answer to last in en"]
    assert "once by command" in response(served)["text"]
    assert served.responses.empty()


def test_bots_and_edits_are_ignored(served, stub):
    ask(served, "from a bot", bot_id="B9")
    ask(served, "from itself", user="UKINTSUGI")
    ask(served, "from Slackbot", user="USLACKBOT")
    ask(served, "an edit", type="message", channel_type="im", subtype="message_changed", hidden=True)
    ask(served, "of no interest", type="reaction_added")
    posted = asked_and_answered(served, stub, "last")
    assert [each["text"] for each in posted] == ["Answer to last in en"]


@pytest.mark.parametrize(
    "changes",
    [
        {"user": "UFAR", "user_team": "T9", "envelope": {"is_ext_shared_channel": True}},
        {"user": "UFAR"},
        {"user": "UUNKNOWN", "envelope": {"is_ext_shared_channel": True}},
    ],
)
def test_strangers_are_refused(served, stub, changes):
    ask(served, "secret", **changes)
    assert text_of(post(served)) == own_words("external")
    assert stub.questions.empty()


def test_nothing_pasted_is_answered_with_help(served, stub):
    ask(served, "")
    assert "\n\n" in text_of(post(served))
    assert served.send("slash_commands", command(served, " ")) == {}
    assert response(served)["response_type"] == "ephemeral"
    ask(served, "", type="message", channel_type="im", subtype="file_share", files=[{"id": "F1"}])
    assert text_of(post(served)) == own_words("files_not_read")
    assert stub.questions.empty()


def test_leaving_finishes_what_was_asked_and_leaves_no_thread(stub):
    before = set(threading.enumerate())
    with FakeSlack(people={"UEN": {"team_id": "T1", "locale": "en-GB"}}) as slack:
        stub.go.clear()
        with serving(slack, stub):
            ask(slack, "first")
            ask(slack, "second")
            assert stub.questions.get(timeout=PATIENCE).pasted == "first"
            stub.go.set()
        assert [slack.posts.get_nowait()["text"] for _ in range(2)] == [
            "Answer to first in en",
            "Answer to second in en",
        ]
    assert slack.complaints == []
    assert set(threading.enumerate()) <= before


def test_a_signal_ends_it(slack, stub):
    def ask_then_signal():
        assert slack.connected.wait(PATIENCE)
        ask(slack)
        post(slack)
        os.kill(os.getpid(), signal.SIGTERM)

    before = signal.getsignal(signal.SIGTERM)
    helper = threading.Thread(target=ask_then_signal)
    helper.start()
    serve(settings(slack), stub, WRITER)
    helper.join(PATIENCE)
    assert signal.getsignal(signal.SIGTERM) is before
    assert stub.questions.get_nowait().pasted == "help"
