"""What is heard besides a question: what it continues, what its thread hangs on, whether it is one at all."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from enum import Enum, auto
from typing import Any

from bot.model import Candidate
from bot.slack.calling.failures import SLACK_FAILS, outcome_of, passes
from bot.slack.conversation.desk import Desk
from bot.slack.conversation.threads import Conversation
from bot.slack.incoming.again import is_again
from bot.slack.incoming.attached import attached
from bot.slack.incoming.entrances import Asked, Thread, Way
from bot.slack.incoming.files import Files, FilesRead
from bot.slack.incoming.paste import from_message
from bot.slack.outgoing.controls import answer_above

log = logging.getLogger(__name__)


class Heard(Enum):
    """What something is that was said."""

    QUESTION = auto()
    CHATTER = auto()
    PERHAPS = auto()
    """None yet: what is asked before it in its thread, and is not answered, may make it one."""


class Hearing:
    """Hears in the threads that the bot takes part in, and asks Slack what another thread is about."""

    def __init__(self, desk: Desk, files: Files, understands: Callable[[str], bool]) -> None:
        """`understands`: whether a text that nobody addressed to the bot is meant for it."""
        self._desk = desk
        self._files = files
        self._understands = understands

    def hears(self, asked: Asked) -> Heard:
        """Whether something said in a thread is a question: outside of the bot's threads it is none.

        What the bot is mentioned in is always one, and so is what somebody writes to it in a thread of their own.
        Raises StoreFails where it cannot be told whether the thread is the bot's.
        """
        if asked.way is Way.REPLY:
            conversation = self._desk.threads.find(_thread(asked))
            if conversation is None:
                return Heard.CHATTER
        elif asked.way is Way.DIRECT and asked.hangs_on:
            conversation = self.remembered(asked)
            if conversation is None or asked.files:
                return Heard.QUESTION
        else:
            return Heard.QUESTION
        return Heard.QUESTION if self._is_meant(asked, conversation) else Heard.PERHAPS

    def _is_meant(self, asked: Asked, conversation: Conversation) -> bool:
        has_log = any(file.mimetype.startswith("text/") for file in asked.files)
        if has_log or is_again(asked.pasted) or self._understands(asked.pasted):
            return True
        return self.chosen(asked, conversation, asked.pasted) is not None

    def chosen(self, asked: Asked, conversation: Conversation, text: str) -> Candidate | None:
        """The candidate that a text names, and nothing else, of those that the last answer has offered to them too."""
        kept = self._desk.kept_for(asked.asker, conversation.answer) if conversation.answer else None
        name = text.strip().strip("`\"'.").casefold()
        named = [each for each in kept.diagnosis.candidates if name in _names(each)] if kept and name else []
        return named[0] if len(named) == 1 else None

    def remembered(self, asked: Asked) -> Conversation | None:
        """What a question continues: the conversation of its thread, or what the bot asked just before in private."""
        if asked.way in (Way.COMMAND, Way.FORM, Way.SHORTCUT) or not isinstance(asked.answer_to, Thread):
            return None
        last = None
        if asked.hangs_on:
            last = self._desk.threads.recall(asked.answer_to)
        elif asked.way is Way.DIRECT:
            last = self._desk.threads.recall(Thread(asked.answer_to.channel))
            last = last if last and last.is_open else None
        return last if last and last.texts else None

    def root(self, asked: Asked) -> FilesRead | None:
        """What the message says on which the thread hangs, its files included; None where it cannot be read.

        Raises one of SLACK_FAILS where that may pass.
        """
        if asked.way is Way.SHORTCUT or not asked.hangs_on or asked.channel is None:
            return FilesRead("")
        try:
            # https://docs.slack.dev/reference/methods/conversations.replies
            answer = self._desk.client.conversations_replies(
                channel=asked.channel, ts=asked.hangs_on, limit=1, inclusive=True
            )
        except SLACK_FAILS as error:
            if passes(error):
                raise
            log.warning("conversations.replies failed (%s)", outcome_of(error))
            return None
        message: Mapping[str, Any] = next(iter(answer.get("messages") or ()), {})
        if id := answer_above(message.get("blocks") or ()):
            # An answer that was shared: what it says is no paste, but it was given to one.
            kept = self._desk.kept_for(asked.asker, id)
            return FilesRead("\n".join(kept.conversation.texts) if kept else "")
        read = self._files.read(attached(message))
        text = from_message(message, self._desk.bot_user)
        return replace(read, text="\n".join(filter(None, (text, read.text))))


def _thread(asked: Asked) -> Thread:
    assert isinstance(asked.answer_to, Thread), "only messages are replies"
    return asked.answer_to


def _names(candidate: Candidate) -> set[str]:
    target = candidate.target
    return {each.casefold() for each in (target.id, candidate.name) if each}
