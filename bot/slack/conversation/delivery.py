"""How something is said: in an outlet or in another one, patiently if it is an answer."""

import logging
import time
from collections.abc import Callable, Sequence
from typing import Protocol

from slack_sdk.errors import SlackApiError

from bot.slack.conversation.people import SLACK_FAILS
from bot.slack.incoming.entrances import Thread
from bot.slack.outgoing.answer import Snippet
from bot.slack.outgoing.messages import Message

log = logging.getLogger(__name__)

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
_PATIENCE = 5
_MOST_SECONDS = 60


class ResponseUrlRefused(Exception):
    """A response_url leads elsewhere than to Slack, is used up or is expired; the message does not repeat it."""


CANNOT_SAY = (*SLACK_FAILS, ResponseUrlRefused)
"""Everything that hinders a message on its way out."""


def show_patiently(outlet: "Outlet", message: Message, sleep: Callable[[float], None] = time.sleep) -> None:
    """Show what took long to find out, however often Slack asks to wait. Raises one of CANNOT_SAY in the end.

    https://docs.slack.dev/apis/web-api/rate-limits
    """
    for _ in range(_PATIENCE):
        try:
            return outlet.show(message)
        except SlackApiError as error:
            if error.response.get("error") != "ratelimited":
                raise
            asked = str(error.response.headers.get("Retry-After", ""))
            sleep(min(int(asked) if asked.isdecimal() else 1, _MOST_SECONDS))
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
    return isinstance(error, ResponseUrlRefused) or error.response.get("error") in _NO_ACCESS
