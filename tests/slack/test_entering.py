"""Who is answered and who is not, and what counts as the same question."""

import pytest

from bot.slack import actions
from bot.slack.incoming.entering import entered
from bot.slack.incoming.entrances import (
    Asked,
    Clicked,
    ClickedMessage,
    Commented,
    FormWanted,
    HomeOpened,
    ResponseUrl,
    Thread,
    Way,
)

BOT = "UKINTSUGI"
ANSWER_BY = "https://hooks.slack.com/commands/1"


def mention(**changes):
    event = {
        "type": "app_mention",
        "user": "U1",
        "text": "<@UKINTSUGI> help",
        "channel": "C1",
        "ts": "1.1",
        "user_team": "T1",
    }
    return {"type": "event_callback", "team_id": "T1", "event_id": "Ev1", "event": event | changes}


def direct(**changes):
    return mention(**({"type": "message", "channel_type": "im", "channel": "D1", "text": "help"} | changes))


def reply(**changes):
    there = {"type": "message", "channel_type": "channel", "text": "it is prod", "thread_ts": "0.5"}
    return mention(**(there | changes))


def command(**changes):
    return {
        "command": "/diagnose",
        "text": "help &amp; more",
        "user_id": "U1",
        "team_id": "T1",
        "channel_id": "C1",
        "response_url": ANSWER_BY,
        "trigger_id": "1.2.3",
    } | changes


def click(container=None, **changes):
    return {
        "type": "block_actions",
        "user": {"id": "U1"},
        "response_url": ANSWER_BY,
        "trigger_id": "4.5.6",
        "container": container or {"type": "view", "view_id": "V1"},
        "actions": [{"action_id": actions.SHARE, "value": "an-id"} | changes],
    }


def shortcut(**changes):
    return {
        "type": "message_action",
        "callback_id": actions.MESSAGE_SHORTCUT,
        "user": {"id": "U1", "team_id": "T1"},
        "team": {"id": "T1"},
        "channel": {"id": "C1"},
        "message": {"ts": "1.1", "text": "it &amp; fails"},
        "response_url": ANSWER_BY,
        "trigger_id": "7.8.9",
    } | changes


def submission(callback_id, metadata="", **fields):
    values = {
        name: {name: {"value": value} if name in (actions.PASTE_FIELD, actions.COMMENT_FIELD) else
               {"selected_option": {"value": value}}}
        for name, value in fields.items()
    }  # fmt: skip
    view = {"id": "V1", "callback_id": callback_id, "private_metadata": metadata, "state": {"values": values}}
    return {"type": "view_submission", "user": {"id": "U1"}, "view": view}


def test_a_mention_is_answered_in_a_thread_of_its_own():
    asked = entered(mention(), BOT)
    assert (asked.person, asked.pasted, asked.way, asked.hangs_on) == ("U1", "help", Way.MENTION, None)
    assert asked.answer_to == Thread("C1", "1.1")
    assert asked.key == ("message", "C1", "1.1")


def test_a_mention_in_a_thread_is_answered_there():
    asked = entered(mention(thread_ts="0.5"), BOT)
    assert (asked.answer_to, asked.hangs_on) == (Thread("C1", "0.5"), "0.5")


def test_a_reply_among_people_is_looked_at_and_one_with_a_mention_left_to_its_twin():
    assert entered(reply(), BOT).way is Way.REPLY
    assert entered(reply(text="<@UKINTSUGI> it is prod"), BOT) is None
    assert entered(reply(thread_ts="1.1"), BOT) is None


def test_a_command_is_answered_by_its_response_url():
    asked = entered(command(), BOT)
    assert (asked.pasted, asked.way) == ("help & more", Way.COMMAND)
    assert asked.answer_to == ResponseUrl(ANSWER_BY)


def test_a_command_without_text_wants_the_form():
    wanted = FormWanted("U1", "1.2.3", ("trigger", "1.2.3"), ResponseUrl(ANSWER_BY), "C1")
    assert entered(command(text=" "), BOT) == wanted


def test_the_button_on_the_home_tab_wants_the_form_too():
    assert entered(click(action_id=actions.ASK), BOT) == FormWanted("U1", "4.5.6", ("trigger", "4.5.6"))


@pytest.mark.parametrize("thread", [None, "0.5"])
def test_a_click_names_the_answer_and_the_message(thread):
    container = {"type": "message", "channel_id": "C1", "message_ts": "1.2", "is_ephemeral": False}
    clicked = entered(click(container | ({"thread_ts": thread} if thread else {})), BOT)
    message = ClickedMessage("C1", "1.2", thread, is_ephemeral=False)
    key = ("trigger", "4.5.6")
    assert clicked == Clicked("U1", actions.SHARE, "an-id", "4.5.6", key, ResponseUrl(ANSWER_BY), message)


def test_a_choice_in_a_menu_is_its_value():
    clicked = entered(click(action_id=actions.LANGUAGE, value=None, selected_option={"value": "an-id:ja"}), BOT)
    assert (clicked.action, clicked.value, clicked.message) == (actions.LANGUAGE, "an-id:ja", None)


@pytest.mark.parametrize(("hangs", "thread"), [({}, "1.1"), ({"thread_ts": "0.5"}, "0.5")])
def test_a_shortcut_asks_what_the_message_says_and_is_answered_in_its_thread(hangs, thread):
    asked = entered(shortcut(message={"ts": "1.1", "text": "it &amp; fails"} | hangs), BOT)
    assert (asked.pasted, asked.way) == ("it & fails", Way.SHORTCUT)
    assert (asked.answer_to, asked.otherwise) == (Thread("C1", thread), ResponseUrl(ANSWER_BY))


@pytest.mark.parametrize(
    ("metadata", "answer_to", "channel"),
    [
        (f"C1 {ANSWER_BY}", ResponseUrl(ANSWER_BY), "C1"),
        (ANSWER_BY, ResponseUrl(ANSWER_BY), None),
        ("", Thread("U1"), None),
    ],
    ids=["command", "command of an older release", "home"],
)
def test_a_form_asks_with_its_choices(metadata, answer_to, channel):
    fields = {"paste": "it fails", "language": "ja", "account": "123456789012", "region": actions.ANY}
    asked = entered(submission(actions.ASK_FORM, metadata, **fields), BOT)
    assert isinstance(asked, Asked)
    assert (asked.pasted, asked.language, asked.account, asked.region) == ("it fails", "ja", "123456789012", None)
    assert (asked.answer_to, asked.otherwise, asked.channel) == (answer_to, Thread("U1"), channel)


def test_a_comment_names_the_answer():
    commented = entered(submission(actions.WRONG_FORM, "an-id C1", comment="no"), BOT)
    assert commented == Commented("U1", "an-id", "no", ("view", "V1"), "C1")
    of_an_older_release = entered(submission(actions.WRONG_FORM, "an-id", comment="no"), BOT)
    assert of_an_older_release == Commented("U1", "an-id", "no", ("view", "V1"))


def test_the_home_tab_is_opened():
    assert entered(mention(type="app_home_opened", tab="home"), BOT) == HomeOpened("U1", ("event", "Ev1"))


@pytest.mark.parametrize("subtype", ["file_share", "thread_broadcast"])
def test_a_direct_message_is_answered(subtype):
    assert entered(direct(), BOT).pasted == "help"
    assert entered(direct(subtype=subtype), BOT).pasted == "help"


def test_attached_files_come_along():
    asked = entered(direct(subtype="file_share", files=[{"id": "F1"}]), BOT)
    assert [each.id for each in asked.files] == ["F1"]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(mention(bot_id="B9"), id="a mention by another bot"),
        pytest.param(mention(bot_profile={"id": "B9"}), id="a bot with a profile"),
        pytest.param(mention(user="UKINTSUGI"), id="itself"),
        pytest.param(mention(user="USLACKBOT"), id="Slackbot"),
        pytest.param(mention(user=None), id="nobody"),
        pytest.param(mention(edited={"ts": "1.2"}), id="an edit that adds a mention"),
        pytest.param(mention(subtype="bot_message"), id="a bot's message"),
        pytest.param(direct(subtype="message_changed"), id="an edit"),
        pytest.param(direct(subtype="message_deleted", hidden=True), id="a deletion"),
        pytest.param(direct(subtype="channel_join"), id="a join"),
        pytest.param(direct(hidden=True), id="a hidden message"),
        pytest.param(direct(channel_type="channel"), id="a message in a channel that mentions nobody"),
        pytest.param(direct(channel_type="mpim"), id="a message to several"),
        pytest.param(mention(type="reaction_added"), id="another event"),
        pytest.param(direct(subtype="channel_topic"), id="a topic"),
        pytest.param(reply(bot_id="B9"), id="a bot in a thread"),
        pytest.param(reply(subtype="bot_message", bot_id="BWORKFLOW", user=None), id="a workflow in a thread"),
        pytest.param(mention(type="member_joined_channel"), id="somebody enters"),
        pytest.param(mention(type="app_home_opened", tab="messages"), id="the messages are looked at"),
        pytest.param(shortcut(callback_id="another_v1"), id="another shortcut"),
        pytest.param(submission("another_form"), id="another form"),
        pytest.param({"type": "view_closed"}, id="another interaction"),
        pytest.param({}, id="nothing"),
    ],
)
def test_nobody_asks(body):
    assert entered(body, BOT) is None


def test_another_company_that_reads_along_is_noticed():
    assert entered(mention() | {"is_ext_shared_channel": True}, BOT).is_shared
    assert not entered(mention(), BOT).is_shared


def test_the_two_events_of_one_mention_are_one_question():
    mentioned = entered(mention(), BOT)
    twin = entered(direct(channel="C1") | {"event_id": "Ev2"}, BOT)
    assert mentioned.key == twin.key
