"""Nobody takes more than their share, and whoever is over it hears when to ask again."""

import pytest

from bot.inbox.inbox import Item, Owed, Stage
from bot.slack.conversation.bounds import Bounds, Exceeded, Limits
from bot.worker import Later

LIMITS = Limits(
    open_in_all=6, open_of_person=2, open_in_channel=4, at_once=2, at_once_of_person=1, at_once_in_channel=2
)


def an_item(person="U1", channel="C1", id="a" * 32):
    return Item(id, "C1:1.1", person, channel, "mention", 1, 1_790_000_000.0, "sealed")


def owed(*askers, stage=Stage.WAITING):
    return [
        Owed(f"{number:032}", stage, f"g{number}", person, channel, "mention", 1_790_000_000.0, 0, False)
        for number, (person, channel) in enumerate(askers)
    ]


def bounds(waiting=(), limits=LIMITS):
    return Bounds(limits, lambda: waiting)


def test_who_is_within_the_bounds_is_taken():
    assert bounds(owed(("U1", "C1"), ("U2", "C1"), ("U2", "C2"))).exceeded(an_item()) is None


@pytest.mark.parametrize(
    ("waiting", "words"),
    [
        ([("U1", "C1"), ("U1", "C2")], "too_many_of_yours"),
        ([("U2", "C1"), ("U3", "C1"), ("U4", "C1"), ("U5", "C1")], "too_many_here"),
        ([("U2", "C2"), ("U3", "C2"), ("U4", "C2"), ("U5", "C3"), ("U6", "C3"), ("U7", None)], "too_busy"),
    ],
)
def test_who_is_over_a_bound_hears_which(waiting, words):
    assert bounds(owed(*waiting)).exceeded(an_item()).words == words


def test_private_questions_are_no_channels():
    waiting = owed(*((f"U{number}", None) for number in range(2, 7)))
    assert bounds(waiting).exceeded(an_item(channel=None)) is None


def test_a_question_does_not_count_against_itself_and_neither_does_what_failed_or_just_arrived():
    again = [Owed("a" * 32, Stage.WAITING, "g", "U1", "C1", "mention", 1.0, 1, True)]
    others = [*owed(("U1", "C1"), stage=Stage.FAILED), *owed(("U1", "C1"), stage=Stage.ARRIVED)]
    assert bounds([*again, *others, *owed(("U1", "C1"))]).exceeded(an_item()) is None


def test_the_wait_is_what_the_questions_ahead_take():
    tested = bounds(owed(("U1", "C1"), ("U1", "C1")))
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
