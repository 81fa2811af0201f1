"""What goes wrong is told and logged, gives nothing away, and hinders nothing else."""

import logging
from contextlib import contextmanager

import pytest

from bot.diagnosis import CannotDiagnose
from bot.slack import actions
from bot.slack.app import connected
from bot.slack.socket_mode import SocketMode
from bot.storage import Storage
from bot.store.sqlite import SqliteStore
from bot.store.store import StoreFails
from tests.slack.engine import WRITER, a_broken, broken, finds
from tests.slack.fake import APP_TOKEN, BOT_TOKEN, SCOPES, FakeSlack
from tests.slack.fake.delivery import COMMANDS, EVENTS, INTERACTIVE
from tests.slack.scenes import answer_to, ask, ask_by_command, can_press, choose, forge, opened, told
from tests.slack.serving import PACE, PATIENCE, SECRETS, hurried, own_words, said, serving, settings

MY_FAULT = "my fault, not yours"


@pytest.fixture(autouse=True)
def _orders_is_broken(stub):
    stub.answers = finds(broken("orders"))


# The engine.


@pytest.mark.parametrize("way", ["mention", "command"])
def test_a_bug_is_told_with_a_reference_that_the_log_has(served, stub, way, caplog):
    def fail(**_):
        raise ValueError("could not read AKIAIOSFODNN7EXAMPLE")

    stub.answers = fail
    person = served.person("UEN")
    if way == "mention":
        asked = person.mention("C1", "an error")
        shown = served.wait_for(lambda: [each for each in served.answers(asked) if MY_FAULT in said(each)])
        assert len(served.answers(asked)) == 1, "the placeholder becomes what is said instead"
    else:
        person.command("an error")
        shown = served.wait_for(lambda: [each for each in served.ephemerals("UEN") if MY_FAULT in said(each)])
    *attempts, last = [each for each in caplog.records if each.name.startswith("bot.") and each.levelname == "ERROR"]
    assert last.args[0] in said(shown[0])
    assert isinstance(last.exc_info[1], ValueError)
    # tests/test_logs.py shows that of an error like this only its class and its frames are logged.
    assert [last.args[0] in each.getMessage() and "ValueError" in each.getMessage() for each in attempts] == [True] * 4
    assert "AKIAIOSFODNN7EXAMPLE" not in "".join(each.getMessage() for each in attempts) + said(shown[0])


def test_what_hinders_a_diagnosis_is_told_in_its_words(served, stub, caplog):
    def fail(**_):
        raise CannotDiagnose("AWS is out of reach: <check> the network")

    stub.answers = fail
    asked = served.person("UES").mention("C1", "an error")
    served.wait_for(lambda: any("AWS is out of reach: <check> the network" in said(m) for m in served.answers(asked)))
    assert "Traceback" not in caplog.text


# Slack.


def test_an_answer_that_slack_refuses_is_told_of_and_hinders_no_other(served, caplog):
    served.fail("chat.update", "msg_blocks_too_long")
    asked = served.person("UEN").mention("C1", "an error")
    served.wait_for(lambda: any(MY_FAULT in said(each) for each in served.answers(asked)))
    assert "msg_blocks_too_long" in caplog.text
    assert "Mend orders" in said(ask(served))


def test_where_slack_takes_nothing_at_all_the_log_says_so(slack, stub, tmp_path, caplog):
    with serving(slack, stub, tmp_path):
        slack.fail("chat.update", "msg_blocks_too_long", times=2)
        slack.person("UEN").mention("C1", "an error")
        slack.wait_for(lambda: "not told where it was asked" in caplog.text)
        # Who cannot be told there is told in person.
        slack.wait_for(lambda: any(MY_FAULT in said(each) for each in slack.channel(slack.person("UEN").dm)))


@pytest.mark.parametrize("method", ["users.info", "chat.postMessage", "chat.update", "response_url"])
def test_what_comes_too_often_is_said_a_little_later(served, method):
    served.fail(method, "ratelimited", retry_after=0)
    answer = ask_by_command(served) if method == "response_url" else ask(served)
    assert "Mend orders" in said(answer)


@pytest.mark.parametrize("is_done", [False, True])
@pytest.mark.parametrize("trouble", [{"error": "reset"}, {"error": "fatal", "status": 500}])
def test_an_edit_is_made_again_where_its_fate_is_unknown(slack, stub, tmp_path, trouble, is_done):
    with serving(slack, stub, tmp_path):
        asked = slack.person("UEN").mention("C1", "an error")
        answer = answer_to(slack, asked)
        slack.fail("chat.update", done=is_done, **trouble)
        slack.person("UEN").press(answer, actions.CHECK_AGAIN)
        slack.wait_for(lambda: own_words("unchanged") in said(answer) and can_press(answer))
    assert len([each for each in slack.answers(asked) if not each.files]) == 1


@pytest.mark.parametrize("is_done", [False, True])
@pytest.mark.parametrize("trouble", [{"error": "reset"}, {"error": "broken", "status": 500}])
def test_a_message_whose_fate_is_unknown_is_looked_for_before_it_is_posted_again(served, stub, trouble, is_done):
    served.fail("chat.postMessage", done=is_done, **trouble)
    asked = served.person("UEN").mention("C1", "an error")
    answer = answer_to(served, asked)
    assert [each for each in served.answers(asked) if not each.files] == [answer]
    assert stub.questions.qsize() == 1


def test_a_placeholder_that_somebody_has_deleted_is_posted_anew(served, stub):
    stub.go.clear()
    asked = served.person("UEN").mention("C1", "an error")
    stub.questions.get(timeout=PATIENCE)
    with served.workspace.changing():
        served.answers(asked)[0].is_deleted = True
    stub.go.set()
    assert "Mend orders" in said(answer_to(served, asked))


def test_without_the_scope_for_files_the_answer_says_so_and_is_whole_behind_the_button(stub, tmp_path):
    stub.answers = finds(broken(findings=(a_broken("orders", remedy={"size": 12_000}),)))
    with FakeSlack({"UEN": {}}, scopes=SCOPES - {"files:write"}) as slack, serving(slack, stub, tmp_path):
        answer = ask(slack)
        slack.wait_for(lambda: own_words("template_behind_button") in said(answer))
        slack.person("UEN").press(answer, actions.REST)
        view = said(opened(slack, "UEN"))
        assert "x" * 12_000 in view
        assert 'Thing: "orders"' in view
        assert own_words("template_attached") not in said(answer)
    assert slack.complaints == []


def test_an_upload_that_fails_costs_nothing_but_the_files(served):
    served.fail("upload", "broken", status=500, times=5)
    answer = ask(served)
    served.wait_for(lambda: own_words("template_behind_button") in said(answer) and can_press(answer))
    assert served.uploads == []


def test_a_click_on_an_answer_in_a_channel_that_is_archived_is_told(served):
    answer = ask(served)
    for method in ("chat.update", "chat.postEphemeral"):
        served.fail(method, "is_archived", times=3)
    with served.pardoned():
        served.person("UEN").press(answer, actions.CHECK_AGAIN)
        served.wait_for(lambda: own_words("unchanged") in said(answer) and can_press(answer))


# The store.


class BrokenStore:
    """A store that does nothing of what is asked of it."""

    def __getattr__(self, name):
        def fail(*_):
            raise StoreFails("the disk is full")

        return fail


@contextmanager
def serving_without_a_store(slack, stub):
    given = settings(slack)
    storage = Storage(BrokenStore(), BrokenStore())
    with connected(given, stub, WRITER, storage, SocketMode(given), turns=hurried(), **PACE):
        slack.wait_until_connected()
        yield


def test_with_a_store_that_fails_answers_come_without_buttons(slack, stub, tmp_path, caplog):
    with serving(slack, stub, tmp_path, over="socket"):
        before = ask(slack)
    with serving_without_a_store(slack, stub):
        asked = slack.person("UES").mention("C1", "an error")
        answer = slack.wait_for(lambda: [each for each in slack.answers(asked) if "Mend orders" in said(each)])[0]
        assert not can_press(answer)
        slack.person("UEN").press(before, actions.CHECK_AGAIN)
        slack.wait_for(lambda: any(MY_FAULT in said(each) for each in slack.ephemerals("UEN")))
        slack.person("UEN").command("")
        filled_in = {actions.PASTE_FIELD: "an error", actions.LANGUAGE_FIELD: "ja"}
        slack.person("UEN").submit(opened(slack, "UEN"), filled_in)
        slack.wait_for(lambda: any("Mend orders" in said(each) for each in slack.ephemerals("UEN")))
    assert "the disk is full" in caplog.text
    assert [stub.questions.get().locale for _ in range(3)] == ["en", "es", "ja"]


def test_what_cannot_be_kept_is_shown_all_the_same(served, stub, caplog):
    odd = a_broken("orders", remedy={"when": object()})
    stub.answers = finds(broken(findings=(odd,)))
    asked = served.person("UEN").mention("C1", "an error")
    served.wait_for(lambda: any("Mend orders" in said(each) for each in served.answers(asked)))
    assert "shown but not kept" in caplog.text


# Too much at once.


def test_beyond_its_room_a_question_is_turned_away_at_once(slack, stub, tmp_path):
    with serving(slack, stub, tmp_path, KINTSUGI_QUEUE="1"):
        stub.go.clear()
        first = slack.person("UEN").mention("C1", "an error")
        stub.questions.get(timeout=PATIENCE)
        other = slack.person("UES").mention("C1", "an error")
        too_busy = own_words("too_busy", "es", count=1)
        slack.wait_for(lambda: too_busy in [said(each) for each in slack.answers(other)])
        slack.person("UJA").command("an error")
        told(slack, "UJA", "too_busy", "ja", count=1)
        stub.go.set()
        assert "Mend orders" in said(answer_to(slack, first))


# What is logged, and what is sent.


@pytest.mark.parametrize("over", ["socket", "http"])
def test_no_log_holds_what_is_secret(slack, stub, tmp_path, caplog, over):
    caplog.set_level(logging.DEBUG)
    with serving(slack, stub, tmp_path, over):
        asked = slack.person("UEN").mention("C1", "a-secret-paste")
        answer = answer_to(slack, asked)
        slack.person("UEN").command("a-secret-paste")
        choose(slack.person("UEN"), answer, actions.LANGUAGE, "es")
        slack.fail("response_url", "no_service", status=404)
        slack.fail("chat.postMessage", "reset")
        slack.person("UEN").command("a-secret-paste")
        slack.person("UEN").mention("C1", "a-secret-paste")
        slack.person("UEN").press(answer, actions.WRONG)
        slack.person("UEN").submit(opened(slack, "UEN"), {actions.COMMENT_FIELD: "a-secret-comment"})
    ours = [record for record in caplog.records if not record.name.startswith("websockets")]
    logged = "\n".join(logging.Formatter().format(record) for record in ours)
    secrets = ("a-secret", BOT_TOKEN, APP_TOKEN, "/response/", *SECRETS)
    assert [secret for secret in secrets if secret in logged] == []


BROKEN = {
    "command": (COMMANDS, {"command": "/diagnose"}),
    "click": (INTERACTIVE, {"type": "block_actions", "actions": []}),
    "form": (INTERACTIVE, {"type": "view_submission"}),
    "event": (EVENTS, {"type": "event_callback", "event": {"type": "app_mention"}}),
    "event of nothing": (EVENTS, {"type": "event_callback", "event": {}}),
    "nothing": (EVENTS, {}),
}


@pytest.mark.parametrize("over", ["socket", "http"])
@pytest.mark.parametrize("what", BROKEN)
def test_what_cannot_be_read_is_acknowledged_and_the_bot_goes_on(slack, stub, tmp_path, over, what):
    kind, payload = BROKEN[what]
    with serving(slack, stub, tmp_path, over):
        assert slack.delivery.once(kind, payload).is_acknowledged
        assert "Mend orders" in said(ask(slack))


def test_half_a_character_hinders_nothing(slack, stub, tmp_path):
    with serving(slack, stub, tmp_path):
        slack.person("UEN").command("")
        form = opened(slack, "UEN")
        slack.person("UEN").submit(form, {actions.PASTE_FIELD: "an error \ud83d"})
        slack.wait_for(lambda: any("Mend orders" in said(each) for each in slack.ephemerals("UEN")))
        answer = ask(slack)
        slack.person("UEN").press(answer, actions.WRONG)
        slack.person("UEN").submit(opened(slack, "UEN"), {actions.COMMENT_FIELD: "half \ud83d"})
        forge(slack, answer, actions.EVIDENCE, value="\ud83d")
        slack.person("UES").press(answer, actions.EVIDENCE)
        told(slack, "UES", "no_longer_kept", "es")
    store = SqliteStore(tmp_path / "kintsugi.db")
    assert any("half" in text for _, text in store.items("comments"))
    store.close()
