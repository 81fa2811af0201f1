"""People who use the bot: what they do changes the workspace, and Slack tells the bot of it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from tests.slack.blockkit import NotAccepted
from tests.slack.fake import events, interactions
from tests.slack.fake.delivery import COMMANDS, INTERACTIVE, Delivery
from tests.slack.fake.response_urls import ResponseUrl, ResponseUrls, answer
from tests.slack.fake.state import chosen, is_empty, state_of
from tests.slack.fake.things import File, Message, View, elements
from tests.slack.fake.typed import escape, typed
from tests.slack.fake.views import acknowledged, stack_of
from tests.slack.fake.workspace import BOT_USER, Refused, Workspace

EMOJI = ("100", "aws", "eyes", "key", "warning")
"""The names between colons that this workspace shows as a picture; `aws` is one of its own."""


class Person:
    """Somebody with an account. Each deed returns when the bot has acknowledged it, or Slack has given up."""

    def __init__(self, workspace: Workspace, delivery: Delivery, urls: ResponseUrls, user: str) -> None:
        self.id = user
        self._workspace = workspace
        self._delivery = delivery
        self._urls = urls

    @property
    def dm(self) -> str:
        """The channel in which they write to the bot directly."""
        with self._workspace.changed:
            return self._workspace.dm(self.id).id

    def mention(
        self,
        channel: str,
        text: str,
        thread: Message | str | None = None,
        files: Sequence[File] = (),
        attachments: Sequence[dict[str, Any]] = (),
        message_first: bool = False,
    ) -> Message:
        """Write to the bot in a channel. It hears of it twice if it also hears all that is written there."""
        message = self._written(channel, f"<@{BOT_USER}> {text}", thread, files, attachments)
        twins = [("app_mention", events.app_mention), ("message", events.message_event)]
        for kind, event in reversed(twins) if message_first else twins:
            self._tell(kind, event(self._workspace, message), channel)
        return message

    def write(
        self,
        channel: str,
        text: str,
        thread: Message | str | None = None,
        files: Sequence[File] = (),
        attachments: Sequence[dict[str, Any]] = (),
    ) -> Message:
        """Write something, in a channel or to the bot (`person.dm`); what is forwarded comes as an attachment."""
        message = self._written(channel, text, thread, files, attachments)
        self._tell("message", events.message_event(self._workspace, message), channel)
        return message

    def edit(self, message: Message, text: str) -> None:
        """Change what they wrote."""
        assert message.user == self.id, "people edit their own messages"
        with self._workspace.changing():
            before = replace(message)
            now = typed(text, EMOJI)
            message.text, message.blocks, message.edits = now.text, now.blocks, message.edits + 1
            message.edited = {"user": self.id, "ts": self._workspace.new_ts()}
            event = events.message_changed(self._workspace, message, before)
        self._tell("message", event, message.channel)

    def join(self, channel: str) -> None:
        """Enter a channel."""
        with self._workspace.changing():
            place = self._workspace.channels[channel]
            place.members.add(self.id)
            event = events.member_joined(self._workspace, place, self.id, None)
        self._tell("member_joined_channel", event, channel)

    def command(self, text: str, channel: str = "C1", name: str = "/diagnose") -> Message | None:
        """Give a slash command; what its acknowledgement shows them, if it shows anything."""
        self._may("commands")
        with self._workspace.changing():
            place = self._workspace.channels[channel]
            url = self._urls.new(self.id, place)
            payload = interactions.command(self._workspace, self.id, place, name, escape(text), url)
        outcome = self._delivery.once(COMMANDS, payload)
        if not outcome.payload:
            return None
        with self._workspace.changing():
            try:
                known = ResponseUrl(self.id, place, None, 0)
                return answer(self._workspace, known, outcome.payload)
            except (NotAccepted, Refused) as complaint:
                self._workspace.complain(f"acknowledgement of a command: {complaint}")
        return None

    def shortcut(self, message: Message, callback_id: str) -> None:
        """Choose a shortcut in the menu of a message, as it stands."""
        self._may("commands")
        with self._workspace.changing():
            assert not message.is_deleted, "a message that is there no longer"
            url = self._urls.new(self.id, self._workspace.channels[message.channel])
            payload = interactions.message_action(self._workspace, self.id, message, callback_id, url)
        self._interact(payload)

    def global_shortcut(self, callback_id: str) -> None:
        """Choose a shortcut in Slack's own menu."""
        self._may("commands")
        with self._workspace.changing():
            payload = interactions.shortcut(self._workspace, self.id, callback_id)
        self._interact(payload)

    def press(self, place: Message | View, action_id: str) -> None:
        """Press a button in a message, a modal or the Home tab. Fails the test if it is not there now."""
        self._use(place, action_id, None)

    def choose(self, place: Message | View, action_id: str, value: str | Sequence[str]) -> None:
        """Choose an option by its value, or several; in an input that tells of it, write something."""
        self._use(place, action_id, value)

    def submit(self, view: View, values: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Fill in a form, each input by its action_id, and send it; the acknowledgement, empty if the form closes."""
        with self._workspace.changing():
            self._sees(view)
            assert "submit" in view.content, "there is nothing to send it with"
            self._fill_in(view, values or {})
            payload = interactions.submitted(self._workspace, self.id, view)
        outcome = self._delivery.once(INTERACTIVE, payload)
        with self._workspace.changing():
            try:
                if outcome.is_acknowledged:
                    acknowledged(self._workspace, view, outcome.payload)
            except NotAccepted as complaint:
                self._workspace.complain(f"acknowledgement of a form: {complaint}")
        return outcome.payload

    def close(self, view: View) -> None:
        """Close a modal; the bot hears of it if the modal says so."""
        with self._workspace.changing():
            self._sees(view)
            stack = stack_of(self._workspace, view)
            is_cleared = bool(view.content.get("clear_on_close"))
            payload = interactions.closed(self._workspace, self.id, view, is_cleared)
            if is_cleared:
                stack.clear()
            else:
                stack.remove(view)
        if view.content.get("notify_on_close"):
            self._interact(payload)

    def opens_home(self, tab: str = "home") -> None:
        """Look at the app: its Home tab, or its `messages`."""
        with self._workspace.changing():
            event = events.home_opened(self._workspace, self.id, tab)
        if events.is_delivered(self._workspace, "app_home_opened"):
            self._delivery.event(event)

    def _written(
        self,
        channel: str,
        text: str,
        thread: Message | str | None,
        files: Sequence[File],
        attachments: Sequence[dict[str, Any]],
    ) -> Message:
        ts = thread.thread if isinstance(thread, Message) else thread
        with self._workspace.changing():
            place = self._workspace.channels[channel]
            assert ts is None or place.message(ts), f"no message {ts} in {channel}"
            said = typed(text, EMOJI)
            message = Message(
                channel, self._workspace.new_ts(), said.text, self.id, said.blocks, thread_ts=ts, files=list(files),
                subtype="file_share" if files else None,
                attachments=list(attachments),
                more={"client_msg_id": f"client-{self._workspace.number()}"},
            )  # fmt: skip
            place.members.add(self.id)
            place.messages.append(message)
        return message

    def _tell(self, kind: str, event: Mapping[str, Any], channel: str) -> None:
        if events.is_delivered(self._workspace, kind, self._workspace.channels[channel]):
            self._delivery.event(event)

    def _interact(self, payload: Mapping[str, Any]) -> None:
        outcome = self._delivery.once(INTERACTIVE, payload)
        if outcome.payload:
            self._workspace.complain(f"{payload['type']} is acknowledged with nothing, not {outcome.payload}")

    def _use(self, place: Message | View, action_id: str, value: Any) -> None:
        with self._workspace.changing():
            self._sees(place)
            there = {element["action_id"]: (block, element) for block, element in elements(place.blocks)}
            assert action_id in there, f"{action_id!r} is not there, but {sorted(there)}"
            block, element = there[action_id]
            choice = {} if element["type"] == "button" else chosen(element, value)
            if choice and element["type"] != "overflow":
                place.values.setdefault(block, {})[action_id] = choice
            told = interactions.action(self._workspace, block, element, choice)
            if isinstance(place, View):
                payload = interactions.used_in_view(self._workspace, self.id, place, told)
            else:
                url = self._urls.new(self.id, self._workspace.channels[place.channel], place)
                payload = interactions.used_in_message(self._workspace, self.id, place, told, url)
        self._interact(payload)

    def _may(self, scope: str) -> None:
        assert scope in self._workspace.scopes, f"the app was not granted {scope}: nobody is offered this"

    def _sees(self, place: Message | View) -> None:
        if isinstance(place, View):
            stack = self._workspace.modals.get(self.id, [])
            is_there = place is self._workspace.homes.get(self.id) or (bool(stack) and place is stack[-1])
        else:
            is_there = not place.is_deleted and place.ephemeral_to in (None, self.id)
        assert is_there, f"{self.id} does not see this"

    def _fill_in(self, view: View, values: Mapping[str, Any]) -> None:
        inputs = {block["element"]["action_id"]: block for block in view.blocks if block["type"] == "input"}
        assert set(values) <= set(inputs), f"there is no input {sorted(set(values) - set(inputs))}"
        for action_id, value in values.items():
            block = inputs[action_id]
            view.values.setdefault(block["block_id"], {})[action_id] = chosen(block["element"], value)
        state = state_of(view.blocks, view.values)
        for action_id, block in inputs.items():
            is_missing = is_empty(state[block["block_id"]][action_id]) and not block.get("optional")
            assert not is_missing, f"{action_id} has to be filled in"
