"""Closing Socket Mode loses no acknowledgement: what is being heard is acknowledged first."""

from threading import Event, Thread

from slack_bolt import App, BoltResponse
from slack_bolt.middleware import Middleware
from slack_sdk import WebClient

from bot.slack.socket_mode import SocketMode
from tests.slack.fake import BOT_TOKEN
from tests.slack.serving import PATIENCE, settings


class Slow(Middleware):
    """Acknowledges when the test says so."""

    def __init__(self):
        self.begun, self.go = Event(), Event()

    def process(self, *, req, resp, next):
        self.begun.set()
        assert self.go.wait(PATIENCE)
        return BoltResponse(status=200)


def test_what_is_being_heard_when_it_closes_is_acknowledged(slack):
    slow = Slow()
    client = WebClient(BOT_TOKEN, base_url=slack.url)
    app = App(
        client=client, token_verification_enabled=False, request_verification_enabled=False, before_authorize=slow
    )
    transport = SocketMode(settings(slack))
    transport.open(app)
    slack.wait_until_connected()
    asking = Thread(target=lambda: slack.person("UEN").write("C1", "an error"))
    asking.start()
    assert slow.begun.wait(PATIENCE)
    closing = Thread(target=transport.close)
    closing.start()
    closing.join(1.5)  # longer than the client takes to close a connection, were it not to wait
    slow.go.set()
    for thread in (asking, closing):
        thread.join(PATIENCE)
        assert not thread.is_alive()
    assert [attempt.outcome.is_acknowledged for attempt in slack.attempts] == [True]


def test_it_says_whether_it_is_connected(slack):
    transport = SocketMode(settings(slack))
    assert not transport.is_connected
    app = App(client=WebClient(BOT_TOKEN, base_url=slack.url), token_verification_enabled=False)
    transport.open(app)
    try:
        slack.wait_until_connected()
        assert transport.is_connected
        transport._handler.client.disconnect()
        assert not transport.is_connected
    finally:
        transport.close()
    assert not transport.is_connected
