"""What every store does, however it keeps things."""

from concurrent.futures import ThreadPoolExecutor

import pytest


@pytest.fixture
def store(any_store):
    return any_store


def test_what_is_put_is_got_until_something_else_is_put_or_it_is_dropped(store):
    assert store.get("answers", "a") is None
    store.put("answers", "a", "one")
    store.put("answers", "a", "two")
    assert store.get("answers", "a") == "two"
    store.drop("answers", "a")
    assert store.get("answers", "a") is None
    store.drop("answers", "a")


def test_shelves_and_keys_are_told_apart(store):
    store.put("answers", "a", "one")
    store.put("threads", "a", "two")
    store.put("answers", "A", "three")
    assert (store.get("answers", "a"), store.get("threads", "a"), store.get("answers", "A")) == ("one", "two", "three")
    store.drop("threads", "a")
    assert store.get("answers", "a") == "one"


@pytest.mark.parametrize("value", ["", "日本語 🏺", "a\0b", "'; DROP TABLE kept; --", "x" * 300_000])
def test_any_text_comes_back_as_it_was(store, value):
    store.put("answers", f"k{value[:9]}", value)
    assert store.get("answers", f"k{value[:9]}") == value
    assert list(store.items("answers")) == [(f"k{value[:9]}", value)]


def test_what_utf_8_cannot_hold_is_refused_and_the_store_goes_on(store):
    with pytest.raises(ValueError, match="surrogates"):
        store.put("answers", "a", "\ud800")
    store.put("answers", "a", "one")
    assert store.get("answers", "a") == "one"


def test_what_has_expired_is_not_there(store, clock):
    store.put("answers", "a", "one", 60)
    store.put("answers", "b", "two")
    clock.now += 59.9
    assert store.get("answers", "a") == "one"
    clock.now += 0.1
    assert store.get("answers", "a") is None
    assert store.take("answers", "a") is None
    assert list(store.items("answers")) == [("b", "two")]


def test_what_is_put_again_is_kept_anew(store, clock):
    store.put("answers", "a", "one", 60)
    clock.now += 50
    store.put("answers", "a", "two", 60)
    clock.now += 50
    assert store.get("answers", "a") == "two"


def test_a_clock_that_is_set_back_keeps_things_longer(store, clock):
    store.put("answers", "a", "one", 60)
    clock.now -= 3_600
    assert store.get("answers", "a") == "one"
    clock.now += 3_600 + 60
    assert store.get("answers", "a") is None


def test_what_is_taken_is_gone(store):
    store.put("answers", "a", "one", 60)
    assert store.take("answers", "a") == "one"
    assert store.take("answers", "a") is None
    assert store.get("answers", "a") is None


def test_nothing_is_added_where_something_is_kept(store, clock):
    assert store.add("answers", "a", "one", 60)
    assert not store.add("answers", "a", "two", 60)
    assert store.get("answers", "a") == "one"
    clock.now += 60
    assert store.add("answers", "a", "three")
    assert store.get("answers", "a") == "three"


def test_items_come_in_the_order_of_their_keys_however_many(store):
    numbers = [f"{number:03}" for number in range(350)]
    for number in reversed(numbers):
        store.put("answers", number, f"v{number}")
    store.put("threads", "other", "x")
    assert list(store.items("answers")) == [(number, f"v{number}") for number in numbers]


def test_whoever_reads_a_shelf_may_write_on_it_meanwhile(store):
    for number in range(150):
        store.put("answers", f"{number:03}", "x")
    for key, _ in store.items("answers"):
        store.drop("answers", key)
    assert list(store.items("answers")) == []


@pytest.mark.parametrize("way", ["take", "add"])
def test_of_several_threads_one_gets_it(store, way):
    def attempt(key):
        return store.take("answers", key) is not None if way == "take" else store.add("answers", key, "x")

    keys = [str(number) for number in range(40)]
    if way == "take":
        for key in keys:
            store.put("answers", key, "x")
    with ThreadPoolExecutor(8) as threads:
        got = list(threads.map(attempt, keys * 8))
    assert got.count(True) == len(keys)


def test_closing_twice_does_nothing(store):
    store.close()
    store.close()
