"""The same error asked again in a channel within minutes: whoever asks is shown the answer that is there already."""

import json
import time

import pytest

from bot.slack import actions
from tests.slack.engine import broken, finds
from tests.slack.scenes import answer_to, ask, can_press, told
from tests.slack.serving import own_words, said, serving

TEN_MINUTES = 600


@pytest.fixture(autouse=True)
def _orders_is_broken(stub):
    stub.answers = finds(broken("orders"))


class Clock:
    """The time, or so many seconds later."""

    ahead = 0

    def __call__(self):
        return time.time() + self.ahead


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def served(slack, stub, tmp_path, clock):
    """Slack while it is served by a bot that points to what was answered in the last ten minutes."""
    with serving(slack, stub, tmp_path, clock=clock, KINTSUGI_REPEAT_MINUTES="10"):
        yield slack


def pointed(slack, asked, language):
    """What somebody is shown who asks the same again, once it is."""
    words = own_words("asked_just_now", language)
    return slack.wait_for(lambda: next((each for each in slack.answers(asked) if words in said(each)), None))


def link_to(message):
    return f"https://example.slack.com/archives/C1/p{message.ts.replace('.', '')}?thread_ts={message.thread}&cid=C1"


def test_who_asks_the_same_again_is_shown_where_the_answer_stands(served, stub):
    answer = ask(served, "UEN")
    asked = served.person("UES").mention("C1", "a1b2c3d4e5 answers with an error")
    pointer = pointed(served, asked, "es")
    assert link_to(answer) in json.dumps(pointer.blocks)
    assert served.answers(asked) == [pointer]
    assert stub.questions.qsize() == 1


def test_check_again_looks_anew_in_place_and_leaves_the_other_answer_alone(served, stub):
    answer = ask(served, "UEN")
    asked = served.person("UES").mention("C1", "a1b2c3d4e5 answers with an error")
    pointer, before = pointed(served, asked, "es"), answer.edits
    stub.answers = finds(broken("tokens"))
    served.person("UJA").press(pointer, actions.CHECK_AGAIN)
    served.wait_for(lambda: can_press(pointer) and "tokens" in said(pointer))
    assert [stub.questions.get_nowait().locale for _ in range(2)] == ["en", "es"]
    assert "tokens" not in said(answer)
    assert answer.edits == before


def test_what_is_said_below_goes_on_from_the_answer(served, stub):
    ask(served, "UEN")
    asked = served.person("UES").mention("C1", "a1b2c3d4e5 answers with an error")
    pointed(served, asked, "es")
    stub.answers = finds(broken("tokens"))
    served.person("UES").write("C1", "again", thread=asked)
    assert "tokens" in said(answer_to(served, asked))


def test_who_may_not_see_the_answer_is_answered_as_if_there_were_none(served, stub):
    ask(served, "UEN")
    stub.lets_see = lambda asker: asker.person != "UES"
    assert "orders" in said(ask(served, "UES"))
    assert stub.questions.qsize() == 2


def test_check_again_is_of_no_use_to_who_may_not_see_the_answer(served, stub):
    ask(served, "UEN")
    asked = served.person("UES").mention("C1", "a1b2c3d4e5 answers with an error")
    pointer = pointed(served, asked, "es")
    stub.lets_see = lambda asker: asker.person != "UJA"
    served.person("UJA").press(pointer, actions.CHECK_AGAIN)
    told(served, "UJA", "no_longer_kept", "ja")
    assert stub.questions.qsize() == 1


def test_another_channel_has_its_own_answers(served, stub):
    served.add_channel("C2", "elsewhere")
    ask(served, "UEN")
    assert can_press(ask(served, "UES", "C2"))
    assert stub.questions.qsize() == 2


def test_after_the_time_it_is_looked_into_again(served, stub, clock):
    ask(served, "UEN")
    answer_to(served, served.person("UEN").mention("C1", "another error"))  # So the first is done with altogether.
    clock.ahead = TEN_MINUTES - 1
    pointed(served, served.person("UES").mention("C1", "a1b2c3d4e5 answers with an error"), "es")
    clock.ahead = TEN_MINUTES + 1
    assert can_press(ask(served, "UES"))
    assert stub.questions.qsize() == 3


def test_another_error_is_looked_into(served, stub):
    ask(served, "UEN")
    assert can_press(answer_to(served, served.person("UES").mention("C1", "another error")))
    assert stub.questions.qsize() == 2


def test_an_answer_that_was_deleted_is_not_pointed_to(served, stub):
    answer = ask(served, "UEN")
    with served.workspace.changing():
        answer.is_deleted = True
    assert can_press(ask(served, "UES"))
    assert stub.questions.qsize() == 2


def test_what_one_person_saw_is_not_pointed_to(served, stub):
    served.person("UEN").command("a1b2c3d4e5 answers with an error")
    served.wait_for(lambda: any(map(can_press, served.ephemerals("UEN"))))
    assert can_press(ask(served, "UES"))
    assert stub.questions.qsize() == 2
