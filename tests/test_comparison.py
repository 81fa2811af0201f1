"""Two answers about one question: what is gone is mended only where the later one looked, and could see."""

from dataclasses import replace

import pytest

from bot.comparison import Comparison, compared
from bot.model import (
    Diagnosis,
    Phase,
    Report,
    SavedChange,
    Scope,
    Sighting,
    Target,
    TargetKind,
    UnseenRead,
    UnseenReason,
    Verdict,
)
from tests.playbooks_made_up import a_finding

REPORT = Report("text", (Sighting("generic-500", "500"),), {}, 0)
TARGET = Target(TargetKind.REST_API, "a1b2c3d4e5", "123456789012", "eu-west-1", "prod")
DENIED = UnseenRead("lambda:GetPolicy", "GetPolicy", "*", UnseenReason.DENIED)
HISTORY = UnseenRead("cloudtrail:LookupEvents", "LookupEvents", "*", UnseenReason.DENIED)


def about(cause="some_cause", **facts):
    changes = {name: facts.pop(name) for name in ("account", "region", "scope", "puts_live") if name in facts}
    hides = {"hides_the_rest": True} if cause == "hides" else {}
    return a_finding(cause, playbook="p", facts={"api_id": "a1b2c3d4e5", **facts}, **changes, **hides)


def answer(*findings, **changes):
    verdict = Verdict.FOUND if findings else Verdict.HEALTHY
    diagnosis = Diagnosis(verdict, REPORT, target=TARGET, findings=findings, examined=("p", "q"))
    return replace(diagnosis, **changes)


def told(comparison):
    """The facts of each finding, by what became of it."""
    kinds = ("mended", "remaining", "new", "unknown")
    return {kind: [dict(each.facts) for each in found] for kind in kinds if (found := getattr(comparison, kind))}


ORDERS, PETS = (about(function_arn=f"arn:{name}", methods=f"GET /{name}") for name in ("orders", "pets"))


def test_what_is_gone_is_mended_what_stays_remains_what_comes_is_new():
    users = about(function_arn="arn:users", methods="GET /users")
    assert compared(answer(ORDERS, PETS), answer(PETS, users)) == Comparison((ORDERS,), (PETS,), (users,))
    assert compared(answer(ORDERS), answer()) == Comparison((ORDERS,))
    assert compared(answer(), answer(ORDERS)) == Comparison(new=(ORDERS,))
    assert compared(answer(), answer()) == Comparison()


@pytest.mark.parametrize(
    ("then", "now"),
    [
        ({"methods": "GET /a, GET /b"}, {"methods": "GET /b"}),
        ({"stages": "dev, prod"}, {"stages": "prod, test"}),
        ({"function_arn": "arn:a, arn:b"}, {"function_arn": "arn:b"}),
        ({"changed_at": "2026-11-19T08:30:21Z", "changed_by": "kim"}, {}),
        ({"statement": "one", "expected": "x", "actual": "y"}, {"statement": "two", "expected": "x", "actual": "z"}),
        ({"source_arn": "arn:aws:execute-api:::/GET/a"}, {"source_arn": "arn:aws:execute-api:::/GET/b"}),
        ({"error": "KeyError", "reason": "error"}, {"error": "", "reason": "timeout"}),
        ({"authorizer_id": ""}, {"authorizer_id": "a1b2c3"}),
        ({}, {"caller": "anonymous"}),
    ],
)
def test_the_same_thing_remains_however_else_it_is_described(then, now):
    assert compared(answer(about(**then)), answer(about(**now))) == Comparison(remaining=(about(**now),))


@pytest.mark.parametrize(
    ("then", "now"),
    [
        ({"function_arn": "arn:a"}, {"function_arn": "arn:b"}),
        ({"stage": "dev", "variable": "x"}, {"stage": "dev", "variable": "y"}),
        ({"methods": "GET /a"}, {"methods": "GET /b, GET /aa"}),
        ({"stages": "prod"}, {"stages": "prod-2"}),
        ({"cause": "one"}, {"cause": "two"}),
        ({"account": "210987654321"}, {}),
        ({"region": "us-east-1"}, {}),
    ],
)
def test_another_thing_is_new(then, now):
    assert compared(answer(about(**then)), answer(about(**now))) == Comparison((about(**then),), (), (about(**now),))


def test_of_several_alike_the_very_same_one_remains():
    one, other = about(text="one"), about(text="other")
    assert compared(answer(one, other), answer(other)) == Comparison((one,), (other,))
    assert compared(answer(one, other), answer(about(text="third"))).mended == (other,)


@pytest.mark.parametrize(
    "changes",
    [
        {"verdict": Verdict.COULD_NOT_CHECK},
        {"verdict": Verdict.NEED_TARGET, "target": None},
        {"verdict": Verdict.TARGET_NOT_FOUND},
        {"unseen": (DENIED,)},
    ],
)
def test_what_a_blind_answer_does_not_show_is_not_mended(changes):
    assert compared(answer(ORDERS), answer(**changes)) == Comparison(unknown=(ORDERS,), blind=True)
    still = compared(answer(ORDERS, PETS), answer(PETS, **changes))
    assert (still.remaining, still.unknown, still.mended) == ((PETS,), (ORDERS,), ())


def test_a_door_that_was_closed_before_hinders_no_more_than_then_and_the_history_hinders_nothing():
    assert compared(answer(ORDERS, unseen=(DENIED,)), answer(PETS, unseen=(DENIED, HISTORY))).mended == (ORDERS,)
    worded_anew = replace(DENIED, detail="request 2 was denied")
    assert not compared(answer(ORDERS, unseen=(DENIED,)), answer(unseen=(worded_anew,))).blind


@pytest.mark.parametrize(
    ("then", "after"),
    [
        (ORDERS, answer(target=replace(TARGET, path="/pets"))),
        (ORDERS, answer(target=replace(TARGET, account="210987654321"))),
        (ORDERS, answer(report=replace(REPORT, symptoms=()))),
        (ORDERS, answer(report=replace(REPORT, caller="arn:aws:iam::123456789012:user/kim"))),
        (ORDERS, answer(report=replace(REPORT, ids={"authorizer_id": "a1b2c3"}))),
        # Its playbook was not tried, or broke.
        (ORDERS, answer(examined=("q",))),
        # The rest of the API is looked at only where nothing is found in what was asked about.
        (replace(ORDERS, scope=Scope.ELSEWHERE), answer(PETS)),
        # What else is found may have been held back.
        (ORDERS, answer(about("hides"))),
        (replace(ORDERS, puts_live=(SavedChange(Phase.INTEGRATION),)), answer(PETS)),
    ],
)
def test_what_the_later_answer_did_not_look_for_is_not_mended(then, after):
    comparison = compared(answer(then), after)
    assert (comparison.mended, comparison.unknown, comparison.blind) == ((), (then,), False)


def test_advice_is_left_out():
    assert compared(answer(advice=(ORDERS,)), answer(advice=(PETS,))) == Comparison()
