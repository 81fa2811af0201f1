"""The web server: what it takes, whom it drops, and how it ends."""

import socket
import threading
from http.client import HTTPConnection
from queue import Queue

import pytest

from bot.slack.webserver import Address, WebServer, address_of
from tests.slack.signed import Caller

PATIENCE = 20
LONGEST = 1_000


class Echo:
    """Answers with the length of what it was sent, when it is let."""

    def __init__(self):
        self.begun = Queue()
        self.go = threading.Event()
        self.go.set()

    def __call__(self, environ, start_response):
        body = environ["wsgi.input"].read()
        self.begun.put(body)
        assert self.go.wait(PATIENCE)
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [str(len(body)).encode()]


def alive(before):
    """The threads that there were not before, given time to end."""
    for thread in set(threading.enumerate()) - before:
        thread.join(PATIENCE)
    return set(threading.enumerate()) - before


@pytest.fixture
def echo():
    return Echo()


@pytest.fixture
def server(echo):
    before = set(threading.enumerate())
    server = WebServer(echo, Address("127.0.0.1", 0), LONGEST, receive_seconds=0.5)
    yield server
    server.stop()
    assert alive(before) == set()


@pytest.fixture
def caller(server):
    return Caller(server.port)


def connect(server):
    return socket.create_connection(("127.0.0.1", server.port), PATIENCE)


def everything(connection):
    """All that comes until the other end closes."""
    received = b""
    while part := connection.recv(4_096):
        received += part
    return received


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("127.0.0.1:3000", Address("127.0.0.1", 3000)),
        ("0.0.0.0:1", Address("0.0.0.0", 1)),
        ("localhost:65535", Address("localhost", 65_535)),
        ("[::1]:3000", Address("::1", 3000)),
        ("[::]:3000", Address("::", 3000)),
        (":3000", Address("", 3000)),
    ],
)
def test_an_address_is_a_host_and_a_port(text, address):
    assert address_of(text) == address


@pytest.mark.parametrize(
    "text",
    ["", "3000", "localhost", ":", ":0", ":65536", ":-1", ":3.0", ":٣", "::1:3000", "[::1]", "[localhost]:3000",
     "http://localhost:3000", "a b:1", ":3000\n", "[::1:3000", ":" + "9" * 5_000, "127.0.0.1:3000/slack"],
)  # fmt: skip
def test_nothing_else_is_an_address(text):
    assert address_of(text) is None


@pytest.mark.parametrize("host", ["", "127.0.0.1", "localhost"])
def test_it_listens_where_it_is_told(echo, host):
    server = WebServer(echo, Address(host, 0), LONGEST)
    try:
        assert Caller(server.port).call(body=b"abc")[::2] == (200, b"3")
    finally:
        server.stop()


def test_it_listens_on_ipv6(echo):
    try:
        server = WebServer(echo, Address("::1", 0), LONGEST)
    except OSError:
        pytest.skip("this machine has no IPv6")
    try:
        with socket.create_connection(("::1", server.port), PATIENCE) as connection:
            connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
            assert everything(connection).startswith(b"HTTP/1.0 200")
    finally:
        server.stop()


def test_a_port_in_use_is_an_error_and_leaves_nothing(server, echo):
    before = set(threading.enumerate())
    with pytest.raises(OSError):
        WebServer(echo, Address("127.0.0.1", server.port), LONGEST)
    assert alive(before) == set()


def test_the_longest_body_is_taken_and_a_longer_one_is_not_awaited(caller, server, echo):
    assert caller.call(body=b"x" * LONGEST)[::2] == (200, b"1000")
    assert len(echo.begun.get_nowait()) == LONGEST
    with connect(server) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n")
        assert everything(connection).startswith(b"HTTP/1.1 413 ")
    assert echo.begun.empty()


def test_a_chunked_body_is_held_to_the_same_length(caller, echo):
    assert caller.call(body=iter([b"abc", b"de"]))[::2] == (200, b"5")
    assert caller.call(body=iter([b"x" * 600] * 2))[0] == 413
    assert echo.begun.qsize() == 1


def test_a_header_that_never_ends_is_refused(server):
    with connect(server) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nX: ".ljust(16 * 1024, b"x"))
        assert everything(connection).startswith(b"HTTP/1.0 431 ")


@pytest.mark.parametrize(
    "request_",
    [
        b"marked / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nmarked\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: marked\r\n\r\n",
    ],
)
def test_a_request_that_is_none_is_refused_without_being_quoted(server, request_):
    with connect(server) as connection:
        connection.sendall(request_)
        received = everything(connection)
    assert b" 400 " in received
    assert b"marked" not in received
    assert b"waitress" not in received


def test_slow_clients_hold_nobody_and_are_dropped_however_busy_they_are(caller, server, echo):
    slow = [connect(server) for _ in range(20)]
    try:
        for connection in slow:
            connection.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\nx")
        assert caller.call(body=b"abc")[::2] == (200, b"3")
        busy, ended = slow[0], threading.Event()

        def drip():
            try:
                while not ended.wait(0.05):
                    busy.sendall(b"x")
            except OSError:
                pass

        dripping = threading.Thread(target=drip)
        dripping.start()
        for connection in slow:
            try:
                assert everything(connection) == b""
            except ConnectionResetError:
                pass
        ended.set()
        dripping.join()
    finally:
        for connection in slow:
            connection.close()
    assert echo.begun.qsize() == 1


def test_what_has_arrived_is_answered_before_it_ends(echo):
    before = set(threading.enumerate())
    server = WebServer(echo, Address("127.0.0.1", 0), LONGEST)
    echo.go.clear()
    answers = Queue()
    callers = [
        threading.Thread(target=lambda: answers.put(Caller(server.port).call(body=b"abc")[::2])) for _ in range(4)
    ]
    idle = connect(server)
    for caller in callers:
        caller.start()
    for _ in callers:
        echo.begun.get(timeout=PATIENCE)
    stopping = threading.Thread(target=server.stop)
    stopping.start()
    while accepts(server):
        pass
    echo.go.set()
    stopping.join(PATIENCE)
    assert [answers.get(timeout=PATIENCE) for _ in callers] == [(200, b"3")] * 4
    assert idle.recv(1) == b""
    idle.close()
    assert alive(before) == set()


def accepts(server):
    try:
        connect(server).close()
    except ConnectionError:
        return False
    return True


def test_whom_it_waits_for_at_the_end_it_does_not_await_for_ever(echo):
    before = set(threading.enumerate())
    server = WebServer(echo, Address("127.0.0.1", 0), LONGEST)
    with connect(server) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\nx")
        assert Caller(server.port).call(body=b"abc")[0] == 200
        server.stop()
        assert everything(connection) == b""
    assert alive(before) == set()


def test_who_has_sent_no_request_is_late_and_who_was_answered_may_be_idle(echo):
    now = [0.0]
    server = WebServer(echo, Address("127.0.0.1", 0), LONGEST, clock=lambda: now[0])
    answered = HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    try:
        with connect(server) as silent, connect(server) as empty:
            empty.sendall(b"\r\n\r\n")
            assert answer_on(answered) == b"0"
            now[0] = 1_000
            assert answer_on(answered) == b"0"
            assert everything(silent) == everything(empty) == b""
    finally:
        answered.close()
        server.stop()


def answer_on(connection):
    """The body of the answer to one more request on a connection that stays open, never opening another."""
    connection.auto_open = connection.sock is None
    connection.request("GET", "/")
    return connection.getresponse().read()


def test_where_all_connections_are_taken_the_one_silent_longest_makes_room(echo):
    server = WebServer(echo, Address("127.0.0.1", 0), LONGEST, connections=10, clock=lambda: 0.0)
    silent = [connect(server) for _ in range(30)]
    try:
        assert Caller(server.port).call(body=b"abc")[::2] == (200, b"3")
        assert everything(silent[0]) == b""
        silent[-1].sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert silent[-1].recv(4_096).startswith(b"HTTP/1.1 200 ")
    finally:
        for connection in silent:
            connection.close()
        server.stop()


def test_nobody_who_waits_for_an_answer_makes_room(echo):
    server = WebServer(echo, Address("127.0.0.1", 0), LONGEST, connections=10)
    echo.go.clear()
    with connect(server) as waiting:
        waiting.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc")
        assert echo.begun.get(timeout=PATIENCE) == b"abc"
        silent = [connect(server) for _ in range(30)]
        try:
            assert everything(silent[0]) == b""
            echo.go.set()
            assert waiting.recv(4_096).startswith(b"HTTP/1.1 200 ")
        finally:
            echo.go.set()
            for connection in silent:
                connection.close()
            server.stop()
