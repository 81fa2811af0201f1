"""Nobody takes more than their share, and whoever is over it hears when to ask again."""

import pytest

from bot.inbox.inbox import Item, Waiting
from bot.slack.conversation.bounds import Bounds, Exceeded, Limits
from bot.worker import Later

LIMITS = Limits(
    open_in_all=6, open_of_person=2, open_in_channel=4, at_once=2, at_once_of_person=1, at_once_in_channel=2
)


def an_item(person="U1", channel="C1", id="a" * 32):
    return Item(id, "C1:1.1", person, channel, "mention", 1, 1_790_000_000.0, "sealed")


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
