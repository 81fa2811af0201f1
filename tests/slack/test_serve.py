"""Starting and stopping: it says why it cannot serve, finishes what it works on, and goes on with the rest later."""

import os
import signal
import threading

import pytest

from bot.slack.app import serve
from bot.slack.cannot_serve import CannotServe
from bot.store.store import CannotOpen
from tests.slack.engine import WRITER, broken, finds
from tests.slack.fake import APP_TOKEN, BOT_TOKEN, FakeSlack
from tests.slack.scenes import answer_to, ask, can_press, written_to
from tests.slack.serving import PATIENCE, SECRETS, own_words, said, serving, settings, storage_in


@pytest.fixture(params=["socket", "http"])
def over(request):
    return request.param


@pytest.fixture(autouse=True)
def _orders_is_broken(stub):
    stub.answers = finds(broken("orders"))


def test_leaving_finishes_what_is_worked_on_and_leaves_no_thread(stub, tmp_path, over):
    before = set(threading.enumerate())
    with FakeSlack({"UEN": {}}) as slack:
        with serving(slack, stub, tmp_path, over, when_stopping=stub.go.set):
            stub.go.clear()
            begun = slack.person("UEN").mention("C1", "an error")
            stub.questions.get(timeout=PATIENCE)
        (answer,) = written_to(slack, begun)
        assert "Mend orders" in said(answer)
    assert slack.complaints == []
    assert set(threading.enumerate()) <= before


def test_what_was_not_begun_when_it_stops_is_answered_after_the_next_start_once(slack, stub, tmp_path, over):
    with serving(slack, stub, tmp_path, over, when_stopping=stub.go.set):
        stub.go.clear()
        begun = slack.person("UEN").mention("C1", "an error")
        stub.questions.get(timeout=PATIENCE)
        left = slack.person("UES").mention("C1", "an error")
        slack.person("UJA").command("an error")
        slack.wait_for(lambda: slack.answers(left) and slack.ephemerals("UJA"))
    (answer,) = written_to(slack, begun)
    assert "Mend orders" in said(answer)
    (waiting,) = written_to(slack, left)
    assert said(waiting) == own_words("working", "es")
    assert [said(each) for each in slack.ephemerals("UJA")] == [own_words("acknowledged", "ja")]
    assert stub.questions.empty()
    with serving(slack, stub, tmp_path, over):
        assert answer_to(slack, left) is waiting
        slack.wait_for(lambda: any(map(can_press, slack.ephemerals("UJA"))))
    assert written_to(slack, left) == [waiting]
    assert [can_press(each) for each in slack.ephemerals("UJA")] == [False, True]
    assert sorted(stub.questions.get_nowait().locale for _ in range(2)) == ["es", "ja"]
    assert stub.questions.empty()


def test_nothing_is_begun_while_it_waits_for_something_that_has_just_arrived(slack, stub, tmp_path):
    heard, looked_at, wakings = threading.Event(), threading.Event(), []

    def when_stopping():
        stub.go.set()
        wakings.append("")
        if len(wakings) == 5:  # each a tenth of a second after the one before
            looked_at.set()

    def understands(*texts):
        heard.set()
        return looked_at.wait(PATIENCE)

    stub.understands = understands
    with serving(slack, stub, tmp_path, when_stopping=when_stopping):
        stub.go.clear()
        begun = slack.person("UEN").mention("C1", "an error")
        stub.questions.get(timeout=PATIENCE)
        left = slack.person("UES").mention("C1", "an error")
        slack.wait_for(lambda: slack.answers(left))
        slack.person("UEN").write("C1", "error of another stage", thread=begun)
        assert heard.wait(PATIENCE)
    assert can_press(written_to(slack, begun)[0])
    assert stub.questions.empty()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it(slack, stub, tmp_path, number):
    def ask_then_signal():
        slack.wait_until_connected()
        ask(slack)
        os.kill(os.getpid(), number)

    before = signal.getsignal(number)
    helper = threading.Thread(target=ask_then_signal)
    helper.start()
    with storage_in(tmp_path) as storage:
        serve(settings(slack), stub, WRITER, storage)
    helper.join(PATIENCE)
    assert signal.getsignal(number) is before
    assert stub.questions.qsize() == 1


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
def test_it_says_why_it_cannot_serve(slack, stub, tmp_path, changes, says):
    with pytest.raises(CannotServe, match=says) as error, serving(slack, stub, tmp_path, "socket", **changes):
        pass
    assert_gives_nothing_away(error.value)


def test_over_http_it_needs_a_secret_and_no_token_of_the_app(slack, stub, tmp_path):
    with serving(slack, stub, tmp_path, "http", SLACK_APP_TOKEN=None):
        assert "Mend orders" in said(ask(slack))
    with (
        pytest.raises(CannotServe, match="SLACK_SIGNING_SECRET is not set") as error,
        serving(slack, stub, tmp_path, "http", SLACK_SIGNING_SECRET=None),
    ):
        pass
    assert_gives_nothing_away(error.value)


@pytest.mark.parametrize(
    ("method", "says"), [("auth.test", "SLACK_BOT_TOKEN"), ("apps.connections.open", "SLACK_APP_TOKEN")]
)
def test_a_token_that_slack_refuses_is_named_and_not_shown(slack, stub, tmp_path, method, says):
    before = set(threading.enumerate())
    slack.fail(method, "invalid_auth")
    refused = pytest.raises(CannotServe, match=rf"{says} \(invalid_auth\)")
    with refused as error, serving(slack, stub, tmp_path, "socket"):
        pass
    assert_gives_nothing_away(error.value)
    assert set(threading.enumerate()) <= before


def assert_gives_nothing_away(error):
    assert [secret for secret in (BOT_TOKEN, APP_TOKEN, *SECRETS) if secret in str(error)] == []


def test_a_store_that_cannot_be_opened_is_said_in_a_sentence(slack, stub, tmp_path):
    (tmp_path / "kintsugi.db").write_bytes(b"no database, but long enough to look like one" * 99)
    with pytest.raises(CannotOpen, match=r"kintsugi\.db"), serving(slack, stub, tmp_path):
        pass
