"""A Slack that has granted what the manifest asks for, a sound installation beside it, and what is no Slack."""

from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from bot.settings import read_settings
from bot.slack.manifest import SCOPES, manifest
from tests.slack.fake import APP_TOKEN, BOT_TOKEN, CONFIG_TOKEN, FakeSlack


@pytest.fixture
def slack(monkeypatch):
    """The workspace, with the app installed from our manifest."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    with FakeSlack(scopes=SCOPES) as slack:
        slack.workspace.installed = manifest()
        yield slack


@pytest.fixture
def tokens(slack):
    """The variables with which all of Slack is well."""
    return {
        "SLACK_API_URL": slack.url,
        "SLACK_BOT_TOKEN": BOT_TOKEN,
        "SLACK_APP_TOKEN": APP_TOKEN,
        "SLACK_CONFIG_TOKEN": CONFIG_TOKEN,
    }


@pytest.fixture
def settings(tokens):
    """Makes settings: the tokens, and what is changed of them; None unsets a variable."""

    def make(**changed):
        return read_settings({name: value for name, value in {**tokens, **changed}.items() if value is not None})

    return make


@pytest.fixture
def answering(monkeypatch):
    """Starts what answers everything with the same body; its address."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    with ExitStack() as started:

        def start(body):
            class Handler(BaseHTTPRequestHandler):
                def do_POST(self):
                    self.rfile.read(int(self.headers["Content-Length"] or 0))
                    self.send_response(200)
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)

                def log_message(self, *_):
                    pass

            http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
            thread = Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
            started.callback(thread.join)
            started.callback(http.shutdown)
            started.callback(http.server_close)
            thread.start()
            return f"http://127.0.0.1:{http.server_port}/api/"

        yield start
