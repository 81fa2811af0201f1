"""Playbooks are tried side by side: none silences another, the narrow part comes first, and doubt is kept."""

import logging
from dataclasses import replace

import pytest

from bot.aws.account import Read, Unseen
from bot.aws.apigateway import Focus
from bot.diagnosis import Found, diagnose, undisturbed, verdict_of
from bot.model import Certainty, Hint, Phase, Progress, SavedChange, Scope, Step, UnseenRead, UnseenReason, Verdict
from bot.playbook import Plan
from tests.aws.tapes import DENIED, REGION, Tape, api_of, function_arn, method, record_api
from tests.playbooks_made_up import a_finding, a_playbook

ROLE = Read.of("iam", "GetRole", REGION, RoleName="caller")
WHOLE = Focus()
LIKELY = Certainty.LIKELY
UNDECIDED = a_finding(certainty=LIKELY, is_undecided=True)
GAP = UnseenRead("iam:GetRole", "GetRole", "*", UnseenReason.DENIED)


def an_api():
    tape = record_api(Tape(), {"GET /a": method(function_arn("a")), "GET /b": method(function_arn("b"))})
    return api_of(tape.holds("iam", "GetRole", DENIED, RoleName="caller"))


def says(*findings):
    """A playbook that yields these whatever it is shown."""
    return lambda api: iter(findings)


def of_each_method(api):
    for each in api.methods:
        yield a_finding(facts={"path": each.path})


def tried(*playbooks, focus=WHOLE):
    return diagnose(
        an_api(), focus, Plan(tuple(a_playbook(f"p{n}", diagnose=each) for n, each in enumerate(playbooks)))
    )


def causes(findings):
    return [finding.cause for finding in findings]


def test_a_finding_bears_the_name_of_its_playbook():
    assert [finding.playbook for finding in tried(says(a_finding()), says(a_finding())).findings] == ["p0", "p1"]


@pytest.mark.parametrize("error", [ZeroDivisionError, KeyError("x"), TypeError, RecursionError, AssertionError])
def test_a_broken_playbook_silences_no_other_and_is_reported(error, caplog):
    def breaks(api):
        yield a_finding("before")
        raise error

    with caplog.at_level(logging.ERROR):
        found = tried(says(a_finding("first")), breaks, says(a_finding("last")))
    assert causes(found.findings) == ["first", "before", "last"]
    (broken,) = found.broken
    assert (broken.operation, broken.reason, broken.hint) == (
        "playbook p1",
        UnseenReason.FAILED,
        Hint.BROKEN_PLAYBOOK,
    )
    assert "p1" in caplog.text


def test_a_playbook_that_breaks_before_its_first_finding_is_reported_too():
    found = tried(lambda api: None)
    assert found.findings == ()
    assert [each.operation for each in found.broken] == ["playbook p0"]


def test_what_was_found_before_a_closed_door_is_kept_and_the_door_is_no_fault_of_the_playbook():
    def meets_a_door(api):
        yield a_finding("before")
        api.account.read(ROLE)
        yield a_finding("after")

    found = tried(meets_a_door, says(a_finding("other")))
    assert causes(found.findings) == ["before", "other"]
    assert found.broken == ()


def test_the_door_is_remembered_by_the_inquiry():
    api = an_api()
    diagnose(api, WHOLE, Plan((a_playbook("p", diagnose=lambda api: iter([api.account.read(ROLE)])),)))
    assert [gap.operation for gap in api.account.inquiry.unseen] == ["GetRole"]
    with pytest.raises(Unseen):
        api.account.read(ROLE)


def test_what_was_asked_about_comes_first_and_then_nothing_else_is_looked_at():
    found = tried(of_each_method, focus=Focus(path="/b", method="GET"))
    assert [(each.facts["path"], each.scope) for each in found.findings] == [("/b", Scope.ASKED)]


def test_only_if_that_is_healthy_is_the_whole_api_looked_at():
    def only_a(api):
        return (each for each in of_each_method(api) if each.facts["path"] == "/a")

    found = tried(only_a, focus=Focus(path="/b", method="GET"))
    assert [(each.facts["path"], each.scope) for each in found.findings] == [("/a", Scope.ELSEWHERE)]


def test_a_question_about_the_whole_finds_nothing_elsewhere():
    assert {each.scope for each in tried(of_each_method).findings} == {Scope.ASKED}


def test_advice_about_the_part_asked_about_does_not_keep_from_looking_further():
    advises = says(a_finding("advice", advice=True))

    def only_a(api):
        return (each for each in of_each_method(api) if each.facts["path"] == "/a")

    found = tried(advises, only_a, focus=Focus(path="/b", method="GET"))
    assert [each.scope for each in found.findings] == [Scope.ELSEWHERE]
    assert [(each.cause, each.scope) for each in found.advice] == [("advice", Scope.ASKED)]


def test_findings_stand_in_the_order_in_which_a_request_meets_them_the_proven_first():
    late = a_finding("late", phase=Phase.RESPONSE)
    maybe = a_finding("maybe", phase=Phase.AUTHORIZER, certainty=LIKELY)
    sure = a_finding("sure", phase=Phase.AUTHORIZER)
    also_sure = a_finding("also_sure", phase=Phase.AUTHORIZER)
    early = a_finding("early", phase=Phase.ROUTE, certainty=LIKELY)
    found = tried(says(late, maybe), says(sure, early), says(also_sure))
    assert causes(found.findings) == ["early", "sure", "also_sure", "maybe", "late"]


def test_advice_is_kept_apart_from_faults():
    found = tried(says(a_finding("advice", advice=True), a_finding("fault")))
    assert (causes(found.findings), causes(found.advice)) == (["fault"], ["advice"])


@pytest.mark.parametrize(
    ("findings", "gaps", "broken", "verdict"),
    [
        ([], [], [], Verdict.HEALTHY),
        ([], [GAP], [], Verdict.COULD_NOT_CHECK),
        ([], [], [GAP], Verdict.COULD_NOT_CHECK),
        ([a_finding()], [], [], Verdict.FOUND),
        ([a_finding()], [GAP], [GAP], Verdict.FOUND),
        ([a_finding(certainty=LIKELY)], [], [], Verdict.FOUND),
        ([a_finding(certainty=LIKELY)], [GAP], [GAP], Verdict.FOUND),
        ([UNDECIDED], [], [], Verdict.COULD_NOT_CHECK),
        ([UNDECIDED], [GAP], [], Verdict.COULD_NOT_CHECK),
        ([UNDECIDED, a_finding()], [GAP], [], Verdict.FOUND),
        ([UNDECIDED, a_finding(certainty=LIKELY)], [], [], Verdict.FOUND),
    ],
)
def test_what_it_all_amounts_to(findings, gaps, broken, verdict):
    assert verdict_of(Found(tuple(findings), (), tuple(broken)), iter(gaps)) is verdict


def test_advice_never_changes_the_verdict():
    assert verdict_of(Found(advice=(a_finding(advice=True),)), ()) is Verdict.HEALTHY


def meets(phase):
    return says(a_finding(phase=phase))


@pytest.mark.parametrize(
    ("found_at", "others", "found"),
    [
        (Phase.ROUTE, ("authorizer", "integration"), [Phase.ROUTE, Phase.AUTHORIZER, Phase.INTEGRATION]),
        (Phase.AUTHORIZER, ("route", "integration"), [Phase.AUTHORIZER, Phase.INTEGRATION]),
        (Phase.INTEGRATION, ("authorizer", None), [Phase.INTEGRATION]),
    ],
)
def test_a_fault_hides_what_a_request_would_meet_behind_it(found_at, others, found):
    hidden = tuple(
        a_playbook(f"o{n}", diagnose=meets(Phase(phase or "response")), phase=phase) for n, phase in enumerate(others)
    )
    plan = Plan((a_playbook("p", diagnose=meets(found_at)),), hidden)
    assert [each.phase for each in diagnose(an_api(), WHOLE, plan).findings] == found


def test_what_no_fault_hides_is_not_looked_for():
    plan = Plan((a_playbook("p"),), (a_playbook("o", diagnose=meets(Phase.INTEGRATION), phase="integration"),))
    assert diagnose(an_api(), WHOLE, plan).findings == ()


def lagging(phase, *methods):
    """A finding whose fix puts a change live."""
    return a_finding("lagging", puts_live=(SavedChange(phase, methods),))


@pytest.mark.parametrize(
    ("changed", "faulty", "waits"),
    [
        (
            lagging(Phase.INTEGRATION, "GET /a"),
            {"phase": Phase.INTEGRATION, "facts": {"methods": "GET /b, GET /a"}},
            True,
        ),
        (lagging(Phase.INTEGRATION, "GET /a"), {"phase": Phase.INTEGRATION, "facts": {"methods": "GET /b"}}, False),
        (lagging(Phase.INTEGRATION, "GET /a"), {"phase": Phase.AUTHORIZER, "facts": {"methods": "GET /a"}}, False),
        (lagging(Phase.ROUTE, "GET /a"), {"phase": Phase.AUTHORIZER, "facts": {"methods": "GET /a"}}, True),
        (lagging(Phase.RESOURCE_POLICY), {"phase": Phase.RESOURCE_POLICY, "facts": {}}, True),
    ],
)
def test_a_change_that_another_finding_is_about_is_not_to_be_deployed_yet(changed, faulty, waits):
    found = tried(says(changed), says(a_finding("faulty", **faulty)))
    assert ("lagging" in causes(found.findings)) is not waits
    assert "faulty" in causes(found.findings)


def test_two_stages_that_lag_behind_do_not_wait_for_each_other():
    first, second = lagging(Phase.RESOURCE_POLICY), lagging(Phase.RESOURCE_POLICY)
    assert causes(tried(says(first), says(second)).findings) == ["lagging", "lagging"]


def test_a_fault_that_no_request_gets_past_stands_alone():
    found = tried(says(a_finding("other")), says(a_finding("alone", hides_the_rest=True)))
    assert causes(found.findings) == ["alone"]


def test_all_playbooks_say_what_they_will_read_before_one_is_tried():
    told = []
    shelf = tuple(
        replace(a_playbook(name, diagnose=lambda api, name=name: iter(told.append(name) or ())), expect=expect)
        for name, expect in (("p", lambda api: told.append("expected")), ("q", lambda api: told.append("expected")))
    )
    diagnose(an_api(), WHOLE, Plan(shelf))
    assert told == ["expected", "expected", "p", "q"]


def test_a_playbook_that_breaks_while_it_says_so_is_tried_all_the_same():
    def breaks(api):
        raise ValueError("not ready")

    playbook = replace(a_playbook("p", diagnose=says(a_finding())), expect=breaks)
    assert causes(diagnose(an_api(), WHOLE, Plan((playbook,))).findings) == ["some_cause"]


def test_what_broke_in_the_part_asked_about_is_not_forgotten_elsewhere():
    def breaks(api):
        if not api.focus.is_elsewhere:
            raise ValueError("broken")
        return iter(())

    found = diagnose(an_api(), Focus(path="/a"), Plan((a_playbook("p", diagnose=breaks),)))
    assert [gap.hint for gap in found.broken] == [Hint.BROKEN_PLAYBOOK]
    assert verdict_of(found, ()) is Verdict.COULD_NOT_CHECK


def counted(playbooks, focus=WHOLE, others=()):
    """What is told of the playbooks tried, and those that were examined."""
    told = []
    named = [a_playbook(f"p{n}", diagnose=each) for n, each in enumerate(playbooks)]
    besides = [a_playbook(f"o{n}", diagnose=each, phase="response") for n, each in enumerate(others)]
    found = diagnose(
        an_api(), focus, Plan(tuple(named), tuple(besides)), lambda done, total: told.append((done, total))
    )
    return told, found.examined


def test_it_is_told_how_many_playbooks_are_tried_of_how_many():
    assert counted([says(), says()]) == ([(0, 2), (1, 2), (2, 2)], ("p0", "p1"))


def test_where_the_search_widens_there_are_more_to_try_and_none_untried():
    told, examined = counted([says()], focus=Focus(path="/b", method="GET"))
    assert (told, examined) == ([(0, 1), (1, 1), (1, 2), (2, 2)], ("p0",))
    told, examined = counted([says(a_finding())], others=[says(), says()])
    assert told == [(0, 1), (1, 1), (1, 3), (2, 3), (3, 3)]
    assert examined == ("p0", "o0", "o1")


def test_a_broken_playbook_is_tried_and_has_examined_nothing():
    told, examined = counted([says(), lambda api: None], focus=Focus(path="/b", method="GET"))
    assert (told[-1], examined) == ((4, 4), ("p0",))


def test_a_watch_that_breaks_hears_no_more_and_hinders_nothing(caplog):
    heard = []

    def breaks(progress):
        heard.append(progress.step)
        raise ZeroDivisionError

    tell = undisturbed(breaks)
    tell(Progress(Step.READ))
    tell(Progress(Step.WRITE))
    assert heard == [Step.READ]
    assert "whoever watches the progress is broken" in caplog.text
