"""What waited while the bot was started anew is let in anew: people leave, and files change."""

import pytest

from bot.inbox.inbox import Stage
from bot.inbox.sealed import Seal
from bot.slack import actions
from bot.slack.conversation.intake import Intake
from bot.slack.conversation.notes import Note
from bot.slack.conversation.threads import Threads
from bot.slack.incoming.entrances import Asked, Clicked, ClickedMessage, Thread, Way
from tests.slack.engine import broken, finds
from tests.slack.fake import BOT_TOKEN
from tests.slack.fake.things import elements
from tests.slack.scenes import ask, can_press
from tests.slack.serving import own_words, said, serving, storage_in

HERE = "C1"


@pytest.fixture
def answer(slack, stub, tmp_path):
    """An answer that was given before."""
    stub.answers = finds(broken("orders"))
    with serving(slack, stub, tmp_path):
        answer = ask(slack, "UEN")
        stub.questions.get()
        return answer


def let_wait(folder, entrance):
    """As the bot would have left it: acknowledged, and looked into by nobody."""
    with storage_in(folder) as storage:
        Intake(storage.inbox, Seal(BOT_TOKEN), Threads(storage.store, 60)).take(entrance)
        lease = storage.inbox.lease(Stage.ARRIVED, 30, 0)
        storage.inbox.pass_on(lease, Stage.WAITING, Note(is_greeted=True).written())


def leaves(slack, stub):
    with slack.workspace.changing():
        slack.workspace.people["UES"]["deleted"] = True


def may_not_ask(slack, stub):
    stub.may_use = lambda asker: asker.person != "UES"


@pytest.mark.parametrize(("become", "words"), [(leaves, "external"), (may_not_ask, "not_permitted")])
def test_a_question_is_not_looked_into_for_who_may_not_ask_any_more(slack, stub, tmp_path, answer, become, words):
    asked = Asked("UES", "an error", Thread(HERE, answer.thread), Way.MENTION, ("message", HERE, "1.1"), channel=HERE)
    let_wait(tmp_path, asked)
    become(slack, stub)
    with serving(slack, stub, tmp_path):
        slack.wait_for(lambda: said(slack.answers(answer)[-1]) == own_words(words, "es"))
    assert stub.questions.empty()


@pytest.mark.parametrize(("become", "words"), [(leaves, "external"), (may_not_ask, "not_permitted")])
def test_the_answer_stays_with_its_buttons_for_the_others(slack, stub, tmp_path, answer, become, words):
    message = ClickedMessage(HERE, answer.ts, answer.thread_ts, is_ephemeral=False)
    id = next(each["value"] for _, each in elements(answer.blocks) if each["action_id"] == actions.CHECK_AGAIN)
    let_wait(tmp_path, Clicked("UES", actions.CHECK_AGAIN, id, "1.2", ("trigger", "1.2"), message=message))
    become(slack, stub)
    with serving(slack, stub, tmp_path):
        slack.wait_for(lambda: own_words(words) in said(answer) and can_press(answer, actions.CHECK_AGAIN))
    assert "Mend orders" in said(answer)
    assert stub.questions.empty()
