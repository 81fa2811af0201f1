"""The events that Slack sends of what the bot itself has said, a little later and while the bot does other things."""

from queue import SimpleQueue
from threading import Thread
from typing import Any

from tests.slack.fake import events
from tests.slack.fake.delivery import Delivery
from tests.slack.fake.things import Message
from tests.slack.fake.workspace import Workspace


class Echo:
    """One thread that tells the bot of its own messages. It runs while inside."""

    def __init__(self, workspace: Workspace, delivery: Delivery) -> None:
        self._workspace = workspace
        self._delivery = delivery
        self._waiting: SimpleQueue[dict[str, Any] | None] = SimpleQueue()
        self._thread = Thread(target=self._run, name="fake Slack's echo")

    def __enter__(self) -> "Echo":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._waiting.put(None)
        self._thread.join()

    def message(self, message: Message, before: Message | None) -> None:
        """The bot has posted a message, or changed it."""
        if not events.is_delivered(self._workspace, "message", self._workspace.channels[message.channel]):
            return
        if before is None:
            self._waiting.put(events.message_event(self._workspace, message))
        else:
            self._waiting.put(events.message_changed(self._workspace, message, before))

    def _run(self) -> None:
        while (event := self._waiting.get()) is not None:
            self._delivery.echo(event)
