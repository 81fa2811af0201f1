"""The ways out: a message in a thread, one that only its reader sees, and the answer to a command or a click."""

import logging
import time
from collections.abc import Callable, Sequence
from typing import Protocol

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler
from slack_sdk.webhook import WebhookClient

from bot.slack.addresses import is_response_url
from bot.slack.conversation.people import SLACK_FAILS
from bot.slack.incoming.entrances import ResponseUrl, Thread
from bot.slack.outgoing.answer import Snippet
from bot.slack.outgoing.messages import Message

log = logging.getLogger(__name__)

_EDITS = 3
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
_NOT_EDITABLE = {"message_not_found", "cant_update_message", "edit_window_closed"}


class ResponseUrlRefused(Exception):
    """A response_url leads elsewhere than to Slack, is used up or is expired; the message does not repeat it."""


CANNOT_SAY = (*SLACK_FAILS, ResponseUrlRefused)
"""Everything that hinders a message on its way out."""


_PATIENCE = 5
_MOST_SECONDS = 60


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


class ThreadOutlet:
    """One message in a thread or in a channel, posted once and edited from then on."""

    can_edit = True
    is_private = False

    def __init__(self, client: WebClient, thread: Thread, posted: str | None = None) -> None:
        """`posted` is the `ts` of a message of the bot's that stands there already."""
        self.takes_files = True
        self._client = client
        self._channel = thread.channel
        self._thread = thread.ts
        self.posted = posted

    @property
    def thread(self) -> Thread:
        """The thread that the message hangs in, or that hangs on it."""
        return Thread(self._channel, self._thread or self.posted)

    def show(self, message: Message) -> None:
        """https://docs.slack.dev/reference/methods/chat.update parses, unless told not to, and unfurls nothing."""
        if self.posted is not None:
            try:
                self._client.chat_update(
                    channel=self._channel, ts=self.posted, parse="none", link_names=False, **message.payload()
                )
            except SlackApiError as error:
                if error.response.get("error") not in _NOT_EDITABLE:
                    raise
            else:
                return
        answer = self._client.chat_postMessage(
            channel=self._channel,
            thread_ts=self._thread,
            parse="none",
            link_names=False,
            unfurl_links=False,
            unfurl_media=False,
            **message.payload(),
        )
        self._channel, self.posted = answer["channel"], answer["ts"]

    def attach(self, snippets: Sequence[Snippet]) -> None:
        """All of them in one message: https://docs.slack.dev/messaging/working-with-files."""
        files = [
            {"filename": each.name, "title": each.name, "content": each.content, "snippet_type": _kind(each.name)}
            for each in snippets
        ]
        if not files:
            return
        try:
            self._client.files_upload_v2(file_uploads=files, channel=self._channel, thread_ts=self.thread.ts)
        except SLACK_FAILS as error:
            # Most likely the app was installed without `files:write`.
            log.warning("the files of an answer could not be uploaded: %s", error)
            self.takes_files = False


class ReaderOutlet:
    """Messages in a channel or a thread that only one person sees."""

    can_edit = False
    takes_files = False
    is_private = True
    thread = None

    def __init__(self, client: WebClient, thread: Thread, reader: str) -> None:
        self._client = client
        self._place = thread
        self._reader = reader

    def show(self, message: Message) -> None:
        """https://docs.slack.dev/reference/methods/chat.postEphemeral."""
        self._client.chat_postEphemeral(
            channel=self._place.channel,
            thread_ts=self._place.ts,
            user=self._reader,
            parse="none",
            link_names=False,
            **message.payload(),
        )

    def attach(self, snippets: Sequence[Snippet]) -> None:
        """Nothing: a file would be seen by all."""


class ResponseOutlet:
    """Answers a command or a click: to whoever gave it, or `in_channel` to all.

    `replaces` if what is said stands instead of the message with the button; a command's answers cannot be edited.
    https://docs.slack.dev/interactivity/handling-user-interaction
    """

    takes_files = False
    thread = None

    def __init__(
        self, client: WebClient, address: ResponseUrl, *, in_channel: bool = False, replaces: bool = False
    ) -> None:
        """Raises ResponseUrlRefused where the address is none of Slack's."""
        if not is_response_url(address.url, client.base_url):
            raise ResponseUrlRefused("a response_url does not lead to Slack")
        self._hook = WebhookClient(
            address.url, ssl=client.ssl, proxy=client.proxy, retry_handlers=[RateLimitErrorRetryHandler(2)]
        )
        self._manner = {
            "response_type": "in_channel" if in_channel else "ephemeral",
            "replace_original": replaces,
            "unfurl_links": False,
            "unfurl_media": False,
        }
        self._edits_left = _EDITS if replaces else 0
        self.is_private = not in_channel

    @property
    def can_edit(self) -> bool:
        """As long as Slack takes a few more messages than these."""
        return self._edits_left > 0

    def show(self, message: Message) -> None:
        """Say something; Slack takes five such messages within half an hour."""
        self._edits_left -= 1
        answer = self._hook.send_dict(message.payload() | self._manner)
        if answer.status_code != 200:
            raise ResponseUrlRefused(f"a response_url answered {answer.status_code}: {answer.body[:100]}")

    def attach(self, snippets: Sequence[Snippet]) -> None:
        """Nothing: whoever asks like this need not be in a channel that the bot is in."""


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


def _kind(name: str) -> str:
    return "yaml" if name.endswith(".yaml") else "markdown"
