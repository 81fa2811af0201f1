"""Nobody takes more than their share, and whoever is over it hears when to ask again."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from bot.inbox.inbox import Item, Stage, Waiting
from bot.inbox.sqlite import SqliteInbox
from bot.slack.conversation.bounds import Bounds, Exceeded, Limits
from bot.worker import Held, Later

LIMITS = Limits(
    open_in_all=6, open_of_person=2, open_in_channel=4, at_once=2, at_once_of_person=1, at_once_in_channel=2
)


def an_item(person="U1", channel="C1", id="a" * 32, group="C1:1.1"):
    return Item(id, group, person, channel, "mention", 1, 1_790_000_000.0, "sealed")


def bounds(in_all=0, of_person=0, in_channel=0):
    return Bounds(LIMITS, lambda item: Waiting(in_all, of_person, in_channel))


def test_who_is_within_the_bounds_is_taken():
    assert bounds(in_all=5, of_person=1, in_channel=3).exceeded(an_item()) is None


@pytest.mark.parametrize(
    ("waiting", "words"),
    [
        ({"in_all": 2, "of_person": 2}, "too_many_of_yours"),
        ({"in_all": 4, "in_channel": 4}, "too_many_here"),
        ({"in_all": 6}, "too_busy"),
    ],
)
def test_who_is_over_a_bound_hears_which(waiting, words):
    assert bounds(**waiting).exceeded(an_item()).words == words


def test_what_is_let_in_and_not_passed_on_yet_counts():
    tested = bounds()
    first, second, third = (an_item(id=name * 32) for name in "abc")
    with tested.arriving(first), tested.arriving(second):
        assert tested.exceeded(first) is tested.exceeded(first) is tested.exceeded(second) is None
        assert tested.exceeded(third).words == "too_many_of_yours"
        assert tested.exceeded(an_item("U2", id="d" * 32)) is None
    assert tested.exceeded(third) is None  # Slack did not take what the others were to be told.


def test_of_those_that_arrive_at_the_same_moment_as_many_are_let_in_as_may_wait(tmp_path):
    inbox = SqliteInbox(tmp_path / "inbox.db", 1)
    for number in range(8):
        inbox.accept(an_item(id=f"{number:032}", group=f"C1:{number}"))
    leases = [inbox.lease(Stage.ARRIVED, 30, 0) for _ in range(8)]
    tested, all_here, all_told = Bounds(LIMITS, inbox.waiting_beside), Barrier(8), Barrier(8)

    def receive(lease):
        with tested.arriving(lease.item):
            all_here.wait(20)
            exceeded = tested.exceeded(lease.item)
            all_told.wait(20)
            if exceeded is None:
                held = Held(inbox, lease)
                held.note = "{}"
                tested.pass_on(held)
                # Twice it does not count, though it is arriving still.
                assert tested.exceeded(an_item("U2", id="f" * 32)) is None
        return exceeded

    with ThreadPoolExecutor(8) as together:
        words = [each.words for each in together.map(receive, leases) if each is not None]
    assert words == ["too_many_of_yours"] * (8 - LIMITS.open_of_person)
    assert inbox.waiting_beside(an_item(id="e" * 32)).of_person == LIMITS.open_of_person
    inbox.close()


def test_the_wait_is_what_the_questions_ahead_take():
    tested = bounds(in_all=2, of_person=2)
    for _ in range(60):
        tested.took(90)
    # Two of the same person, one after the other, a minute and a half each.
    assert tested.exceeded(an_item()) == Exceeded("too_many_of_yours", 3)
    for _ in range(60):
        tested.took(0.1)
    assert tested.exceeded(an_item()).minutes == 1


def test_so_many_of_a_person_at_once_and_the_rest_later():
    tested = bounds()
    with tested.turn(an_item("U1", "C1")):
        with pytest.raises(Later), tested.turn(an_item("U1", "C2")):
            pass
        with tested.turn(an_item("U2", "C1")), pytest.raises(Later), tested.turn(an_item("U3", "C1")):
            pass
        with tested.turn(an_item("U3", None)), tested.turn(an_item("U4", None)), tested.turn(an_item("U5", None)):
            pass
    with tested.turn(an_item("U1", "C2")):
        pass


def test_a_turn_ends_however_it_ends():
    tested = bounds()
    with pytest.raises(ValueError, match="a bug"), tested.turn(an_item()):
        raise ValueError("a bug")
    with tested.turn(an_item()):
        pass
