"""The ways out: a message in a thread, one that only its reader sees, and the answer to a command or a click."""

import logging
import time
from collections.abc import Callable, Sequence
from functools import partial

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.slack.addresses import is_response_url
from bot.slack.calling.failures import SLACK_FAILS, ResponseUrlRefused, may_be_done
from bot.slack.calling.response_url import ResponsePost
from bot.slack.conversation.delivery import Posted
from bot.slack.conversation.finding import Mark, find_message, has_files
from bot.slack.incoming.entrances import ResponseUrl, Thread
from bot.slack.outgoing.answer import Snippet
from bot.slack.outgoing.messages import Message

log = logging.getLogger(__name__)

_EDITS = 3
_NOT_EDITABLE = {"message_not_found", "cant_update_message", "edit_window_closed"}
_SETTLING_SECONDS = 1.0
"""How long to wait before looking for it: Slack may still be at it."""


class ThreadOutlet:
    """One message in a thread or in a channel, posted once and edited from then on.

    With a mark, it finds again what an earlier attempt has posted, and what it has posted itself where the response was
    lost. It can only look in a thread: in a channel itself, or in person, what is begun anew is posted anew.
    """

    can_edit = True
    is_private = False

    def __init__(
        self,
        client: WebClient,
        thread: Thread,
        ts: str | None = None,
        mark: Mark | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`ts` is that of a message of the bot's that stands there already; without a mark nothing is looked for."""
        self.takes_files = True
        self._client = client
        self._channel = thread.channel
        self._thread = thread.ts
        self._ts = ts
        self._mark = mark
        self._sleep = sleep
        self._gone: set[str] = set()

    @property
    def thread(self) -> Thread:
        """The thread that the message hangs in, or that hangs on it."""
        return Thread(self._channel, self._thread or self._ts)

    @property
    def posted(self) -> Posted | None:
        """The message, once it stands there."""
        return Posted(self._channel, self._ts, self._thread) if self._ts else None

    def show(self, message: Message) -> None:
        """https://docs.slack.dev/reference/methods/chat.update parses, unless told not to, and unfurls nothing."""
        if (self._ts is not None and self._edit(self._ts, message)) or self._find_and_edit(message):
            return
        try:
            self._post(message)
        except SLACK_FAILS as error:
            if not self._may_be_found_after(error):
                raise
            if not self._find_and_edit(message):
                self._post(message)

    def _edit(self, ts: str, message: Message) -> bool:
        """Whether the message is there to be edited. What it was marked with stays with it."""
        try:
            self._client.chat_update(channel=self._channel, ts=ts, parse="none", link_names=False, **message.payload())
        except SlackApiError as error:
            if error.response.get("error") not in _NOT_EDITABLE:
                raise
            self._gone.add(ts)
            self._ts = None
            return False
        return True

    def _find_and_edit(self, message: Message) -> bool:
        """Whether it was posted before; it is edited then, since it may show something older."""
        mark = self._mark
        if mark is None or not mark.is_repeated or self._thread is None:
            return False
        self._ts = find_message(self._client, Thread(self._channel, self._thread), mark, self._gone)
        return self._ts is not None and self._edit(self._ts, message)

    def _may_be_found_after(self, error: BaseException) -> bool:
        """Whether a call has failed that may have posted all the same, where that can be looked for by now."""
        if self._mark is None or self.thread.ts is None or not may_be_done(error):
            return False
        self._mark = self._mark.repeated()
        self._sleep(_SETTLING_SECONDS)
        return True

    def _post(self, message: Message) -> None:
        answer = self._client.chat_postMessage(
            channel=self._channel,
            thread_ts=self._thread,
            parse="none",
            link_names=False,
            unfurl_links=False,
            unfurl_media=False,
            metadata=self._mark.metadata() if self._mark else None,
            **message.payload(),
        )
        self._channel, self._ts = answer["channel"], answer["ts"]

    def attach(self, snippets: Sequence[Snippet]) -> None:
        """All of them in one message: https://docs.slack.dev/messaging/working-with-files."""
        if not snippets:
            return
        try:
            if not self._has_attached(snippets):
                self._upload(snippets)
        except SLACK_FAILS as error:
            # Most likely the app was installed without `files:write`.
            log.warning("the files of an answer could not be uploaded: %s", error)
            self.takes_files = False

    def _upload(self, snippets: Sequence[Snippet]) -> None:
        files = [
            {"filename": each.name, "title": each.name, "content": each.content, "snippet_type": _kind(each.name)}
            for each in snippets
        ]
        upload = partial(
            self._client.files_upload_v2, file_uploads=files, channel=self._channel, thread_ts=self.thread.ts
        )
        try:
            upload()
        except SLACK_FAILS as error:
            if not self._may_be_found_after(error):
                raise
            if not self._has_attached(snippets):
                upload()

    def _has_attached(self, snippets: Sequence[Snippet]) -> bool:
        mark = self._mark
        if mark is None or not mark.is_repeated or self._ts is None:
            return False
        return has_files(self._client, self.thread, mark, {each.name for each in snippets}, self._ts)


class ReaderOutlet:
    """Messages in a channel or a thread that only one person sees."""

    can_edit = False
    takes_files = False
    is_private = True
    thread = None
    posted = None

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
    posted = None

    def __init__(
        self,
        client: WebClient,
        address: ResponseUrl,
        *,
        in_channel: bool = False,
        replaces: bool = False,
    ) -> None:
        """Raises ResponseUrlRefused where the address is none of Slack's."""
        if not is_response_url(address.url, client.base_url):
            raise ResponseUrlRefused("a response_url does not lead to Slack")
        self._place = ResponsePost(client, address.url)
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
        self._place.send(message.payload() | self._manner)

    def attach(self, snippets: Sequence[Snippet]) -> None:
        """Nothing: whoever asks like this need not be in a channel that the bot is in."""


def _kind(name: str) -> str:
    return "yaml" if name.endswith(".yaml") else "markdown"
