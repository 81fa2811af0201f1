"""What every inbox does, however it keeps things."""

import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread

import pytest

from bot.inbox.inbox import Full, LeaseLost, Owed, Stage, Waiting
from bot.store.store import StoreFails

ROOT = Path(__file__).parents[2]
ARRIVED, WAITING, FAILED = Stage
SECONDS = 30.0


def take(inbox, stage=ARRIVED):
    """Lease what must be there."""
    lease = inbox.lease(stage, SECONDS, 5)
    assert lease is not None
    return lease


def nothing(inbox, stage=ARRIVED):
    return inbox.lease(stage, SECONDS, 0) is None


def test_what_is_accepted_is_leased_whole_and_once(inbox, open_another, item):
    given = item("a", body="日本語 🏺" * 1_000)
    assert inbox.accept(given)
    lease = take(inbox)
    assert (lease.item, lease.stage, lease.attempt, lease.is_repeated, lease.note) == (given, ARRIVED, 1, False, "")
    assert nothing(inbox)
    assert nothing(open_another())
    assert nothing(inbox, WAITING)


def test_a_channel_may_be_unknown(inbox, item):
    inbox.accept(replace(item("a"), channel=None))
    assert take(inbox).item.channel is None
    assert inbox.owed()[0].channel is None


@pytest.mark.parametrize("end", ["not at all", "leased", "done", "given up"])
def test_an_id_that_was_heard_is_not_accepted_again(inbox, open_another, item, end):
    assert inbox.accept(item("a"))
    if end != "not at all":
        lease = take(inbox)
    if end == "done":
        inbox.done(lease)
    if end == "given up":
        inbox.give_up(lease, "no use")
    before = inbox.owed()
    for each in (inbox, open_another()):
        assert not each.accept(replace(item("a"), group="another", body="another"))
    assert inbox.owed() == before


def test_of_many_deliveries_at_once_one_is_accepted(inbox, open_another, item):
    another = open_another()
    with ThreadPoolExecutor(8) as pool:
        accepted = list(pool.map(lambda n: (inbox, another)[n % 2].accept(item(f"i{n // 8}")), range(64)))
    assert sum(accepted) == 8
    assert len(inbox.owed()) == 8


def test_a_group_is_worked_on_in_order_one_at_a_time_and_others_beside_it(inbox, item):
    for name, group in (("a1", "a"), ("a2", "a"), ("b1", "b"), ("a3", "a")):
        inbox.accept(item(name, group))
    first, other = take(inbox), take(inbox)
    assert [first.item.id, other.item.id] == [item("a1").id, item("b1").id]
    assert nothing(inbox)
    inbox.done(first)
    second = take(inbox)
    assert second.item.id == item("a2").id
    assert nothing(inbox)
    inbox.give_up(second, "no use")
    assert take(inbox).item.id == item("a3").id


def test_each_stage_has_its_own_turn(inbox, item):
    for name in ("a1", "a2", "a3"):
        inbox.accept(item(name))
    for name in ("a1", "a2"):
        lease = take(inbox)
        assert lease.item.id == item(name).id
        inbox.pass_on(lease, WAITING, f"note of {name}")
    waiting, arrived = take(inbox, WAITING), take(inbox)
    assert (waiting.item.id, waiting.note, waiting.attempt) == (item("a1").id, "note of a1", 1)
    assert arrived.item.id == item("a3").id
    assert nothing(inbox, WAITING)
    inbox.done(waiting)
    assert take(inbox, WAITING).item.id == item("a2").id


def test_whoever_dies_is_followed_by_another_who_finds_the_note(inbox, open_another, place, item):
    inbox.accept(item("a"))
    dead = take(inbox)
    inbox.note(dead, "posted 1.1")
    inbox.note(dead, "posted 1.2")
    place.pass_time(SECONDS - 1)
    assert nothing(open_another())
    place.pass_time(1)
    lease = take(open_another())
    assert (lease.attempt, lease.is_repeated, lease.note) == (2, True, "posted 1.2")


@pytest.mark.parametrize("deed", ["extend", "note", "pass_on", "done", "put_back", "give_up"])
def test_who_lost_a_lease_changes_nothing_any_more(inbox, place, item, deed):
    inbox.accept(item("a"))
    lost = take(inbox)
    place.pass_time(SECONDS)
    kept = take(inbox)
    words = {
        "extend": (60,),
        "note": ("mine",),
        "pass_on": (WAITING, "mine"),
        "done": (),
        "put_back": (0,),
        "give_up": ("no use",),
    }
    before = inbox.owed()
    with pytest.raises(LeaseLost):
        getattr(inbox, deed)(lost, *words[deed], **({"counts": True} if deed == "put_back" else {}))
    assert inbox.owed() == before
    inbox.note(kept, "ours")
    assert inbox.find(kept.item.id)[2] == "ours"


def test_a_lease_that_ended_can_be_used_no_more(inbox, item):
    inbox.accept(item("a"))
    lease = take(inbox)
    inbox.pass_on(lease, WAITING, "")
    with pytest.raises(LeaseLost):
        inbox.done(lease)
    inbox.done(take(inbox, WAITING))
    assert inbox.owed() == []


def test_a_lease_that_ran_out_is_still_its_holder_s_while_nobody_else_has_it(inbox, place, item):
    inbox.accept(item("a"))
    lease = take(inbox)
    place.pass_time(SECONDS + 1)
    inbox.extend(lease, SECONDS)
    assert nothing(inbox)
    inbox.done(lease)
    assert inbox.owed() == []


def test_a_lease_can_be_put_off_again_and_again(inbox, place, item):
    inbox.accept(item("a"))
    lease = take(inbox)
    for _ in range(3):
        place.pass_time(SECONDS - 1)
        inbox.extend(lease, SECONDS)
        assert nothing(inbox)
    place.pass_time(SECONDS)
    assert take(inbox).attempt == 2


def test_what_is_put_back_comes_when_it_is_due_and_its_group_behind_it(inbox, place, item):
    for name, group in (("a1", "a"), ("a2", "a"), ("b1", "b")):
        inbox.accept(item(name, group))
    lease = take(inbox)
    inbox.note(lease, "posted")
    inbox.put_back(lease, 60, counts=True)
    assert take(inbox).item.id == item("b1").id
    assert nothing(inbox)
    place.pass_time(60)
    again = take(inbox)
    assert (again.item.id, again.attempt, again.note) == (item("a1").id, 2, "posted")
    inbox.put_back(again, 0, counts=False)
    again = take(inbox)
    assert (again.attempt, again.is_repeated) == (2, True)
    inbox.pass_on(again, WAITING, "")
    passed = take(inbox, WAITING)
    assert (passed.attempt, passed.is_repeated) == (1, False)
    inbox.put_back(passed, 0, counts=False)
    passed = take(inbox, WAITING)
    assert (passed.attempt, passed.is_repeated) == (1, True)


def test_what_was_given_up_is_readable_and_can_begin_anew(inbox, item):
    for name in ("a1", "a2"):
        inbox.accept(item(name))
    lease = take(inbox)
    inbox.pass_on(lease, WAITING, "posted")
    lease = take(inbox, WAITING)
    inbox.put_back(lease, 0, counts=True)
    inbox.give_up(take(inbox, WAITING), "it broke")
    owed, given, note = inbox.find(lease.item.id)
    assert (owed.stage, owed.why, owed.attempts, owed.is_leased) == (FAILED, "it broke", 2, False)
    assert (given, note) == (lease.item, "posted")
    assert nothing(inbox, WAITING)
    assert inbox.retry(given.id)
    assert not inbox.retry(given.id)
    leases = [take(inbox)]
    assert leases[0].item.id == item("a2").id
    assert nothing(inbox), "a group's second item beside its first"
    inbox.done(leases[0])
    again = take(inbox)
    assert (again.item, again.note, again.attempt, again.is_repeated) == (given, "posted", 1, True)
    assert inbox.find(given.id)[0].why == ""
    inbox.done(again)
    assert inbox.find(given.id) is None


def test_what_moves_in_goes_on_where_it_was(inbox, item):
    assert inbox.move_in(item("a", "a"), WAITING, "posted", "")
    assert inbox.move_in(item("b", "b"), FAILED, "", "it broke")
    assert not inbox.accept(item("a", "a"))
    assert not inbox.move_in(item("b", "b"), ARRIVED, "", "")
    assert {(owed.stage, owed.attempts, owed.why) for owed in inbox.owed()} == {
        (WAITING, 0, ""),
        (FAILED, 0, "it broke"),
    }
    lease = take(inbox, WAITING)
    assert (lease.item, lease.attempt, lease.is_repeated, lease.note) == (item("a", "a"), 1, True, "posted")
    inbox.done(lease)
    assert inbox.retry(item("b", "b").id)
    lease = take(inbox)
    assert lease.is_repeated
    inbox.done(lease)
    assert inbox.owed() == []


def test_nothing_else_can_be_tried_anew(inbox, item):
    inbox.accept(item("a"))
    assert not inbox.retry(item("a").id)
    assert not inbox.retry(item("unknown").id)
    take(inbox)
    assert not inbox.retry(item("a").id)


def test_what_was_given_up_is_forgotten_after_a_while(inbox, place, item):
    inbox.accept(item("a"))
    inbox.give_up(take(inbox), "it broke")
    place.pass_time(7 * 24 * 3600 - 1)
    assert inbox.find(item("a").id)
    place.pass_time(1)
    assert inbox.find(item("a").id) is None
    assert inbox.owed() == []
    assert not inbox.retry(item("a").id)


def test_what_is_owed_is_told_without_opening_it(inbox, item):
    inbox.accept(item("b", "b", arrived=20.5))
    inbox.accept(item("a", "a", arrived=10.25))
    first = take(inbox)
    assert inbox.owed() == [
        Owed(item("a").id, ARRIVED, "a", "U1", "C1", "mention", 10.25, 0, False),
        Owed(item("b").id, ARRIVED, "b", "U1", "C1", "mention", 20.5, 1, True),
    ]
    inbox.done(first)
    assert inbox.find(item("b").id) is None
    assert inbox.find(item("a").id) == (inbox.owed()[0], item("a", "a", arrived=10.25), "")


def test_a_form_that_is_not_known_yet_is_left_to_who_knows_it(inbox, open_another, item):
    inbox.accept(item("a1", "a", form=2))
    inbox.accept(item("a2", "a", form=1))
    inbox.accept(item("b1", "b", form=1))
    assert take(inbox).item.id == item("b1").id
    assert nothing(inbox), "the second of a group whose first is left to others"
    newer = open_another(newest_form=2)
    lease = take(newer)
    assert (lease.item.id, lease.item.form) == (item("a1").id, 2)
    newer.done(lease)
    assert take(inbox).item.id == item("a2").id


def test_above_its_bound_it_is_full_until_something_is_done(open_another, item):
    inbox = open_another(most=2)
    for name in ("a", "b"):
        inbox.accept(item(name, name))
    with pytest.raises(Full):
        inbox.accept(item("c", "c"))
    assert not inbox.accept(item("a", "a")), "what was heard is heard, full or not"
    inbox.give_up(take(inbox), "what was given up is owed no more")
    assert inbox.accept(item("c", "c")), "what was refused was not heard"


def test_who_waits_is_given_what_comes(inbox, item):
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(inbox.lease, ARRIVED, SECONDS, 10)
        inbox.accept(item("a"))
        assert waiting.result(5).item.id == item("a").id


def test_who_waits_is_given_what_comes_by_another_way(inbox, open_another, item):
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(inbox.lease, ARRIVED, SECONDS, 10)
        open_another().accept(item("a"))
        assert waiting.result(5).item.id == item("a").id


def test_who_waits_for_a_group_is_given_its_next(inbox, item):
    for name in ("a1", "a2"):
        inbox.accept(item(name))
    first = take(inbox)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(inbox.lease, ARRIVED, SECONDS, 10)
        inbox.done(first)
        assert waiting.result(5).item.id == item("a2").id


def test_after_it_is_closed_it_fails_by_name_and_closes_again(place, item):
    inbox = place.open()
    inbox.close()
    inbox.close()
    with pytest.raises(StoreFails):
        inbox.accept(item("a"))


def work_off(inbox, worked, stop):
    while not stop.is_set():
        for stage in (ARRIVED, WAITING):
            lease = inbox.lease(stage, SECONDS, 0.01)
            if lease is None:
                continue
            worked.append((stage, lease.item.group, lease.item.id))
            if stage is ARRIVED:
                inbox.pass_on(lease, WAITING, "")
            else:
                inbox.done(lease)


def test_several_threads_work_everything_off_once_and_in_order(inbox, open_another, item):
    names = [f"{group}{number}" for number in range(8) for group in "abcde"]
    worked, stop = [], Event()
    threads = [Thread(target=work_off, args=(each, worked, stop)) for each in (inbox, open_another()) for _ in "123"]
    for thread in threads:
        thread.start()
    try:
        for name in names:
            assert inbox.accept(item(name, name[0]))
        for _ in range(2_000):
            if not inbox.owed():
                break
            stop.wait(0.005)
    finally:
        stop.set()
        for thread in threads:
            thread.join(10)
    for stage in (ARRIVED, WAITING):
        for group in "abcde":
            expected = [item(name).id for name in names if name[0] == group]
            assert [id for at, of, id in worked if (at, of) == (stage, group)] == expected


WORKING = """
import sys
from bot.inbox.inbox import Stage
sys.stdin.readline()
done = []
while (lease := inbox.lease(Stage.ARRIVED, 60, 1)) is not None:
    done.append(lease.item.id)
    inbox.done(lease)
inbox.close()
print(*done)
"""


def test_several_processes_work_everything_off_once(place, inbox, item):
    ids = [item(str(number)).id for number in range(60)]
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    command = [sys.executable, "-c", place.opening + WORKING]
    processes = [subprocess.Popen(command, text=True, cwd=ROOT, **pipes) for _ in range(2)]
    try:
        for number in range(60):
            inbox.accept(item(str(number), f"group{number % 20}"))
        for each in processes:
            each.stdin.write("\n")
            each.stdin.flush()
        results = [(*each.communicate(timeout=60), each.returncode) for each in processes]
    finally:
        for each in processes:
            each.kill()
            each.communicate()
    assert [(err, status) for _, err, status in results] == [("", 0)] * 2
    done = [out.split() for out, _, _ in results]
    assert Counter(done[0] + done[1]) == Counter(ids)
    assert inbox.owed() == []


def test_what_waits_is_counted_by_person_and_by_channel(inbox, item):
    asked = [("U1", "C1"), ("U1", "C2"), ("U2", "C1"), ("U2", None), ("U1", "C1"), ("U3", None)]
    for number, (person, channel) in enumerate(asked):
        inbox.accept(replace(item(f"{number}"), person=person, channel=channel))
    for number in range(5):
        # Of the fifth nobody was told that it waits: it takes nobody's room.
        inbox.pass_on(take(inbox), WAITING, "told" if number < 4 else "")
    take(inbox, WAITING)  # being worked on, and open all the same
    other = replace(item("other"), person="U1", channel="C1")
    assert inbox.waiting_beside(other) == Waiting(in_all=4, of_person=2, in_channel=2)
    assert inbox.waiting_beside(replace(other, channel=None)) == Waiting(in_all=4, of_person=2, in_channel=0)
    first = replace(item("0"), person="U1", channel="C1")
    assert inbox.waiting_beside(first) == Waiting(in_all=3, of_person=1, in_channel=1)


def test_what_was_promised_to_nobody_takes_no_room_from_anybody(inbox, item):
    for number in range(3):
        inbox.accept(replace(item(f"{number}"), person="U1", channel="C1"))
        inbox.pass_on(take(inbox), WAITING, "")
    assert inbox.waiting_beside(replace(item("other"), person="U1", channel="C1")) == Waiting(0, 0, 0)
