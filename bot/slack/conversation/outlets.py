"""The ways out: a message in a thread, one that only its reader sees, and the answer to a command or a click."""

import logging
from collections.abc import Sequence

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler
from slack_sdk.webhook import WebhookClient

from bot.slack.addresses import is_response_url
from bot.slack.conversation.delivery import ResponseUrlRefused
from bot.slack.conversation.people import SLACK_FAILS
from bot.slack.incoming.entrances import ResponseUrl, Thread
from bot.slack.outgoing.answer import Snippet
from bot.slack.outgoing.messages import Message

log = logging.getLogger(__name__)

_EDITS = 3
_NOT_EDITABLE = {"message_not_found", "cant_update_message", "edit_window_closed"}


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


def _kind(name: str) -> str:
    return "yaml" if name.endswith(".yaml") else "markdown"
