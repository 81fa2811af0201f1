"""A thread is a conversation: it remembers its question, hears what completes it, and leaves people's talk alone."""

import json
import time
from dataclasses import replace

import pytest

from bot.diagnosis import CannotDiagnose
from bot.model import Candidate, Verdict
from bot.slack import actions
from bot.slack.conversation.threads import Conversation
from tests.slack.replies import TARGET, a_diagnosis, a_finding, a_reply
from tests.slack.scenes import can_press
from tests.slack.serving import PATIENCE, own_words, said, serving

ERROR = '{"message": "Internal server error"} & <500>'
KEY, TOKEN = "AKIAIOSFODNN7EXAMPLE", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJlLW9mLWFsaWNl"
MINUTE, HOUR = 60, 60 * 60


class Clock:
    """The wall clock, which can be set forward."""

    def __init__(self):
        self.ahead = 0

    def __call__(self):
        return time.time() + self.ahead


def healthy(**changes):
    return a_reply(diagnosis=a_diagnosis(verdict=Verdict.HEALTHY), findings=(), **changes)


def found(**changes):
    return a_reply(diagnosis=a_diagnosis(findings=(a_finding(),)), **changes)


def needs_target(**changes):
    return a_reply(diagnosis=a_diagnosis(verdict=Verdict.NEED_TARGET, target=None), findings=(), **changes)


@pytest.fixture(autouse=True)
def _nothing_found(stub):
    stub.answers = healthy


def heard(stub):
    return stub.questions.get(timeout=PATIENCE)


def settle(slack, stub):
    """Wait until everything is answered and remembered: of the one worker, by asking it another question."""
    slack.person("UES").mention("C1", "is everything done?")
    assert heard(stub).pasted == "is everything done?"


def messages(slack, thread):
    """The bot's messages in a thread, without the files beside them."""
    return [each for each in slack.answers(thread) if not each.files]


def started(slack, stub, way="mention", text=ERROR, user="UEN"):
    """Somebody's question, answered and remembered: the message that the thread hangs on."""
    person = slack.person(user)
    asked = person.mention("C1", text) if way == "mention" else person.write(person.dm, text)
    assert heard(stub).pasted == text
    settle(slack, stub)
    return asked


@pytest.mark.parametrize("way", ["mention", "direct"])
def test_what_is_said_later_completes_the_question(served, stub, way):
    thread = started(served, stub, way)
    texts = [ERROR]
    for text in ("it is the prod stage", "a1b2c3d4e5", '{"message": "Forbidden"} is another error'):
        served.person("UEN").write(thread.channel, text, thread=thread)
        question = heard(stub)
        assert (question.earlier, question.pasted) == (tuple(texts), text)
        texts.append(text)
        settle(served, stub)
    # One message for each, and none more.
    assert [each.text.splitlines()[0].split(" in en")[0] for each in messages(served, thread)] == [
        "Answer to " + text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") for text in texts
    ]


def test_a_mention_continues_the_conversation_too_whatever_it_says(served, stub):
    thread = started(served, stub)
    served.person("UJA").mention("C1", "what about staging", thread=thread)
    question = heard(stub)
    assert (question.earlier, question.pasted, question.locale) == ((ERROR,), "what about staging", "ja")
    assert served.calls("conversations.replies") == []


def test_what_was_chosen_in_the_form_holds_for_what_follows(served, stub):
    person = served.person("UEN")
    person.opens_home()
    person.press(served.wait_for(lambda: served.home("UEN")), actions.ASK)
    form = served.wait_for(lambda: served.modal("UEN"))[-1]
    chosen = {actions.ACCOUNT_FIELD: "210987654321", actions.REGION_FIELD: "eu-central-1"}
    person.submit(form, {actions.PASTE_FIELD: ERROR} | chosen)
    heard(stub)
    settle(served, stub)
    answer = next(each for each in served.channel(person.dm) if each.bot_id)
    person.write(person.dm, "it is the prod stage", thread=answer)
    question = heard(stub)
    assert (question.earlier, question.account, question.region) == ((ERROR,), "210987654321", "eu-central-1")


@pytest.mark.parametrize(
    ("user", "language", "text"),
    [
        ("UEN", "en", "Again!"),
        ("UJA", "ja", "もう一度お願いします。"),
        ("UZH", "zh_TW", "再試一次"),
        ("UES", "es", "¿Y ahora?"),
    ],
)
def test_again_looks_once_more_and_tells_what_has_changed(served, stub, user, language, text):
    thread = started(served, stub)
    served.person(user).write("C1", text, thread=thread)
    question = heard(stub)
    assert (question.earlier, question.pasted, question.locale) == ((), ERROR, language)
    settle(served, stub)
    assert own_words("unchanged", language) in said(messages(served, thread)[-1])

    stub.answers = found
    served.person(user).mention("C1", "", thread=thread)
    assert heard(stub).pasted == ERROR
    settle(served, stub)
    newest = said(messages(served, thread)[-1])
    assert own_words("newly_wrong", language) in newest
    assert newest.count("Allow a1b2c3d4e5 to invoke orders") == 1
    assert own_words("unchanged", language) not in newest
    assert len(messages(served, thread)) == 3


@pytest.mark.parametrize(
    "text",
    ["thanks, I will look into it after lunch", "ありがとう、直しました", "謝謝，我看看", "¿quién está de guardia?"],
)
def test_talk_among_people_is_left_alone(served, stub, text):
    thread = started(served, stub)
    before = len(served.answers(thread))
    served.person("UZH").write("C1", text, thread=thread)
    settle(served, stub)
    assert len(served.answers(thread)) == before
    assert "UZH" not in [call["user"] for call in served.calls("users.info")]


def test_threads_that_the_bot_takes_no_part_in_are_not_even_looked_at(served, stub):
    parent = served.person("UJA").write("C1", ERROR)
    served.person("UZH").write("C1", "a1b2c3d4e5 error again", thread=parent)
    served.person("UZH").write("C1", "again", thread=parent)
    settle(served, stub)
    assert served.answers(parent) == []
    assert {"UJA", "UZH"}.isdisjoint(call["user"] for call in served.calls("users.info"))
    assert served.calls("conversations.replies") == []


def test_a_log_is_meant_for_the_bot_and_a_picture_is_not(served, stub):
    thread = started(served, stub)
    picture = served.add_file(b"\x89PNG", "look.png", "image/png", mode="hosted")
    served.person("UEN").write("C1", "look", thread=thread, files=[picture])
    log = served.add_file("it failed", "x.log")
    served.person("UEN").write("C1", "look", thread=thread, files=[log])
    question = heard(stub)
    assert (question.earlier, question.pasted) == ((ERROR,), "look\nit failed")


def test_a_reply_before_the_answer_is_heard(served, stub):
    stub.go.clear()
    thread = served.person("UEN").mention("C1", ERROR)
    heard(stub)
    served.person("UEN").write("C1", "it is the prod stage", thread=thread)
    served.wait_for(lambda: len(served.answers(thread)) == 2)
    stub.go.set()
    question = heard(stub)
    assert (question.earlier, question.pasted) == ((ERROR,), "it is the prod stage")


def test_what_could_not_be_diagnosed_can_be_asked_again(served, stub):
    def fail(**_):
        raise CannotDiagnose("AWS is out of reach")

    stub.answers = fail
    thread = started(served, stub)
    stub.answers = healthy
    served.person("UEN").write("C1", "again", thread=thread)
    assert heard(stub).pasted == ERROR
    served.wait_for(lambda: "Answer to" in messages(served, thread)[-1].text)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def asking(slack, stub, tmp_path, clock):
    """The bot has asked in direct messages which API it is."""
    stub.answers = needs_target
    with serving(slack, stub, tmp_path, clock=clock):
        started(slack, stub, "direct")
        stub.answers = healthy
        yield slack


@pytest.mark.parametrize(("seconds", "earlier"), [(29 * MINUTE, (ERROR,)), (31 * MINUTE, ())])
def test_what_the_bot_asked_in_private_is_answered_by_what_is_written_next(asking, stub, clock, seconds, earlier):
    clock.ahead += seconds
    person = asking.person("UEN")
    named = person.write(person.dm, "a1b2c3d4e5")
    question = heard(stub)
    assert (question.earlier, question.pasted) == (earlier, "a1b2c3d4e5")
    settle(asking, stub)
    assert len(messages(asking, named)) == 1


def test_what_is_settled_is_not_continued(asking, stub):
    person = asking.person("UEN")
    for text, earlier in (("a1b2c3d4e5", (ERROR,)), ("another error", ())):
        person.write(person.dm, text)
        assert heard(stub).earlier == earlier
        settle(asking, stub)


def test_what_is_being_looked_at_is_answered_before_what_comes_next(slack, stub, tmp_path):
    stub.answers = needs_target
    with serving(slack, stub, tmp_path):
        started(slack, stub, "direct")
    stub.answers = healthy
    stub.go.clear()
    with serving(slack, stub, tmp_path, KINTSUGI_WORKERS="2"):
        person = slack.person("UEN")
        asked = [person.write(person.dm, text) for text in ("a1b2c3d4e5", "another error")]
        # Both know that they are heard, and the second waits for the first: its answer may be what is asked next.
        slack.wait_for(lambda: all(messages(slack, each) for each in asked))
        assert heard(stub).earlier == (ERROR,)
        assert stub.questions.empty()
        stub.go.set()
        assert heard(stub).earlier == ()


def test_what_somebody_else_is_asked_is_not_continued(asking, stub):
    person = asking.person("UJA")
    person.write(person.dm, "a1b2c3d4e5")
    assert heard(stub).earlier == ()


def test_in_a_channel_only_the_thread_continues(served, stub):
    stub.answers = needs_target
    thread = started(served, stub)
    served.person("UEN").mention("C1", "a1b2c3d4e5")
    assert heard(stub).earlier == ()
    served.person("UEN").write("C1", "a1b2c3d4e5", thread=thread)
    assert heard(stub).earlier == (ERROR,)


@pytest.mark.parametrize("over", ["socket", "http"])
def test_a_restart_changes_nothing(slack, stub, tmp_path, over):
    with serving(slack, stub, tmp_path, over=over):
        thread = started(slack, stub)
    slack.wait_for(lambda: not slack.socket.connections)
    with serving(slack, stub, tmp_path, over=over):
        slack.person("UJA").write("C1", "もう一度", thread=thread)
        assert heard(stub).pasted == ERROR
        settle(slack, stub)
        assert own_words("unchanged", "ja") in said(messages(slack, thread)[-1])
        slack.person("UJA").write("C1", "it is the prod stage", thread=thread)
        assert heard(stub).earlier == (ERROR,)


def test_a_conversation_is_forgotten_in_the_end(slack, stub, tmp_path, clock):
    with serving(slack, stub, tmp_path, clock=clock, KINTSUGI_KEEP_HOURS="2"):
        thread = started(slack, stub)
        clock.ahead += 2 * HOUR - MINUTE
        slack.person("UEN").write("C1", "again", thread=thread)
        assert heard(stub).pasted == ERROR
        settle(slack, stub)
        clock.ahead += 2 * HOUR + MINUTE
        slack.person("UEN").write("C1", "again", thread=thread)
        settle(slack, stub)


def test_nothing_that_is_kept_holds_a_secret(slack, stub, tmp_path):
    pasted = f"{ERROR}\naws_access_key_id = {KEY}\nAuthorization: Bearer {TOKEN}"
    with serving(slack, stub, tmp_path):
        thread = slack.person("UEN").mention("C1", pasted)
        assert KEY not in heard(stub).pasted
        request = f"curl -H 'x-api-key: {KEY}' https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/prod\nan error"
        slack.person("UEN").write("C1", request, thread=thread)
        question = heard(stub)
        # The engine hears a request as it was sent, since its headers count, and of anything else no secret.
        assert KEY in question.pasted
        assert "Internal server error" in question.earlier[0]
        assert KEY not in question.earlier[0]
        slack.person("UEN").write("C1", "again", thread=thread)
        assert KEY not in heard(stub).pasted
        settle(slack, stub)
    kept = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"Internal server error" in kept
    assert KEY.encode() not in kept
    assert TOKEN.encode() not in kept
    assert TOKEN.split(".")[1].encode() not in kept


def test_what_is_said_in_a_thread_is_answered_in_its_order(slack, stub, tmp_path):
    with serving(slack, stub, tmp_path, KINTSUGI_WORKERS="2"):
        stub.go.clear()
        thread = slack.person("UEN").mention("C1", ERROR)
        for text in ("another error", "it is the prod stage"):
            slack.person("UEN").write("C1", text, thread=thread)
        slack.wait_for(lambda: len(messages(slack, thread)) == 3)
        heard(stub)
        assert stub.questions.empty()
        stub.go.set()
        slack.wait_for(lambda: answered(slack, thread) == 3)
        assert [heard(stub).earlier for _ in range(2)] == [(ERROR,), (ERROR, "another error")]
    with serving(slack, stub, tmp_path):
        slack.person("UEN").write("C1", "a1b2c3d4e5", thread=thread)
        assert heard(stub).earlier == (ERROR, "another error", "it is the prod stage")


def answered(slack, thread):
    return sum(can_press(each) for each in messages(slack, thread))


def test_looking_again_at_an_older_answer_takes_nothing_back_that_was_said_since(served, stub):
    thread = started(served, stub)
    first = served.wait_for(lambda: next(filter(can_press, messages(served, thread)), None))
    served.person("UEN").write("C1", "it is the prod stage", thread=thread)
    heard(stub)
    settle(served, stub)
    served.person("UEN").press(first, actions.CHECK_AGAIN)
    assert heard(stub).earlier == ()
    settle(served, stub)
    served.person("UEN").write("C1", "a1b2c3d4e5", thread=thread)
    assert heard(stub).earlier == (ERROR, "it is the prod stage")


def test_short_replies_cut_nothing_off_a_long_log():
    log = "\n".join(f"line {number} of a log that is long" for number in range(2_500))
    conversation = Conversation().with_text(log)
    for number in range(12):
        conversation = conversation.with_text(f"it is stage {number}")
    assert conversation.written()["texts"] == [log, *(f"it is stage {number}" for number in range(12))]


@pytest.mark.parametrize("text", ["行" * 400_000, f"begin {'x' * 700_000} end"])
@pytest.mark.parametrize("times", [1, 50])
def test_what_is_kept_is_bounded(text, times):
    conversation = Conversation()
    for number in range(times):
        conversation = conversation.with_text(f"{number} {text}")
    kept = json.dumps(conversation.written(), ensure_ascii=False)
    assert len(kept.encode()) <= 310_000
    read = Conversation.read(json.loads(kept))
    assert len(read.texts) == min(times, 20)
    assert read.texts[-1].startswith(f"{times - 1} {text[:20]}")
    assert read.texts[-1].endswith(text[-20:])


def test_a_secret_is_not_kept_in_halves():
    middle = 50_000
    for shift in range(-12, 13, 4):
        text = "\n".join(["x" * (middle - len(KEY) // 2 + shift), KEY, "y" * 200_000])
        assert "IOSFODNN" not in json.dumps(Conversation().with_text(text).written())


def offers_two(**changes):
    candidates = tuple(
        Candidate(replace(TARGET, id=id, stage=None), name)
        for id, name in (("api0000001", "shop"), ("api0000002", "Orders API"))
    )
    return a_reply(
        diagnosis=a_diagnosis(verdict=Verdict.NEED_TARGET, target=None, candidates=candidates), findings=(), **changes
    )


@pytest.mark.parametrize("way", ["mention", "direct"])
@pytest.mark.parametrize("named", ["orders api", "`Orders API`", "api0000002"])
def test_one_of_those_that_were_offered_is_named_in_the_thread(served, stub, way, named):
    stub.answers = offers_two
    thread = started(served, stub, way)
    person = served.person("UES")
    channel = "C1" if way == "mention" else served.person("UEN").dm
    (person if way == "mention" else served.person("UEN")).write(channel, named, thread=thread)
    question = heard(stub)
    assert (question.earlier, question.region, question.account) == ((ERROR,), "eu-west-1", "123456789012")
    assert "api0000002" in question.pasted


def test_chatter_in_a_direct_thread_asks_nothing_anew(served, stub):
    thread = started(served, stub, "direct")
    person = served.person("UEN")
    for text in ("thanks a lot", "hm, Orders", "ok"):
        person.write(person.dm, text, thread=thread)
    settle(served, stub)
    assert len(messages(served, thread)) == 1
