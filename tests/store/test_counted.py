"""What a store does not do is told; what it does is done."""

import pytest

from bot.store.counted import CountedStore
from bot.store.store import StoreFails
from bot.telemetry import Unheard


class Listener(Unheard):
    def __init__(self):
        self.places = []

    def store_failed(self, place):
        self.places.append(place)


class Broken:
    def __getattr__(self, name):
        def fail(*_):
            raise StoreFails("the disk is full")

        return fail


@pytest.fixture
def listener():
    return Listener()


def test_it_does_what_the_store_does(store, listener):
    counted = CountedStore(store, listener)
    counted.put("shelf", "a", "1")
    assert [counted.add("shelf", "a", "2"), counted.add("shelf", "b", "2", 60)] == [False, True]
    assert list(counted.items("shelf")) == [("a", "1"), ("b", "2")]
    assert (counted.take("shelf", "a"), counted.get("shelf", "a"), counted.get("shelf", "b")) == ("1", None, "2")
    counted.drop("shelf", "b")
    assert store.get("shelf", "b") is None
    counted.close()
    assert listener.places == []


@pytest.mark.parametrize(
    "ask",
    [
        lambda store: store.put("shelf", "a", "1"),
        lambda store: store.add("shelf", "a", "1"),
        lambda store: store.get("shelf", "a"),
        lambda store: store.take("shelf", "a"),
        lambda store: store.drop("shelf", "a"),
        lambda store: list(store.items("shelf")),
        lambda store: store.close(),
    ],
)
def test_what_fails_is_told(listener, ask):
    with pytest.raises(StoreFails):
        ask(CountedStore(Broken(), listener))
    assert listener.places == ["store"]
