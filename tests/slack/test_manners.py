"""Whom the bot answers, whom it does not, and how often; in whose language; and that nothing it says calls anybody."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.diagnosis import CannotDiagnose
from bot.model import Progress, Step, Target, TargetKind, Verdict
from bot.slack import actions
from bot.slack.outgoing.progress import progress_message
from tests.slack.blockkit import check_message, text_of
from tests.slack.fake import FakeSlack, events
from tests.slack.fake.delivery import COMMANDS, EVENTS, Retry
from tests.slack.fake.things import Message
from tests.slack.replies import a_diagnosis, a_reply, hostile_reply
from tests.slack.serving import PATIENCE, WRITER, StubTroubleshooter, own_words, said, serving

PEOPLE = {
    "UEN": {"locale": "en-GB"},
    "UJA": {"locale": "ja-JP"},
    "UFAR": {"team_id": "T9", "is_stranger": True, "locale": "es-ES"},
    "USTRANGER": {"is_stranger": True, "locale": "es-ES"},
    "UGUEST": {"is_restricted": True, "locale": "es-ES"},
    "USINGLE": {"is_ultra_restricted": True, "locale": "es-ES"},
    "UGONE": {"deleted": True, "locale": "es-ES"},
}
OUTSIDERS = [*(user for user, known in PEOPLE.items() if known["locale"] == "es-ES"), "UNOBODY"]
HOSTILE = "<!channel> <@U1> <#C1> <!subteam^S1|all> <https://evil.test|aws> ``` *b* &amp; \x00"


def healthy(**changes):
    return a_reply(diagnosis=a_diagnosis(verdict=Verdict.HEALTHY), findings=(), **changes)


@pytest.fixture(scope="module")
def engine():
    engine = StubTroubleshooter()
    engine.answers = healthy
    return engine


@pytest.fixture(scope="module")
def shared(request, engine, tmp_path_factory):
    """One Slack for many tests, and one worker that serves it."""
    over = getattr(request, "param", "http")
    with FakeSlack(PEOPLE) as slack:
        slack.add_channel("CX", "with-others", is_shared=True)
        with serving(slack, engine, tmp_path_factory.mktemp(over), over=over):
            yield slack


OVER_BOTH = pytest.mark.parametrize("shared", ["http", "socket"], indirect=True)


@pytest.fixture
def workplace(shared):
    yield shared
    assert shared.complaints == []


def settle(slack, engine):
    """Wait until all that was asked before is answered, and make sure that nothing was."""
    slack.person("UEN").mention("C1", "is everything done?")
    assert engine.questions.get(timeout=PATIENCE).pasted == "is everything done?"


def started(slack, engine):
    """A thread that the bot takes part in."""
    thread = slack.person("UEN").mention("C1", "an error")
    assert engine.questions.get(timeout=PATIENCE).pasted == "an error"
    return thread


def happens(slack, **event):
    """Something else happens in the channel."""
    with slack.workspace.changing():
        event = {"channel": "C1", "channel_type": "channel", "ts": slack.workspace.new_ts(), **event}
        wrapped = events.wrapped(slack.workspace, event, slack.workspace.channels["C1"])
    assert slack.delivery.tell(wrapped, slack.workspace.channels["C1"])


def bots_talk(slack, thread):
    posted = slack.bot_posts("C1", "<@UKINTSUGI> an error")
    assert slack.delivery.tell(events.app_mention(slack.workspace, posted))
    slack.bot_posts("C1", "again, an error", thread_ts=thread.ts)
    slack.bot_posts("C1", "an error", thread_ts=thread.ts, user="UJA")  # in somebody's name
    slack.bot_posts("C1", "an error", bot_id="BWORKFLOW", subtype="bot_message", thread_ts=thread.ts)


def it_hears_itself(slack, thread):
    for kind in ({"type": "app_mention"}, {"type": "message", "thread_ts": thread.ts}):
        happens(slack, user="UKINTSUGI", text="<@UKINTSUGI> an error", **kind)


def slackbot_talks(slack, thread):
    slackbot = slack.person("USLACKBOT")
    slackbot.write("C1", "an error", thread=thread)
    happens(slack, user="USLACKBOT", text="an error", type="message", channel_type="im")


def people_edit(slack, thread):
    person = slack.person("UEN")
    person.edit(thread, "<@UKINTSUGI> another error")
    happens(slack, type="app_mention", user="UEN", text="<@UKINTSUGI> an error", edited={"user": "UEN", "ts": "1.1"})


def messages_go(slack, thread):
    happens(slack, type="message", subtype="message_deleted", hidden=True, deleted_ts=thread.ts, thread_ts=thread.ts)
    happens(slack, type="message", user="UEN", text="an error", hidden=True, thread_ts=thread.ts)


def people_come(slack, thread):
    slack.person("UJA").join("C1")
    slack.invite_bot("C1", "UEN")
    for subtype in ("channel_join", "channel_topic", "channel_purpose", "channel_name", "pinned_item"):
        happens(slack, type="message", subtype=subtype, user="UEN", text="an error", topic="an error")


@pytest.mark.parametrize(
    "what",
    [bots_talk, it_hears_itself, slackbot_talks, people_edit, messages_go, people_come],
    ids=lambda f: f.__name__,
)
def test_what_nobody_has_asked_is_not_answered(workplace, engine, what):
    thread = started(workplace, engine)
    settle(workplace, engine)
    before = len(workplace.channel("C1")), len(workplace.thread("C1", thread)), len(workplace.workspace.ephemerals)
    posted = len(workplace.calls("chat.postMessage"))
    what(workplace, thread)
    settle(workplace, engine)
    answers = [each for each in workplace.thread("C1", thread)[before[1] :] if each.user == "UKINTSUGI"]
    assert (answers, len(workplace.workspace.ephemerals)) == ([], before[2])
    assert len(workplace.calls("chat.postMessage")) == posted + 1


def deliveries_of(slack, message):
    """The payloads of the events in which the bot heard of a message."""
    told = [each for each in slack.attempts if each.kind == EVENTS and each.payload["event"].get("ts") == message.ts]
    return [each.payload for each in told]


def repeat(slack, payloads):
    for number in (1, 2, 3):
        for payload in payloads:
            assert slack.delivery.transport.attempt(EVENTS, payload, Retry(number, "http_timeout")).is_acknowledged


@OVER_BOTH
@pytest.mark.parametrize("message_first", [False, True])
@pytest.mark.parametrize("is_in_thread", [False, True])
def test_a_mention_comes_twice_and_each_four_times_and_is_answered_once(workplace, engine, is_in_thread, message_first):
    thread = started(workplace, engine) if is_in_thread else None
    asked = workplace.person("UEN").mention("C1", "once, an error", thread=thread, message_first=message_first)
    twins = deliveries_of(workplace, asked)
    assert {each["event"]["type"] for each in twins} == {"app_mention", "message"}
    repeat(workplace, twins)
    assert engine.questions.get(timeout=PATIENCE).pasted == "once, an error"
    settle(workplace, engine)
    answers = [each for each in workplace.answers(asked) if "once" in each.text]
    assert len(answers) == 1


@OVER_BOTH
def test_deliveries_at_the_same_time_are_answered_once(workplace, engine):
    person = workplace.person("UEN")
    direct = workplace.workspace.channels[person.dm]
    with workplace.workspace.changing():
        asked = Message(direct.id, workplace.workspace.new_ts(), "once, an error", person.id)
        direct.messages.append(asked)
        told = events.message_event(workplace.workspace, asked)
    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(lambda _: workplace.delivery.transport.attempt(EVENTS, told, None), range(8)))
    assert all(outcome.is_acknowledged for outcome in outcomes)
    assert engine.questions.get(timeout=PATIENCE).pasted == "once, an error"
    settle(workplace, engine)


@OVER_BOTH
def test_a_command_that_comes_twice_is_answered_once(workplace, engine):
    workplace.person("UEN").command("once, an error")
    sent = next(each for each in reversed(workplace.attempts) if each.kind == COMMANDS)
    assert workplace.delivery.transport.attempt(COMMANDS, sent.payload, None).payload == {}
    assert engine.questions.get(timeout=PATIENCE).pasted == "once, an error"
    settle(workplace, engine)


def test_a_connection_that_is_renewed_brings_nothing_twice(served_by_socket, stub):
    asked = served_by_socket.person("UEN").mention("C1", "once, an error")
    assert stub.questions.get(timeout=PATIENCE).pasted == "once, an error"
    [before] = served_by_socket.socket.connections
    served_by_socket.socket.disconnect("refresh_requested")
    served_by_socket.wait_for(
        lambda: served_by_socket.socket.connections and before not in served_by_socket.socket.connections
    )
    repeat(served_by_socket, deliveries_of(served_by_socket, asked))
    settle(served_by_socket, stub)


def mentions(slack, person, thread):
    person.mention("C1", "an error")


def mentions_in_a_thread(slack, person, thread):
    person.mention("C1", "an error", thread=thread)


def replies(slack, person, thread):
    person.write("C1", "an error", thread=thread)


def writes(slack, person, thread):
    person.write(person.dm, "an error")


def commands(slack, person, thread):
    person.command("an error")


def wants_the_form(slack, person, thread):
    person.command("")


def chooses_the_shortcut(slack, person, thread):
    person.shortcut(thread, actions.MESSAGE_SHORTCUT)


def is_not_even_there(slack, person, thread):
    slack.workspace.channels["C1"].members.discard(person.id)
    chooses_the_shortcut(slack, person, thread)


WAYS = (
    mentions,
    mentions_in_a_thread,
    replies,
    writes,
    commands,
    wants_the_form,
    chooses_the_shortcut,
    is_not_even_there,
)


def refused(slack, engine, person, way, words):
    """Somebody asks, and hears these words, and nobody else anything."""
    thread = started(slack, engine)
    settle(slack, engine)
    posted, heard = len(slack.calls("chat.postMessage")), len(slack.ephemerals(person.id))
    way(slack, person, thread)
    told = slack.wait_for(lambda: [each for each in slack.ephemerals(person.id)[heard:] if said(each) == words])
    settle(slack, engine)
    assert len(told) == 1
    assert len(slack.calls("chat.postMessage")) == posted + 1
    assert slack.modal(person.id) == []
    return told[0]


@pytest.mark.parametrize("user", OUTSIDERS)
def test_outsiders_are_turned_away_in_private(workplace, engine, user):
    told = refused(workplace, engine, workplace.person(user), mentions, own_words("external", _language(user)))
    assert told.thread_ts is None


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_outsiders_are_turned_away_whatever_they_try(workplace, engine, way):
    told = refused(workplace, engine, workplace.person("UGUEST"), way, own_words("external", "es"))
    assert bool(told.thread_ts) is (way in (mentions_in_a_thread, replies))


@pytest.mark.parametrize("user", OUTSIDERS[:-1])
def test_outsiders_see_that_the_home_tab_is_not_for_them(workplace, user):
    workplace.person(user).opens_home()
    assert said(workplace.wait_for(lambda: workplace.home(user))) == own_words("external", "es")


def _language(user):
    return "es" if PEOPLE.get(user, {}).get("locale") == "es-ES" else "en"


def test_where_another_company_reads_along_people_are_asked_to_ask_elsewhere(workplace, engine):
    person = workplace.person("UJA")
    asked = person.mention("CX", "an error")
    told = workplace.wait_for(lambda: workplace.ephemerals("UJA"))
    assert said(told[-1]) == own_words("shared_channel", "ja")
    person.write(person.dm, "an error")
    assert engine.questions.get(timeout=PATIENCE).locale == "ja"
    stranger = workplace.person("UFAR")
    before = len(workplace.ephemerals("UFAR"))
    stranger.mention("CX", "an error")
    told = workplace.wait_for(lambda: workplace.ephemerals("UFAR")[before:])
    assert said(told[-1]) == own_words("external", "es")
    settle(workplace, engine)
    assert workplace.answers(asked) == []


def test_whoever_slack_does_not_tell_of_is_asked_to_try_again(served, stub):
    served.fail("users.info", "access_denied")
    person = served.person("UJA")
    person.mention("C1", "an error")
    assert said(served.wait_for(lambda: served.ephemerals("UJA"))[0]) == own_words("unknown_person")
    assert stub.questions.empty()
    person.mention("C1", "an error")
    assert stub.questions.get(timeout=PATIENCE).locale == "ja"


def test_outsiders_are_answered_if_the_settings_say_so(stub, tmp_path):
    with FakeSlack(PEOPLE) as slack:
        channel = slack.add_channel("CX", "with-others", is_shared=True)
        slack.fail("users.info", "access_denied")
        with serving(slack, stub, tmp_path, KINTSUGI_OUTSIDERS="answer"):
            for user in ("UEN", *OUTSIDERS):
                slack.person(user).mention(channel.id, "an error")
                assert stub.questions.get(timeout=PATIENCE).locale == _language(user)
            slack.person("UFAR").command("")
            slack.wait_for(lambda: slack.modal("UFAR"))
        assert slack.complaints == []


@pytest.mark.parametrize("outsiders", ["refuse", "answer"])
def test_of_a_channel_nothing_was_heard_of_yet_a_shortcut_tells_one_person(slack, stub, tmp_path, outsiders):
    with serving(slack, stub, tmp_path):
        alert = slack.bot_posts("C1", text="an error")
    slack.wait_for(lambda: not slack.socket.connections)
    with serving(slack, stub, tmp_path, KINTSUGI_OUTSIDERS=outsiders):
        slack.person("UEN").shortcut(alert, actions.MESSAGE_SHORTCUT)
        stub.questions.get(timeout=PATIENCE)
    assert bool(slack.ephemerals("UEN")) is (outsiders == "refuse")
    assert bool(slack.answers(alert)) is (outsiders == "answer")


@pytest.mark.parametrize(
    "error",
    [
        "restricted_action",
        "restricted_action_non_threadable_channel",
        "restricted_action_read_only_channel",
        "restricted_action_thread_locked",
        "restricted_action_thread_only_channel",
    ],
)
def test_where_nobody_may_post_a_shortcut_tells_one_person(served, stub, error):
    message = served.person("UEN").write("C1", "an error")
    served.fail("chat.postMessage", error)
    served.person("UEN").shortcut(message, actions.MESSAGE_SHORTCUT)
    stub.questions.get(timeout=PATIENCE)
    served.wait_for(lambda: any("Answer to" in said(each) for each in served.ephemerals("UEN")))
    assert served.answers(message) == []


def hostile_answer(**_):
    return hostile_reply(HOSTILE, 3)


def hostile_failure(**_):
    raise CannotDiagnose(HOSTILE)


def hostile_bug(**_):
    raise ValueError(HOSTILE)


@pytest.mark.parametrize("answers", [hostile_answer, hostile_failure, hostile_bug])
@pytest.mark.parametrize("way", [mentions, writes, commands])
def test_nothing_that_it_says_calls_anybody(served, stub, answers, way):
    """The fake complains of whatever Slack would parse; see `served`."""
    stub.answers = answers
    person = served.person("UEN")
    way(served, person, None)
    stub.questions.get(timeout=PATIENCE)
    settle(served, stub)
    messages = [each for channel in served.workspace.channels.values() for each in channel.messages]
    shown = "\n".join(each.shown for each in (*messages, *served.ephemerals("UEN")) if each.bot_id)
    if answers is hostile_bug:
        assert "evil" not in shown
    else:
        # What is not parsed is shown as it is.
        assert "<!channel> <@U1> <#C1>" in shown


def test_progress_calls_nobody():
    target = Target(TargetKind.REST_API, HOSTILE, HOSTILE, HOSTILE)
    message = progress_message(Progress(Step.EXAMINE, target=target, total=2), WRITER.words("slack", "en"))
    check_message(message.payload())
    assert "<!channel> <@U1> <#C1>" in text_of(message.payload())


def test_the_name_of_a_file_calls_nobody(served, stub):
    file = served.add_file(b"\0\0", "core", "application/x-core", title=HOSTILE, more={"name": HOSTILE})
    asked = served.person("UEN").mention("C1", "", files=[file])
    told = served.wait_for(lambda: [each for each in served.answers(asked) if each.edits])
    assert "<!channel> <@U1> <#C1>" in told[0].shown


def test_the_language_is_looked_up_once_and_the_workspaces_stands_in(stub, tmp_path):
    locales = {
        "en-US": "en", "en-GB": "en", "de-DE": "zh_TW", "es-ES": "es", "es-LA": "es", "fr-FR": "zh_TW",
        "it-IT": "zh_TW", "pt-BR": "zh_TW", "ja-JP": "ja", "ko-KR": "zh_TW", "ru-RU": "zh_TW", "zh-CN": "zh_TW",
        "zh-TW": "zh_TW",
    }  # fmt: skip
    users = {f"U{number}": locale for number, locale in enumerate(locales)}
    with FakeSlack({user: {"locale": locale} for user, locale in users.items()}) as slack:
        with serving(slack, stub, tmp_path, KINTSUGI_DEFAULT_LANGUAGE="zh-TW"):
            for _ in range(2):
                for user, locale in users.items():
                    slack.person(user).mention("C1", "an error")
                    assert stub.questions.get(timeout=PATIENCE).locale == locales[locale]
        assert sorted(call["user"] for call in slack.calls("users.info")) == sorted(users)
        assert slack.complaints == []


def test_a_language_that_was_chosen_is_kept(tmp_path, stub):
    with FakeSlack(PEOPLE) as slack:
        person = slack.person("UEN")
        with serving(slack, stub, tmp_path, over="http"):
            person.opens_home()
            person.choose(slack.wait_for(lambda: slack.home("UEN")), actions.OWN_LANGUAGE, "ja")
            slack.wait_for(lambda: own_words("home_title", "ja") in slack.home("UEN").shown)
            person.mention("C1", "an error")
            assert stub.questions.get(timeout=PATIENCE).locale == "ja"
        with serving(slack, stub, tmp_path, over="http"):
            person.command("an error")
            told = slack.wait_for(lambda: slack.ephemerals("UEN"))[0]
            assert said(told) == own_words("acknowledged", "ja")
            assert stub.questions.get(timeout=PATIENCE).locale == "ja"
            person.opens_home()
            person.choose(slack.home("UEN"), actions.OWN_LANGUAGE, actions.ANY)
            slack.wait_for(lambda: own_words("language_label", "en") in slack.home("UEN").shown)
            person.mention("C1", "an error")
            assert stub.questions.get(timeout=PATIENCE).locale == "en"
        assert slack.complaints == []
