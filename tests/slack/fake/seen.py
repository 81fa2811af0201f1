"""What people, and the test among them, see of the workspace: each as it stands at this moment."""

from typing import Any

from tests.slack.fake.things import File, Message, View
from tests.slack.fake.workspace import BOT_USER, Workspace


class Seen:
    """The looks into a workspace. Whoever waits for something to come has to look again."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace

    def thread(self, channel: str, message: Message | str) -> list[Message]:
        """A message and the answers to it, in their order, as they stand now."""
        with self.workspace.changed:
            ts = message.thread if isinstance(message, Message) else message
            return self.workspace.channels[channel].thread(ts)

    def answers(self, message: Message) -> list[Message]:
        """What the bot has answered in the thread of a message."""
        return [each for each in self.thread(message.channel, message) if each.user == BOT_USER]

    def channel(self, channel: str) -> list[Message]:
        """What stands in a channel itself, outside of threads or shown there as well."""
        with self.workspace.changed:
            there = self.workspace.channels[channel].messages
            return [each for each in there if not each.is_deleted and (each.thread_ts is None or each.is_broadcast)]

    def ephemerals(self, user: str) -> list[Message]:
        """What only one person sees."""
        with self.workspace.changed:
            return [each for each in self.workspace.ephemerals if each.ephemeral_to == user and not each.is_deleted]

    def home(self, user: str) -> View | None:
        """Somebody's Home tab of the bot."""
        with self.workspace.changed:
            return self.workspace.homes.get(user)

    def modal(self, user: str) -> list[View]:
        """The modals that are open for somebody, the uppermost last."""
        with self.workspace.changed:
            return list(self.workspace.modals.get(user, []))

    @property
    def uploads(self) -> list[File]:
        """The files that the bot has uploaded."""
        with self.workspace.changed:
            return [file for file in self.workspace.files.values() if file.user == BOT_USER]

    @property
    def statuses(self) -> list[dict[str, Any]]:
        """Each assistant.threads.setStatus, and whether it still `is_shown`."""
        with self.workspace.changed:
            return list(self.workspace.statuses)
