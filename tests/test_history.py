"""Findings are told with who changed the faulty thing; no history, closed or hostile, takes a finding away."""

from datetime import UTC, datetime

import pytest

from bot.aws.account import Inquiry
from bot.aws.apigateway import RestApi
from bot.aws.bounds import Bounds
from bot.history import with_changes
from bot.model import UnseenReason
from bot.playbook import Card, Playbook
from tests.aws.tapes import API, DENIED, REGION, THROTTLED, AtOnce, Tape, account_of, found, function_arn, in_time
from tests.aws.trails import MIKA, an_event
from tests.playbooks_made_up import PAGE
from tests.slack.replies import a_finding

REMOVED = {"service": "lambda", "events": ["RemovePermission"], "of": "function_arn"}
ADDED = {"service": "lambda", "events": ["AddPermission"], "of": "function_arn", "where": {"statementId": "sid"}}
HISTORY = found(
    Events=[
        an_event(parameters={"functionName": "orders"}),
        an_event(parameters={"functionName": "carts"}, identity={"arn": f"{MIKA}-2"}),
        an_event("AddPermission20150331v2", {"functionName": "orders", "statementId": "s"}, at="2026-11-18T00:00:00Z"),
    ]
)


def a_playbook(*changed_by):
    card = Card.model_validate(
        {
            "target": "rest_api",
            "answers": ["generic-500"],
            "causes": {"a_cause": "permission"},
            "fixes": {"permission": {"references": [PAGE], "changed_by": list(changed_by)}},
        }
    )
    return Playbook("p", "Seen.", None, card, lambda api: iter(()))


def found_of(*functions, **facts):
    return [a_finding(playbook="p", facts={"function_arn": function_arn(name), **facts}) for name in functions]


def told(findings, *changed_by, history=HISTORY, before=None, bounds=None):
    tape = Tape(otherwise=history)
    account = account_of(tape)
    account.inquiry = Inquiry(AtOnce(), in_time(), bounds)
    changed = with_changes(RestApi(account, REGION, API), findings, [a_playbook(*changed_by)], before)
    return changed, tape, account.inquiry


def test_a_change_is_added_to_facts_and_evidence():
    (finding,), _, inquiry = told(found_of("orders"), REMOVED)
    assert finding.facts == {
        "function_arn": function_arn("orders"),
        "changed_at": "2026-11-19T08:30:00Z",
        "changed_by": MIKA,
        "changed_event": "RemovePermission",
    }
    assert finding.evidence == ("e1",)
    assert [each.id for each in inquiry.evidence] == ["e1"]


def test_findings_share_their_lookups():
    changed, tape, _ = told(found_of("orders", "carts"), REMOVED)
    assert [each.facts["changed_by"] for each in changed] == [MIKA, f"{MIKA}-2"]
    assert tape.operations == ["LookupEvents"]


def test_of_several_kinds_the_newest_is_told():
    (finding,), tape, _ = told(found_of("orders", sid="s"), ADDED, REMOVED)
    assert finding.facts["changed_event"] == "RemovePermission"
    assert len(tape.asked) == 2
    (finding,), _, _ = told(found_of("orders", sid="s"), ADDED)
    assert finding.facts["changed_event"] == "AddPermission"


def test_a_service_in_between_is_a_fact_of_its_own():
    history = found(
        Events=[an_event(parameters={"functionName": "orders"}, sourceIPAddress="cloudformation.amazonaws.com")]
    )
    (finding,), _, _ = told(found_of("orders"), REMOVED, history=history)
    assert finding.facts["changed_via"] == "cloudformation.amazonaws.com"


@pytest.mark.parametrize(
    ("findings", "changed_by"),
    [
        (found_of("orders"), ()),
        (found_of("orders"), (ADDED,)),
        (found_of("orders", sid=""), (ADDED,)),
        ([a_finding(playbook="p", facts={"function_arn": function_arn("orders")}, remedy={"sid": None})], (ADDED,)),
        ([a_finding(playbook="p", facts={})], (REMOVED,)),
        ([a_finding(playbook="p", facts={"function_arn": "no function, at all"})], (REMOVED,)),
        ([a_finding(playbook="p", facts={"function_arn": 7})], (REMOVED,)),
        ([a_finding(playbook="p", facts={"function_arn": function_arn("orders", account="999999999999")})], (REMOVED,)),
    ],
)
def test_what_names_nothing_asks_nothing(findings, changed_by):
    changed, tape, _ = told(findings, *changed_by)
    assert list(changed) == findings
    assert tape.asked == []


def test_the_thing_may_stand_in_the_remedy_and_be_several():
    both = ", ".join(map(function_arn, ("carts", "orders")))
    finding = a_finding(playbook="p", facts={}, remedy={"function_arn": both})
    (changed,), tape, _ = told([finding], REMOVED)
    assert changed.facts["changed_event"] == "RemovePermission"
    assert len(tape.asked) == 1


@pytest.mark.parametrize(("sid", "is_told"), [("s", True), ("r, s", True), (["r", "s"], True), ("rs", False)])
def test_one_of_several_values_must_fit(sid, is_told):
    finding = a_finding(playbook="p", facts={}, remedy={"function_arn": [function_arn("orders")], "sid": sid})
    (changed,), _, _ = told([finding], ADDED)
    assert ("changed_event" in changed.facts) is is_told


def test_only_what_can_happen_to_the_thing_is_asked_for():
    policies = {"service": "iam", "events": ["PutRolePolicy", "PutUserPolicy"], "of": "principal"}
    finding = a_finding(playbook="p", facts={"principal": MIKA})
    _, tape, _ = told([finding], policies)
    assert [read.arguments["LookupAttributes"][0]["AttributeValue"] for read in tape.asked] == ["PutUserPolicy"]


@pytest.mark.parametrize(("history", "reason"), [(DENIED, UnseenReason.DENIED), (THROTTLED, UnseenReason.THROTTLED)])
def test_a_closed_history_takes_nothing_from_a_finding_and_is_noted_once(history, reason):
    findings = found_of("orders", sid="s")
    changed, _, inquiry = told(findings, ADDED, REMOVED, history=history)
    assert list(changed) == findings
    (unseen,) = inquiry.unseen
    assert (unseen.action, unseen.reason) == ("cloudtrail:LookupEvents", reason)
    assert (unseen.grant is not None) == (reason is UnseenReason.DENIED)


def test_what_was_changed_after_the_failure_is_not_told():
    (finding,), _, _ = told(found_of("orders"), REMOVED, before=datetime(2026, 11, 19, 8, tzinfo=UTC))
    assert "changed_by" not in finding.facts


@pytest.mark.parametrize(("calls", "asked"), [(0, 0), (1, 0), (2, 2), (3, 2)])
def test_no_more_is_asked_than_the_bounds_allow_and_nothing_by_halves(calls, asked):
    _, tape, inquiry = told(found_of("orders", sid="s"), ADDED, REMOVED, bounds=Bounds(change_calls=calls))
    assert len(tape.asked) == asked
    assert inquiry.unseen == ()


def test_the_days_asked_for_are_a_setting():
    _, tape, _ = told(found_of("orders"), REMOVED, bounds=Bounds(change_days=1))
    assert tape.asked[0].arguments["StartTime"] == "-PT1440M"
