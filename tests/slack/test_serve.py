"""Starting and stopping: it says why it cannot serve, finishes what was asked, and leaves nothing behind."""

import os
import signal
import threading
from contextlib import closing

import pytest

from bot.slack.app import serve
from bot.slack.cannot_serve import CannotServe
from bot.store.sqlite import SqliteStore
from bot.store.store import CannotOpen
from tests.slack.engine import WRITER, broken, finds
from tests.slack.fake import APP_TOKEN, BOT_TOKEN, FakeSlack
from tests.slack.scenes import ask
from tests.slack.serving import PATIENCE, SECRETS, own_words, said, serving, settings


@pytest.fixture(params=["socket", "http"])
def over(request):
    return request.param


@pytest.fixture(autouse=True)
def _orders_is_broken(stub):
    stub.answers = finds(broken("orders"))


def test_leaving_finishes_what_was_asked_and_leaves_no_thread(stub, tmp_path, over):
    before = set(threading.enumerate())
    with FakeSlack({"UEN": {}}) as slack:
        with serving(slack, stub, tmp_path, over):
            stub.go.clear()
            asked = [slack.person("UEN").mention("C1", f"error {number}") for number in range(3)]
            slack.person("UEN").command("an error")
            assert stub.questions.get(timeout=PATIENCE)
            stub.go.set()
        for each in asked:
            assert "Mend orders" in said(slack.answers(each)[0])
        assert "Mend orders" in said(slack.ephemerals("UEN")[-1])
    assert slack.complaints == []
    assert set(threading.enumerate()) <= before


def test_what_was_not_begun_when_it_stops_is_told_so(slack, stub, tmp_path, over):
    with serving(slack, stub, tmp_path, over, KINTSUGI_DEADLINE_SECONDS="1"):
        stub.go.clear()
        begun = slack.person("UEN").mention("C1", "an error")
        stub.questions.get(timeout=PATIENCE)
        left = slack.person("UES").mention("C1", "an error")
        slack.wait_for(lambda: slack.answers(left))
        slack.person("UJA").command("an error")
        slack.workspace.on_message = lambda message, before: is_told() and stub.go.set()

        def is_told():
            return said(slack.answers(left)[0]) == own_words("stopping", "es")

    assert is_told()
    assert said(slack.ephemerals("UJA")[-1]) == own_words("stopping", "ja")
    assert "Mend orders" in said(slack.answers(begun)[0])
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
    with closing(SqliteStore(tmp_path / "kintsugi.db")) as store:
        serve(settings(slack), stub, WRITER, store)
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
