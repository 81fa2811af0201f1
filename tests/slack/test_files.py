"""What hangs on a message is read if it is text, in bounds, and the token is shown to nobody but Slack.

The server here is Slack's Web API and its files in one; another one, on another port, is a stranger.
"""

import codecs
import datetime
import gzip
import ipaddress
import json
import ssl
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from urllib.parse import parse_qs

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from slack_sdk import WebClient

from bot.slack.addresses import is_of_slack
from bot.slack.calling.client import PacedClient
from bot.slack.calling.turns import Turns
from bot.slack.incoming.files import AttachedFile, Files, FilesRead, Refusal, RefusedFile, attached

TOKEN = "xoxb-1-bot"
LOGIN = b"<!DOCTYPE html><html><title>Slack</title></html>"
MOST = 100_000


@dataclass
class Server:
    """What lies where: a path, and what answers there. `asked` keeps the token that each request came with."""

    answers: dict[str, Callable[[BaseHTTPRequestHandler], None]] = field(default_factory=dict)
    files: dict[str, dict] = field(default_factory=dict)
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    over: Event = field(default_factory=Event)
    """Set at the end of a test: whatever is still being answered ends."""
    port: int = 0
    scheme: str = "http"

    def url(self, path):
        return f"{self.scheme}://127.0.0.1:{self.port}{path}"

    def serve(self, path, content, content_type="text/plain", status=200, **headers):
        def answer(request):
            request.send_response(status)
            headers.setdefault("Content-Length", str(len(content)))
            for name, value in {"Content-Type": content_type, **headers}.items():
                request.send_header(name.replace("_", "-"), value)
            request.end_headers()
            request.wfile.write(content)

        self.answers[path] = answer
        return self.url(path)

    def redirect(self, path, to, status=302):
        return self.serve(path, b"", status=status, Location=to)


@contextmanager
def running(server, tls=None):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            token = self.headers.get("Authorization")
            server.asked.append((self.path, token))
            if token != f"Bearer {TOKEN}":
                server.serve("/login", LOGIN, "text/html; charset=utf-8")
                server.answers["/login"](self)
            else:
                server.answers[self.path](self)

        def do_POST(self):
            body = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            server.asked.append((self.path, self.headers.get("Authorization")))
            if self.path in server.answers:
                server.answers[self.path](self)
                return
            assert self.path == "/api/files.info"
            known = server.files.get(body["file"][0])
            answer = {"ok": True, "file": known} if known else {"ok": False, "error": "file_not_found"}
            content = json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = False
    if tls:
        # The handshake belongs to the thread of a request: one that fails must not stop the server.
        http.socket = tls.wrap_socket(http.socket, server_side=True, do_handshake_on_connect=False)
        http.handle_error = lambda *_: None
    server.port = http.server_port
    thread = Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.over.set()
        http.shutdown()
        thread.join()
        http.server_close()


@pytest.fixture
def slack():
    with running(Server()) as server:
        yield server


@pytest.fixture
def stranger():
    with running(Server()) as server:
        yield server


def client(slack, token=TOKEN, **more):
    return WebClient(token, base_url=slack.url("/api/"), **more)


def reading(slack, most_bytes=MOST, seconds=20.0, **more):
    return Files(client(slack), most_bytes, seconds, **more)


def text_file(url, size=None, name="app.log", mimetype="text/plain", **more):
    return AttachedFile("F1", name, mimetype, "text", size, url, **more)


def refused(reason, name="app.log", text=""):
    return FilesRead(text, (RefusedFile(name, reason),))


# What a message says of its files.

SNIPPET = {
    "id": "F1",
    "name": "Untitled",
    "title": "Untitled",
    "mimetype": "text/plain",
    "filetype": "text",
    "mode": "snippet",
    "size": 12,
    "preview": "a truncated preview…",
    "url_private": "https://files.slack.com/files-pri/T1-F1/untitled",
    "url_private_download": "https://files.slack.com/files-pri/T1-F1/download/untitled",
}


@pytest.mark.parametrize(
    ("message", "files"),
    [
        ({}, ()),
        (
            {"files": [SNIPPET]},
            (AttachedFile("F1", "Untitled", "text/plain", "text", 12, SNIPPET["url_private_download"]),),
        ),
        (
            {"files": [{name: value for name, value in SNIPPET.items() if name != "url_private_download"}]},
            (AttachedFile("F1", "Untitled", "text/plain", "text", 12, SNIPPET["url_private"]),),
        ),
        ({"files": [{"id": "F1"}, {"id": "F2"}, {"id": "F1"}]}, (AttachedFile("F1"), AttachedFile("F2"))),
        (
            {"files": [SNIPPET | {"file_access": "check_file_info"}]},
            (AttachedFile("F1", "Untitled", "text/plain", "text"),),
        ),
        (
            {"files": [{"id": "F1"}], "attachments": [{"is_share": True, "files": [{"id": "F2"}]}]},
            (AttachedFile("F1"), AttachedFile("F2")),
        ),
        ({"files": [None, 1, {"id": 2}, {}, {"id": "F3", "size": "big", "name": ["x"]}]}, (AttachedFile("F3"),)),
        ({"files": {"id": "F1"}, "attachments": "x"}, ()),
    ],
)
def test_the_files_of_a_message(message, files):
    assert attached(message) == files


# What is read.


def test_files_are_read_in_their_order(slack):
    first = text_file(slack.serve("/1", b"first\n"))
    second = AttachedFile("F2")
    slack.files["F2"] = {"id": "F2", "mimetype": "text/plain", "url_private": slack.serve("/2", "zweite ü".encode())}
    assert reading(slack).read([first, second, first]) == FilesRead("first\n\nzweite ü\nfirst\n")
    assert slack.asked == [(path, f"Bearer {TOKEN}") for path in ("/1", "/api/files.info", "/2", "/1")]


def test_no_files_are_no_text(slack):
    assert reading(slack).read([]) == FilesRead("")


@pytest.mark.parametrize(
    ("content", "mimetype", "text"),
    [
        (b"", "text/plain", ""),
        (b'{"message": "x"}', "application/json", '{"message": "x"}'),
        (b"x: 1", "application/x-yaml", "x: 1"),
        (b"\x1b[31mERROR\x1b[0m x", "application/octet-stream", "\x1b[31mERROR\x1b[0m x"),
        (codecs.BOM_UTF8 + "ü".encode(), "", "ü"),
        (codecs.BOM_UTF16_LE + "ü".encode("utf-16-le"), "text/plain", "ü"),
        (codecs.BOM_UTF16_BE + "ü".encode("utf-16-be"), "text/csv", "ü"),
    ],
)
def test_text(slack, content, mimetype, text):
    file = text_file(slack.serve("/f", content, "application/octet-stream"), mimetype=mimetype)
    assert reading(slack).read([file]) == FilesRead(text)


@pytest.mark.parametrize(
    ("content", "mimetype"),
    [
        (gzip.compress(b"log" * 1000, mtime=0), "text/plain"),
        (b"PK\x03\x04\x14\x00\x00\x00", "application/octet-stream"),
        (b"%PDF-1.7\n1 0 obj\n", "application/octet-stream"),
        (b"\x89PNG\r\n\x1a\n\0\0", ""),
        (b"a\0b", "text/plain"),
        (b"\x01\x02\x03 abc", "text/plain"),
        ("schön".encode("latin-1"), "text/plain"),
        (codecs.BOM_UTF32_LE + "x".encode("utf-32-le"), "text/plain"),
    ],
)
def test_what_is_no_text_is_refused(slack, content, mimetype):
    file = text_file(slack.serve("/f", content, "application/octet-stream"), mimetype=mimetype)
    assert reading(slack).read([file]) == refused(Refusal.NOT_TEXT)


@pytest.mark.parametrize(
    "mimetype",
    [
        "image/png",
        "image/svg+xml",
        "application/pdf",
        "application/zip",
        "application/x-shockwave-flash",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ],
)
def test_what_says_that_it_is_no_text_is_not_even_fetched(slack, mimetype):
    assert reading(slack).read([text_file(slack.url("/f"), mimetype=mimetype)]) == refused(Refusal.NOT_TEXT)
    assert slack.asked == []


def test_one_that_is_refused_hinders_no_other(slack):
    files = [text_file(slack.url("/f"), name="x.png", mimetype="image/png"), text_file(slack.serve("/2", b"second"))]
    assert reading(slack).read(files) == refused(Refusal.NOT_TEXT, "x.png", "second")


# Stubs.


def test_a_stub_that_slack_does_not_know_is_refused_by_its_id(slack):
    assert reading(slack).read([AttachedFile("F9")]) == refused(Refusal.NOT_READABLE, "F9")


def test_a_file_without_an_address_is_not_readable(slack):
    slack.files["F2"] = {"id": "F2", "name": "gone.log", "mode": "tombstone"}
    assert reading(slack).read([AttachedFile("F2")]) == refused(Refusal.NOT_READABLE, "gone.log")


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (200, {"ok": False, "error": "missing_scope", "needed": "files:read"}, Refusal.NOT_READABLE),
        (200, {"ok": False, "error": "file_deleted"}, Refusal.NOT_READABLE),
        (200, {"ok": False, "error": "internal_error"}, Refusal.OUT_OF_REACH),
        (200, {"ok": True, "file": "?"}, Refusal.NOT_READABLE),
        (429, {"ok": False, "error": "ratelimited"}, Refusal.OUT_OF_REACH),
        (503, {}, Refusal.OUT_OF_REACH),
    ],
)
def test_files_info_fails(slack, status, body, reason):
    slack.serve("/api/files.info", json.dumps(body).encode(), "application/json", status, Retry_After="3600")
    paced = PacedClient(TOKEN, Turns(), base_url=slack.url("/api/"))
    assert Files(paced, MOST, 20).read([AttachedFile("F2")]) == refused(reason, "" if body.get("ok") else "F2")


# What Slack answers instead of a file.


def test_a_page_to_sign_in_at_is_no_file(slack):
    file = text_file(slack.serve("/f", b"secret"))
    assert Files(client(slack, "xoxb-wrong"), MOST, 20).read([file]) == refused(Refusal.NOT_READABLE)


def test_a_page_that_was_uploaded_is_a_file_and_another_one_is_not(slack):
    page = b"<html>502 Bad Gateway</html>"
    file = text_file(slack.serve("/f", page, "text/html"), len(page), mimetype="text/html")
    assert reading(slack).read([file]) == FilesRead(page.decode())
    assert Files(client(slack, "xoxb-wrong"), MOST, 20).read([file]) == refused(Refusal.NOT_READABLE)


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (401, Refusal.NOT_READABLE),
        (403, Refusal.NOT_READABLE),
        (404, Refusal.NOT_READABLE),
        (410, Refusal.NOT_READABLE),
        (429, Refusal.OUT_OF_REACH),
        (500, Refusal.OUT_OF_REACH),
        (206, Refusal.OUT_OF_REACH),
    ],
)
def test_other_answers_than_a_file(slack, status, reason):
    assert reading(slack).read([text_file(slack.serve("/f", b"no", status=status))]) == refused(reason)


def test_nobody_answers(slack):
    with running(Server()) as gone:
        url = gone.url("/f")
    slack.port = gone.port
    assert reading(slack).read([text_file(url), AttachedFile("F2")]) == FilesRead(
        "", (RefusedFile("app.log", Refusal.OUT_OF_REACH), RefusedFile("F2", Refusal.OUT_OF_REACH))
    )


# Redirects, and who sees the token.


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_within_slack_is_followed(slack, status):
    slack.serve("/there", b"found")
    file = text_file(slack.redirect("/here", "/there", status))
    assert reading(slack).read([file]) == FilesRead("found")


def test_the_token_follows_no_redirect_out_of_slack(slack, stranger):
    file = text_file(slack.redirect("/here", stranger.serve("/f", b"found")))
    assert reading(slack).read([file]) == refused(Refusal.OUT_OF_REACH)
    assert [path for path, _ in slack.asked] == ["/here"]
    assert stranger.asked == []


@pytest.mark.parametrize(
    "location", ["", "//evil.test/", "https://evil.test/", "ftp://x/", "file:///etc/passwd", "http://["]
)
def test_no_redirect_leads_elsewhere(slack, location):
    assert reading(slack).read([text_file(slack.redirect("/here", location))]).refused
    assert {path for path, _ in slack.asked} == {"/here"}


def test_a_file_of_a_stranger_is_not_asked_for(slack, stranger):
    assert reading(slack).read([text_file(stranger.serve("/f", b"x"))]) == refused(Refusal.OUT_OF_REACH)
    assert stranger.asked == []


@pytest.mark.parametrize(("redirects", "read"), [(3, FilesRead("found")), (4, refused(Refusal.OUT_OF_REACH))])
def test_three_redirects_and_no_more(slack, redirects, read):
    slack.serve("/0", b"found")
    for number in range(redirects):
        slack.redirect(f"/{number + 1}", f"/{number}")
    assert reading(slack).read([text_file(slack.url(f"/{redirects}"))]) == read


@pytest.mark.parametrize(
    ("url", "is_slack"),
    [
        ("https://files.slack.com/files-pri/T1-F1/x", True),
        ("https://slack.com/x", True),
        ("https://Acme.Enterprise.slack.com/x?pub=1", True),
        ("http://files.slack.com/x", False),
        ("https://files.slack.com:8443/x", False),
        ("https://files.slack.com.evil.test/x", False),
        ("https://evilslack.com/x", False),
        ("https://files.slack.com@evil.test/x", False),
        ("https://u@files.slack.com/x", False),
        ("https://evil.test\\@files.slack.com/x", False),
        ("https://evil.test\t.slack.com/x", False),
        ("https://evil.test/.slack.com", False),
        ("https://evil.test#.slack.com", False),
        ("https://ｓlack.com/x", False),
        ("https://[slack.com/x", False),
        ("http://127.0.0.1:80/api/x", False),
        ("", False),
    ],
)
def test_whose_address_it_is(url, is_slack):
    assert is_of_slack(url, "https://slack.com/api/") is is_slack


def test_a_proxy_is_used(slack, stranger):
    slack_behind = client(slack, proxy=stranger.url(""))
    url = slack.url("/f")
    stranger.serve(url, b"by the proxy")
    assert Files(slack_behind, MOST, 20).read([text_file(url)]) == FilesRead("by the proxy")
    assert slack.asked == []


def certificate(folder):
    """A file with a key and a certificate of its own making, for the loopback address."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "loopback")])
    now = datetime.datetime.now(datetime.UTC)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "loopback.pem"
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    path.write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain) + made.public_bytes(pem))
    return path


def test_only_a_certificate_that_the_client_trusts_is_good_enough(tmp_path):
    path = certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    with running(Server(scheme="https"), context) as slack:
        files = [text_file(slack.serve("/f", b"found"))]
        trusting = client(slack, ssl=ssl.create_default_context(cafile=path))
        assert Files(trusting, MOST, 20).read(files) == FilesRead("found")
        assert reading(slack).read(files) == refused(Refusal.OUT_OF_REACH)
        assert len(slack.asked) == 1


# Bounds.


def test_a_file_that_says_it_is_too_large_is_not_fetched(slack):
    assert reading(slack, 10).read([text_file(slack.url("/f"), size=11)]) == refused(Refusal.TOO_LARGE)
    assert slack.asked == []


def test_a_file_as_large_as_allowed_is_read(slack):
    assert reading(slack, 10).read([text_file(slack.serve("/f", b"x" * 10), size=10)]) == FilesRead("x" * 10)


def test_a_file_that_is_larger_than_it_says_is_refused(slack):
    assert reading(slack, 10).read([text_file(slack.serve("/f", b"x" * 11), size=1)]) == refused(Refusal.TOO_LARGE)


def test_all_files_together_are_bounded(slack):
    files = [text_file(slack.serve(f"/{size}", b"x" * size), name=f"{size}") for size in (6, 5, 4, 1)]
    assert reading(slack, 10).read(files) == FilesRead(
        "xxxxxx\nxxxx", (RefusedFile("5", Refusal.TOO_LARGE), RefusedFile("1", Refusal.TOO_LARGE))
    )


def endless(slack, sent):
    def answer(request):
        request.send_response(200)
        request.send_header("Content-Type", "text/plain")
        request.end_headers()
        try:
            while not slack.over.is_set():
                sent.append(request.wfile.write(b"x" * 65_536))
        except OSError:
            pass  # The reader has had enough.

    return answer


def test_an_endless_file_is_left(slack):
    sent = []
    slack.answers["/f"] = endless(slack, sent)
    slack.serve("/2", b"y")
    files = [text_file(slack.url("/f")), text_file(slack.url("/2"), name="next")]
    assert reading(slack, 200_000).read(files) == FilesRead(
        "", (RefusedFile("app.log", Refusal.TOO_LARGE), RefusedFile("next", Refusal.TOO_LARGE))
    )
    assert not slack.over.is_set()
    assert sum(sent) < 20_000_000  # What the sockets' buffers took; nothing had to stop the server but its reader.


def test_a_file_that_ends_before_its_time_is_not_taken_for_whole(slack):
    file = text_file(slack.serve("/f", b"half", Content_Length="8"))
    assert reading(slack).read([file]) == refused(Refusal.OUT_OF_REACH)


@pytest.mark.parametrize("length", ["1000000000000", "100001"])
def test_a_length_beyond_the_bound_is_believed(slack, length):
    assert reading(slack).read([text_file(slack.serve("/f", b"x", Content_Length=length))]) == refused(
        Refusal.TOO_LARGE
    )


@pytest.mark.parametrize("length", ["-1", "many"])
def test_a_length_that_is_none_is_not_believed(slack, length):
    content = b"x" * (MOST + 1)
    assert reading(slack).read([text_file(slack.serve("/f", content, Content_Length=length))]) == refused(
        Refusal.TOO_LARGE
    )


def test_a_file_that_does_not_come_is_not_waited_for(slack):
    def silent(request):
        request.send_response(200)
        request.send_header("Content-Type", "text/plain")
        request.end_headers()
        request.wfile.write(b"the beginning")
        request.wfile.flush()
        slack.over.wait(60)

    slack.answers["/f"] = silent
    assert reading(slack, seconds=0.3).read([text_file(slack.url("/f"))]) == refused(Refusal.OUT_OF_REACH)


def test_a_file_that_drips_is_given_up_at_the_deadline(slack):
    """Each byte comes in time for the socket, but the clock goes on."""
    now = [0.0]

    def clock():
        now[0] += 1
        return now[0]

    def drip(request):
        request.send_response(200)
        request.send_header("Content-Type", "text/plain")
        request.end_headers()
        try:
            while not slack.over.wait(0.001):
                request.wfile.write(b"x")
        except OSError:
            pass

    slack.answers["/f"] = drip
    slack.serve("/2", b"second")
    files = [text_file(slack.url("/f")), text_file(slack.url("/2"), name="second"), AttachedFile("F3")]
    read = reading(slack, seconds=30.0, clock=clock).read(files)
    assert read == FilesRead("", tuple(RefusedFile(name, Refusal.OUT_OF_REACH) for name in ("app.log", "second", "F3")))
    assert [path for path, _ in slack.asked] == ["/f"]
