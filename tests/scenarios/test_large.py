"""Large APIs and policies are answered as small ones are, and named at a length that can be read."""

from __future__ import annotations

from bot.model import Question, Reply
from tests.aws.tapes import (
    ACCOUNT,
    API,
    REGION,
    Tape,
    found,
    function_arn,
    method,
    record_api,
    record_function,
    statement,
)
from tests.conftest import Troubleshoot

_PETS = function_arn("pets")


def _ask(troubleshooter: Troubleshoot, methods: int, stages: int, statements: int) -> Reply:
    tape = record_api(
        Tape(),
        {f"GET /pets/{number}": method(_PETS) for number in range(methods)},
        tuple({"stageName": f"s{number}"} for number in range(stages)),
    )
    source = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{API}/*/POST/pets"
    record_function(tape, "pets", *(statement(f"s{number}", f"{source}/{number}") for number in range(statements)))
    identity = found(Account=ACCOUNT, Arn=f"arn:aws:iam::{ACCOUNT}:user/x")
    tape.holds("sts", "GetCallerIdentity", identity)
    return troubleshooter(source=tape).answer(Question(API, "en"))


def test_two_hundred_methods_on_five_stages_against_sixty_statements(troubleshooter: Troubleshoot) -> None:
    reply = _ask(troubleshooter, methods=200, stages=5, statements=60)
    (mend,) = reply.findings
    assert mend.finding.cause == "integration_permission_source_arn_mismatch"
    assert mend.finding.facts["stages"] == "s0, s1, s2, s3, s4"


def test_of_many_methods_a_sentence_names_some_and_the_facts_all(troubleshooter: Troubleshoot) -> None:
    (mend,) = _ask(troubleshooter, methods=150, stages=1, statements=0).findings
    assert set(str(mend.finding.facts["methods"]).split(", ")) == {f"GET /pets/{number}" for number in range(150)}
    for sentence in (mend.fix.title, mend.fix.why, *mend.fix.steps):
        assert len(sentence) < 600
