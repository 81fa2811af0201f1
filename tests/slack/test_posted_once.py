"""However Slack fails, and whoever begins anew: one message stands there, with the answer in it, and its files once."""

from threading import Thread as Threaded

import pytest
from slack_sdk.errors import SlackApiError

from bot.slack.calling.client import PacedClient
from bot.slack.calling.failures import SLACK_FAILS, ResponseUrlRefused, passes
from bot.slack.calling.patience import patience
from bot.slack.calling.turns import Turns
from bot.slack.conversation.delivery import Either, Posted
from bot.slack.conversation.finding import Mark
from bot.slack.conversation.outlets import ResponseOutlet, ThreadOutlet
from bot.slack.incoming.entrances import ResponseUrl, Thread
from bot.slack.outgoing.answer import Snippet
from bot.slack.outgoing.messages import say
from tests.slack.fake import BOT_TOKEN, BOT_USER, FakeSlack
from tests.slack.fake.faults import KINDS
from tests.slack.fake.things import Message
from tests.slack.serving import said

FILES = (Snippet("answer.md", "everything"), Snippet("mend.yaml", "a: 1"))
QUESTION = "q1" * 8
UNKNOWN = [{"error": "reset"}, {"error": "broken", "status": 500}, {"error": "internal_error"}]


def no_sleep(seconds):
    """Time that need not pass."""


@pytest.fixture
def slack():
    with FakeSlack({"UEN": {}}, events=()) as slack:
        yield slack
    assert slack.complaints == []


@pytest.fixture
def client(slack):
    return PacedClient(BOT_TOKEN, Turns(sleep=no_sleep), base_url=slack.url)


@pytest.fixture(params=["channel", "thread", "dm"])
def asked(slack, request):
    """A question: in a channel, in a thread that exists, in direct messages."""
    person = slack.person("UEN")
    place = person.dm if request.param == "dm" else "C1"
    root = person.write(place, "an error")
    return person.write(place, "another error", thread=root) if request.param == "thread" else root


def outlet_for(client, asked, ts=None, question=QUESTION, is_repeated=False):
    place = Thread(asked.channel, asked.thread)
    return ThreadOutlet(client, place, ts, Mark(question, BOT_USER, asked.ts, is_repeated), no_sleep)


def texts(slack, asked):
    return [said(each) for each in slack.answers(asked) if not each.files]


def files_of(slack, asked):
    return [file.name for each in slack.answers(asked) for file in each.files]


def test_what_it_has_posted_can_be_gone_on_with(slack, client, asked):
    first = outlet_for(client, asked)
    assert first.posted is None
    first.show(say("working"))
    (message,) = slack.answers(asked)
    assert first.posted == Posted(asked.channel, message.ts, asked.thread)
    ThreadOutlet(client, first.posted.place, first.posted.ts).show(say("the answer"))
    assert texts(slack, asked) == ["the answer"]


def test_in_person_as_well(slack, client):
    first = ThreadOutlet(client, Thread("UEN"))
    first.show(say("working"))
    assert first.posted.channel == slack.person("UEN").dm
    again = ThreadOutlet(client, first.posted.place, first.posted.ts)
    again.show(say("the answer"))
    assert [said(each) for each in slack.channel(first.posted.channel)] == ["the answer"]
    assert again.thread == first.thread


@pytest.mark.parametrize("is_done", [False, True])
@pytest.mark.parametrize("trouble", UNKNOWN, ids=lambda each: each["error"])
def test_a_post_whose_response_was_lost_is_found_before_another_is_made(slack, client, asked, trouble, is_done):
    slack.fail("chat.postMessage", done=is_done, **trouble)
    outlet = outlet_for(client, asked)
    outlet.show(say("working"))
    outlet.show(say("the answer"))
    assert texts(slack, asked) == ["the answer"]
    assert len(slack.calls("chat.postMessage")) == 1 + (not is_done)


@pytest.mark.parametrize("is_done", [False, True])
def test_who_begins_anew_finds_what_an_earlier_attempt_has_posted(slack, client, asked, is_done):
    if is_done:
        outlet_for(client, asked).show(say("working"))
    outlet_for(client, asked, is_repeated=True).show(say("the answer"))
    assert texts(slack, asked) == ["the answer"]


def test_the_first_attempt_looks_for_nothing(slack, client, asked):
    outlet = outlet_for(client, asked)
    outlet.show(say("the answer"))
    outlet.attach(FILES)
    assert slack.calls("conversations.replies") == []


def test_it_takes_nothing_for_its_own_that_is_not(slack, client, asked):
    outlet_for(client, asked, question="another").show(say("to another question"))
    forged = Mark(QUESTION, BOT_USER).metadata()
    with slack.workspace.changing():
        slack.workspace.channels[asked.channel].messages.append(
            Message(
                asked.channel, slack.workspace.new_ts(), "forged", user="UEVIL", bot_id="BEVIL",
                thread_ts=asked.thread, metadata=forged,
            )
        )  # fmt: skip
    outlet_for(client, asked, is_repeated=True).show(say("the answer"))
    assert texts(slack, asked) == ["to another question", "the answer"]


def test_it_is_found_on_whatever_page_it_stands(slack, client):
    person = slack.person("UEN")
    asked = person.write("C1", "an error")
    for number in range(450):
        person.write("C1", f"chatter {number}", thread=asked)
    outlet_for(client, asked).show(say("working"))
    outlet_for(client, asked, is_repeated=True).show(say("the answer"))
    assert texts(slack, asked) == ["the answer"]
    assert len(slack.calls("conversations.replies")) == 3


def test_while_slack_cannot_say_whether_it_stands_there_nothing_is_posted(slack, client, asked):
    slack.fail("conversations.replies", "reset", times=3)
    outlet = outlet_for(client, asked, is_repeated=True)
    with pytest.raises(OSError) as error:
        outlet.show(say("the answer"))
    assert passes(error.value)
    assert texts(slack, asked) == []
    outlet.show(say("the answer"))
    assert texts(slack, asked) == ["the answer"]


def test_where_it_may_not_look_it_answers_all_the_same(slack, client, asked, caplog):
    slack.fail("conversations.replies", "missing_scope")
    outlet_for(client, asked, is_repeated=True).show(say("the answer"))
    assert texts(slack, asked) == ["the answer"]
    assert "missing_scope" in caplog.text


def test_what_somebody_has_deleted_is_posted_once_more_and_only_once(slack, client, asked):
    first = outlet_for(client, asked)
    first.show(say("working"))
    with slack.workspace.changing():
        slack.answers(asked)[0].is_deleted = True
    slack.fail("chat.postMessage", "reset", done=True)
    with patience(0):
        outlet_for(client, asked, first.posted.ts, is_repeated=True).show(say("the answer"))
    outlet_for(client, asked, first.posted.ts, is_repeated=True).show(say("the answer"))
    assert texts(slack, asked) == ["the answer"]


def test_what_can_no_longer_be_edited_is_not_found_again_and_again(slack, client, asked):
    first = outlet_for(client, asked)
    first.show(say("working"))
    slack.fail("chat.update", "edit_window_closed", times=2)
    outlet_for(client, asked, first.posted.ts, is_repeated=True).show(say("the answer"))
    assert texts(slack, asked) == ["working", "the answer"]


def test_a_refusal_is_told_at_once(slack, client, asked):
    slack.fail("chat.postMessage", "is_archived")
    with pytest.raises(SlackApiError) as error:
        outlet_for(client, asked).show(say("the answer"))
    assert not passes(error.value)
    assert len(slack.calls("chat.postMessage")) == 1


def test_in_person_an_unknown_fate_is_told_and_what_begins_anew_posts(slack, client):
    slack.fail("chat.postMessage", "reset", done=True)
    outlet = ThreadOutlet(client, Thread("UEN"), None, Mark(QUESTION, BOT_USER), no_sleep)
    with pytest.raises(OSError):
        outlet.show(say("the answer"))
    assert len(slack.calls("chat.postMessage")) == 1
    again = ThreadOutlet(client, Thread("UEN"), None, Mark(QUESTION, BOT_USER, is_repeated=True), no_sleep)
    again.show(say("the answer"))
    assert len(slack.calls("chat.postMessage")) == 2


def test_without_a_mark_nothing_is_marked_or_looked_for(slack, client, asked):
    slack.fail("chat.postMessage", "reset", done=True)
    with pytest.raises(OSError):
        ThreadOutlet(client, Thread(asked.channel, asked.thread)).show(say("the answer"))
    assert slack.calls("conversations.replies") == []
    assert slack.answers(asked)[0].metadata is None


# Files.


@pytest.mark.parametrize("is_done", [False, True])
@pytest.mark.parametrize("method", ["files.getUploadURLExternal", "upload", "files.completeUploadExternal"])
def test_files_of_an_unknown_fate_stand_there_once(slack, client, asked, method, is_done):
    outlet = outlet_for(client, asked)
    outlet.show(say("the answer"))
    slack.fail(method, "reset", done=is_done)
    outlet.attach(FILES)
    assert outlet.takes_files
    assert files_of(slack, asked) == ["answer.md", "mend.yaml"]


@pytest.mark.parametrize("is_done", [False, True])
def test_who_begins_anew_attaches_what_is_missing_and_nothing_twice(slack, client, asked, is_done):
    first = outlet_for(client, asked)
    first.show(say("the answer"))
    if is_done:
        first.attach(FILES)
    again = outlet_for(client, asked, first.posted.ts, is_repeated=True)
    again.attach(FILES)
    assert files_of(slack, asked) == ["answer.md", "mend.yaml"]


def test_files_of_somebody_else_or_of_an_earlier_answer_are_not_taken_for_them(slack, client):
    asked = slack.person("UEN").write("C1", "an error")
    earlier = outlet_for(client, asked, question="earlier")
    earlier.show(say("an answer"))
    earlier.attach(FILES)
    follow_up = slack.person("UEN").write("C1", "and now?", thread=asked)
    outlet = outlet_for(client, follow_up, is_repeated=True)
    outlet.show(say("the answer"))
    theirs = [slack.add_file(each.content, each.name) for each in FILES]
    slack.person("UEN").write("C1", "mine", thread=asked, files=theirs)
    outlet.attach(FILES)
    assert len([each for each in slack.answers(asked) if each.files]) == 2


def test_files_that_are_refused_are_refused(slack, client, asked):
    outlet = outlet_for(client, asked)
    outlet.show(say("the answer"))
    slack.fail("files.completeUploadExternal", "file_not_found", times=2)
    outlet.attach(FILES)
    assert not outlet.takes_files
    assert len(slack.calls("files.completeUploadExternal")) == 1


def test_a_response_url_that_is_busy_is_not_given_up_for_another_way(slack, client):
    address = ResponseUrl(slack._urls.new("UEN", slack.workspace.channels["C1"]))
    outlet = Either(ResponseOutlet(client, address), ThreadOutlet(client, Thread("UEN")))
    slack.fail("response_url", "broken", status=503, done=True)
    with pytest.raises(ResponseUrlRefused) as error:
        outlet.show(say("the answer"))
    assert passes(error.value)
    assert slack.calls("chat.postMessage") == []


# All together.


class AlwaysLater:
    """A clock by which every bucket is full again."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        self.now += 1_000
        return self.now


def answered(client, asked, question, attempts=40):
    """What a worker does: it begins anew until the answer stands there, by what it knows of the attempt before."""
    ts = None
    for attempt in range(attempts):
        outlet = outlet_for(client, asked, ts, question, is_repeated=attempt > 0)
        try:
            outlet.show(say("working"))
            ts = outlet.posted.ts if attempt % 2 else None  # every other time it dies before it has noted that
            outlet.show(say(f"answer to {question}"))
            outlet.attach(FILES)
        except SLACK_FAILS as error:
            if not passes(error):
                raise
        else:
            return
    raise AssertionError(f"{question} is never answered")


@pytest.mark.parametrize("seed", range(3))
def test_many_at_once_on_one_channel_with_faults_of_every_kind(slack, seed):
    clients = [PacedClient(BOT_TOKEN, Turns(clock=AlwaysLater(), sleep=no_sleep), base_url=slack.url) for _ in "ab"]
    asked = [slack.person("UEN").write("C1", f"error {number}") for number in range(12)]
    slack.fail_at_random(0.2, seed)
    wrong = []

    def work(number):
        try:
            answered(clients[number % 2], asked[number], f"question{number:08}")
        except BaseException as error:  # noqa: BLE001
            wrong.append(error)

    workers = [Threaded(target=work, args=[number]) for number in range(len(asked))]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert wrong == []
    for number, each in enumerate(asked):
        assert texts(slack, each) == [f"answer to question{number:08}"]
        assert sorted(files_of(slack, each)) in ([], ["answer.md", "mend.yaml"])
    assert set(slack.faults.happened) == set(KINDS)
