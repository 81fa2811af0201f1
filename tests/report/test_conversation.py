"""Several texts of one conversation, as a person would understand them together."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.report.reading import Reader
from tests.report.test_reading import PIECES, READER

API, OTHER = "a1b2c3d4e5", "k3n9x0q2zz"
HOST = f"{API}.execute-api.eu-west-1.amazonaws.com"
URL = f"https://{HOST}/prod/orders"
FIRST, SECOND = "aa000000-1111-4222-8333-444455556666", "bb000000-1111-4222-8333-444455556666"
PERMISSION = "Execution failed due to configuration error: Invalid permissions on Lambda function"
LOG = (
    f"({FIRST}) HTTP Method: POST, Resource Path: /orders\n"
    f"({FIRST}) {PERMISSION}\n({FIRST}) Method completed with status: 500"
)
ERROR = '{"message": "Internal server error"}'
FORBIDDEN = '{"message": "Forbidden"}'
FUNCTION = "arn:aws:lambda:us-east-1:111122223333:function:orders"
AT_API = {"api_id": API, "region": "eu-west-1", "stage": "prod"}
OF_THE_LOG = {"method": "POST", "path": "/orders", "request_id": FIRST, "status": "500"}


def shown(report):
    return [sighting.symptom for sighting in report.symptoms]


@pytest.mark.parametrize(
    ("said", "ids"),
    [
        ((ERROR, API), {"api_id": API}),
        ((ERROR, "eu-west-1", f"it's {API}", "it is the prod stage"), AT_API),
        ((f"{URL} {ERROR}", "no, the staging stage"), AT_API | {"stage": "staging", "path": "/orders"}),
        ((f"{API} {ERROR}", "POST /orders"), {"api_id": API, "method": "POST", "path": "/orders"}),
        ((f"{API}\n{LOG}", "stage: prod"), {"api_id": API, "stage": "prod", **OF_THE_LOG}),
        ((ERROR, URL), AT_API | {"path": "/orders"}),
        ((f"{API} eu-west-1 {ERROR}", "us-east-1"), {"api_id": API, "region": "us-east-1"}),
        # A function may lie elsewhere than the API that calls it, unless it is all that leads there.
        (
            (f"{API} eu-west-1 {ERROR}", FUNCTION),
            {
                "api_id": API,
                "region": "eu-west-1",
                "account": "111122223333",
                "function_arn": FUNCTION,
                "function_name": "orders",
            },
        ),
        (
            (ERROR, FUNCTION),
            {
                "region": "us-east-1",
                "account": "111122223333",
                "function_arn": FUNCTION,
                "function_name": "orders",
            },
        ),
        # Another function than before, and nothing of the first.
        (
            (f"{FUNCTION} {ERROR}", "/aws/lambda/pets"),
            {"region": "us-east-1", "account": "111122223333", "function_name": "pets"},
        ),
    ],
)
def test_what_is_named_later_completes_or_replaces_what_was_named(said, ids, reader: Reader):
    report = reader.read_all(said)
    assert dict(report.ids) == ids
    assert shown(report) == shown(reader.read(said[0])) != []


def test_of_another_api_nothing_is_kept_but_the_symptom(reader: Reader):
    before = f"{URL}\n{LOG}\nUser: arn:aws:iam::111122223333:user/kim our office IP is 203.0.113.7 2026-11-19T08:30:21Z"
    assert reader.read(before).source_ip == "203.0.113.7"
    report = reader.read_all((before, f"sorry, {OTHER}"))
    assert dict(report.ids) == {"api_id": OTHER}
    assert shown(report) == shown(reader.read(LOG))
    assert (report.caller, report.source_ip, report.failed_at) == (None, None, None)


def test_of_another_custom_domain_neither(reader: Reader):
    said = (f"https://api.example.org/v1/orders {FORBIDDEN}, stage: blue", "https://shop.example.org/pets")
    report = reader.read_all(said)
    assert dict(report.ids) == {"domain": "shop.example.org", "path": "/pets"}
    assert shown(report) == shown(reader.read(FORBIDDEN))


def test_another_call_is_another_request(reader: Reader):
    report = reader.read_all((f"{API}\n{LOG}", "PUT /pets"))
    assert dict(report.ids) == {"api_id": API, "method": "PUT", "path": "/pets"}
    assert shown(report) == shown(reader.read(LOG))


@pytest.mark.parametrize("chat", ["again", "thanks!", "ok", "", "definitely", "production", "もう一度お願いします"])
def test_what_names_nothing_changes_nothing(chat: str, reader: Reader):
    said = f"{URL} {ERROR}"
    assert reader.read_all((said, chat)) == reader.read(said)


def test_chat_before_the_question_changes_nothing(reader: Reader):
    said = f"{URL} {ERROR}"
    assert reader.read_all(("hello", "thanks!", said)) == reader.read(said)


def test_an_id_of_letters_alone_answers_which_api_is_meant(reader: Reader):
    assert reader.read_all((ERROR, "qwertyuiop")).ids == {"api_id": "qwertyuiop"}
    assert reader.read_all((ERROR, "production")).ids == {}


@pytest.mark.parametrize(
    ("before", "after", "ids"),
    [
        # The call is still the same where the new error tells of none, its other traces are not.
        (f"{URL}\n{LOG}", FORBIDDEN, AT_API | {"method": "POST", "path": "/orders"}),
        (f"{URL}\n{LOG}", f"HTTP/1.1 403 {FORBIDDEN}", AT_API | {"method": "POST", "path": "/orders", "status": "403"}),
        # A request of its own replaces the earlier one as a whole.
        (f"{URL}\n{LOG}", f"({SECOND}) Execution failed due to a timeout error", AT_API | {"request_id": SECOND}),
        (f"{URL}\n{LOG}", f"GET /pets {FORBIDDEN}", AT_API | {"method": "GET", "path": "/pets"}),
        (f"{URL}\n{LOG}", f"stage: beta {FORBIDDEN}", AT_API | {"stage": "beta", "method": "POST", "path": "/orders"}),
        (f"{URL}\n{LOG}", f"API ID {OTHER} {FORBIDDEN}", {"api_id": OTHER}),
        # What was at fault then is not what the new error is about; it stays while nothing else leads to the API.
        (
            f"{API} {FUNCTION} {PERMISSION}",
            FORBIDDEN,
            {"api_id": API, "region": "us-east-1", "account": "111122223333"},
        ),
        (
            f"{FUNCTION} {PERMISSION}",
            FORBIDDEN,
            {
                "region": "us-east-1",
                "account": "111122223333",
                "function_arn": FUNCTION,
                "function_name": "orders",
            },
        ),
    ],
)
def test_a_new_error_is_asked_about_in_the_api_that_was_spoken_of(before, after, ids, reader: Reader):
    report = reader.read_all((before, after))
    assert dict(report.ids) == ids
    assert shown(report) == shown(reader.read(after)) != shown(reader.read(before))
    assert report.text == after


def test_what_a_new_error_does_not_tell_of_its_request_is_not_taken_from_the_earlier_one(reader: Reader):
    before = (
        f"curl -i https://{HOST}/prod/orders -H 'x-api-key: k'\n{ERROR}\n"
        "our office IP is 203.0.113.7, at 2026-11-19T08:30:21Z"
    )
    first = reader.read(before)
    assert None not in (first.sent, first.source_ip, first.failed_at)
    report = reader.read_all((before, FORBIDDEN))
    assert (report.sent, report.source_ip, report.failed_at, report.caller) == (None, None, None, None)


def test_before_an_error_was_shown_everything_told_is_about_it(reader: Reader):
    told = f"it's POST /orders in {API}, our office IP is 203.0.113.7, at 2026-11-19T08:30:21Z"
    report = reader.read_all((told, FORBIDDEN))
    assert dict(report.ids) == {"api_id": API, "method": "POST", "path": "/orders"}
    assert (report.source_ip, report.failed_at) == ("203.0.113.7", datetime(2026, 11, 19, 8, 30, 21, tzinfo=UTC))
    assert shown(report) == shown(reader.read(FORBIDDEN))


def test_the_texts_about_one_request_are_one_text(reader: Reader):
    report = reader.read_all((f"{LOG} AKIAIOSFODNN7EXAMPLE", "stage: prod", "thanks", f"{API} AKIAIOSFODNN7EXAMPLE"))
    assert report.text == f"{LOG} [redacted]\nstage: prod\n{API} [redacted]"
    assert report.redacted == 2


def test_what_a_client_sent_completes_the_error_shown_before(reader: Reader):
    report = reader.read_all((f"{API} {FORBIDDEN}", f"curl -i https://{HOST}/prod/orders -H 'x-api-key: k'"))
    assert report.sent is not None
    assert report.sent.values["x-api-key"] == "k"
    assert dict(report.ids) == AT_API | {"path": "/orders"}


@given(st.lists(st.one_of(PIECES, st.text()), max_size=6))
def test_one_text_is_read_as_ever_and_any_number_is_answered(texts: list[str]):
    for text in texts:
        assert READER.read_all((text,)) == READER.read(text)
    report = READER.read_all((*texts, ERROR))
    assert "generic-500" in shown(report)
    report.text.encode("utf-8")
