"""What failed at once is asked for again at once, and what took long is not."""

import pytest

from bot.store.persistently import persistently
from bot.store.store import StoreFails


class Failing:
    """Fails so many times, each time after so many seconds."""

    def __init__(self, times, seconds=0.0):
        self.left, self.seconds, self.now, self.calls = times, seconds, 0.0, 0

    def __call__(self):
        self.calls += 1
        if self.left == 0:
            return "done"
        self.left -= 1
        self.now += self.seconds
        raise StoreFails("the disk is full")

    def clock(self):
        return self.now


@pytest.mark.parametrize("times", [0, 1, 2])
def test_what_fails_now_and_then_is_done(times):
    failing = Failing(times)
    assert persistently(failing, failing.clock) == "done"
    assert failing.calls == times + 1


@pytest.mark.parametrize(("seconds", "calls"), [(0.0, 3), (0.3, 3), (0.4, 1)])
def test_what_fails_for_good_is_not_asked_for_ever(seconds, calls):
    failing = Failing(9, seconds)
    with pytest.raises(StoreFails):
        persistently(failing, failing.clock)
    assert failing.calls == calls
