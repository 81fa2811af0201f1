"""Finds in a thread what the bot has posted there for one question, in an earlier attempt or a call that got lost."""

import logging
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.slack.calling.failures import code_of, passes
from bot.slack.incoming.entrances import Thread

log = logging.getLogger(__name__)

_EVENT_TYPE = "kintsugi_answer"
_PAGE = 200
_MOST_PAGES = 10


@dataclass(frozen=True, slots=True)
class Mark:
    """By what the messages of one question are known again.

    `question` is the id of its item: everybody in the workspace can read it there. `bot_user` is who posts them.
    `since` is the `ts` of what was asked or clicked, by Slack's clock: nothing from before it is looked at.
    `is_repeated` if an earlier attempt may have posted.
    """

    question: str
    bot_user: str
    since: str = "0"
    is_repeated: bool = False

    def metadata(self) -> dict[str, Any]:
        """What is posted with the message, and shown to nobody. https://docs.slack.dev/messaging/message-metadata"""
        return {"event_type": _EVENT_TYPE, "event_payload": {"question": self.question}}

    def repeated(self) -> "Mark":
        """The same, where something may have been posted by now."""
        return replace(self, is_repeated=True)


def find_message(client: WebClient, place: Thread, mark: Mark, besides: AbstractSet[str] = frozenset()) -> str | None:
    """The `ts` of the message that was posted with the mark in a thread, if it is none of those `besides`.

    Raises one of SLACK_FAILS where Slack cannot be asked for the moment.
    """
    for message in _posted(client, place, mark, mark.since):
        # Another app may claim anything in its metadata.
        if message.get("metadata") == mark.metadata() and message["ts"] not in besides:
            return str(message["ts"])
    return None


def has_files(client: WebClient, place: Thread, mark: Mark, names: AbstractSet[str], after: str) -> bool:
    """Whether one message, after another one, has files of all these names. Raises as `find_message` does."""
    posted = _posted(client, place, mark, max(mark.since, after, key=float))
    return any(names <= {each.get("name") for each in message.get("files") or ()} for message in posted)


def _posted(client: WebClient, place: Thread, mark: Mark, since: str) -> Iterator[Mapping[str, Any]]:
    """What the bot has posted in a thread since; nothing where it may not look."""
    cursor = None
    for _ in range(_MOST_PAGES):
        try:
            # https://docs.slack.dev/reference/methods/conversations.replies
            answer = client.conversations_replies(
                channel=place.channel,
                ts=str(place.ts),
                oldest=since,
                limit=_PAGE,
                include_all_metadata=True,
                cursor=cursor,
            )
        except SlackApiError as error:
            if passes(error):
                raise
            log.warning("a thread cannot be read (%s): what was posted there before is not found", code_of(error))
            return
        yield from (each for each in answer.get("messages") or () if each.get("user") == mark.bot_user)
        cursor = (answer.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return
    log.warning("a thread is too long to be read to its end")
