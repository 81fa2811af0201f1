"""What is done for people, outside of Bolt's threads: answering a question, sharing a reply, telling of a failure."""

import logging
import secrets
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from slack_sdk import WebClient

from bot.diagnosis import CannotDiagnose
from bot.model import Question, Reply
from bot.reply.templates import Prose, Words
from bot.reply.writer import Writer
from bot.report.redact import redact
from bot.slack.conversation.delivery import Outlet, ResponseOutlet, ResponseUrlRefused, ThreadOutlet
from bot.slack.conversation.memory import Memory
from bot.slack.conversation.people import SLACK_FAILS, People
from bot.slack.incoming.entrances import SHARE, Asked, Clicked, ResponseUrl, Thread
from bot.slack.outgoing.answer import parts_of
from bot.slack.outgoing.messages import button, say
from bot.slack.outgoing.richtext import Block, block, literal, mention, section
from bot.worker import NotBegun

log = logging.getLogger(__name__)

_SHAREABLE_SECONDS = 2 * 60 * 60
_SHAREABLE_REPLIES = 200
_PERSON = "\ue000"


class Troubleshooter(Protocol):
    """Answers questions; called from several threads at once. Raises CannotDiagnose."""

    def answer(self, question: Question) -> Reply:
        """The whole answer to a question."""


@dataclass(frozen=True, slots=True)
class _Shareable:
    asker: str
    reply: Reply


class Answering:
    """Answers questions and shares replies, each in the language of whoever asked."""

    def __init__(self, client: WebClient, people: People, troubleshooter: Troubleshooter, writer: Writer) -> None:
        self._client = client
        self._people = people
        self._troubleshooter = troubleshooter
        self._writer = writer
        self._shareable: Memory[str, _Shareable] = Memory(_SHAREABLE_REPLIES, _SHAREABLE_SECONDS)

    def words(self, user: str, name: str, values: Mapping[str, Any] | None = None) -> str:
        """One of the `slack` words in somebody's language, as far as it is known without asking Slack."""
        return self._writer.words("slack", self._people.language(user)).block(name, values)

    def answer(self, asked: Asked) -> None:
        """Answer a question where it was asked. Raises whatever hinders that."""
        outlet = self._outlet(asked.answer_to)
        person = self._people.person(asked.asker)
        words = self._writer.words("slack", person.language)
        if person.external or (asked.foreign and person.external is None):
            outlet.post(say(words.block("external")))
            return
        if asked.files:
            outlet.post(say(words.block("files_not_read")))
        if not asked.pasted:
            if not asked.files:
                outlet.post(say(words.block("nothing_pasted")))
            return
        outlet.working(words.block("status"))
        reply = self._troubleshooter.answer(Question(asked.pasted, person.language, timezone=person.timezone))
        outlet.deliver(
            reply.summary,
            parts_of(reply, self._writer.words("reply", reply.locale)),
            words,
            after=self._share_button(asked, reply, words),
        )

    def _share_button(self, asked: Asked, reply: Reply, words: Words) -> list[Block]:
        if isinstance(asked.answer_to, Thread):
            return []
        job = secrets.token_urlsafe(12)
        self._shareable.put(job, _Shareable(asked.asker, reply))
        return button(words.block("share"), SHARE, job)

    def share(self, clicked: Clicked) -> None:
        """Post a reply that one person saw for all in the channel, if it is theirs and still kept."""
        kept = self._shareable.get(clicked.job)
        if kept is not None and kept.asker != clicked.clicker:
            self.tell(clicked, "not_yours")
        elif kept is None or self._shareable.take(clicked.job) is None:
            self.tell(clicked, "no_longer_kept")
        else:
            try:
                self._post_for_all(kept.reply, clicked)
            except (*SLACK_FAILS, ResponseUrlRefused):
                self._shareable.put(clicked.job, kept)
                raise

    def _post_for_all(self, reply: Reply, clicked: Clicked) -> None:
        words = self._writer.words("slack", reply.locale)
        shared_by = words.block("shared_by", {"person": Prose(_PERSON)})
        ResponseOutlet(self._client, clicked.answer_to, in_channel=True).deliver(
            reply.summary,
            parts_of(reply, self._writer.words("reply", reply.locale)),
            words,
            after=_with_person(shared_by, clicked.clicker),
        )

    def tell(self, entrance: Asked | Clicked, name: str) -> None:
        """Say one of the `slack` words to somebody. Raises whatever hinders that."""
        language = self._people.person(_who(entrance)).language
        self._outlet(entrance.answer_to).post(say(self._writer.words("slack", language).block(name)))

    def failed(self, entrance: Asked | Clicked, error: BaseException) -> None:
        """Tell somebody that their question or click was not answered, and the log why."""
        reference = secrets.token_hex(4)
        user = _who(entrance)
        match error:
            case NotBegun():
                log.warning("reference %s: stopped before it was begun", reference)
                message = self.words(user, "stopping")
            case CannotDiagnose():
                reason, _ = redact(str(error))
                log.warning("reference %s: %s", reference, reason)
                message = self.words(user, "cannot_diagnose", {"reason": reason, "reference": reference})
            case _:
                # An exception may quote what was pasted, and a log is no place for anybody's secrets.
                log.error("reference %s: %s", reference, redact("".join(traceback.format_exception(error)))[0])
                message = self.words(user, "failed", {"reference": reference})
        try:
            self._outlet(entrance.answer_to).post(say(message))
        except (*SLACK_FAILS, ResponseUrlRefused) as silent:
            log.error("reference %s: nobody could be told (%s)", reference, type(silent).__name__)

    def _outlet(self, answer_to: Thread | ResponseUrl) -> Outlet:
        if isinstance(answer_to, Thread):
            return ThreadOutlet(self._client, answer_to)
        return ResponseOutlet(self._client, answer_to)


def _who(entrance: Asked | Clicked) -> str:
    return entrance.asker if isinstance(entrance, Asked) else entrance.clicker


def _with_person(words: str, user: str) -> list[Block]:
    before, _, after = words.partition(_PERSON)
    return block(section([*literal(before), mention(user), *literal(after)]))
