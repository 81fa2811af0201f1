"""What is not well always has a remedy."""

from bot.doctor.check import Outcome, ok, problem, unchecked


def test_only_what_is_well_has_no_remedy():
    checks = [ok("a", "x", "one"), problem("a", "x", "mend it", "one"), unchecked("a", "x", "mend it", "one")]
    assert [(each.outcome, each.remedy) for each in checks] == [
        (Outcome.OK, ""),
        (Outcome.PROBLEM, "mend it"),
        (Outcome.COULD_NOT_CHECK, "mend it"),
    ]
    assert {(each.name, each.seen, each.subject) for each in checks} == {("a", "x", "one")}
