"""What is printed as JSON keeps the public promise, whatever the answer."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from bot.model import Candidate, Certainty, Mend, Report, Scope, Sighting, UnseenRead, UnseenReason, Verdict
from bot.reply.json_form import diagnosis_object, reading_object
from tests.slack.replies import GRANT, TARGET, a_diagnosis, a_finding, a_fix, a_reply, hostile_reply

CONTRACT = Path(__file__).parents[1] / "contract"


def validator(name):
    schema = json.loads((CONTRACT / f"{name}.schema.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


DIAGNOSIS, READING = validator("diagnosis"), validator("read")
UNSEEN = tuple(UnseenRead("lambda:GetPolicy", "GetPolicy", GRANT["Resource"], reason, GRANT) for reason in UnseenReason)


def printed(reply):
    """The object as somebody reads it back."""
    return json.loads(json.dumps(diagnosis_object(reply)))


@pytest.mark.parametrize(
    "reply",
    [
        a_reply(),
        a_reply(findings=(), advice=(Mend(a_finding(), a_fix()),)),
        a_reply(findings=(), diagnosis=a_diagnosis(verdict=Verdict.UNKNOWN_SYMPTOM, target=None, evidence=())),
        a_reply(findings=(), diagnosis=a_diagnosis(verdict=Verdict.COULD_NOT_CHECK, unseen=UNSEEN)),
        hostile_reply("`<!channel>`\n\u202e'\"", 3),
        *(a_reply(locale=locale) for locale in ("ja", "zh_TW", "es")),
        *(a_reply(diagnosis=a_diagnosis(verdict=verdict)) for verdict in Verdict),
        a_reply(findings=(Mend(a_finding(certainty=Certainty.LIKELY, scope=Scope.ELSEWHERE), a_fix(cli=None)),)),
    ],
)
def test_every_answer_is_valid(reply):
    assert [error.message for error in DIAGNOSIS.iter_errors(printed(reply))] == []


def test_the_promise_is_one_that_can_be_broken():
    broken = printed(a_reply())
    del broken["findings"][0]["fix"]["redeploy"]
    assert not DIAGNOSIS.is_valid(broken)
    assert not DIAGNOSIS.is_valid(printed(a_reply()) | {"verdict": "fine"})


def test_every_member_says_what_the_reply_says():
    report = Report("text", (Sighting("generic-500", "Internal server error"),), {"stage": "prod", "api_id": "a1"}, 0)
    shown = printed(a_reply(diagnosis=a_diagnosis(report=report, unseen=UNSEEN[:1])))
    assert (shown["schema"], shown["language"], shown["verdict"]) == (1, "en", "found")
    assert shown["symptoms"] == [{"symptom": "generic-500", "matched": "Internal server error"}]
    assert list(shown["ids"]) == ["api_id", "stage"]
    assert shown["target"] == {
        "kind": "rest_api", "id": "a1b2c3d4e5", "account": "123456789012", "region": "eu-west-1",
        "stage": "prod", "method": "GET", "path": "/orders",
    }  # fmt: skip
    (finding,) = shown["findings"]
    assert (finding["cause"], finding["certainty"], finding["scope"]) == (
        "integration_permission_missing",
        "proven",
        "asked",
    )
    assert (finding["facts"], finding["evidence"]) == ({"function": "orders"}, ["e1"])
    assert finding["fix"]["steps"] == list(a_fix().steps)
    assert shown["unseen"] == [
        {
            "action": "lambda:GetPolicy",
            "operation": "GetPolicy",
            "resource": GRANT["Resource"],
            "reason": "denied",
            "grant": GRANT,
        }
    ]
    assert [each["id"] for each in shown["evidence"]] == ["e1", "e2"]
    assert shown["evidence"][0] == {
        "id": "e1", "service": "lambda", "operation": "GetPolicy", "parameters": {}, "outcome": "found",
        "account": "123456789012", "region": "eu-west-1", "milliseconds": 12.5,
    }  # fmt: skip


def test_what_only_the_bot_needs_is_not_printed():
    finding = a_finding(remedy={"document": "for the templates"}, is_undecided=True)
    text = json.dumps(diagnosis_object(a_reply(findings=(Mend(finding, a_fix()),))))
    assert "for the templates" not in text
    assert "is_undecided" not in text


def test_a_candidate_is_a_target_with_a_name():
    from bot.model import Candidate

    (shown,) = printed(a_reply(diagnosis=a_diagnosis(candidates=(Candidate(TARGET, "pets"),))))["candidates"]
    assert shown == printed(a_reply())["target"] | {"name": "pets"}


def test_the_same_answer_is_the_same_text():
    assert json.dumps(diagnosis_object(a_reply())) == json.dumps(diagnosis_object(a_reply()))


@pytest.mark.parametrize(
    "report",
    [Report("", (), {}, 0), Report("text", (Sighting("cors", "CORS"),), {"status": "500", "api_id": "a1b2c3d4e5"}, 2)],
)
def test_every_reading_is_valid(report):
    reading = reading_object("-", report)
    assert [error.message for error in READING.iter_errors(reading)] == []
    assert (reading["source"], reading["redacted"]) == ("-", report.redacted)
    assert list(reading["ids"]) == sorted(report.ids)


def test_accounts_are_named_only_where_there_are_several():
    candidates = (Candidate(TARGET, "pets", "shop"), Candidate(TARGET, "pets"))
    unseen = (replace(UNSEEN[0], account="shop"), UNSEEN[0])
    told = printed(a_reply(diagnosis=a_diagnosis(candidates=candidates, unseen=unseen)))
    assert [each.get("account_name") for each in told["candidates"]] == ["shop", None]
    assert [each.get("account") for each in told["unseen"]] == ["shop", None]
    DIAGNOSIS.validate(told)
