"""`kintsugi serve`, as it runs, over a real WebSocket against a strict fake of Slack."""

import logging
import os
import signal
import threading
from contextlib import contextmanager
from queue import Queue
from threading import Event

import pytest

from bot.diagnosis import CannotDiagnose
from bot.model import Mend
from bot.reply.writer import Writer
from bot.settings import read_settings
from bot.slack.app import CannotServe, connected, serve
from bot.slack.entrances import SHARE
from tests.slack.blockkit import text_of
from tests.slack.fakeslack import APP_TOKEN, BOT_TOKEN, FakeSlack
from tests.slack.replies import CLI, a_finding, a_fix, a_reply

PATIENCE = 20
WRITER = Writer([], [])


class StubTroubleshooter:
    """Answers what it is told to answer, when it is let."""

    def __init__(self):
        self.questions = Queue()
        self.answers = a_reply
        self.go = Event()
        self.go.set()

    def answer(self, question):
        self.questions.put(question)
        assert self.go.wait(PATIENCE)
        return self.answers(locale=question.locale, summary=f"Answer to {question.pasted} in {question.locale}")


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def slack():
    people = {
        "UEN": {"team_id": "T1", "locale": "en-GB"},
        "UJA": {"team_id": "T1", "locale": "ja-JP"},
        "UES": {"team_id": "T1", "locale": "es-LA"},
        "UFAR": {"team_id": "T9", "locale": "en-US", "is_stranger": True},
    }
    with FakeSlack(people=people) as slack:
        yield slack
    assert slack.complaints == []


@pytest.fixture
def stub():
    return StubTroubleshooter()


def settings(slack, **changes):
    known = {
        "SLACK_BOT_TOKEN": BOT_TOKEN,
        "SLACK_APP_TOKEN": APP_TOKEN,
        "SLACK_API_URL": slack.url,
        "KINTSUGI_WORKERS": "1",
        "KINTSUGI_QUEUE": "10",
    }
    return read_settings({name: value for name, value in (known | changes).items() if value is not None})


@contextmanager
def serving(slack, stub, **changes):
    with connected(settings(slack, **changes), stub, WRITER):
        assert slack.connected.wait(PATIENCE)
        yield


@pytest.fixture
def served(slack, stub):
    """Slack while one worker serves it: questions are answered one after the other, in their order."""
    with serving(slack, stub):
        yield slack


def own_words(name, language="en", **values):
    return WRITER.words("slack", language).block(name, values)


def post(slack):
    return slack.posts.get(timeout=PATIENCE)


def response(slack):
    return slack.responses.get(timeout=PATIENCE)


def mention(slack, text="help", user="UEN", envelope=None, **changes):
    number = slack.number()
    event = {
        "type": "app_mention", "user": user, "user_team": "T1", "channel": "C1", "ts": f"{number}.0",
        "text": f"<@UKINTSUGI> {text}",
    } | changes  # fmt: skip
    envelope = {"type": "event_callback", "team_id": "T1", "event_id": f"Ev{number}"} | (envelope or {})
    return envelope | {"event": event}


def ask(slack, text="help", **changes):
    body = mention(slack, text, **changes)
    assert slack.send("events_api", body) == {}
    return body


def command(slack, text="help", user="UEN"):
    return {
        "command": "/diagnose", "text": text, "user_id": user, "team_id": "T1", "channel_id": "C1",
        "response_url": slack.response_url(), "trigger_id": f"{slack.number()}.1",
    }  # fmt: skip


def click(slack, job, user="UEN"):
    return {
        "type": "block_actions", "user": {"id": user}, "team": {"id": "T1"}, "channel": {"id": "C1"},
        "response_url": slack.response_url(), "trigger_id": f"{slack.number()}.1",
        "actions": [{"type": "button", "action_id": SHARE, "value": job}],
    }  # fmt: skip


def button_of(message):
    return next(block["elements"][0] for block in message["blocks"] if block["type"] == "actions")


def asked_and_answered(slack, stub, text):
    """Everything that was posted up to the answer to one more question."""
    ask(slack, text)
    posted = []
    while not (posted and f"Answer to {text} " in posted[-1]["text"]):
        posted.append(post(slack))
    return posted


def test_a_mention_is_answered_in_its_thread_in_the_askers_language(served, stub):
    body = ask(served, "GET /orders &amp; more", user="UJA")
    answer = post(served)
    question = stub.questions.get_nowait()
    assert (question.pasted, question.locale) == ("GET /orders & more", "ja")
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


def test_a_command_is_answered_to_the_asker_who_may_share_it(served):
    acknowledged = served.send("slash_commands", command(served, "my API"))
    assert own_words("acknowledged") in text_of(acknowledged)
    private = response(served)
    assert private["response_type"] == "ephemeral"
    assert "Answer to my API in en" in text_of(private)
    button = button_of(private)
    assert button["text"]["text"] == own_words("share")

    assert served.send("interactive", click(served, button["value"])) == {}
    shared = response(served)
    assert shared["response_type"] == "in_channel"
    assert "Answer to my API in en" in text_of(shared)
    assert {"type": "user", "user_id": "UEN"} in shared["blocks"][-1]["elements"][0]["elements"]
    assert all(block["type"] != "actions" for block in shared["blocks"])

    served.send("interactive", click(served, button["value"]))
    again = response(served)
    assert again["response_type"] == "ephemeral"
    assert text_of(again) == own_words("no_longer_kept")


def test_nobody_else_may_share(served):
    served.send("slash_commands", command(served))
    job = button_of(response(served))["value"]
    served.send("interactive", click(served, job, user="UES"))
    refused = response(served)
    assert (refused["response_type"], text_of(refused)) == ("ephemeral", own_words("not_yours", "es"))
    served.send("interactive", click(served, job))
    assert response(served)["response_type"] == "in_channel"


def test_sharing_that_failed_can_be_tried_again(served):
    served.send("slash_commands", command(served))
    job = button_of(response(served))["value"]
    served.refusals["response_url"] = "service_unavailable"
    served.send("interactive", click(served, job))
    shared, told = (served.refused.get(timeout=PATIENCE) for _ in range(2))
    assert [shared["response_type"], told["response_type"]] == ["in_channel", "ephemeral"]
    del served.refusals["response_url"]
    served.send("interactive", click(served, job))
    assert response(served)["response_type"] == "in_channel"


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


@pytest.mark.parametrize("entrance", ["mention", "command"])
def test_a_bug_is_told_with_a_reference_that_the_log_has(served, stub, entrance, caplog):
    def fail(**_):
        raise ValueError("could not read AKIAIOSFODNN7EXAMPLE")

    stub.answers = fail
    if entrance == "mention":
        ask(served)
        told = post(served)
    else:
        served.send("slash_commands", command(served))
        told = response(served)
    record = next(record for record in caplog.records if record.levelno == logging.ERROR)
    reference = record.args[0]
    assert reference in text_of(told)
    assert "Traceback" in record.getMessage()
    assert "ValueError" in record.getMessage()
    assert "AKIAIOSFODNN7EXAMPLE" not in record.getMessage() + text_of(told)


def test_a_payload_that_cannot_be_read_is_acknowledged_and_logged(served, caplog):
    assert served.send("slash_commands", {"command": "/diagnose"}) == {}
    assert "a payload could not be read" in caplog.text


def test_no_log_holds_a_paste_or_a_token(slack, stub, caplog):
    caplog.set_level(logging.DEBUG)
    with serving(slack, stub):
        ask(slack, "a-secret-paste")
        post(slack)
        slack.send("slash_commands", command(slack, "a-secret-paste"))
        response(slack)
    ours = [record for record in caplog.records if not record.name.startswith("websockets")]
    logged = "\n".join(record.getMessage() for record in ours)
    assert not [secret for secret in ("a-secret-paste", BOT_TOKEN, APP_TOKEN, "/commands/") if secret in logged]


def test_what_hinders_a_diagnosis_is_told(served, stub, caplog):
    def fail(**_):
        raise CannotDiagnose("AWS is out of reach: <check> the network")

    stub.answers = fail
    ask(served)
    assert "AWS is out of reach: <check> the network" in text_of(post(served))
    assert "Traceback" not in caplog.text


def test_an_answer_that_slack_refuses_is_logged_and_hinders_no_other(served, stub, caplog):
    served.refusals["chat.postMessage"] = "msg_blocks_too_long"
    ask(served)
    stub.questions.get(timeout=PATIENCE)
    served.refusals["assistant.threads.setStatus"] = "missing_scope"
    served.send("slash_commands", command(served))
    assert "Answer to help" in response(served)["text"]
    del served.refusals["chat.postMessage"]
    ask(served, "again")
    assert post(served)["text"] == "Answer to again in en"
    assert "msg_blocks_too_long" in caplog.text
    assert "nobody could be told" in caplog.text


def long_answer(**changes):
    long = "\n".join(f"  Property{number}: value" for number in range(500))
    mends = tuple(Mend(a_finding(), a_fix(cloudformation=f"Resources: # {number}\n{long}")) for number in range(3))
    return a_reply(findings=mends, **changes)


def test_what_does_not_fit_follows_as_a_file_in_the_thread(served, stub):
    stub.answers = long_answer
    body = ask(served)
    answer = post(served)
    assert own_words("rest_in_file") in text_of(answer)
    file = served.files.get(timeout=PATIENCE)
    assert (file["channel_id"], file["thread_ts"]) == ("C1", body["event"]["ts"])
    for number in range(3):
        assert f"Resources: # {number}" in file["content"]
        assert f"Resources: # {number}" not in text_of(answer)
    assert file["content"].count("Property499: value") == 3


def test_without_the_scope_for_files_the_rest_follows_as_messages(served, stub):
    served.refusals["files.getUploadURLExternal"] = "missing_scope"
    stub.answers = long_answer
    ask(served)
    post(served)
    left_out = text_of(post(served))
    assert own_words("left_out") in left_out
    assert "CloudFormation" in left_out


def test_a_command_gets_the_rest_in_further_messages(served, stub):
    def answer(**changes):
        mends = tuple(Mend(a_finding(), a_fix(title=f"Fix {number}", why="why " * 800)) for number in range(16))
        return a_reply(findings=mends, **changes)

    stub.answers = answer
    served.send("slash_commands", command(served))
    messages = [response(served) for _ in range(5)]
    assert len({message["path"] for message in messages}) == 1
    assert own_words("left_out") in text_of(messages[-1])
    assert all(own_words("rest_follows") in text_of(message) for message in messages[:-1])
    assert button_of(messages[0])


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"SLACK_BOT_TOKEN": None}, "SLACK_BOT_TOKEN is not set"),
        ({"SLACK_APP_TOKEN": None}, "SLACK_APP_TOKEN is not set"),
        ({"SLACK_BOT_TOKEN": "xapp-1-app"}, "SLACK_BOT_TOKEN must begin with 'xoxb-'"),
        ({"SLACK_APP_TOKEN": "xoxb-1-bot"}, "SLACK_APP_TOKEN must begin with 'xapp-'"),
        ({"KINTSUGI_DEFAULT_LANGUAGE": "tlh"}, "KINTSUGI_DEFAULT_LANGUAGE"),
        ({"SLACK_API_URL": "http://127.0.0.1:1/api/"}, "out of reach"),
    ],
)
def test_it_says_why_it_cannot_serve(slack, stub, changes, says):
    with pytest.raises(CannotServe, match=says), serving(slack, stub, **changes):
        pass


@pytest.mark.parametrize(
    ("method", "says"),
    [
        ("auth.test", "SLACK_BOT_TOKEN"),
        ("apps.connections.open", "SLACK_APP_TOKEN"),
    ],
)
def test_a_refused_token_is_named_but_not_shown(slack, stub, method, says):
    slack.refusals[method] = "invalid_auth"
    with pytest.raises(CannotServe, match=rf"{says} \(invalid_auth\)") as error, serving(slack, stub):
        pass
    assert BOT_TOKEN not in str(error.value)
    assert APP_TOKEN not in str(error.value)


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
