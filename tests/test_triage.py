"""Which playbooks are tried: those that answer what the text shows, or all where it shows nothing they answer."""

from dataclasses import replace

import pytest

from bot.model import Report, Sighting, TargetKind
from bot.triage import triage, unanswered_symptom
from tests.playbooks_made_up import a_playbook

PERMISSION = a_playbook("permission", "lambda-permission", "generic-500")
ROLE = a_playbook("role", "lambda-role", "generic-500")
CORS = a_playbook("cors", "cors")
HTTP = a_playbook("http", "generic-500", target="http_api")
SHELF = (PERMISSION, ROLE, CORS, HTTP)


def report(*symptoms):
    return Report("", tuple(Sighting(symptom, "it") for symptom in symptoms), {}, 0)


@pytest.mark.parametrize(
    ("symptoms", "kind", "tried"),
    [
        ((), TargetKind.REST_API, [PERMISSION, ROLE, CORS]),
        (("cors",), TargetKind.REST_API, [CORS]),
        (("generic-500",), TargetKind.REST_API, [PERMISSION, ROLE]),
        (("lambda-role", "generic-500"), TargetKind.REST_API, [ROLE, PERMISSION]),
        (("cors", "lambda-permission"), TargetKind.REST_API, [CORS, PERMISSION]),
        (("throttled",), TargetKind.REST_API, [PERMISSION, ROLE, CORS]),
        (("throttled", "cors"), TargetKind.REST_API, [CORS]),
        (("cors",), TargetKind.HTTP_API, [HTTP]),
        (("generic-500",), TargetKind.FUNCTION, []),
    ],
)
def test_the_best_symptom_s_playbooks_come_first_and_each_once(symptoms, kind, tried):
    assert list(triage(report(*symptoms), SHELF, kind).answering) == tried


def test_what_accompanies_a_symptom_is_tried_beside_what_answers_it_and_leaves_it_open():
    card = CORS.card.model_copy(update={"accompanies": ("generic-500", "throttled")})
    companion = replace(CORS, card=card)
    assert list(triage(report("generic-500"), (ROLE, companion), TargetKind.REST_API).answering) == [ROLE, companion]
    assert unanswered_symptom(report("throttled"), (ROLE, companion)) == "throttled"


@pytest.mark.parametrize(
    ("symptoms", "unanswered"),
    [
        ((), None),
        (("cors",), None),
        (("throttled",), "throttled"),
        (("throttled", "gone"), "throttled"),
        (("throttled", "cors"), None),
    ],
)
def test_a_symptom_that_nothing_answers_is_named_only_where_nothing_else_is_answered(symptoms, unanswered):
    assert unanswered_symptom(report(*symptoms), SHELF) == unanswered


def test_what_is_only_accompanied_is_answered_where_a_cause_was_found():
    shelf = (PERMISSION, a_playbook("forbidden", "refused", accompanies=["forbidden"]))
    assert triage(report("forbidden"), shelf, TargetKind.REST_API).answering == shelf
    assert unanswered_symptom(report("forbidden"), shelf) == "forbidden"
    assert unanswered_symptom(report("forbidden"), shelf, is_explained=True) is None


def test_a_log_without_an_error_is_a_check_up():
    shelf = (*SHELF, a_playbook("logging", "no-error-log"))
    plan = triage(report("no-error-log"), shelf, TargetKind.REST_API)
    assert [playbook.name for playbook in plan.answering] == ["permission", "role", "cors", "logging"]
    assert unanswered_symptom(report("no-error-log"), shelf) is None
