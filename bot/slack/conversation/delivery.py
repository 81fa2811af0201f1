"""How something is said: in an outlet or in another one, patiently if it is an answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from slack_sdk.errors import SlackApiError

from bot.slack.calling.failures import SLACK_FAILS, ResponseUrlRefused, passes
from bot.slack.calling.patience import FOR_AN_ANSWER, patience
from bot.slack.incoming.entrances import Thread
from bot.slack.outgoing.answer import Snippet
from bot.slack.outgoing.messages import Message

_NO_ACCESS = {
    "not_in_channel",
    "channel_not_found",
    "is_archived",
    "restricted_action",
    "restricted_action_non_threadable_channel",
    "restricted_action_read_only_channel",
    "restricted_action_thread_locked",
    "restricted_action_thread_only_channel",
    "thread_not_found",
    "user_not_in_channel",
}

CANNOT_SAY = (*SLACK_FAILS, ResponseUrlRefused)
"""Everything that hinders a message on its way out."""


@dataclass(frozen=True, slots=True)
class Posted:
    """A message of the bot's that can be edited. `thread` is the `ts` that it hangs below, None in a channel itself."""

    channel: str
    ts: str
    thread: str | None

    @property
    def place(self) -> Thread:
        """Where it was posted."""
        return Thread(self.channel, self.thread)


def show_patiently(outlet: "Outlet", message: Message) -> None:
    """Show what took long to find out, however often Slack asks to wait. Raises one of CANNOT_SAY in the end."""
    with patience(FOR_AN_ANSWER):
        outlet.show(message)


class Outlet(Protocol):
    """Where one question is answered: what is shown last stands instead of what was shown before, where Slack can."""

    @property
    def can_edit(self) -> bool:
        """Whether showing something again replaces it."""

    @property
    def takes_files(self) -> bool:
        """Whether files can stand beside what is shown."""

    @property
    def is_private(self) -> bool:
        """Whether one person alone sees what is shown."""

    @property
    def thread(self) -> Thread | None:
        """Where replies to what was shown will hang, if there can be any."""

    @property
    def posted(self) -> Posted | None:
        """The message that the outlet edits, once it stands there; an outlet for that message goes on with it."""

    def show(self, message: Message) -> None:
        """Say something. Raises one of CANNOT_SAY."""

    def attach(self, snippets: Sequence[Snippet]) -> None:
        """Put files beside it. A failure is logged, and the outlet takes none from then on: a button shows the same."""


class Either:
    """The first outlet, until Slack does not let the bot in there; the second from then on."""

    def __init__(self, first: Outlet, second: Outlet) -> None:
        self._now = first
        self._second = second

    @property
    def can_edit(self) -> bool:
        """As the outlet in use."""
        return self._now.can_edit

    @property
    def takes_files(self) -> bool:
        """As the outlet in use."""
        return self._now.takes_files

    @property
    def is_private(self) -> bool:
        """As the outlet in use."""
        return self._now.is_private

    @property
    def thread(self) -> Thread | None:
        """As the outlet in use."""
        return self._now.thread

    @property
    def posted(self) -> Posted | None:
        """As the outlet in use."""
        return self._now.posted

    def show(self, message: Message) -> None:
        """Say something where it can be said."""
        try:
            self._now.show(message)
        except (SlackApiError, ResponseUrlRefused) as error:
            if self._now is self._second or not _is_shut_out(error):
                raise
            self._now = self._second
            self._now.show(message)

    def attach(self, snippets: Sequence[Snippet]) -> None:
        """Put files beside it, if the outlet in use takes any."""
        self._now.attach(snippets)


def _is_shut_out(error: SlackApiError | ResponseUrlRefused) -> bool:
    if isinstance(error, ResponseUrlRefused):
        return not passes(error)
    return error.response.get("error") in _NO_ACCESS
