"""What is owed is answered once, whoever dies, stops or fails in between, and whoever is over a bound is told so."""

import time

import pytest

from bot.inbox.inbox import Item, Stage
from bot.inbox.sealed import Seal
from bot.slack import actions
from bot.slack.incoming.entrances import Asked, Thread, Way
from bot.slack.incoming.lasting import FORM, group_of, id_of, kind_of, written
from tests.slack.engine import broken, finds, undecided
from tests.slack.fake import BOT_TOKEN
from tests.slack.fake.things import elements
from tests.slack.scenes import answer_to, ask, ask_by_command, can_press, choose, told, written_to
from tests.slack.serving import PATIENCE, own_words, said, serving, storage_in

PERSONS = {"en": "UEN", "ja": "UJA", "zh_TW": "UZH", "es": "UES"}


@pytest.fixture(autouse=True)
def _orders_is_broken(stub):
    stub.answers = finds(broken("orders"))


def begun(slack, stub, user="UEN", channel="C1"):
    """A question that is being worked on, and will be until the stub may go on."""
    stub.go.clear()
    asked = slack.person(user).mention(channel, "an error")
    stub.questions.get(timeout=PATIENCE)
    return asked


def greeted(slack, asked):
    """The message that will become the answer."""
    return slack.wait_for(lambda: next(iter(slack.answers(asked)), None))


def owed(folder):
    with storage_in(folder) as storage:
        return storage.inbox.owed()


def pasted(stub):
    """What was asked since this was asked last, in the order in which it was begun."""
    return [stub.questions.get_nowait().pasted for _ in range(stub.questions.qsize())]


# Stopping and starting.


def test_what_is_owed_at_the_end_is_answered_after_the_next_start_in_order_and_once(slack, stub, tmp_path):
    person = slack.person("UEN")
    with serving(slack, stub, tmp_path, when_stopping=stub.go.set):
        first = begun(slack, stub)
        person.mention("C1", "error two", thread=first)
        person.mention("C1", "error three", thread=first)
        other = person.mention("C1", "error of others")
        slack.wait_for(lambda: len(written_to(slack, first)) == 3 and written_to(slack, other))
    delivered = list(slack.attempts)
    assert [each.stage for each in owed(tmp_path)] == [Stage.WAITING] * 3
    with serving(slack, stub, tmp_path, KINTSUGI_WORKERS="4"):
        for attempt in delivered:
            slack.repeat(attempt)
        slack.wait_for(lambda: all(map(can_press, (*written_to(slack, first), *written_to(slack, other)))))
        assert len(written_to(slack, first)) == 3
        assert len(written_to(slack, other)) == 1
    assert owed(tmp_path) == []
    asked = [stub.questions.get_nowait() for _ in range(stub.questions.qsize())]
    assert sorted(each.pasted for each in asked) == ["error of others", "error three", "error two"]
    in_thread = [each for each in asked if each.pasted != "error of others"]
    assert [each.earlier for each in in_thread] == [("an error",), ("an error", "error two")]


def test_what_came_while_it_stopped_waits_for_the_next_start_unseen(slack, stub, tmp_path):
    """Nobody has looked at it yet: it is told of and answered after the start."""
    message = written_by(slack, stub, tmp_path, "UJA")
    hand_in(tmp_path, message)
    with serving(slack, stub, tmp_path):
        assert "Mend orders" in said(answer_to(slack, message))
    assert len(written_to(slack, message)) == 1


# Two at once.


def test_two_on_the_same_store_answer_each_question_once_whichever_hears_it(slack, stub, tmp_path):
    with serving(slack, stub, tmp_path) as first, serving(slack, stub, tmp_path) as second:
        stub.go.clear()
        asked = []
        for number in range(4):
            slack.delivery.transport = (first, second)[number % 2]
            before = len(slack.attempts)
            asked.append(slack.person("UEN").mention("C1", f"error {number}"))
            slack.delivery.transport = (second, first)[number % 2]
            for attempt in slack.attempts[before:]:
                assert slack.repeat(attempt)
        # Each has one worker, so both of them work.
        begun_first = {stub.questions.get(timeout=PATIENCE).pasted for _ in range(2)}
        assert len(begun_first) == 2
        stub.go.set()
        for each in asked:
            assert "Mend orders" in said(answer_to(slack, each))
    assert [len(written_to(slack, each)) for each in asked] == [1] * 4
    assert sorted([*begun_first, *pasted(stub)]) == [f"error {number}" for number in range(4)]
    assert owed(tmp_path) == []


def test_a_language_chosen_through_one_is_used_by_the_other_at_once(slack, stub, tmp_path):
    with serving(slack, stub, tmp_path) as first, serving(slack, stub, tmp_path) as second:
        ask(slack)
        slack.delivery.transport = second
        ask_by_command(slack)
        choose_own_language(slack, first, "ja")
        slack.delivery.transport = second
        slack.person("UEN").command("")
        form = slack.wait_for(lambda: slack.modal("UEN"))[-1]
        assert form.content["title"]["text"] == own_words("ask_title", "ja")
        slack.person("UEN").submit(form, {actions.PASTE_FIELD: "an error"})
        slack.wait_for(lambda: len(slack.ephemerals("UEN")) == 4)
    assert [stub.questions.get_nowait().locale for _ in range(3)] == ["en", "en", "ja"]


def choose_own_language(slack, transport, language):
    slack.delivery.transport = transport
    person = slack.person("UEN")
    person.opens_home()
    home = slack.wait_for(lambda: slack.home("UEN"))
    person.choose(home, actions.OWN_LANGUAGE, language)
    slack.wait_for(lambda: own_words("home_ways", language) in said(home))


# What cannot be done.


def written_by(slack, stub, folder, user):
    """Something that somebody wrote in C1, not to the bot."""
    with serving(slack, stub, folder):
        return slack.person(user).write("C1", "an error")


def item_of(message, token=BOT_TOKEN, form=FORM):
    """A question that the bot has written down, or would have."""
    place, key = Thread("C1", message.ts), ("message", "C1", message.ts)
    asked = Asked(message.user, "an error", place, Way.MENTION, key, channel="C1")
    body = Seal(token).close(written(asked))
    return Item(id_of(asked), group_of(asked), message.user, "C1", kind_of(asked), form, time.time(), body)


def hand_in(folder, message, **changes):
    item = item_of(message, **changes)
    with storage_in(folder) as storage:
        assert storage.inbox.accept(item)
    return item


def test_a_question_that_a_newer_release_wrote_is_left_to_it_and_so_is_what_follows(slack, stub, tmp_path):
    message = written_by(slack, stub, tmp_path, "UEN")
    newer = hand_in(tmp_path, message, form=FORM + 1)
    with serving(slack, stub, tmp_path):
        slack.person("UES").mention("C1", "error behind it", thread=message)
        ask(slack, "UJA")
    assert slack.answers(message) == []
    left = owed(tmp_path)
    assert [(each.stage, each.attempts, each.is_leased) for each in left] == [(Stage.ARRIVED, 0, False)] * 2
    assert left[0].id == newer.id
    assert stub.questions.qsize() == 1


@pytest.mark.parametrize(("language", "user"), PERSONS.items())
def test_what_was_sealed_with_another_token_ends_with_a_message_in_person(slack, stub, tmp_path, language, user):
    message = written_by(slack, stub, tmp_path, user)
    item = hand_in(tmp_path, message, token="xoxb-the-one-before")
    direct = slack.person(user).dm
    with serving(slack, stub, tmp_path):
        slack.wait_for(lambda: slack.channel(direct))
    (message_in_person,) = slack.channel(direct)
    assert said(message_in_person) == as_shown("failed", language, item.id[:8])
    assert slack.answers(message) == []
    (failed,) = owed(tmp_path)
    assert (failed.stage, failed.why) == (Stage.FAILED, "it was sealed with another bot token")


def as_shown(name, language, reference):
    """Words with a reference, as they are read where it stands as code."""
    return own_words(name, language, reference=reference).replace("`", "").strip()


def fails(locale, summary):
    raise RuntimeError("a-secret-paste")


def test_what_fails_four_times_is_told_kept_and_answered_when_it_is_tried_anew(slack, stub, tmp_path):
    stub.answers = fails
    with serving(slack, stub, tmp_path), storage_in(tmp_path) as storage:
        asked = slack.person("UES").mention("C1", "an error")
        message = greeted(slack, asked)
        (failed,) = slack.wait_for(lambda: [each for each in storage.inbox.owed() if each.stage is Stage.FAILED])
        assert said(message) == as_shown("failed", "es", failed.id[:8])
        assert (failed.why, failed.attempts) == ("RuntimeError", 4)
        assert len(pasted(stub)) == 4
        assert not storage.inbox.retry("0" * 32)
        stub.answers = finds(broken("orders"))
        assert storage.inbox.retry(failed.id)
        assert answer_to(slack, asked) is message
        assert "Mend orders" in said(message)
    assert written_to(slack, asked) == [message]
    assert owed(tmp_path) == []


def test_what_fails_by_command_is_told_where_it_was_asked(slack, stub, tmp_path):
    stub.answers = fails
    with serving(slack, stub, tmp_path):
        slack.person("UZH").command("an error")
        slack.wait_for(lambda: len(slack.ephemerals("UZH")) == 2)
    (failed,) = owed(tmp_path)
    assert failed.stage is Stage.FAILED
    assert said(slack.ephemerals("UZH")[1]) == as_shown("failed", "zh_TW", failed.id[:8])


@pytest.mark.parametrize("stage", [Stage.ARRIVED, Stage.WAITING])
def test_whose_workers_died_four_times_is_given_up(slack, stub, tmp_path, stage):
    message = written_by(slack, stub, tmp_path, "UJA")
    item = hand_in(tmp_path, message)
    with storage_in(tmp_path) as storage:
        if stage is Stage.WAITING:
            storage.inbox.pass_on(storage.inbox.lease(Stage.ARRIVED, 60, 0), stage, "")
        for _ in range(4):
            assert storage.inbox.lease(stage, 0, 0) is not None
    with serving(slack, stub, tmp_path):
        told = greeted(slack, message)
    assert said(told) == as_shown("given_up", "ja", item.id[:8])
    assert written_to(slack, message) == [told]
    assert [each.stage for each in owed(tmp_path)] == [Stage.FAILED]
    assert stub.questions.empty()


# Bounds.


@pytest.mark.parametrize(
    ("setting", "user", "words", "language"),
    [
        ("KINTSUGI_QUEUE_PERSON", "UES", "too_many_of_yours", "es"),
        ("KINTSUGI_QUEUE_CHANNEL", "UJA", "too_many_here", "ja"),
        ("KINTSUGI_QUEUE", "UZH", "too_busy", "zh_TW"),
    ],
)
def test_who_is_over_a_bound_hears_it_and_is_taken_when_there_is_room(
    slack, stub, tmp_path, setting, user, words, language
):
    first_asker = "UES" if setting == "KINTSUGI_QUEUE_PERSON" else "UEN"
    with serving(slack, stub, tmp_path, **{setting: "1"}), storage_in(tmp_path) as storage:
        first = begun(slack, stub, first_asker)
        turned_away = slack.person(user).mention("C1", "error two")
        refusal = greeted(slack, turned_away)
        assert said(refusal) == own_words(words, language, count=1)
        slack.person(user).command("error three")
        command_told = slack.wait_for(lambda: slack.ephemerals(user))
        stub.go.set()
        assert "orders" in said(answer_to(slack, first))
        slack.wait_for(lambda: not storage.inbox.owed())
        assert can_press(ask(slack, user))
    assert written_to(slack, turned_away) == [refusal]
    assert said(refusal) == own_words(words, language, count=1)
    # A command belongs to its channel as well.
    assert [said(each) for each in command_told] == [own_words(words, language, count=1)]
    assert len(pasted(stub)) == 1


def test_a_bound_of_one_person_or_channel_is_nobody_elses(slack, stub, tmp_path):
    slack.add_channel("C2", "elsewhere")
    bounds = {"KINTSUGI_QUEUE_PERSON": "1", "KINTSUGI_QUEUE_CHANNEL": "2"}
    with serving(slack, stub, tmp_path, **bounds), storage_in(tmp_path) as storage:
        begun(slack, stub, "UES")
        assert said(greeted(slack, slack.person("UJA").mention("C1", "an error"))) == own_words("working", "ja")
        # A greeting can be seen before it is noted.
        slack.wait_for(lambda: [each.stage for each in storage.inbox.owed()] == [Stage.WAITING, Stage.WAITING])
        here = slack.person("UEN").mention("C1", "an error")
        assert said(greeted(slack, here)) == own_words("too_many_here", count=1)
        elsewhere = slack.person("UEN").mention("C2", "an error")
        assert said(greeted(slack, elsewhere)) == own_words("working")
        stub.go.set()
        answer_to(slack, elsewhere)


# Who may not see what an answer shows.


def test_to_whoever_may_not_see_an_answer_its_buttons_are_of_no_use(served, stub):
    answer = ask(served, "UEN")
    stub.lets_see = lambda asker: asker.person != "UJA"
    person = served.person("UJA")
    pressed = [element["action_id"] for _, element in elements(answer.blocks) if element["type"] == "button"]
    usable = [each for each in pressed if each.endswith("_v1")]
    assert {actions.EVIDENCE, actions.CHECK_AGAIN, actions.HELPFUL, actions.WRONG} <= set(usable)
    for number, action in enumerate(usable, start=1):
        person.press(answer, action)
        served.wait_for(lambda number=number: len(served.ephemerals("UJA")) == number)
    choose(person, answer, actions.LANGUAGE, "ja")
    served.wait_for(lambda: len(served.ephemerals("UJA")) == len(usable) + 1)
    assert {said(each) for each in served.ephemerals("UJA")} == {own_words("no_longer_kept", "ja")}
    assert served.modal("UJA") == []
    served.person("UEN").press(answer, actions.CHECK_AGAIN)
    served.wait_for(lambda: stub.questions.qsize() == 2)


def test_whoever_may_not_see_an_answer_cannot_choose_of_its_candidates(served, stub):
    stub.answers = finds(undecided())
    answer = ask(served, "UEN")
    stub.lets_see = lambda asker: asker.person != "UJA"
    choose(served.person("UJA"), answer, actions.CANDIDATE, "1")
    told(served, "UJA", "no_longer_kept", "ja")
    assert stub.questions.qsize() == 1
