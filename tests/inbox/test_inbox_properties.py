"""Whatever is done to an inbox in whatever order, it does what a simple model of it does."""

import itertools

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, precondition, rule

from bot.inbox.inbox import Item, Lease, LeaseLost, Stage
from bot.inbox.sqlite import SqliteInbox
from bot.store.database import MEMORY

ARRIVED, WAITING, FAILED = Stage
SECONDS = 30.0
KEPT = 300.0
NEWEST_FORM = 1


class Entry:
    """What the model knows of an item."""

    def __init__(self, item, turn):
        self.item, self.turn = item, turn
        self.stage, self.attempts, self.is_begun, self.note, self.why = ARRIVED, 0, False, "", ""
        self.due, self.holder = 0.0, None

    def move(self, stage, due):
        self.stage, self.due, self.holder = stage, due, None


class Owing(RuleBasedStateMachine):
    """An inbox in memory, and a list."""

    leases = Bundle("leases")

    @initialize()
    def begin(self):
        self.now = 1_790_000_000.0
        self.inbox = SqliteInbox(MEMORY, NEWEST_FORM, most=8, failed_seconds=KEPT, clock=lambda: self.now)
        self.numbers = itertools.count()
        self.heard = []
        self.entries = []

    def teardown(self):
        self.inbox.close()

    def visible(self):
        return [entry for entry in self.entries if entry.stage is not FAILED or entry.due > self.now]

    def of(self, lease):
        """The entry that a lease still holds, or None."""
        return next((entry for entry in self.entries if entry.holder == lease.token), None)

    def first(self, stage):
        groups = set()
        for entry in sorted((e for e in self.entries if e.stage is stage), key=lambda e: e.turn):
            is_first = entry.item.group not in groups
            groups.add(entry.item.group)
            if is_first and entry.due <= self.now and entry.item.form <= NEWEST_FORM:
                return entry
        return None

    def change(self, lease, deed, *words, **named):
        """Whether the inbox let the lease change anything, which it must if and only if the model would."""
        entry = self.of(lease)
        if entry is None:
            with pytest.raises(LeaseLost):
                deed(lease, *words, **named)
        else:
            deed(lease, *words, **named)
        return entry

    @rule(group=st.sampled_from("abc"), form=st.sampled_from([1, 1, 1, 2]))
    def accept(self, group, form):
        number = next(self.numbers)
        item = Item(f"{number:016}", group, "U1", None, "mention", form, self.now + number, "sealed")
        if sum(entry.stage is not FAILED for entry in self.entries) >= 8:
            return
        assert self.inbox.accept(item)
        self.heard.append(item)
        self.entries.append(Entry(item, next(self.numbers)))

    @precondition(lambda self: self.heard)
    @rule(data=st.data())
    def accept_again(self, data):
        assert not self.inbox.accept(data.draw(st.sampled_from(self.heard)))

    @rule(target=leases, stage=st.sampled_from([ARRIVED, WAITING]))
    def lease(self, stage):
        expected = self.first(stage)
        lease = self.inbox.lease(stage, SECONDS, 0)
        if expected is None:
            assert lease is None
            return Lease(Item("0", "a", "", None, "", 1, 0, ""), stage, 1, False, "", "nobody's")
        assert lease is not None
        assert lease.item == expected.item
        assert (lease.attempt, lease.is_repeated) == (expected.attempts + 1, expected.is_begun)
        assert lease.note == expected.note
        expected.attempts, expected.is_begun = lease.attempt, True
        expected.due, expected.holder = self.now + SECONDS, lease.token
        return lease

    @rule(lease=leases)
    def extend(self, lease):
        if entry := self.change(lease, self.inbox.extend, 60):
            entry.due = self.now + 60

    @rule(lease=leases, note=st.sampled_from(["x", "y"]))
    def note(self, lease, note):
        if entry := self.change(lease, self.inbox.note, note):
            entry.note = note

    @rule(lease=leases)
    def pass_on(self, lease):
        if entry := self.change(lease, self.inbox.pass_on, WAITING, "passed"):
            entry.move(WAITING, self.now)
            entry.note, entry.attempts, entry.is_begun = "passed", 0, False

    @rule(lease=consumes(leases))
    def done(self, lease):
        if entry := self.change(lease, self.inbox.done):
            self.entries.remove(entry)

    @rule(lease=leases, seconds=st.sampled_from([0, 20, 100]), counts=st.booleans())
    def put_back(self, lease, seconds, counts):
        if entry := self.change(lease, self.inbox.put_back, seconds, counts=counts):
            entry.move(entry.stage, self.now + seconds)
            entry.attempts -= not counts

    @rule(lease=leases)
    def give_up(self, lease):
        if entry := self.change(lease, self.inbox.give_up, "it broke"):
            entry.move(FAILED, self.now + KEPT)
            entry.why = "it broke"

    @precondition(lambda self: self.heard)
    @rule(data=st.data())
    def retry(self, data):
        item = data.draw(st.sampled_from(self.heard))
        entry = next((e for e in self.visible() if e.item == item and e.stage is FAILED), None)
        assert self.inbox.retry(item.id) == (entry is not None)
        if entry is not None:
            entry.move(ARRIVED, self.now)
            entry.turn, entry.attempts, entry.why = next(self.numbers), 0, ""

    @rule(seconds=st.sampled_from([1, 29, 30, 61, 301]))
    def let_pass(self, seconds):
        self.now += seconds

    @invariant()
    def the_same_is_owed(self):
        if not hasattr(self, "inbox"):
            return
        expected = sorted(self.visible(), key=lambda entry: (entry.item.arrived, entry.turn))
        owed = self.inbox.owed()
        assert [(o.id, o.stage, o.attempts, o.why) for o in owed] == [
            (e.item.id, e.stage, e.attempts, e.why) for e in expected
        ]
        assert [o.is_leased for o in owed] == [e.holder is not None and e.due > self.now for e in expected]
        for entry, each in zip(expected, owed, strict=True):
            assert self.inbox.find(entry.item.id) == (each, entry.item, entry.note)


TestOwing = Owing.TestCase
TestOwing.settings = settings(max_examples=60, stateful_step_count=40)
