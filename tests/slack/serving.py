"""Serving against the fake of Slack: a stub that answers, what people send, and what comes back."""

from contextlib import contextmanager
from queue import Queue
from threading import Event

from bot.reply.writer import Writer
from bot.settings import read_settings
from bot.slack.app import connected
from bot.slack.incoming.entrances import SHARE
from tests.slack.fakeslack import APP_TOKEN, BOT_TOKEN
from tests.slack.replies import a_reply

PATIENCE = 20
WRITER = Writer([], [])


class StubTroubleshooter:
    """Answers what it is told to answer, when it is let."""

    def __init__(self):
        self.questions = Queue()
        self.answers = a_reply
        self.go = Event()
        self.go.set()

    def answer(self, question):
        self.questions.put(question)
        assert self.go.wait(PATIENCE)
        return self.answers(locale=question.locale, summary=f"Answer to {question.pasted} in {question.locale}")


def settings(slack, **changes):
    known = {
        "SLACK_BOT_TOKEN": BOT_TOKEN,
        "SLACK_APP_TOKEN": APP_TOKEN,
        "SLACK_API_URL": slack.url,
        "KINTSUGI_WORKERS": "1",
        "KINTSUGI_QUEUE": "10",
    }
    return read_settings({name: value for name, value in (known | changes).items() if value is not None})


@contextmanager
def serving(slack, stub, **changes):
    with connected(settings(slack, **changes), stub, WRITER):
        assert slack.connected.wait(PATIENCE)
        yield


def own_words(name, language="en", **values):
    return WRITER.words("slack", language).block(name, values)


def post(slack):
    return slack.posts.get(timeout=PATIENCE)


def response(slack):
    return slack.responses.get(timeout=PATIENCE)


def mention(slack, text="help", user="UEN", envelope=None, **changes):
    number = slack.number()
    event = {
        "type": "app_mention", "user": user, "user_team": "T1", "channel": "C1", "ts": f"{number}.0",
        "text": f"<@UKINTSUGI> {text}",
    } | changes  # fmt: skip
    envelope = {"type": "event_callback", "team_id": "T1", "event_id": f"Ev{number}"} | (envelope or {})
    return envelope | {"event": event}


def ask(slack, text="help", **changes):
    body = mention(slack, text, **changes)
    assert slack.send("events_api", body) == {}
    return body


def command(slack, text="help", user="UEN"):
    return {
        "command": "/diagnose", "text": text, "user_id": user, "team_id": "T1", "channel_id": "C1",
        "response_url": slack.response_url(), "trigger_id": f"{slack.number()}.1",
    }  # fmt: skip


def click(slack, job, user="UEN"):
    return {
        "type": "block_actions", "user": {"id": user}, "team": {"id": "T1"}, "channel": {"id": "C1"},
        "response_url": slack.response_url(), "trigger_id": f"{slack.number()}.1",
        "actions": [{"type": "button", "action_id": SHARE, "value": job}],
    }  # fmt: skip


def button_of(message):
    return next(block["elements"][0] for block in message["blocks"] if block["type"] == "actions")


def asked_and_answered(slack, stub, text):
    """Everything that was posted up to the answer to one more question."""
    ask(slack, text)
    posted = []
    while not (posted and f"Answer to {text} " in posted[-1]["text"]):
        posted.append(post(slack))
    return posted
