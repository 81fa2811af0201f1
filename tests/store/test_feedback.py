"""Of what people say of an answer, the last word of each is kept and counted."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.store.feedback import Feedback, Opinion, Vote, counts_of

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
CAUSE, OTHER = "integration_permission_missing", "role_missing"


@pytest.fixture
def feedback(store):
    return Feedback(store)


def test_a_vote_comes_back_as_it_was_given(feedback):
    feedback.record("C1-1", "U1", Opinion.WRONG, (CAUSE, OTHER), NOW, "違います \ud83d\x1b[31m\n`x`")
    assert feedback.votes() == (Vote("C1-1", "U1", Opinion.WRONG, (CAUSE, OTHER), "違います \ud83d\x1b[31m\n`x`", NOW),)
    assert isinstance(feedback.votes()[0].verdict, Opinion)


def test_of_one_person_s_votes_on_an_answer_the_last_counts(feedback):
    feedback.record("C1-1", "U1", Opinion.HELPFUL, (CAUSE,), NOW)
    feedback.record("C1-1", "U1", Opinion.WRONG, (CAUSE,), NOW + timedelta(minutes=1), "it came back")
    feedback.record("C1-1", "U2", Opinion.HELPFUL, (CAUSE,), NOW)
    feedback.record("C1-2", "U1", Opinion.HELPFUL, (CAUSE,), NOW)
    given = sorted((vote.answer, vote.person, vote.verdict) for vote in feedback.votes())
    assert given == [("C1-1", "U1", "wrong"), ("C1-1", "U2", "helpful"), ("C1-2", "U1", "helpful")]


def test_the_newest_come_first(feedback):
    for minutes in (3, 1, 2):
        feedback.record(f"C1-{minutes}", "U1", Opinion.HELPFUL, (), NOW + timedelta(minutes=minutes))
    assert [vote.answer for vote in feedback.votes()] == ["C1-3", "C1-2", "C1-1"]


def test_votes_are_counted_in_all_and_for_each_cause_of_their_answer(feedback):
    feedback.record("C1-1", "U1", Opinion.HELPFUL, (CAUSE,), NOW)
    feedback.record("C1-1", "U2", Opinion.HELPFUL, (CAUSE, OTHER, OTHER), NOW)
    feedback.record("C1-2", "U2", Opinion.WRONG, (CAUSE,), NOW)
    feedback.record("C1-3", "U2", Opinion.WRONG, (), NOW)
    counts = counts_of(feedback.votes())
    assert counts.of_all == {"helpful": 2, "wrong": 2}
    assert list(counts.by_cause.items()) == [(CAUSE, {"helpful": 2, "wrong": 1}), (OTHER, {"helpful": 1})]


def test_a_vote_is_kept_for_half_a_year(feedback, clock):
    feedback.record("C1-1", "U1", Opinion.HELPFUL, (), NOW)
    clock.now += 179 * 86_400
    assert len(feedback.votes()) == 1
    clock.now += 86_400
    assert feedback.votes() == ()


@pytest.mark.parametrize(("length", "kept"), [(1_000, 1_000), (1_001, 1_000), (90_000, 1_000)])
def test_a_long_comment_is_cut_off(feedback, length, kept):
    feedback.record("C1-1", "U1", Opinion.WRONG, (), NOW, "x" * length)
    comment = feedback.votes()[0].comment
    assert len(comment) == kept
    assert comment.endswith("…") == (length > kept)


def test_no_other_opinion_is_recorded(feedback):
    with pytest.raises(ValueError, match="fine"):
        feedback.record("C1-1", "U1", "fine", (), NOW)


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"answer": 1}'])
def test_what_cannot_be_read_is_left_out_and_told_in_the_log(feedback, store, text, caplog):
    feedback.record("C1-1", "U1", Opinion.HELPFUL, (), NOW)
    store.put("feedback", "broken/U1", text)
    assert [vote.answer for vote in feedback.votes()] == ["C1-1"]
    assert "'broken/U1' cannot be read" in caplog.text
