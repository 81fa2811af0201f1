"""What refuses the calls asked about: for certain, or as the text's own words have it."""

import pytest

from bot.aws.apigateway import Focus
from bot.aws.caller_access import Refusal
from bot.aws.refusals import Refusals
from bot.model import Incident
from tests.aws.tapes import api_of
from tests.aws.test_caller_access import ALLOWS, ARN, DENIED, DENIES, a_tape, statement

METHODS = ("GET /pets", "POST /pets")
OFFICE = {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}
ELSEWHERE = {"NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"}}
REFUSED = "User: anonymous is not authorized to perform: execute-api:Invoke on resource: x"


def refusals(policy, path=None, authorization="NONE", text="", **told):
    symptoms = ("resource-policy-deny",) if text else ()
    incident = Incident(symptoms=symptoms, text=text, **told)
    tape = a_tape(authorization, policy, methods=METHODS)
    return Refusals.of(api_of(tape, Focus(path=path, incident=incident)))


def test_without_a_path_only_what_refuses_every_call_is_a_fault():
    some = [ALLOWS, statement("Deny", resource=f"{ARN}/prod/POST/*")]
    assert refusals(some).by(Refusal.DENIED) == []
    assert len(refusals(some, "/pets").by(Refusal.DENIED)) == 1
    assert len(refusals([DENIES]).by(Refusal.DENIED)) == 2


def test_what_could_not_be_read_refuses_nothing():
    tape = a_tape("NONE", [DENIES], methods=METHODS)
    parameters = {"extensions": "integrations,authorizers,apigateway"}
    tape.holds("apigateway", "GetExport", DENIED, restApiId="a1b2c3d4e5", stageName="prod", exportType="oas30",
               parameters=parameters, accepts="application/json")  # fmt: skip
    found = Refusals.of(api_of(tape, Focus()))
    assert (found.by(Refusal.DENIED), found.is_whole, found.is_open) == ([], False, True)


@pytest.mark.parametrize(
    ("policy", "text", "suspect"),
    [
        ([ALLOWS, statement("Deny", **ELSEWHERE)], f"{REFUSED} with an explicit deny", Refusal.DENIED),
        ([statement(**OFFICE)], REFUSED, Refusal.NOT_ALLOWED),
        ([statement(**OFFICE), statement("Deny", **ELSEWHERE)], REFUSED, None),
        ([ALLOWS, statement("Deny", **ELSEWHERE), statement("Deny", **OFFICE)], f"{REFUSED} explicit deny", None),
        ([statement(**OFFICE)], f"{REFUSED} with an explicit deny", None),
        ([statement(**OFFICE)], f"{REFUSED} because no VPC endpoint policy allows it", None),
        ([statement(**OFFICE)], "", None),
        ([ALLOWS], REFUSED, None),
    ],
)
def test_the_words_point_to_a_statement_only_where_no_other_can_be_meant(policy, text, suspect):
    found = [refusal for refusal, _, _ in refusals(policy, "/pets", text=text).suspects()]
    assert found == ([suspect] if suspect else [])


def test_a_silent_policy_is_not_suspected_where_an_authorizer_may_have_answered():
    found = refusals([statement(**OFFICE)], "/pets", "CUSTOM", text=REFUSED)
    assert list(found.suspects()) == []
