"""The two ways out: into a thread, and through a response_url to one person or to a channel."""

import logging
from collections.abc import Sequence
from typing import Protocol

from slack_sdk import WebClient
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler
from slack_sdk.webhook import WebhookClient

from bot.reply.templates import Words
from bot.slack.addresses import is_response_url
from bot.slack.conversation.people import SLACK_FAILS
from bot.slack.incoming.entrances import ResponseUrl, Thread
from bot.slack.outgoing.messages import Message, Part, as_file, fill, following, note
from bot.slack.outgoing.richtext import Block

log = logging.getLogger(__name__)

_USES = 5
"""How often a response_url can be used: https://docs.slack.dev/interactivity/handling-user-interaction"""

_MORE_IN_THREAD = 4


class ResponseUrlRefused(Exception):
    """A response_url leads elsewhere than to Slack, is used up or is expired; the message does not repeat it."""


class Outlet(Protocol):
    """Where one question is answered."""

    def working(self, status: str) -> None:
        """Show that somebody is at it."""

    def post(self, message: Message) -> None:
        """Say something. Raises one of SLACK_FAILS, or ResponseUrlRefused."""

    def deliver(self, text: str, parts: Sequence[Part], words: Words, after: Sequence[Block] = ()) -> None:
        """Post an answer whole, in as many pieces as it takes. `words` are the `slack` words. Raises like `post`."""


class ThreadOutlet:
    """Answers in the thread of a message. What does not fit into one message follows as a file."""

    def __init__(self, client: WebClient, thread: Thread) -> None:
        self._client = client
        self._thread = thread

    def working(self, status: str) -> None:
        """https://docs.slack.dev/reference/methods/assistant.threads.setStatus: gone as soon as the answer comes."""
        try:
            self._client.assistant_threads_setStatus(
                channel_id=self._thread.channel, thread_ts=self._thread.ts, status=status
            )
        except SLACK_FAILS as error:
            log.info("assistant.threads.setStatus failed (%s)", type(error).__name__)

    def post(self, message: Message) -> None:
        """Say something in the thread."""
        self._client.chat_postMessage(
            channel=self._thread.channel,
            thread_ts=self._thread.ts,
            parse="none",
            link_names=False,
            **message.payload(),
        )

    def deliver(self, text: str, parts: Sequence[Part], words: Words, after: Sequence[Block] = ()) -> None:
        """Post the answer, and the rest of it as a file."""
        message, rest = fill(text, parts)
        hint = note(words.block("rest_in_file")) if rest else []
        self.post(message.between(after=[*hint, *after]))
        if rest:
            self._upload(rest, words)

    def _upload(self, parts: Sequence[Part], words: Words) -> None:
        try:
            self._client.files_upload_v2(
                filename="answer.txt",
                title=words.block("rest_of_the_answer"),
                content=as_file(parts),
                snippet_type="text",
                channel=self._thread.channel,
                thread_ts=self._thread.ts,
            )
        except SLACK_FAILS as error:
            # Most likely the app was installed without `files:write`: the answer is worth more than its form.
            log.warning("the rest of an answer could not be uploaded: %s", error)
            messages, left_out = following(parts, _MORE_IN_THREAD)
            for message in messages:
                self.post(message)
            if left_out:
                self.post(Message(words.block("left_out"), tuple(note(words.block("left_out"), left_out))))


class ResponseOutlet:
    """Answers a command or a click: to whoever gave it, or `in_channel` to all. There are five messages and no more."""

    def __init__(self, client: WebClient, address: ResponseUrl, in_channel: bool = False) -> None:
        """Raises ResponseUrlRefused where the address is none of Slack's."""
        if not is_response_url(address.url, client.base_url):
            raise ResponseUrlRefused("a response_url does not lead to Slack")
        self._hook = WebhookClient(
            address.url, ssl=client.ssl, proxy=client.proxy, retry_handlers=[RateLimitErrorRetryHandler(2)]
        )
        self._type = "in_channel" if in_channel else "ephemeral"
        self._left = _USES

    def working(self, status: str) -> None:
        """Nothing: the acknowledgement of a command has said so."""

    def post(self, message: Message) -> None:
        """Say something; the message with the button that was clicked stays."""
        if not self._left:
            raise ResponseUrlRefused("a response_url is used up")
        self._left -= 1
        answer = self._hook.send_dict(message.payload() | {"response_type": self._type, "replace_original": False})
        if answer.status_code != 200:
            raise ResponseUrlRefused(f"a response_url answered {answer.status_code}: {answer.body[:100]}")

    def deliver(self, text: str, parts: Sequence[Part], words: Words, after: Sequence[Block] = ()) -> None:
        """Post the answer in up to five messages, and name what fits into none."""
        message, rest = fill(text, parts)
        further, left_out = following(rest, self._left - 1)
        messages = [message, *further]
        for position, each in enumerate(messages, start=1):
            hint: list[Block] = []
            if position < len(messages):
                hint = note(words.block("rest_follows"))
            elif left_out:
                hint = [*note(words.block("left_out"), left_out), *note(words.block("in_full_elsewhere"))]
            self.post(each.between(after=[*hint, *(after if position == 1 else ())]))
