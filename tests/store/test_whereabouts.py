"""Where APIs are is kept for a month; a store that fails is as one that knows nothing."""

import logging

from bot.model import Spot
from bot.store.sqlite import SqliteStore
from bot.store.store import StoreFails
from bot.store.whereabouts import StoredWhereabouts

API, THERE = "a1b2c3d4e5", Spot("210987654321", "us-east-1")


def test_what_is_remembered_is_recalled_until_it_is_forgotten(store):
    whereabouts = StoredWhereabouts(store)
    assert whereabouts.recall(API) is None
    whereabouts.remember(API, Spot("1", "x"))
    whereabouts.remember(API, THERE)
    assert whereabouts.recall(API) == THERE
    assert whereabouts.recall("zzzzzzzzz9") is None
    whereabouts.forget(API)
    whereabouts.forget(API)
    assert whereabouts.recall(API) is None


def test_it_outlives_the_process_and_not_a_month(file, clock):
    first = SqliteStore(file, clock)
    StoredWhereabouts(first).remember(API, THERE)
    first.close()
    second = SqliteStore(file, clock)
    clock.now += 29 * 24 * 3600
    assert StoredWhereabouts(second).recall(API) == THERE
    clock.now += 2 * 24 * 3600
    assert StoredWhereabouts(second).recall(API) is None
    second.close()


def test_what_another_version_has_written_is_as_nothing(store, caplog):
    for text in ("", "{", "[]", "1", '{"account": "1"}'):
        store.put("whereabouts", API, text)
        assert StoredWhereabouts(store).recall(API) is None
    assert API in caplog.text


class Failing:
    def put(self, *_):
        raise StoreFails("the store is full")

    get = drop = put


def test_a_store_that_fails_is_logged_and_done_without(caplog):
    caplog.set_level(logging.WARNING)
    whereabouts = StoredWhereabouts(Failing())
    whereabouts.remember(API, THERE)
    whereabouts.forget(API)
    assert whereabouts.recall(API) is None
    assert caplog.text.count("the store is full") == 3
