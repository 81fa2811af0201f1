"""Only what Slack has signed passes, and of what does not, nothing is parsed, told or repeated."""

import json
import logging
from io import BytesIO

import pytest

from bot.settings import Secret
from bot.slack.guard import LONGEST_BODY, Guard
from tests.slack.signed import FORM, JSON, NEXT_SECRET, PATH, SECRET, as_form, as_json, signature

NOW = 1_700_000_000
EVENT = {"type": "event_callback", "event": {"text": "ja: 日本語 \ud800"}}
BOTTOMLESS = b'{"a":' * 100_000


class Behind:
    """The application behind the guard, which remembers what it was given."""

    def __init__(self):
        self.given = []

    def __call__(self, environ, start_response):
        assert environ["CONTENT_TYPE"] == JSON
        self.given.append(json.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))))
        start_response("200 OK", [])
        return [b"acknowledged"]


class Unreadable:
    """A body that nobody may read."""

    def read(self, _):
        raise AssertionError("was read")


class Clock:
    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now


@pytest.fixture
def behind():
    return Behind()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def guard(behind, clock):
    return Guard(behind, PATH, [Secret(SECRET), Secret(NEXT_SECRET)], clock)


def request(body=b"", kind=JSON, timestamp=str(NOW), secret=SECRET, **changes):
    """What a server makes of a signed request; a change to None leaves something out."""
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": PATH,
        "CONTENT_TYPE": kind,
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_X_SLACK_REQUEST_TIMESTAMP": timestamp,
        "HTTP_X_SLACK_SIGNATURE": signature(body, timestamp, secret),
        "wsgi.input": BytesIO(body),
    } | changes
    return {name: value for name, value in environ.items() if value is not None}


def answer(guard, environ):
    told = []
    body = b"".join(guard(environ, lambda status, headers: told.append((int(status[:3]), dict(headers)))))
    ((status, headers),) = told
    return status, headers, body


def status_of(guard, environ):
    return answer(guard, environ)[0]


@pytest.mark.parametrize(
    ("body", "kind", "payload"),
    [
        (as_json(EVENT), JSON, EVENT),
        (as_json(EVENT), "Application/JSON; charset=utf-8", EVENT),
        (json.dumps(EVENT | {"x": "日本語"}, ensure_ascii=True).encode(), JSON, EVENT | {"x": "日本語"}),
        (as_form({"command": "/diagnose", "text": ""}), FORM, {"command": "/diagnose", "text": ""}),
        (as_form({"text": "bad payload=1&x"}), FORM, {"text": "bad payload=1&x"}),
        (as_form({"payload": '{"type": "block_actions"}'}), FORM, {"type": "block_actions"}),
    ],
)  # fmt: skip
def test_each_form_of_slack_is_passed_on_as_an_object(guard, behind, body, kind, payload):
    status, _, told = answer(guard, request(body, kind))
    assert (status, told, behind.given) == (200, b"acknowledged", [payload])


@pytest.mark.parametrize(
    ("path", "is_ready", "answered"),
    [
        ("/healthz", True, (200, b"ok")),
        ("/healthz", False, (200, b"ok")),
        ("/readyz", True, (200, b"ok")),
        ("/readyz", False, (503, b"not ready")),
    ],
)
def test_anybody_may_ask_how_it_does(behind, clock, path, is_ready, answered):
    guard = Guard(behind, PATH, [Secret(SECRET)], clock, is_ready=lambda: is_ready)
    status, _, body = answer(guard, request(REQUEST_METHOD="GET", PATH_INFO=path, CONTENT_LENGTH=None))
    assert (status, body) == answered
    assert answer(guard, request(PATH_INFO=path))[0] == 405
    assert behind.given == []


def test_either_secret_may_have_signed(guard, behind):
    for secret in (SECRET, NEXT_SECRET):
        assert status_of(guard, request(as_json(EVENT), secret=secret)) == 200
    assert status_of(guard, request(as_json(EVENT), secret="0" * 32)) == 401
    assert len(behind.given) == 2


def test_without_a_secret_nobody_is_let_in(behind):
    guard = Guard(behind, PATH, [], lambda: NOW)
    assert status_of(guard, request(as_json(EVENT), secret="")) == 401
    assert behind.given == []


@pytest.mark.parametrize(("seconds", "status"), [(300, 200), (-300, 200), (301, 401), (-301, 401)])
def test_five_minutes_are_how_far_a_clock_may_be_off(guard, seconds, status):
    assert status_of(guard, request(as_json(EVENT), timestamp=str(NOW + seconds))) == status


@pytest.mark.parametrize(
    "timestamp", ["", "abc", "-1", "1e9", f"{NOW}.5", "²", "٣", f" {NOW}", "9" * 5_000, f"{NOW}\n"]
)
def test_a_timestamp_is_digits(guard, behind, timestamp):
    assert status_of(guard, request(as_json(EVENT), timestamp=timestamp)) == 401
    assert behind.given == []


@pytest.mark.parametrize(
    "changes",
    [
        {"HTTP_X_SLACK_SIGNATURE": None},
        {"HTTP_X_SLACK_SIGNATURE": ""},
        {"HTTP_X_SLACK_SIGNATURE": "v0=" + "0" * 64},
        {"HTTP_X_SLACK_SIGNATURE": "é" * 67},
        {"HTTP_X_SLACK_REQUEST_TIMESTAMP": None},
        {"HTTP_X_SLACK_REQUEST_TIMESTAMP": str(NOW + 1)},
        {"wsgi.input": BytesIO(as_json(EVENT).replace(b"event", b"EVENT"))},
    ],
)
def test_what_is_not_signed_as_it_stands_is_refused(guard, behind, changes):
    assert status_of(guard, request(as_json(EVENT), **changes)) == 401
    assert behind.given == []


@pytest.mark.parametrize("signed", [signature(as_json(EVENT), NOW).upper(), signature(as_json(EVENT), NOW)[3:]])
def test_a_signature_has_one_spelling(guard, signed):
    assert status_of(guard, request(as_json(EVENT), HTTP_X_SLACK_SIGNATURE=signed)) == 401


@pytest.mark.parametrize("body", [BOTTOMLESS, b"\xff{", b"payload=" + BOTTOMLESS])
@pytest.mark.parametrize("kind", [JSON, FORM])
def test_nothing_is_parsed_before_it_is_verified(guard, body, kind):
    assert status_of(guard, request(body, kind, secret="0" * 32)) == 401


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", JSON),
        (b'{"type"', JSON),
        (b"[1]", JSON),
        (b'"text"', JSON),
        (b"null", JSON),
        (b'\xff{"type": 1}', JSON),
        (BOTTOMLESS, JSON),
        (as_json(EVENT).decode().encode("utf-16"), JSON),
        (b'{"n": ' + b"9" * 10_000 + b"}", JSON),
        (b"", FORM),
        (b"payload=[1]", FORM),
        (b"payload=", FORM),
        (b"\xff=1", FORM),
        (b"a=1&" * 1_000, FORM),
    ],
)
def test_what_is_signed_but_unreadable_is_not_to_be_sent_again(guard, behind, body, kind, caplog):
    status, headers, _ = answer(guard, request(body, kind))
    assert (status, headers["X-Slack-No-Retry"], behind.given) == (400, "1", [])
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize("length", [None, "", "-1", "1,1", "²", "0x1", "9" * 11, "9" * 5_000])
def test_a_length_is_required(guard, length):
    assert status_of(guard, request(CONTENT_LENGTH=length) | {"wsgi.input": Unreadable()}) == 411


def test_a_body_that_is_too_long_is_not_read(guard):
    too_long = request(CONTENT_LENGTH=str(LONGEST_BODY + 1)) | {"wsgi.input": Unreadable()}
    status, headers, _ = answer(guard, too_long)
    assert (status, headers["X-Slack-No-Retry"]) == (413, "1")


def test_the_longest_body_passes(guard, behind):
    body = as_json({"text": ""})
    assert status_of(guard, request(as_json({"text": "x" * (LONGEST_BODY - len(body))}))) == 200
    assert len(behind.given) == 1


def test_a_body_that_is_cut_short_is_refused(guard, behind):
    assert status_of(guard, request(as_json(EVENT), CONTENT_LENGTH="10000")) == 400
    assert behind.given == []


@pytest.mark.parametrize("path", ["/", "", "/slack/events/", "/slack", "/healthz/", "//slack/events", "/slack/oauth"])
def test_there_are_no_other_paths(guard, path):
    assert status_of(guard, request(as_json(EVENT), PATH_INFO=path, **{"wsgi.input": Unreadable()})) == 404


@pytest.mark.parametrize(
    ("path", "method", "allowed"),
    [(PATH, "GET", "POST"), (PATH, "PUT", "POST"), (PATH, "HEAD", "POST"), ("/healthz", "POST", "GET")],
)
def test_other_methods_are_refused(guard, path, method, allowed):
    status, headers, _ = answer(
        guard, request(b"", PATH_INFO=path, REQUEST_METHOD=method) | {"wsgi.input": Unreadable()}
    )
    assert (status, headers["Allow"]) == (405, allowed)


def test_it_says_that_it_is_well_to_anybody(guard, behind):
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/healthz", "wsgi.input": Unreadable()}
    assert answer(guard, environ)[::2] == (200, b"ok")
    assert behind.given == []


def test_the_address_is_proved_to_slack_and_to_nobody_else(guard, behind):
    body = as_json({"type": "url_verification", "challenge": "3eZbrw1a"})
    assert answer(guard, request(body))[::2] == (200, b"3eZbrw1a")
    status, _, told = answer(guard, request(body, secret="0" * 32))
    assert status == 401
    assert b"3eZbrw1a" not in told
    assert behind.given == []


UNSIGNED = {"HTTP_X_SLACK_SIGNATURE": None, "HTTP_X_SLACK_REQUEST_TIMESTAMP": None}


@pytest.mark.parametrize(
    "body", [b"ssl_check=1&token=x", b"token=x&ssl_check=1", b"ssl_check=1&command=%2Fdiagnose&text=x"]
)
def test_the_check_of_the_certificate_needs_no_signature_and_does_nothing(guard, behind, body):
    assert answer(guard, request(body, FORM, **UNSIGNED))[::2] == (200, b"")
    assert behind.given == []


@pytest.mark.parametrize(
    "body", [b"ssl_check=0", b"ssl_check=12", b"xssl_check=1", b"text=ssl_check%3D1", b"ssl_check="]
)
def test_nothing_else_is_a_check_of_the_certificate(guard, body):
    assert status_of(guard, request(body, FORM, **UNSIGNED)) == 401


def test_a_command_that_speaks_of_the_check_is_passed_on(guard, behind):
    fields = {"ssl_check": "1", "text": "ssl_check=1"}
    assert status_of(guard, request(as_form(fields), FORM)) == 200
    assert behind.given == [fields]


def test_a_flood_is_one_line_a_minute_with_nothing_of_what_was_sent(guard, clock, caplog):
    caplog.set_level(logging.DEBUG)
    for number in range(1_000):
        answer(guard, request(b"a-secret-paste", secret=f"guess {number}", HTTP_USER_AGENT="stranger"))
        answer(guard, request(PATH_INFO="/a-secret-path"))
    assert [record.getMessage() for record in caplog.records] == [
        "requests refused: 1 not signed with SLACK_SIGNING_SECRET"
    ]
    clock.now += 60
    answer(guard, request(PATH_INFO="/"))
    assert caplog.records[1].getMessage() == (
        "requests refused: 1001 unknown path, 999 not signed with SLACK_SIGNING_SECRET"
    )
    assert not [word for word in ("a-secret", "stranger", SECRET, "v0=") if word in caplog.text]


def test_nothing_of_a_stranger_is_repeated(guard):
    status, headers, body = answer(
        guard, request(b"marked", secret="x", PATH_INFO=PATH, HTTP_X="marked", QUERY_STRING="marked")
    )
    assert status == 401
    assert "marked" not in f"{headers}{body}"
