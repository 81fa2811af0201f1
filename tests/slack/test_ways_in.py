"""Every way in, in every language, over both transports: acknowledged at once, heard whole, answered in its place."""

from dataclasses import dataclass, field

import pytest

from bot.slack import actions
from tests.slack.fake import SCOPES, FakeSlack
from tests.slack.replies import a_reply
from tests.slack.serving import PATIENCE, StubTroubleshooter, own_words, said, serving

PEOPLE = {
    "UEN": {"locale": "en-GB", "tz": "Europe/London"},
    "UJA": {"locale": "ja-JP", "tz": "Asia/Tokyo"},
    "UZH": {"locale": "zh-TW", "tz": "Asia/Taipei"},
    "UES": {"locale": "es-LA", "tz": "America/Bogota"},
    "UBUSY": {},
}
LANGUAGES = {"en": "UEN", "ja": "UJA", "zh_TW": "UZH", "es": "UES"}
ERROR = (
    "GET https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/prod/orders?a=1&b=2 answers <500>\n"
    '{"message": "Internal server error"}'
)
LOG = "(aa000000) Method request path: /orders\n(aa000000) Execution failed: <error> & *:*\n"
ALERT = {
    "attachments": [
        {
            "fallback": "5XX alarm",
            "title": "5XX alarm",
            "text": "API a1b2c3d4e5 answers &lt;500&gt;",
            "fields": [{"title": "Stage", "value": "prod"}],
            "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "Region `eu-west-1`"}}],
        }
    ],
    "subtype": "bot_message",
}
LONG = "this takes long"
IN_ALERT = ("5XX alarm", "API a1b2c3d4e5 answers <500>", "Stage: prod", "eu-west-1")


@dataclass
class Asking:
    """What somebody has asked: where the bot's messages about it stand, and what the engine has to hear."""

    place: object
    """Gives the bot's messages there, as they stand now."""
    pasted: tuple[str, ...] = (ERROR,)
    earlier: tuple[str, ...] = ()
    options: dict = field(default_factory=dict)
    placeholder: str = "working"
    is_private: bool = False


def thread_of(slack, message):
    return lambda: slack.answers(message)


def private_to(slack, person):
    before = len(slack.ephemerals(person.id))
    return lambda: slack.ephemerals(person.id)[before:]


def direct_to(slack, person):
    """Beside the threads in the direct messages."""
    before = len(slack.channel(person.dm))
    return lambda: [each for each in slack.channel(person.dm)[before:] if each.bot_id]


def command(slack, person):
    place = private_to(slack, person)
    assert person.command(ERROR) is None
    return Asking(place, placeholder="acknowledged", is_private=True)


def mention(slack, person):
    return Asking(thread_of(slack, person.mention("C1", ERROR)))


def mention_in_a_thread(slack, person):
    parent = slack.person("UBUSY").write("C1", "The *checkout* fails & fails")
    person.mention("C1", ERROR, thread=parent)
    return Asking(thread_of(slack, parent), earlier=("The *checkout* fails & fails",))


def mention_below_an_error(slack, person):
    parent = slack.person("UBUSY").write("C1", ERROR)
    person.mention("C1", "", thread=parent)
    return Asking(thread_of(slack, parent))


def mention_below_an_alert(slack, person):
    parent = slack.bot_posts("C1", **ALERT)
    person.mention("C1", "", thread=parent)
    return Asking(thread_of(slack, parent), IN_ALERT)


def mention_below_a_file(slack, person):
    parent = slack.person("UBUSY").write("C1", "", files=[slack.add_file(LOG, "execution.log")])
    person.mention("C1", "", thread=parent)
    return Asking(thread_of(slack, parent), (LOG.strip(),))


def mention_with_a_snippet(slack, person):
    asked = person.mention("C1", "why an error?", files=[slack.add_file(LOG, "execution.log")])
    return Asking(thread_of(slack, asked), ("why an error?", LOG.strip()))


def direct_message(slack, person):
    return Asking(thread_of(slack, person.write(person.dm, ERROR)))


def direct_message_with_a_file(slack, person):
    file = slack.add_file(LOG, "execution.log", mode="hosted")
    return Asking(thread_of(slack, person.write(person.dm, "", files=[file])), (LOG.strip(),))


def shortcut_on_an_error(slack, person):
    message = slack.person("UBUSY").write("C1", ERROR)
    person.shortcut(message, actions.MESSAGE_SHORTCUT)
    return Asking(thread_of(slack, message))


def shortcut_on_an_alert(slack, person):
    message = slack.bot_posts("C1", **ALERT)
    person.shortcut(message, actions.MESSAGE_SHORTCUT)
    return Asking(thread_of(slack, message), IN_ALERT)


def shortcut_where_the_bot_is_not(slack, person):
    place = private_to(slack, person)
    person.shortcut(slack.bot_posts("CNOT", **ALERT), actions.MESSAGE_SHORTCUT)
    return Asking(place, IN_ALERT, placeholder="acknowledged", is_private=True)


def filled_in(slack, person):
    slack.wait_for(lambda: slack.modal(person.id))
    options = {actions.ACCOUNT_FIELD: "210987654321", actions.REGION_FIELD: "eu-central-1"}
    assert person.submit(slack.modal(person.id)[-1], {actions.PASTE_FIELD: ERROR} | options) == {}
    return {"account": "210987654321", "region": "eu-central-1"}


def form(slack, person):
    place = private_to(slack, person)
    assert person.command("") is None
    return Asking(place, options=filled_in(slack, person), placeholder="acknowledged", is_private=True)


def form_from_home(slack, person):
    place = direct_to(slack, person)
    person.opens_home()
    person.press(slack.wait_for(lambda: slack.home(person.id)), actions.ASK)
    return Asking(place, options=filled_in(slack, person))


WAYS = (
    command,
    mention,
    mention_in_a_thread,
    mention_below_an_error,
    mention_below_an_alert,
    mention_below_a_file,
    mention_with_a_snippet,
    direct_message,
    direct_message_with_a_file,
    shortcut_on_an_error,
    shortcut_on_an_alert,
    shortcut_where_the_bot_is_not,
    form,
    form_from_home,
)


def answer(**changes):
    """One with a file beside it; what merely takes long has none."""
    return a_reply(**changes) if LONG not in changes["summary"] else a_reply(findings=(), **changes)


@pytest.fixture(scope="module")
def engine():
    engine = StubTroubleshooter()
    engine.answers = answer
    return engine


@pytest.fixture(scope="module", params=["socket", "http"])
def shared(request, engine, tmp_path_factory):
    """One Slack for all the tests of a transport, and one worker that serves it."""
    with FakeSlack(PEOPLE) as slack:
        slack.add_channel("CNOT", "without-the-bot", has_bot=False)
        with serving(slack, engine, tmp_path_factory.mktemp(request.param), over=request.param):
            yield slack


@pytest.fixture
def busy(shared, engine):
    """All workers are at work until `engine.go` is set."""
    engine.go.clear()
    try:
        shared.person("UBUSY").mention("C1", LONG)
        assert engine.questions.get(timeout=PATIENCE).pasted == LONG
        yield shared
    finally:
        engine.go.set()
    assert shared.complaints == []


def answered(place):
    return [each for each in place() if "Answer to" in each.text]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_every_way_in(busy, engine, way, language):
    person = busy.person(LANGUAGES[language])
    asking = way(busy, person)
    placeholder = busy.wait_for(asking.place)[0]
    assert said(placeholder) == own_words(asking.placeholder, language)
    assert engine.questions.empty()

    engine.go.set()
    question = engine.questions.get(timeout=PATIENCE)
    assert (question.locale, question.timezone) == (language, PEOPLE[person.id]["tz"])
    assert question.earlier == asking.earlier
    assert all(part in question.pasted for part in asking.pasted)
    assert len(asking.pasted) > 1 or question.pasted.strip() == asking.pasted[0]
    options = {"account": question.account, "region": question.region}
    assert options == {"account": None, "region": None} | asking.options

    answer = busy.wait_for(lambda: answered(asking.place))[0]
    assert f"in {language}" in said(answer)
    if asking.is_private:
        assert len(asking.place()) == 2
        assert answer.ephemeral_to == person.id
    else:
        # One message, which was the placeholder; and its files.
        with_files = busy.wait_for(lambda: [each for each in busy.answers(answer) if each.files])
        assert answer is placeholder
        assert [each for each in asking.place() if not each.files] == [answer]
        assert [file.name for each in with_files for file in each.files] == ["integration_permission_missing.yaml"]


def test_a_reply_in_the_thread_needs_no_mention(shared, engine):
    asked = shared.person("UEN").mention("C1", ERROR)
    assert engine.questions.get(timeout=PATIENCE).pasted == ERROR
    shared.person("UJA").write("C1", "it is the prod stage", thread=asked)
    question = engine.questions.get(timeout=PATIENCE)
    assert (question.earlier, question.pasted, question.locale) == ((ERROR,), "it is the prod stage", "ja")
    answer = shared.wait_for(lambda: [each for each in shared.answers(asked) if "in ja" in each.text])[0]
    assert answer.edits
    assert shared.complaints == []


def test_what_came_was_acknowledged_in_time_and_nothing_unfurls(shared):
    assert max(attempt.seconds for attempt in shared.attempts) < 3
    posts = shared.calls("chat.postMessage")
    assert posts
    for post in posts:
        told = (post["parse"], post["link_names"], post["unfurl_links"], post["unfurl_media"])
        assert [str(each).lower() for each in told] in (["none", "false", "false", "false"], ["none", "0", "0", "0"])


def test_the_language_chosen_in_the_form_is_that_of_the_answer(slack, stub, tmp_path):
    with serving(slack, stub, tmp_path):
        person = slack.person("UEN")
        person.command("")
        view = slack.wait_for(lambda: slack.modal("UEN"))[-1]
        person.submit(view, {actions.PASTE_FIELD: ERROR, actions.LANGUAGE_FIELD: "ja"})
        assert stub.questions.get(timeout=PATIENCE).locale == "ja"
        assert own_words("acknowledged", "ja") in said(slack.wait_for(lambda: slack.ephemerals("UEN"))[0])
        asked = person.mention("C1", "next time")
        assert stub.questions.get(timeout=PATIENCE).locale == "ja"
        slack.wait_for(lambda: answered(thread_of(slack, asked)))


def test_a_thread_that_cannot_be_read_is_told_to_be_so(stub, tmp_path):
    with FakeSlack({"UES": {"locale": "es-ES"}}, scopes=SCOPES - {"channels:history"}) as slack:
        with serving(slack, stub, tmp_path):
            parent = slack.person("UES").write("C1", ERROR)
            slack.person("UES").mention("C1", "", thread=parent)
            told = slack.wait_for(lambda: [each for each in slack.answers(parent) if each.edits])
            assert [said(each) for each in told] == [own_words("thread_not_readable", "es")]
            # Who says more than that is answered all the same.
            slack.person("UES").mention("C1", "another error", thread=parent)
            assert stub.questions.get(timeout=PATIENCE).pasted == "another error"
        assert slack.complaints == []


def test_once_the_thread_can_be_read_it_is(served, stub):
    served.fail("conversations.replies", "not_in_channel")
    parent = served.person("UEN").write("C1", ERROR)
    served.person("UEN").mention("C1", "", thread=parent)
    served.wait_for(lambda: [each for each in served.answers(parent) if each.edits])
    served.person("UEN").mention("C1", "", thread=parent)
    assert stub.questions.get(timeout=PATIENCE).pasted == ERROR


def test_a_thread_that_begins_with_nothing_is_told_to_be_so(served, stub):
    parent = served.bot_posts("C1", "", attachments=[{"fallback": "[no preview available]"}])
    served.person("UJA").mention("C1", "", thread=parent)
    told = served.wait_for(lambda: [each for each in served.answers(parent) if each.edits])
    assert [said(each) for each in told] == [own_words("nothing_in_thread", "ja")]
    assert stub.questions.empty()


@pytest.mark.parametrize("hangs_on", ["the thread", "the mention"])
def test_a_file_that_cannot_be_read_is_named(served, stub, hangs_on):
    person = served.person("UEN")
    picture = served.add_file(b"\x89PNG\0\0", "screenshot.png", "image/png")
    if hangs_on == "the thread":
        asked = person.write("C1", "", files=[picture])
        person.mention("C1", "an error", thread=asked)
    else:
        asked = person.mention("C1", "an error", files=[picture])
    assert stub.questions.get(timeout=PATIENCE).pasted == "an error"
    answer = served.wait_for(lambda: answered(thread_of(served, asked)))[0]
    assert said(answer).startswith(own_words("file_not_text", name="screenshot.png").replace("`", ""))


def test_nothing_but_a_file_that_cannot_be_read_asks_nothing(served, stub):
    asked = served.person("UEN").mention("C1", "", files=[served.add_file(b"\0\1\2", "core", "application/x-core")])
    told = served.wait_for(lambda: [each for each in served.answers(asked) if each.edits])
    assert [said(each) for each in told] == [own_words("file_not_text", name="core").replace("`", "")]
    assert stub.questions.empty()


@pytest.mark.parametrize("way", ["mention", "direct"])
def test_nothing_pasted_is_answered_with_help_and_what_follows_with_an_answer(served, stub, way):
    person = served.person("UES")
    asked = person.mention("C1", "") if way == "mention" else person.write(person.dm, "  ")
    told = served.wait_for(lambda: served.answers(asked))
    assert own_words("nothing_pasted", "es").splitlines()[0] in said(told[0])
    assert stub.questions.empty()
    # Only then is it remembered that the bot takes part in the thread.
    served.person("UEN").mention("C1", "meanwhile")
    stub.questions.get(timeout=PATIENCE)
    person.write(asked.channel, "error 500", thread=asked)
    assert stub.questions.get(timeout=PATIENCE).pasted == "error 500"


def test_the_engine_hears_a_long_log_whole_and_with_what_it_must_compare(served, stub):
    log = "x-api-key: AKIAIOSFODNN7EXAMPLE\n" + "".join(f"line {number}\n" for number in range(60_000))
    served.person("UEN").mention("C1", "", files=[served.add_file(log, "whole.log")])
    assert stub.questions.get(timeout=PATIENCE).pasted == log
