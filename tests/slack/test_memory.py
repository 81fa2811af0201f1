"""Memory forgets: the oldest where it is full, and everything after its time."""

import pytest

from bot.slack.conversation.memory import Memory, Once


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def test_remembers_for_its_time(clock):
    memory = Memory(most=2, seconds=10, clock=clock)
    memory.put("a", 1)
    clock.now += 9.9
    assert memory.get("a") == 1
    clock.now += 0.1
    assert memory.get("a") is None


def test_forgets_the_oldest(clock):
    memory = Memory(most=2, seconds=10, clock=clock)
    memory.put("a", 1)
    memory.put("b", 2)
    memory.put("a", 3)
    memory.put("c", 4)
    assert [memory.get(key) for key in "abc"] == [3, None, 4]


def test_once_knows_a_key_again(clock):
    once = Once(most=10, seconds=10, clock=clock)
    assert [once.knows("a"), once.first("a"), once.first("a"), once.knows("a")] == [False, True, False, True]
    once.put("b")
    assert not once.first("b")
    clock.now += 10
    assert once.first("a")
