"""What was begun and did not come to its end is begun anew, and says what it would have said at once."""

import pytest

from bot.model import Verdict
from bot.slack import actions
from tests.slack.engine import broken, finds, undecided
from tests.slack.replies import a_diagnosis
from tests.slack.scenes import answer_to, ask, can_press
from tests.slack.serving import own_words, said, serving, storage_in


@pytest.fixture(autouse=True)
def _two_things_are_broken(stub):
    stub.answers = finds(broken("orders", "tokens"))


def test_what_was_mended_is_told_though_the_answer_could_not_be_shown_at_first(served, stub):
    answer = ask(served)
    stub.answers = finds(broken("tokens", "stock"))
    # The first edit says that it is being checked again, the next three would be the answer.
    served.fail("chat.update", "broken", status=500, times=3, nth=2)
    served.person("UES").press(answer, actions.CHECK_AGAIN)
    served.wait_for(lambda: can_press(answer) and own_words("mended") in said(answer))
    assert stub.questions.qsize() == 3
    assert own_words("newly_wrong") in said(answer)


def test_checking_again_leaves_no_copy_of_what_was_there_before(slack, stub, tmp_path):
    with serving(slack, stub, tmp_path):
        answer = ask(slack)
        slack.person("UES").press(answer, actions.CHECK_AGAIN)
        slack.wait_for(lambda: own_words("unchanged") in said(answer) and can_press(answer))

        def kept():
            with storage_in(tmp_path) as storage:
                return [key for key, _ in storage.store.items("answers")]

        slack.wait_for(lambda: len(kept()) == 1)


def test_what_could_not_be_told_for_the_moment_is_told_later(served, stub):
    def fail(**_):
        raise ValueError("a bug")

    stub.answers = fail
    served.fail("chat.update", "broken", status=503, times=6)
    asked = served.person("UEN").mention("C1", "an error")
    given_up = own_words("given_up", reference="").split("\n")[0]
    served.wait_for(lambda: any(given_up in said(each) for each in served.answers(asked)))
    assert len(served.answers(asked)) == 1


def test_again_shows_nothing_of_an_answer_to_whoever_may_not_see_it(served, stub):
    asked = served.person("UEN").mention("C1", "an error")
    answer_to(served, asked)
    stub.lets_see = lambda asker: asker.person != "UES"
    stub.answers = finds(a_diagnosis(verdict=Verdict.TARGET_NOT_FOUND, target=None))
    served.person("UES").write("C1", "again", thread=asked)
    second = served.wait_for(lambda: [each for each in served.answers(asked) if can_press(each)][1:])[0]
    assert "orders" not in said(second)
    assert own_words("no_longer_seen", "es") not in said(second)


def test_a_candidate_is_chosen_by_its_name_only_by_whoever_may_see_it(served, stub):
    stub.answers = finds(undecided(3))
    asked = served.person("UEN").mention("C1", "an error")
    answer_to(served, asked)
    stub.lets_see = lambda asker: asker.person != "UES"
    for user in ("UES", "UEN"):
        served.person(user).write("C1", "name of api0000001", thread=asked)
    served.wait_for(lambda: stub.questions.qsize() == 3)
    heard = {question.asker.person: question for question in [stub.questions.get() for _ in range(3)][1:]}
    assert (heard["UES"].pasted, heard["UES"].account) == ("name of api0000001", None)
    assert heard["UEN"].pasted.startswith("api0000001 ")
