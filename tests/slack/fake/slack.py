"""FakeSlack: the workspace, its servers and the people in it, put together for a test."""

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any, TypeVar

from tests.slack.fake import chat, events, lookups, views, webapi
from tests.slack.fake.delivery import Attempt, Delivery
from tests.slack.fake.echo import Echo
from tests.slack.fake.faults import Answer, Faults, Kind
from tests.slack.fake.files import Files
from tests.slack.fake.limits import Limits
from tests.slack.fake.person import Person
from tests.slack.fake.request_url import RequestUrl
from tests.slack.fake.response_urls import ResponseUrls
from tests.slack.fake.seen import Seen
from tests.slack.fake.socketmode import SocketMode
from tests.slack.fake.things import Channel, File, Message
from tests.slack.fake.web import Request, WebServer
from tests.slack.fake.workspace import BOT_USER, EVENTS, SCOPES, TEAM, Workspace

T = TypeVar("T")

PATIENCE = 20
"""Seconds that a test waits for what has to come."""
_UNHURRIED = 15
"""Seconds to acknowledge and to use a trigger, of which Slack gives three: how fast the bot is, a bench measures."""
_GLANCE = 0.05


class FakeSlack(Seen):
    """Slack, while inside. `people` is what users.info says of each, by their id.

    What the bot does and Slack would not take is refused as Slack does and kept in `complaints`, which a test asserts
    to be empty. `retry_seconds` is the time before each repetition of an event, which Slack makes 0, 1 and 5 minutes.
    If it `has_limits`, whoever calls too often is told 429.
    """

    def __init__(
        self,
        people: Mapping[str, Mapping[str, Any]] | None = None,
        *,
        scopes: Collection[str] = SCOPES,
        events: Collection[str] = EVENTS,
        enterprise: str | None = None,
        clock: Callable[[], float] = time.time,
        acknowledge_seconds: float = _UNHURRIED,
        trigger_seconds: float = _UNHURRIED,
        retry_seconds: Sequence[float] = (0, 0, 0),
        has_limits: bool = False,
    ) -> None:
        known = {user: {"team_id": TEAM, "locale": "en-US"} | dict(person) for user, person in (people or {}).items()}
        super().__init__(Workspace(known, frozenset(scopes), frozenset(events), enterprise, clock, trigger_seconds))
        self.faults = Faults()
        self._limits = Limits(clock) if has_limits else None
        self._web = WebServer(self._answer)
        self._files = Files(self.workspace, self._web.address)
        self._urls = ResponseUrls(self.workspace, self._web.address)
        self._acknowledge_seconds = acknowledge_seconds
        self.socket = SocketMode(self.workspace, acknowledge_seconds)
        self.delivery = Delivery(self.workspace, self.socket, retry_seconds)
        self._echo = Echo(self.workspace, self.delivery)
        self.workspace.on_message = self._echo.message
        self._methods = chat.METHODS | views.METHODS | lookups.METHODS | self._files.methods | self.socket.methods
        self._inside = ExitStack()
        self.add_channel("C1", "on-call")

    def __enter__(self) -> "FakeSlack":
        for server in (self._web, self.socket, self._echo):
            self._inside.enter_context(server)
        return self

    def __exit__(self, *_: object) -> None:
        self.delivery.stop()
        self._inside.close()

    # How the bot finds it, and it the bot.

    @property
    def url(self) -> str:
        """The base URL of the Web API."""
        return f"{self._web.address}/api/"

    def use_http(self, url: str, signing_secret: str) -> RequestUrl:
        """Deliver to the bot's Request URL from now on, not by Socket Mode; what it returns can do more by hand."""
        address = RequestUrl(self.workspace, url, signing_secret, self._acknowledge_seconds)
        self.delivery.transport = address
        return address

    def wait_until_connected(self, connections: int = 1) -> None:
        """Wait until the bot has opened so many connections."""
        self.wait_for(lambda: len(self.socket.connections) >= connections)

    # Who and what is there.

    def person(self, user: str) -> Person:
        """Somebody who can do things. One who is not among the people is somebody of whom users.info knows nothing."""
        return Person(self.workspace, self.delivery, self._urls, user)

    def add_person(self, user: str, **known: Any) -> Person:
        """Somebody new."""
        with self.workspace.changing():
            self.workspace.people[user] = {"team_id": TEAM, "locale": "en-US"} | known
        return self.person(user)

    def change_person(self, user: str, **known: Any) -> None:
        """Somebody is another than before, in their `locale` for instance."""
        with self.workspace.changing():
            self.workspace.people[user] |= known
            event = events.user_changed(self.workspace, lookups.described(self.workspace, user))
        self.delivery.tell(event)

    def add_channel(
        self,
        channel: str,
        name: str,
        kind: str = "channel",
        members: Collection[str] | None = None,
        has_bot: bool = True,
        is_shared: bool = False,
    ) -> Channel:
        """A channel of everybody, or of these members; see Channel."""
        with self.workspace.changing():
            there = set(self.workspace.people if members is None else members) | ({BOT_USER} if has_bot else set())
            self.workspace.channels[channel] = Channel(channel, name, kind, there, is_shared)
            return self.workspace.channels[channel]

    def invite_bot(self, channel: str, inviter: str) -> None:
        """Somebody brings the bot into a channel."""
        with self.workspace.changing():
            place = self.workspace.channels[channel]
            place.members.add(BOT_USER)
            event = events.member_joined(self.workspace, place, BOT_USER, inviter)
        self.delivery.tell(event, place)

    def unfurl(self, message: Message, *attachments: dict[str, Any]) -> None:
        """Slack shows what a link in somebody's message leads to: the message changes, though nobody has edited it."""
        with self.workspace.changing():
            before = replace(message)
            message.attachments = [*message.attachments, *attachments]
            event = events.message_changed(self.workspace, message, before)
        self.delivery.tell(event, self.workspace.channels[message.channel])

    def add_file(
        self, content: str | bytes, name: str = "Untitled", mimetype: str = "text/plain", **changes: Any
    ) -> File:
        """A file to write a message with; `changes` are fields of File, such as mode or is_checked."""
        raw = content.encode() if isinstance(content, str) else content
        with self.workspace.changing():
            return self._files.add(raw, name, mimetype, **changes)

    def bot_posts(self, channel: str, text: str = "", bot_id: str = "BALERT", **message: Any) -> Message:
        """Another app posts, as those that alert do: `attachments`, `blocks`, `subtype`, and a `thread_ts` perhaps."""
        known = {
            name: message.pop(name) for name in ("attachments", "blocks", "subtype", "thread_ts") if name in message
        }
        with self.workspace.changing():
            place = self.workspace.channels[channel]
            profile = {"id": bot_id, "name": "Alerts", "app_id": "AALERT", "team_id": TEAM}
            posted = Message(channel, self.workspace.new_ts(), text, bot_id=bot_id, **known)
            posted.more = {"app_id": "AALERT", "bot_profile": profile} | message
            place.messages.append(posted)
            event = events.message_event(self.workspace, posted)
        self.delivery.tell(event, place)
        return posted

    # What happened.

    @property
    def complaints(self) -> list[str]:
        """Everything that Slack would not have taken."""
        return self.workspace.complaints

    @property
    def attempts(self) -> list[Attempt]:
        """Everything that was sent to the bot, with what became of it."""
        return self.delivery.attempts

    def repeat(self, attempt: Attempt) -> bool:
        """Send something once more, as Slack does where an acknowledgement is lost; whether it is acknowledged."""
        return self.delivery.repeat(attempt)

    def calls(self, method: str) -> list[dict[str, Any]]:
        """The arguments of each call of a method of the Web API, or each message to a `response_url`, taken or not."""
        with self.workspace.changed:
            return [arguments for name, arguments in self.workspace.calls if name == method]

    def wait_for(self, condition: Callable[[], T], seconds: float = PATIENCE) -> T:
        """Wait until something holds, of the workspace or of a file that the bot writes, and return it.

        Fails the test if it does not come.
        """
        end = time.monotonic() + seconds
        with self.workspace.changed:
            # Nobody tells of a change outside of the workspace.
            while not (came := condition()) and time.monotonic() < end:
                self.workspace.changed.wait(_GLANCE)
            said = [name for name, _ in self.workspace.calls[-10:]]
            assert came, f"it did not come in {seconds} s; last calls {said}; complaints {self.complaints}"
            return came

    @contextmanager
    def pardoned(self) -> Iterator[list[str]]:
        """What is complained of inside goes into the list that this gives, and is no fault of the test."""
        pardoned: list[str] = []
        before = len(self.complaints)
        try:
            yield pardoned
        finally:
            with self.workspace.changed:
                pardoned.extend(self.complaints[before:])
                del self.complaints[before:]

    def fail(
        self,
        name: str,
        error: str = "ratelimited",
        *,
        status: int | None = None,
        retry_after: int | None = None,
        times: int = 1,
        done: bool = False,
        nth: int = 1,
    ) -> None:
        """Order a trouble, of a method or of `response_url`, `upload` or `file`.

        `error` is `ratelimited` (429), `reset` (the connection dies), another error code, or anything with a `status`.
        With `done`, what was asked for happens all the same. It comes with the `nth` call from now on, `times` times.
        """
        self.faults.order(name, Kind(error, status, done), retry_after=retry_after, times=times, nth=nth)

    def fail_at_random(self, share: float, seed: int = 0, names: Collection[str] | None = None) -> None:
        """Let this share of all calls, or of these alone, fail from now on, in each of faults.KINDS by turns."""
        self.faults.order_at_random(share, seed, names)

    def _answer(self, request: Request) -> Answer:
        place, _, rest = request.path.removeprefix("/").partition("/")
        match request.verb, place:
            case "POST", "api":
                return webapi.call(self.workspace, self.faults, self._methods, rest, request, self._limits)
            case "POST", "response":
                return self._urls.use(request.path, request.content, self.faults)
            case "POST", "upload":
                return self.faults.around("upload", lambda: self._files.upload(rest, request.content))
            case "GET", "files-pri":
                return self.faults.around("file", lambda: self._files.read(request.path, request.token))
        self.workspace.complain(f"{request.verb} {request.path}")
        return Answer(404, "")
