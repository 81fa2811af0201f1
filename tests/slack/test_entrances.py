"""Who is answered and who is not, and what counts as the same question."""

import pytest

from bot.slack.conversation.memory import Once
from bot.slack.incoming.entrances import SHARE, Asked, Bot, Clicked, ResponseUrl, Thread, entered

BOT = Bot(user="UKINTSUGI", teams=frozenset({"T1", "E1"}))


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


def command(**changes):
    return {
        "command": "/diagnose",
        "text": "help &amp; more",
        "user_id": "U1",
        "team_id": "T1",
        "channel_id": "C1",
        "response_url": "https://hooks.slack.com/commands/1",
        "trigger_id": "1.2.3",
    } | changes


def click(**changes):
    return {
        "type": "block_actions",
        "user": {"id": "U1"},
        "response_url": "https://hooks.slack.com/actions/1",
        "trigger_id": "4.5.6",
        "actions": [{"action_id": SHARE, "value": "job"} | changes],
    }


def test_a_mention_is_answered_in_a_thread_of_its_own():
    asked = entered(mention(), BOT)
    assert asked == Asked("U1", "help", Thread("C1", "1.1"), (("event", "Ev1"), ("message", "C1", "1.1")))


def test_a_mention_in_a_thread_is_answered_there():
    assert entered(mention(thread_ts="0.5"), BOT).answer_to == Thread("C1", "0.5")


def test_a_command_is_answered_by_its_response_url():
    asked = entered(command(), BOT)
    assert (asked.pasted, asked.foreign) == ("help & more", False)
    assert asked.answer_to == ResponseUrl("https://hooks.slack.com/commands/1")


def test_a_click_on_the_button_names_the_job():
    assert entered(click(), BOT) == Clicked(
        "U1", "job", ResponseUrl("https://hooks.slack.com/actions/1"), (("trigger", "4.5.6"),)
    )


@pytest.mark.parametrize("subtype", ["file_share", "thread_broadcast"])
def test_a_direct_message_is_answered(subtype):
    assert entered(direct(), BOT).pasted == "help"
    assert entered(direct(subtype=subtype), BOT).pasted == "help"


def test_attached_files_are_noticed():
    assert entered(direct(subtype="file_share", files=[{"id": "F1"}]), BOT).files
    assert not entered(direct(), BOT).files


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
        pytest.param(click(action_id="share_reply_v0"), id="another button"),
        pytest.param({"type": "view_submission"}, id="another interaction"),
        pytest.param({}, id="nothing"),
    ],
)
def test_nobody_asks(body):
    assert entered(body, BOT) is None


@pytest.mark.parametrize(
    ("body", "foreign"),
    [
        (mention(), False),
        (mention(user_team="E1"), False),
        (mention(user_team="T9"), True),
        (mention(source_team="T9"), True),
        (mention() | {"is_ext_shared_channel": True}, True),
        (command(team_id="T9"), True),
        (command(team_id="T9", enterprise_id="E1"), False),
        (command(team_id=None), True),
    ],
)
def test_strangers_are_suspected(body, foreign):
    assert entered(body, BOT).foreign is foreign


def test_the_two_events_of_one_mention_are_one_question():
    once = Once(most=10, seconds=60)
    mentioned = entered(mention(), BOT)
    twin = entered(direct(channel="C1", text="<@UKINTSUGI> help") | {"event_id": "Ev2"}, BOT)
    assert [once.first(*mentioned.keys), once.first(*twin.keys)] == [True, False]
