"""The same error about the same thing is one subject, whichever request it tells of."""

import pytest

from bot.model import Report, SentRequest, Sighting
from bot.report.subject import subject_of

IDS = {"api_id": "a1b2c3d4e5", "region": "eu-west-1", "stage": "prod", "path": "/orders"}


def a_report(symptoms=("integration_failure",), ids=IDS, **more):
    return Report("text", tuple(Sighting(each, "excerpt") for each in symptoms), ids, 0, **more)


def test_another_request_is_the_same_subject():
    first = a_report(ids=IDS | {"request_id": "one", "status": "500"})
    again = a_report(ids=IDS | {"request_id": "two", "extended_request_id": "x="}, failed_at=None)
    assert subject_of(first) == subject_of(again) is not None


def test_the_order_of_symptoms_does_not_count():
    assert subject_of(a_report(("a", "b"))) == subject_of(a_report(("b", "a", "b")))


@pytest.mark.parametrize(
    "other",
    [
        a_report(("other",)),
        a_report(ids=IDS | {"stage": "dev"}),
        a_report(ids=IDS | {"api_id": "z1b2c3d4e5"}),
        a_report(ids=IDS | {"account": "123456789012"}),
        a_report(caller="arn:aws:iam::123456789012:role/one"),
        a_report(source_ip="203.0.113.7"),
        a_report(vpc_endpoint="vpce-1"),
    ],
)
def test_another_thing_is_another_subject(other):
    assert subject_of(other) not in (None, subject_of(a_report()))


def test_what_was_chosen_counts():
    report = a_report()
    assert (
        len({subject_of(report), subject_of(report, "123456789012", None), subject_of(report, None, "eu-west-1")}) == 3
    )


@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer one"}, {"x-api-key": "two"}])
def test_what_shows_the_request_as_it_was_sent_is_looked_into_each_time(headers):
    assert subject_of(a_report(sent=SentRequest(headers))) is None


@pytest.mark.parametrize("report", [a_report(()), a_report(ids={}), a_report(ids={"stage": "prod", "status": "500"})])
def test_what_shows_no_error_or_not_of_what_is_no_subject(report):
    assert subject_of(report) is None
