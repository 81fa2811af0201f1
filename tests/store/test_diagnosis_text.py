"""A diagnosis comes back from its text as it was; tests/scenarios/test_findings.py compares the answers of both."""

import json
import zlib
from base64 import b85decode, b85encode
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum, StrEnum
from hashlib import sha256
from types import MappingProxyType
from typing import get_args

import pytest

from bot.model import (
    Candidate,
    Certainty,
    Diagnosis,
    Hint,
    LogSearch,
    Phase,
    Report,
    SavedChange,
    Scope,
    SentRequest,
    Sighting,
    Target,
    TargetKind,
    UnseenRead,
    UnseenReason,
    Verdict,
)
from bot.reply.templates import Prose
from bot.store.diagnosis_text import Unreadable, Unwritable, read, written
from tests.slack.replies import GRANT, TARGET, a_diagnosis, a_finding

SHAPE_OF_FORM_4 = "71795125e570"

FINDING = a_finding(
    facts={"text": "日本語", "number": 3, "rate": 1.0, "is_so": True, "half_a_pair": "\ud83d"},
    remedy={"names": ["a", "b"], "document": {"Statement": [GRANT]}, "nothing": None, "of": Phase.ROUTE},
    certainty=Certainty.LIKELY,
    scope=Scope.ELSEWHERE,
    playbook="apigateway_lambda_permission",
    is_undecided=True,
    puts_live=(SavedChange(Phase.ROUTE, ("GET /a",)), SavedChange(Phase.RESPONSE)),
    hides_the_rest=True,
)
REPORT = Report(
    text="",
    symptoms=(Sighting("forbidden", '{"message":"Forbidden"}'),),
    ids={"api_id": "a1b2c3d4e5"},
    redacted=2,
    caller="arn:aws:iam::123456789012:user/x",
    source_ip="192.0.2.1",
    vpc_endpoint="vpce-1",
    failed_at=datetime(2026, 11, 20, 9, 30, tzinfo=UTC),
)
WHOLE = a_diagnosis(
    report=REPORT,
    candidates=(Candidate(TARGET, "orders"),),
    findings=(FINDING,),
    advice=(replace(FINDING, advice=True),),
    unseen=(UnseenRead("a", "GetPolicy", "*", UnseenReason.THROTTLED, GRANT, "Rate exceeded", Hint.NOT_LOGGED),),
    searched=("eu-west-1", "us-east-1"),
    log_searches=(LogSearch("/aws/lambda/orders", 60, 3, 1, True),),
    elapsed_milliseconds=812.25,
)


def test_everything_comes_back():
    assert read(written(WHOLE)) == WHOLE


@pytest.mark.parametrize("verdict", Verdict)
def test_whatever_it_amounts_to(verdict):
    empty = Diagnosis(verdict, Report("", (), {}, 0))
    assert read(written(empty)) == empty


def test_numbers_keep_their_kinds():
    facts = read(written(WHOLE)).findings[0].facts
    assert [type(facts[name]) for name in ("number", "rate", "is_so")] == [int, float, bool]


def test_what_was_pasted_and_sent_is_not_written():
    sent = SentRequest({"authorization": "Bearer unmistakable"}, ("q",), True)
    diagnosis = replace(WHOLE, report=replace(REPORT, text="pasted, unmistakable", sent=sent))
    assert written(diagnosis) == written(WHOLE)
    assert read(written(diagnosis)).report == REPORT


def test_it_is_written_in_letters_that_any_store_takes():
    assert written(WHOLE).isascii()


@pytest.mark.parametrize(
    "held",
    [Decimal(1), {1, 2}, b"x", datetime(2026, 1, 1, tzinfo=UTC), object(), TARGET, Prose("x"), MappingProxyType({})],
    ids=lambda held: type(held).__name__,
)
def test_what_would_not_come_back_as_it_is_is_refused_by_name(held):
    finding = replace(FINDING, remedy={"plan": {"grants": [held]}})
    with pytest.raises(Unwritable) as refused:
        written(replace(WHOLE, advice=(finding,)))
    assert str(refused.value) == (
        "the remedy of integration_permission_missing by playbook apigateway_lambda_permission, plan, grants hold a "
        f"{type(held).__name__}; they may hold texts, numbers, lists and mappings"
    )


@pytest.mark.parametrize("facts", [{"a": None}, {"a": ["b"]}, {"a": {"b": 1}}, {1: "a"}], ids=repr)
def test_facts_that_are_none_are_refused(facts):
    with pytest.raises(Unwritable):
        written(replace(WHOLE, findings=(replace(FINDING, facts=facts),)))


def test_a_document_without_a_bottom_is_refused():
    bottomless = []
    bottomless.append(bottomless)
    with pytest.raises(Unwritable):
        written(replace(WHOLE, findings=(replace(FINDING, remedy={"a": bottomless}),)))


def packed(document):
    return "2:" + b85encode(zlib.compress(json.dumps(document).encode())).decode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2",
        "2:",
        "5" + written(WHOLE)[1:],
        written(WHOLE)[2:],
        written(WHOLE)[:-9],
        "2:日本語",
        "2:" + b85encode(zlib.compress(b"{")).decode(),
        "2:" + b85encode(zlib.compress(b"[" * 100_000)).decode(),
        "2:" + b85encode(zlib.compress(b"\xff")).decode(),
        packed([]),
        packed({"verdict": "found"}),
        packed({"verdict": "fine", "report": {"text": "", "symptoms": [], "ids": {}, "redacted": 0}}),
    ],
)
def test_anything_else_is_unreadable(text):
    with pytest.raises(Unreadable):
        read(text)


def parts_of(kind, seen):
    """Every dataclass and enumeration of which a type is made, with what each holds."""
    for inner in get_args(kind):
        parts_of(inner, seen)
    if kind in seen:
        return
    if is_dataclass(kind):
        seen[kind] = [(field.name, str(field.type)) for field in fields(kind)]
        for field in fields(kind):
            parts_of(field.type, seen)
    elif isinstance(kind, type) and issubclass(kind, Enum):
        seen[kind] = [str(member) for member in kind]


def test_another_shape_has_another_form():
    seen = {}
    parts_of(Diagnosis, seen)
    assert {Report, Target, TargetKind, SavedChange, Hint, SentRequest} <= seen.keys()
    shape = sorted((kind.__name__, parts) for kind, parts in seen.items())
    assert sha256(repr(shape).encode()).hexdigest()[:12] == SHAPE_OF_FORM_4, (
        "what a diagnosis is made of has changed: raise _FORM in bot/store/diagnosis_text.py, so that what was kept "
        "before is not misread, and put the new shape here"
    )


def test_what_the_form_before_lacks_is_empty():
    document = json.loads(zlib.decompress(b85decode(written(WHOLE)[2:])))
    del document["accounts"], document["candidates"][0]["account_name"]
    del document["unseen"][0]["account"], document["unseen"][0]["denied_by"]
    before = "1:" + packed(document)[2:]
    assert read(before) == WHOLE


def test_a_value_that_is_an_enumeration_s_comes_back_as_the_text_that_it_is():
    class Own(StrEnum):
        ONE = "one"

    finding = replace(FINDING, facts={"a": Own.ONE}, remedy={"b": [Own.ONE]})
    kept = read(written(replace(WHOLE, findings=(finding,)))).findings[0]
    assert (kept.facts, kept.remedy) == ({"a": "one"}, {"b": ["one"]})
