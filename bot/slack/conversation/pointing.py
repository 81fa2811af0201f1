"""Points whoever asks what was just answered in the same channel to the thread that has the answer."""

import logging
from dataclasses import replace

from bot.model import Verdict
from bot.slack.calling.failures import SLACK_FAILS, outcome_of
from bot.slack.conversation.delivery import Outlet
from bot.slack.conversation.desk import Desk
from bot.slack.conversation.people import Person
from bot.slack.conversation.repeats import Earlier, Repeats
from bot.slack.conversation.threads import Conversation
from bot.slack.incoming.entrances import Asked
from bot.slack.outgoing.pointer import pointer
from bot.store.store import StoreFails

log = logging.getLogger(__name__)

_WORTH_POINTING_TO = (Verdict.FOUND, Verdict.HEALTHY)


class Pointing:
    """Public answers in channels only: what was answered in private is nobody else's."""

    def __init__(self, desk: Desk, repeats: Repeats) -> None:
        self._desk = desk
        self._repeats = repeats

    def point(
        self, asked: Asked, person: Person, outlet: Outlet, conversation: Conversation, subject: str | None
    ) -> bool:
        """Show where the answer stands, if there is one; whether that was so. Raises one of CANNOT_SAY."""
        if subject is None or asked.channel is None or outlet.posted is None or outlet.is_private:
            return False
        earlier = self._repeats.earlier(asked.channel, subject)
        if earlier is None or earlier.ts == outlet.posted.ts:  # our own answer, of which nobody knew any more
            return False
        try:
            kept = self._desk.kept_for(asked.asker, earlier.answer)
            if kept is None or kept.diagnosis.verdict not in _WORTH_POINTING_TO:
                return False
            if (url := self._address(earlier)) is None:
                return False
            # An answer of its own from now on: what is done to one, such as checking again, is not done to the other.
            own = replace(kept, asker=person.id, language=person.language, timezone=person.timezone)
            id = self._desk.answers.keep(own)
        except StoreFails as error:
            log.error("an earlier answer cannot be pointed to: %s", error)
            return False
        words = self._desk.words(person.language)
        outlet.show(pointer(words, url, self._repeats.minutes_since(earlier), id))
        if outlet.thread is not None:
            self._desk.threads.remember(outlet.thread, replace(conversation, answer=id))
        return True

    def answered(self, asked: Asked, outlet: Outlet, subject: str | None, answer: str) -> None:
        """Remember where an answer stands."""
        posted = outlet.posted
        if subject and posted and not outlet.is_private and posted.channel == asked.channel:
            self._repeats.answered(posted.channel, subject, answer, posted.ts)

    def _address(self, earlier: Earlier) -> str | None:
        """https://docs.slack.dev/reference/methods/chat.getPermalink; None where the message is gone."""
        try:
            answer = self._desk.client.chat_getPermalink(channel=earlier.channel, message_ts=earlier.ts)
        except SLACK_FAILS as error:
            log.info("an earlier answer cannot be pointed to (%s)", outcome_of(error))
            return None
        return str(answer["permalink"])
