"""The shelter: what arrives while the inbox fails is answered all the same, and once."""

from concurrent.futures import ThreadPoolExecutor, wait
from threading import Event

import pytest

from bot.inbox.inbox import Full, LeaseLost, Stage
from bot.inbox.sheltered import Sheltered
from bot.inbox.sqlite import SqliteInbox
from bot.store.database import MEMORY
from bot.store.store import StoreFails
from bot.telemetry import Unheard
from tests.inbox.unreliable import Unreliable

ARRIVED, WAITING, FAILED = Stage
SECONDS = 30.0
ALL = {
    "accept",
    "move_in",
    "lease",
    "extend",
    "note",
    "pass_on",
    "done",
    "put_back",
    "give_up",
    "owed",
    "find",
    "retry",
}


class Heard(Unheard):
    """Counts how often it was told that the store failed."""

    def __init__(self):
        self.places = []

    def store_failed(self, place):
        self.places.append(place)


@pytest.fixture
def place(sqlite_place):
    return sqlite_place


@pytest.fixture
def telemetry():
    return Heard()


@pytest.fixture
def moments():
    """The monotonic clock, which stands still: everything is quick."""
    return lambda: 0.0


@pytest.fixture
def main(inbox):
    return Unreliable(inbox)


@pytest.fixture
def shelter(clock):
    return SqliteInbox(MEMORY, 1, most=3, clock=clock)


@pytest.fixture
def sheltered(main, shelter, telemetry, moments):
    opened = Sheltered(main, shelter, telemetry, moments)
    yield opened
    opened.close()


def take(inbox, stage=ARRIVED):
    lease = inbox.lease(stage, SECONDS, 5)
    assert lease is not None
    return lease


def test_while_the_inbox_works_everything_is_there(sheltered, inbox, shelter, telemetry, item):
    assert sheltered.accept(item("a"))
    assert [owed.id for owed in inbox.owed()] == [item("a").id]
    assert shelter.owed() == []
    assert sheltered.find(item("a").id)[1] == item("a")
    sheltered.done(take(sheltered))
    assert inbox.owed() == []
    assert telemetry.places == []


def test_what_arrives_while_it_fails_goes_all_its_way_in_memory(sheltered, main, inbox, telemetry, clock, item):
    main.failing = ALL
    assert sheltered.accept(item("a"))
    assert set(telemetry.places) == {"inbox"}
    lease = take(sheltered)
    sheltered.note(lease, "posted")
    sheltered.extend(lease, 60)
    sheltered.put_back(lease, 5, counts=True)
    clock.now += 5
    lease = take(sheltered)
    assert (lease.item, lease.note, lease.attempt) == (item("a"), "posted", 2)
    sheltered.pass_on(lease, WAITING, "passed on")
    lease = take(sheltered, WAITING)
    assert lease.note == "passed on"
    assert [owed.id for owed in sheltered.owed()] == [item("a").id]
    sheltered.give_up(lease, "it broke")
    assert sheltered.find(item("a").id)[0].why == "it broke"
    assert sheltered.retry(item("a").id)
    sheltered.done(take(sheltered))
    assert sheltered.owed() == []
    assert inbox.owed() == []


def test_an_id_is_accepted_by_one_of_them(sheltered, main, item):
    assert sheltered.accept(item("before"))
    main.failing = ALL
    assert sheltered.accept(item("while"))
    assert not sheltered.accept(item("before"))
    assert not sheltered.accept(item("while"))
    sheltered.done(take(sheltered))
    main.failing = set()
    assert not sheltered.accept(item("before"))
    assert not sheltered.accept(item("while"))


def test_what_follows_something_in_the_inbox_waits_for_it_in_the_shelter(sheltered, main, inbox, clock, item):
    sheltered.accept(item("first"))
    main.failing = {"accept", "lease"}
    sheltered.accept(item("second"))
    assert sheltered.lease(ARRIVED, SECONDS, 0) is None
    main.failing = {"accept"}
    lease = take(sheltered)
    assert lease.item == item("first")
    clock.now += 1
    assert sheltered.lease(ARRIVED, SECONDS, 0) is None
    sheltered.done(lease)
    clock.now += 1
    assert take(sheltered).item == item("second")


def test_but_for_nothing_where_the_inbox_cannot_be_read_or_gave_it_up(sheltered, main, inbox, clock, item):
    sheltered.accept(item("first"))
    sheltered.accept(item("elsewhere", group="C1/2.0"))
    main.failing = ALL
    sheltered.accept(item("second"))
    lease = take(sheltered)
    assert lease.item == item("second")
    sheltered.put_back(lease, 1, counts=True)
    main.failing = {"accept"}
    inbox.give_up(take(inbox), "it broke")
    sheltered.accept(item("third"))
    clock.now += 1
    sheltered.done(take(sheltered))
    assert take(sheltered).item == item("third")


def test_what_follows_something_in_the_shelter_goes_there_too(sheltered, main, inbox, shelter, item):
    main.failing = {"accept"}
    sheltered.accept(item("first"))
    main.failing = set()
    sheltered.accept(item("second"))
    assert [owed.id for owed in shelter.owed()] == [item("first").id, item("second").id]
    first = take(sheltered)
    assert first.item == item("first")
    assert shelter.owed() == []
    assert [owed.id for owed in inbox.owed()] == [item("first").id, item("second").id]
    sheltered.done(first)
    assert take(sheltered).item == item("second")


@pytest.mark.parametrize("late", [False, True])
def test_what_fails_once_or_twice_is_written_down_all_the_same(sheltered, main, inbox, shelter, item, late):
    main.failing, main.late, main.times = {"accept"}, late, 2
    sheltered.accept(item("a"))
    assert [owed.id for owed in inbox.owed()] == [item("a").id]
    assert shelter.owed() == []
    assert take(sheltered).item == item("a")


@pytest.mark.parametrize("late", [False, True])
def test_what_the_inbox_takes_in_the_end_is_not_answered_from_memory(sheltered, main, inbox, shelter, item, late):
    main.failing, main.late = {"accept"}, late
    sheltered.accept(item("a"))
    assert len(shelter.owed()) == 1
    main.failing = set()
    lease = take(sheltered)
    assert shelter.owed() == []
    assert [owed.id for owed in inbox.owed()] == [item("a").id]
    sheltered.done(lease)
    assert sheltered.owed() == []


def test_nor_what_somebody_else_has_answered_meanwhile(sheltered, main, inbox, item):
    main.failing, main.late = {"accept"}, True
    sheltered.accept(item("a"))
    main.failing = set()
    inbox.done(take(inbox))
    assert sheltered.lease(ARRIVED, SECONDS, 0) is None
    assert sheltered.owed() == []


def test_that_nothing_can_be_leased_is_no_reason_for_a_shelter(sheltered, main, inbox, item):
    main.failing = ALL - {"accept"}
    assert sheltered.lease(ARRIVED, SECONDS, 0) is None
    sheltered.accept(item("a"))
    assert [owed.id for owed in inbox.owed()] == [item("a").id]


def test_what_the_inbox_wrote_down_although_it_failed_is_answered_once(sheltered, main, inbox, clock, item):
    main.failing, main.late = {"accept"}, True
    assert sheltered.accept(item("a"))
    assert len(sheltered.owed()) == 2
    lease = take(sheltered)
    main.failing = set()
    assert sheltered.lease(ARRIVED, SECONDS, 0) is None
    assert len(inbox.owed()) == 1, "if this process dies another one answers"
    sheltered.done(lease)
    clock.now += 60
    assert sheltered.lease(ARRIVED, SECONDS, 0) is None
    assert sheltered.owed() == []


def test_what_both_refuse_is_not_heard(sheltered, main, shelter, item):
    main.failing = {"accept"}
    for name in "abc":
        sheltered.accept(item(name))
    with pytest.raises(Full):
        sheltered.accept(item("d", group="C1/2.0"))
    main.failing = set()
    assert sheltered.accept(item("d", group="C1/2.0"))


def test_a_full_inbox_is_no_reason_for_a_shelter(open_another, shelter, telemetry, moments, item):
    sheltered = Sheltered(open_another(most=1), shelter, telemetry, moments)
    sheltered.accept(item("a"))
    with pytest.raises(Full):
        sheltered.accept(item("b"))
    assert shelter.owed() == []
    assert telemetry.places == []


def test_who_waits_at_the_inbox_is_given_what_comes_to_the_shelter(main, telemetry, item):
    sheltered = Sheltered(main, SqliteInbox(MEMORY, 1), telemetry)
    main.failing = {"accept"}

    def leasing():
        while (lease := sheltered.lease(ARRIVED, SECONDS, 60)) is None:
            pass
        return lease

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(leasing)
        while "lease" not in main.begun:
            Event().wait(0.001)
        for number in range(100):  # The first may come while it is only about to wait.
            sheltered.accept(item(str(number)))
            if wait([waiting], 0.05).done:
                break
        assert waiting.result(0).item.id == item("0").id


@pytest.fixture
def slow(main):
    """The inbox takes two seconds to fail, which pass at once; the moments of a clock."""
    now = [0.0]

    def wait():
        now[0] += 2.0

    main.failing, main.waits = {"accept"}, wait
    return now


def test_an_inbox_that_took_long_to_fail_is_left_alone_for_a_moment(main, slow, shelter, telemetry, item):
    sheltered = Sheltered(main, shelter, telemetry, lambda: slow[0])
    for name in "ab":
        sheltered.accept(item(name, name))
    assert main.failed == ["accept"]
    assert sheltered.lease(ARRIVED, SECONDS, 0) is None, "it may be that the inbox takes them soon"
    slow[0] += 1.0
    sheltered.accept(item("c", "c"))
    assert main.failed == ["accept", "accept"]


def test_what_came_meanwhile_moves_to_the_inbox_as_soon_as_that_takes_it(
    main, slow, inbox, shelter, telemetry, clock, item
):
    sheltered = Sheltered(main, shelter, telemetry, lambda: slow[0])
    for name in "ab":
        sheltered.accept(item(name, name))
    assert sheltered.lease(ARRIVED, SECONDS, 0) is None
    main.failing = set()
    slow[0] += 1.0
    clock.now += 1.0
    assert {take(sheltered).item.group for _ in "ab"} == {"a", "b"}
    assert len(inbox.owed()) == 2
    assert shelter.owed() == []


def test_where_the_inbox_goes_on_failing_nobody_waits_twice(main, slow, inbox, shelter, telemetry, clock, item):
    sheltered = Sheltered(main, shelter, telemetry, lambda: slow[0])
    for name in "ab":
        sheltered.accept(item(name, name))
    assert sheltered.lease(ARRIVED, SECONDS, 0) is None
    slow[0] += 1.0
    clock.now += 1.0
    assert {take(sheltered).item.group for _ in "ab"} == {"a", "b"}
    assert main.failed == ["accept", "accept"]
    assert inbox.owed() == []


@pytest.mark.parametrize("deed", ["extend", "note", "pass_on", "done", "put_back", "give_up"])
def test_what_the_inbox_holds_the_shelter_cannot_settle(sheltered, main, telemetry, item, deed):
    words = {"extend": (60,), "note": ("x",), "pass_on": (WAITING, ""), "put_back": (0,), "give_up": ("no use",)}
    sheltered.accept(item("a"))
    lease = take(sheltered)
    main.failing = ALL
    with pytest.raises(StoreFails):
        getattr(sheltered, deed)(lease, *words.get(deed, ()), **({"counts": True} if deed == "put_back" else {}))
    assert set(telemetry.places) == {"inbox"}
    assert main.failed == [deed] * (3 if deed in ("extend", "note") else 1), "what does harm done twice is done once"


def test_what_is_left_in_the_shelter_moves_to_the_inbox_at_the_end(main, inbox, telemetry, moments, item, clock):
    main.failing = {"accept", "close"}
    shelter = SqliteInbox(MEMORY, 1, clock=clock)
    sheltered = Sheltered(main, shelter, telemetry, moments)
    for name in ("done", "failed", "waiting", "leased", "new"):
        sheltered.accept(item(name, name))
    sheltered.done(take(sheltered))
    sheltered.give_up(take(sheltered), "it broke")
    sheltered.pass_on(take(sheltered), WAITING, "posted 1.1")
    held = take(sheltered)
    main.failing, main.times, main.close = {"move_in"}, 1, lambda: None
    sheltered.close()
    with pytest.raises(LeaseLost):
        sheltered.extend(held, SECONDS)
    assert [(owed.stage, owed.why) for owed in inbox.owed()] == [
        (FAILED, "it broke"), (WAITING, ""), (ARRIVED, ""), (ARRIVED, "")
    ]  # fmt: skip
    lease = take(inbox, WAITING)
    assert (lease.item, lease.note, lease.attempt, lease.is_repeated) == (
        item("waiting", "waiting"),
        "posted 1.1",
        1,
        True,
    )
    assert [take(inbox).item for _ in range(2)] == [item("leased", "leased"), item("new", "new")]


def test_what_cannot_move_keeps_nothing_else_from_it(open_another, inbox, main, telemetry, moments, item, caplog):
    main.failing = {"accept"}
    sheltered = Sheltered(main, SqliteInbox(MEMORY, 1), telemetry, moments)
    for name in "abc":
        sheltered.accept(item(name, name))
    main.failing, main.times, main.close = {"move_in"}, 3, lambda: None
    sheltered.close()
    assert [owed.id for owed in inbox.owed()] == [item("b", "b").id, item("c", "c").id]
    assert f"{item('a').id}, which arrived while the inbox failed, is lost" in caplog.text


def test_an_inbox_that_takes_long_to_fail_does_not_hold_up_the_end_for_long(main, slow, telemetry, item, caplog):
    sheltered = Sheltered(main, SqliteInbox(MEMORY, 1), telemetry, lambda: slow[0])
    for number in range(50):
        sheltered.accept(item(str(number)))
    main.failing = {"move_in"}
    slow[0] = 0.0
    sheltered.close()
    assert slow[0] < 10
    assert caplog.text.count("is lost with this process") == 50


@pytest.mark.parametrize("failure", [Full("too much"), StoreFails("too slow")])
def test_what_may_yet_fail_is_not_taken_for_repeated(main, inbox, shelter, telemetry, item, failure):
    inside, go = Event(), Event()

    def fail_at_first(given):
        if not inside.is_set():
            inside.set()
            assert go.wait(20)
            raise failure
        return inbox.accept(given)

    main.accept = fail_at_first
    sheltered = Sheltered(main, shelter, telemetry)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(sheltered.accept, item("a"))
        assert inside.wait(20)
        assert sheltered.accept(item("a")), "it is written down now, and not taken for a repetition"
        go.set()
        if isinstance(failure, Full):
            with pytest.raises(Full):
                first.result(20)
        else:
            assert not first.result(20)
    assert [owed.id for owed in sheltered.owed()] == [item("a").id]
    assert not sheltered.accept(item("a"))


def test_it_closes_though_the_inbox_fails_for_good(main, telemetry, item, caplog):
    sheltered = Sheltered(main, SqliteInbox(MEMORY, 1), telemetry)
    main.failing = ALL
    sheltered.accept(item("a"))
    sheltered.close()
    assert "is lost with this process" in caplog.text
