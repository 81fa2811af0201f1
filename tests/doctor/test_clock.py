"""A clock may be off by a minute, in either direction."""

import pytest

from bot.doctor.check import Outcome
from bot.doctor.clock import judged


@pytest.mark.parametrize(
    ("seconds", "outcome", "seen"),
    [
        (0.0, Outcome.OK, "within 60 s of AWS's"),
        (-60.0, Outcome.OK, "within 60 s of AWS's"),
        (61.0, Outcome.PROBLEM, "61 s ahead of AWS's, which tolerates 300 s"),
        (-400.0, Outcome.PROBLEM, "400 s behind AWS's, which tolerates 300 s"),
        (None, Outcome.COULD_NOT_CHECK, "AWS told no time"),
    ],
)
def test_how_far_it_is_off(seconds, outcome, seen):
    check = judged("aws.clock", "AWS", seconds, "ask")
    assert (check.name, check.outcome, check.seen) == ("aws.clock", outcome, seen)
    assert bool(check.remedy) == (outcome is not Outcome.OK)
    assert (check.remedy == "ask") == (seconds is None)
