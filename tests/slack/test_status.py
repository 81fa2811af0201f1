"""What the bot tells of itself, over real sockets: that it lives, whether it is ready and why not, its metrics."""

import socket
import threading
from queue import Queue

import pytest

from bot.metrics import Metrics
from bot.settings import BadSettings, read_settings
from bot.slack.cannot_serve import CannotServe
from bot.slack.status import Readiness, StatusPages, answers_to, holds, serve_status, status_address
from bot.slack.webserver import Address
from bot.store.store import StoreFails
from tests.slack.signed import Caller

PATIENCE = 20
HERE = Address("127.0.0.1", 0)


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


class Checked:
    """A check that finds what the test says, and counts how often it was asked."""

    def __init__(self):
        self.problem = None
        self.asked = 0

    def __call__(self):
        self.asked += 1
        return self.problem


class Hanging:
    """A check that comes back when the test says so."""

    def __init__(self):
        self.begun, self.go = threading.Event(), threading.Event()

    def __call__(self):
        self.begun.set()
        assert self.go.wait(PATIENCE)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def readiness(clock):
    return Readiness(clock)


@pytest.fixture
def caller(readiness):
    server = serve_status(HERE, StatusPages(Metrics("1.2.3").page, readiness))
    yield Caller(server.port)
    server.stop()


def test_it_lives_before_it_is_ready(caller, readiness):
    assert caller.call("GET", "/healthz")[::2] == (200, b"ok\n")
    assert caller.call("GET", "/readyz")[::2] == (503, b"it is starting\n")
    readiness.watch(lambda: None)
    assert caller.call("GET", "/readyz")[::2] == (200, b"ok\n")


def test_each_thing_that_is_wrong_is_a_line(caller, readiness):
    readiness.watch(
        holds(lambda: False, "Slack is not connected"),
        holds(lambda: True, "never said"),
        answers_to(lambda: None, "never said"),
        answers_to(failing, "the store"),
    )
    status, headers, body = caller.call("GET", "/readyz")
    assert status == 503
    assert headers["Content-Type"] == "text/plain; charset=utf-8"
    assert body == b"Slack is not connected\nthe store does not answer: it is full make room\n"


def failing():
    raise StoreFails("it is full\nmake room")


def test_it_is_ready_again_when_all_is_well_again(readiness, clock):
    check = Checked()
    readiness.watch(check)
    assert readiness.is_ready()
    check.problem = "the store is gone"
    clock.now += 1
    assert readiness.problems() == ("the store is gone",)
    check.problem = None
    clock.now += 1
    assert readiness.is_ready()


def test_however_often_it_is_asked_it_looks_once_a_second(readiness, clock):
    check = Checked()
    readiness.watch(check)
    for _ in range(100):
        readiness.problems()
        clock.now += 0.1
    assert 9 <= check.asked <= 11


def test_a_check_that_hangs_holds_one_caller_and_is_itself_a_problem(caller, readiness, clock):
    hanging = Hanging()
    readiness.watch(hanging)
    answers = Queue()
    first = threading.Thread(target=lambda: answers.put(caller.call("GET", "/readyz")[0]))
    first.start()
    assert hanging.begun.wait(PATIENCE)
    for _ in range(8):  # more than the server has threads
        assert caller.call("GET", "/readyz")[0] == 503
        assert caller.call("GET", "/healthz")[0] == 200
    clock.now += 11
    assert b"a check does not come back\n" in caller.call("GET", "/readyz")[2]
    hanging.go.set()
    first.join(PATIENCE)
    assert answers.get(timeout=PATIENCE) == 200
    assert caller.call("GET", "/readyz")[0] == 200


def test_a_check_that_breaks_is_not_ready(caller, readiness, clock):
    readiness.watch(lambda: 1 / 0)
    assert caller.call("GET", "/readyz")[::2] == (503, b"a check broke (ZeroDivisionError)\n")
    readiness.watch(lambda: None)
    clock.now += 1
    assert caller.call("GET", "/readyz")[0] == 200


def test_the_metrics_are_there(caller):
    status, headers, body = caller.call("GET", "/metrics?name[]=other", headers={"Accept": "text/html"})
    assert status == 200
    assert headers["Content-Type"].startswith("text/plain; version=0.0.4")
    assert b'kintsugi_build_info{version="1.2.3"} 1.0' in body


@pytest.mark.parametrize("path", ["/metrics", "/healthz", "/readyz"])
def test_the_head_of_each_page_can_be_had_alone(caller, readiness, path):
    readiness.watch(lambda: None)
    status, headers, body = caller.call("HEAD", path)
    assert (status, body) == (200, b"")
    assert int(headers["Content-Length"]) > 0
    assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "MADE-UP"])
def test_nothing_can_be_told_to_it(caller, method):
    status, headers, _ = caller.call(method, "/metrics")
    assert (status, headers["Allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("path", ["/", "/metrics/", "/slack/events", "/metrics/../healthz", "/%00"])
def test_there_is_nothing_else(caller, path):
    assert caller.call("GET", path)[0] == 404


def test_a_body_is_refused(caller):
    assert caller.call("GET", "/metrics", body=b"x" * 100_000)[0] == 413
    assert caller.call("GET", "/healthz")[0] == 200


def test_a_port_in_use_is_named():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = Address("127.0.0.1", taken.getsockname()[1])
        with pytest.raises(
            CannotServe, match=rf"^KINTSUGI_STATUS cannot listen on {address} \(Address already in use\)"
        ):
            serve_status(address, StatusPages(Metrics("1").page, Readiness()))


def test_where_it_is_told_is_set():
    assert status_address(read_settings({})) is None
    assert status_address(read_settings({"KINTSUGI_STATUS": "127.0.0.1:9300"})) == Address("127.0.0.1", 9300)


@pytest.mark.parametrize("text", ["9300", "localhost", ":99999", "http://127.0.0.1:9300"])
def test_an_address_that_is_none_is_a_bad_setting(text):
    with pytest.raises(BadSettings, match=r"^KINTSUGI_STATUS is .* but takes HOST:PORT"):
        status_address(read_settings({"KINTSUGI_STATUS": text}))
