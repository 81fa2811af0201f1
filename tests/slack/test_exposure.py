"""Whoever sends a secret is told so, alone and once, also where they get no answer."""

import pytest

from bot.inbox.inbox import Stage
from bot.inbox.sealed import Seal
from bot.slack import actions
from bot.slack.conversation.intake import Intake
from bot.slack.conversation.notes import Note
from bot.slack.conversation.threads import Threads
from bot.slack.incoming.entrances import Asked, Thread, Way
from tests.slack.engine import broken, finds
from tests.slack.fake import BOT_TOKEN
from tests.slack.scenes import answer_to, ask, opened, told
from tests.slack.serving import PATIENCE, own_words, said, serving, storage_in
from tests.slack.test_inbox import begun, owed
from tests.slack.test_secrets import LEAKED, QUESTION, REQUEST

LANGUAGES = {"UES": "es", "UFAR": "en"}
HINTS = ("secret_in_channel", "secret_sent")


class Scene:
    """What stands in Slack before somebody is turned away."""

    def __init__(self, slack):
        self.answer = ask(slack)
        self.me = slack.person("UES")
        self.me.command("")
        self.form = opened(slack, "UES")
        self.alert = slack.person("UZH").write("C1", QUESTION)


PASTES = {
    Way.MENTION: lambda scene: scene.me.mention("C1", REQUEST),
    Way.REPLY: lambda scene: scene.me.write("C1", QUESTION, thread=scene.answer),
    Way.DIRECT: lambda scene: scene.me.write(scene.me.dm, QUESTION),
    Way.COMMAND: lambda scene: scene.me.command(QUESTION),
    Way.SHORTCUT: lambda scene: scene.me.shortcut(scene.alert, actions.MESSAGE_SHORTCUT),
    Way.FORM: lambda scene: scene.me.submit(scene.form, {actions.PASTE_FIELD: QUESTION}),
}


def hints(slack, user):
    """What somebody alone was told of their secrets."""
    words = {own_words(name, LANGUAGES[user]): name for name in HINTS}
    return [words[said(each)] for each in slack.ephemerals(user) if said(each) in words]


def leaves(slack, stub):
    with slack.workspace.changing():
        slack.workspace.people["UES"]["deleted"] = True


def may_not_ask(slack, stub):
    stub.may_use = lambda asker: asker.person != "UES"


def comes_when_it_is_busy(slack, stub):
    begun(slack, stub)


@pytest.mark.parametrize("become", [may_not_ask, comes_when_it_is_busy], ids=lambda become: become.__name__)
def test_who_is_turned_away_is_told_at_each_entrance(slack, stub, tmp_path, become):
    with serving(slack, stub, tmp_path, KINTSUGI_QUEUE="1"):
        scene = Scene(slack)
        stub.questions.get()
        slack.wait_for(lambda: not owed(tmp_path))
        become(slack, stub)
        for way, paste in PASTES.items():
            before = hints(slack, "UES")
            paste(scene)
            (hint,) = slack.wait_for(lambda before=before: hints(slack, "UES")[len(before) :])
            is_public = way in (Way.MENTION, Way.REPLY, Way.SHORTCUT)
            assert hint == ("secret_in_channel" if is_public else "secret_sent"), way
        assert stub.questions.empty()
        stub.go.set()
    assert len(hints(slack, "UES")) == len(PASTES)
    assert not any(LEAKED in said(each) for each in slack.ephemerals("UES"))


@pytest.mark.parametrize("may", [True, False], ids=["kept", "refused"])
def test_a_secret_in_what_is_said_of_an_answer_is_told_of_too(slack, stub, tmp_path, may):
    stub.answers = finds(broken("orders"))
    with serving(slack, stub, tmp_path):
        slack.person("UES").press(ask(slack), actions.WRONG)
        form = opened(slack, "UES")
        stub.may_use = lambda asker: may
        slack.person("UES").submit(form, {actions.COMMENT_FIELD: f"it was STRIPE={LEAKED}"})
        slack.wait_for(lambda: hints(slack, "UES"))
    assert hints(slack, "UES") == ["secret_sent"]


def test_every_way_of_asking_is_among_them():
    assert set(PASTES) == set(Way)


def test_somebody_of_another_company_is_told_and_told_no_more_than_that(slack, stub, tmp_path):
    with serving(slack, stub, tmp_path):
        answer = ask(slack)
        slack.person("UFAR").mention("C1", QUESTION)
        slack.wait_for(lambda: hints(slack, "UFAR"))
        slack.person("UFAR").write("C1", QUESTION, thread=answer)
        slack.wait_for(lambda: len(hints(slack, "UFAR")) == 2)
    assert sorted(map(said, slack.ephemerals("UFAR"))) == sorted(
        2 * [own_words("external"), own_words("secret_in_channel")]
    )


def test_what_people_say_to_each_other_is_nothing_to_warn_of(slack, stub, tmp_path):
    with serving(slack, stub, tmp_path):
        answer = ask(slack)
        slack.person("UES").write("C1", f"by the way, STRIPE={LEAKED}", thread=answer)
        # What is asked next in the thread comes after it.
        slack.person("UEN").write("C1", "an error", thread=answer)
        stub.questions.get()
        stub.questions.get(timeout=PATIENCE)
    assert hints(slack, "UES") == []


def test_who_is_pointed_to_an_answer_is_told(slack, stub, tmp_path):
    stub.answers = finds(broken("orders"))
    with serving(slack, stub, tmp_path, KINTSUGI_REPEAT_MINUTES="10"):
        ask(slack)
        stub.subject_of = lambda question: "the same"
        ask(slack)
        slack.person("UES").mention("C1", QUESTION)
        slack.wait_for(lambda: hints(slack, "UES"))
    assert stub.questions.qsize() == 2


def test_who_may_not_ask_any_more_when_their_turn_comes_was_told_once(slack, stub, tmp_path):
    with serving(slack, stub, tmp_path):
        begun(slack, stub)
        slack.person("UES").command(QUESTION)
        slack.wait_for(lambda: hints(slack, "UES"))
        may_not_ask(slack, stub)
        stub.go.set()
        told(slack, "UES", "not_permitted", "es")
    assert len(hints(slack, "UES")) == 1


def test_whose_question_could_not_be_taken_up_is_told(slack, stub, tmp_path):
    with serving(slack, stub, tmp_path):
        slack.fail("chat.postMessage", "is_archived")
        slack.person("UES").mention("C1", QUESTION)
        slack.wait_for(lambda: hints(slack, "UES"))
    assert hints(slack, "UES") == ["secret_in_channel"]


def test_who_was_told_is_not_told_again_where_somebody_else_takes_the_question_up(slack, stub, tmp_path):
    with serving(slack, stub, tmp_path):
        root = slack.person("UES").write("C1", "look at this")
    asked = Asked("UES", QUESTION, Thread("C1", root.ts), Way.MENTION, ("message", "C1", "1.1"), channel="C1")
    with storage_in(tmp_path) as storage:
        Intake(storage.inbox, Seal(BOT_TOKEN), Threads(storage.store, 60)).take(asked)
        lease = storage.inbox.lease(Stage.ARRIVED, 30, 0)
        storage.inbox.note(lease, Note(is_warned=True).written())
        storage.inbox.put_back(lease, 0, counts=False)
    with serving(slack, stub, tmp_path):
        answer_to(slack, root)
    assert hints(slack, "UES") == []
