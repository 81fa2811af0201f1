"""Who presses too much is not heard for a while, and nobody else is less for it."""

from bot.slack.conversation.haste import Haste
from tests.slack.test_people import Clock


def test_who_presses_too_fast_is_heard_again_after_a_while():
    clock = Clock()
    haste = Haste(clock)
    assert [haste.is_too_fast("U1") for _ in range(25)] == [False] * 20 + [True] * 5
    assert not haste.is_too_fast("U2")
    clock.now += 3
    assert [haste.is_too_fast("U1") for _ in range(2)] == [False, True]
    clock.now += 60
    assert sum(not haste.is_too_fast("U1") for _ in range(40)) == 20


def test_who_presses_now_and_then_is_always_heard():
    clock = Clock()
    haste = Haste(clock)
    for _ in range(200):
        clock.now += 3.1
        assert not haste.is_too_fast("U1")
