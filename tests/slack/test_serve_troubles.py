"""What goes wrong is told and logged, and gives nothing away."""

import logging

import pytest

from bot.diagnosis import CannotDiagnose
from bot.slack.app import CannotServe
from tests.slack.blockkit import text_of
from tests.slack.fakeslack import APP_TOKEN, BOT_TOKEN
from tests.slack.serving import (
    PATIENCE,
    ask,
    command,
    post,
    response,
    serving,
)


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
