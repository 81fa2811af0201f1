"""Slack as a bot that dies meets it: a call may be its last, and what comes while it is gone comes again later."""

from collections.abc import Mapping
from threading import Condition, Event
from typing import Any

from tests.slack.crash.steps import Steps
from tests.slack.fake import FakeSlack
from tests.slack.fake.delivery import EVENTS, Outcome, Retry
from tests.slack.fake.faults import Answer
from tests.slack.fake.request_url import RequestUrl
from tests.slack.fake.web import Request
from tests.slack.fake.workspace import Workspace

_PATIENCE = 20
_CHANGES_NOTHING = {"auth.test", "users.info", "conversations.replies", "files.info", "chat.getPermalink", "files-pri"}
_CUT = Answer(0, "", is_reset=True)
_UNACKNOWLEDGED = " was not acknowledged: "


class FatalSlack(FakeSlack):
    """Slack whose calls are steps of whoever makes them."""

    steps: Steps

    def __init__(self, people: Mapping[str, Any]) -> None:
        super().__init__(people)
        self.asked: list[str] = []
        """The names of all calls since this was cleared, for `fail` to be told."""

    def _answer(self, request: Request) -> Answer:
        name = _name(request)
        self.asked.append(name)
        if name in _CHANGES_NOTHING:
            return super()._answer(request)
        return self.steps.take(name, lambda: super(FatalSlack, self)._answer(request)) or _CUT

    def other_complaints(self) -> list[str]:
        """All complaints but those of a process that is dead: it acknowledges nothing."""
        return [each for each in self.complaints if _UNACKNOWLEDGED not in each]


def _name(request: Request) -> str:
    place, _, rest = request.path.removeprefix("/").partition("/")
    return {"api": rest, "response": "response_url"}.get(place, place)


class Road:
    """Slack's way to whichever process serves. What failed comes again when the next one does, as minutes pass between.

    While it `loses_acknowledgements` a process acknowledges in vain: all that it has heard is sent again to the next.
    """

    def __init__(self, workspace: Workspace, secret: str) -> None:
        self.loses_acknowledgements = False
        self.acknowledged = Event()
        """Whether something was, since this was cleared."""
        self._workspace = workspace
        self._secret = secret
        self._urls: list[RequestUrl] = []
        self._another = Condition()
        self._tried: dict[str, int] = {}

    def lead_to(self, port: int) -> None:
        """Whatever comes leads to this process from now on."""
        with self._another:
            self._urls.append(
                RequestUrl(self._workspace, f"http://127.0.0.1:{port}/slack/events", self._secret, _PATIENCE)
            )
            self._another.notify_all()

    def is_reachable(self) -> bool:
        """Whether there is an address."""
        return bool(self._urls)

    def attempt(self, kind: str, payload: Mapping[str, Any], retry: Retry | None) -> Outcome:
        """As `Transport`."""
        before = self._tried.get(payload["event_id"], 0) if retry else 0
        with self._another:
            assert self._another.wait_for(lambda: len(self._urls) > before, _PATIENCE), "nobody serves again"
            to, url = len(self._urls), self._urls[-1]
        outcome = url.attempt(kind, payload, retry)
        if outcome.is_acknowledged and self.loses_acknowledgements:
            outcome = Outcome(False, reason="http_timeout")
        if outcome.is_acknowledged:
            self.acknowledged.set()
        if kind == EVENTS:
            self._tried[payload["event_id"]] = 0 if outcome.is_acknowledged else to
        return outcome
