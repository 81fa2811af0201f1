"""What everything that is done for people has in common: words in their language, who is let in, where it is said."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Any

from slack_sdk import WebClient

from bot.comparison import compared
from bot.diagnosis import CannotDiagnose
from bot.model import Asker, Command, Diagnosis, Reply
from bot.reply.templates import Words
from bot.reply.writer import Writer
from bot.report.redact import redact
from bot.slack.calling.patience import FOR_AN_ANSWER, patience
from bot.slack.conversation.answers import Answers, Kept
from bot.slack.conversation.channels import Channels
from bot.slack.conversation.delivery import CANNOT_SAY, Either, Outlet, show_patiently
from bot.slack.conversation.finding import Mark
from bot.slack.conversation.ledger import GONE, Ledger, log_refused
from bot.slack.conversation.notes import Note
from bot.slack.conversation.outlets import ReaderOutlet, ResponseOutlet, ThreadOutlet
from bot.slack.conversation.people import People, Person, Standing
from bot.slack.conversation.threads import Threads
from bot.slack.incoming.entrances import Asked, Clicked, Commented, Entrance, FormWanted, ResponseUrl, Thread, Way
from bot.slack.outgoing.answer import Labels, answer_of, snippets_of
from bot.slack.outgoing.comparison import compared_part
from bot.slack.outgoing.controls import presented
from bot.slack.outgoing.messages import Message, Part, say
from bot.store.diagnosis_text import Unwritable
from bot.store.store import StoreFails
from bot.worker import Held

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Changed:
    """What an answer says of the one before it. `is_new` if it has causes that the other one had not."""

    parts: tuple[Part, ...]
    is_new: bool


@dataclass(frozen=True, slots=True)
class Desk:
    """The shared equipment.

    `lets_in`: whether somebody may do something there at all; `may_see`: whether they may do it with everything that a
    diagnosis shows. `lets_outsiders_in` if people of other companies, guests and people of whom Slack says nothing are
    answered.
    """

    client: WebClient
    bot_user: str
    writer: Writer
    people: People
    threads: Threads
    answers: Answers
    ledger: Ledger
    lets_in: Callable[[Asker], bool]
    may_see: Callable[[Asker, Diagnosis], bool]
    channels: Channels = field(default_factory=Channels)
    lets_outsiders_in: bool = False

    def labels(self, language: str) -> Labels:
        """The words of answers in a language."""
        return Labels(self.writer.words("reply", language), self.words(language))

    def words(self, language: str) -> Words:
        """Slack's own words in a language."""
        return self.writer.words("slack", language)

    def reply(self, diagnosis: Diagnosis, language: str, timezone: str) -> Reply:
        """A diagnosis in words, without a read of AWS."""
        return replace(self.writer.reply(diagnosis, language), timezone=timezone)

    def refusal(self, person: Person, entrance: Entrance, *, is_shared: bool = False) -> str | None:
        """Which of Slack's words turns somebody away, which is logged; None if they are let in."""
        why = self._refusal(person, entrance.asker, is_shared=is_shared)
        if why:
            log_refused(entrance, why)
        return why

    def _refusal(self, person: Person, asker: Asker, *, is_shared: bool) -> str | None:
        if person.standing is Standing.OUTSIDER and not self.lets_outsiders_in:
            return "external"
        if person.standing is Standing.UNKNOWN and not self.lets_outsiders_in:
            return "unknown_person"
        if not self.lets_in(asker):
            return "command_not_permitted" if self.lets_in(_asking(asker)) else "not_permitted"
        return "shared_channel" if is_shared and not self.lets_outsiders_in else None

    def kept_for(self, asker: Asker, id: str) -> Kept | None:
        """An answer that is still kept; to whoever may not ask about what it shows, it is as if it were not."""
        return self.shown_to(asker, self.answers.get(id))

    def shown_to(self, asker: Asker, kept: Kept | None) -> Kept | None:
        """An answer, unless it is hidden from somebody."""
        return kept if kept is not None and self.may_see(asker, kept.diagnosis) else None

    def refusal_of(self, entrance: Clicked | Commented, kept: Kept | None) -> tuple[str, str]:
        """Which of Slack's words to say where there is no answer, or it is hidden, and why; a hidden one is logged.

        Whoever may read the answer may know that it is there.
        """
        if kept is None:
            return GONE, GONE
        why = "account_not_permitted"
        log_refused(entrance, why, {each.account for each in kept.diagnosis.evidence if each.account})
        asker = _asking(entrance.asker)
        may_read = asker != entrance.asker and self.may_see(asker, kept.diagnosis)
        return "command_not_permitted" if may_read else GONE, why

    def outlet(self, asked: Asked, held: Held) -> Outlet:
        """Where a question is answered: in private if it may be that another company reads the channel.

        Where an answer has begun, it goes on. Raises ResponseUrlRefused.
        """
        note = Note.read(held.note)
        if note.posted:
            return self._thread(asked, note.posted.place, held, note.posted.ts)
        if note.in_private and asked.otherwise and isinstance(asked.answer_to, Thread):
            return self._outlet(asked, asked.otherwise, held)
        is_unknown = asked.way is Way.SHORTCUT and self.channels.is_shared(asked.channel) is None
        if is_unknown and not self.lets_outsiders_in:
            return self.in_private(asked)
        first = self._outlet(asked, asked.answer_to, held)
        return Either(first, self._outlet(asked, asked.otherwise, held)) if asked.otherwise else first

    def _outlet(self, asked: Asked, place: Thread | ResponseUrl, held: Held) -> Outlet:
        if isinstance(place, ResponseUrl):
            return ResponseOutlet(self.client, place)
        return self._thread(asked, place, held)

    def _thread(self, asked: Asked, thread: Thread, held: Held, ts: str | None = None) -> ThreadOutlet:
        mark = Mark(held.lease.item.id, self.bot_user, asked.said_at or "0", held.is_repeated)
        return ThreadOutlet(self.client, thread, ts, mark)

    def in_private(self, entrance: Asked | Clicked | Commented | FormWanted) -> Outlet:
        """Where only the person themselves hears something. Raises ResponseUrlRefused."""
        places: list[Outlet] = []
        answer_to = None if isinstance(entrance, Commented) else entrance.answer_to
        if isinstance(entrance, Clicked) and entrance.message:
            place = Thread(entrance.message.channel, entrance.message.thread)
            places.append(ReaderOutlet(self.client, place, entrance.person))
        elif isinstance(entrance, Asked) and isinstance(answer_to, Thread):
            # A thread that does not exist yet is open nowhere: what one person alone shall see belongs beside it.
            place = Thread(answer_to.channel, entrance.hangs_on)
            places.append(ReaderOutlet(self.client, place, entrance.person))
            answer_to = entrance.otherwise
        elif isinstance(entrance, Commented) and entrance.channel:
            places.append(ReaderOutlet(self.client, Thread(entrance.channel), entrance.person))
        if isinstance(answer_to, ResponseUrl):
            places.append(ResponseOutlet(self.client, answer_to))
        in_person = self.in_person(entrance.person)
        return reduce(Either, (*places, in_person)) if places else in_person

    def in_place(self, clicked: Clicked, held: Held | None = None) -> Outlet:
        """The message with the button that was clicked, to be edited. Raises ResponseUrlRefused.

        With `held`, files that an earlier attempt has put beside it are found again.
        """
        message = clicked.message
        is_public = message is not None and not message.is_ephemeral
        address = clicked.answer_to
        replacing = ResponseOutlet(self.client, address, in_channel=is_public, replaces=True) if address else None
        if message is None or message.is_ephemeral:
            return replacing or self.in_private(clicked)
        mark = None
        if held is not None:
            mark = Mark(held.lease.item.id, self.bot_user, clicked.at, held.is_repeated)
        edited = ThreadOutlet(self.client, Thread(message.channel, message.thread), message.ts, mark)
        return Either(edited, replacing) if replacing else edited

    def in_person(self, person: str) -> Outlet:
        """The direct messages with somebody."""
        return ThreadOutlet(self.client, Thread(person))

    def tell(self, entrance: Asked | Clicked | Commented | FormWanted, person: Person, name: str) -> None:
        """Say one of Slack's words to one person alone. Raises one of CANNOT_SAY."""
        self.in_private(entrance).show(say(self.words(person.language).block(name)))

    def present(
        self,
        outlet: Outlet,
        reply: Reply,
        kept: Kept,
        *,
        before: Sequence[Part] = (),
        id: str | None = None,
        with_files: bool = True,
    ) -> str | None:
        """Show an answer whole, its files beside it, and keep it for its buttons; the id it is kept under.

        Where it cannot be kept, it is shown without buttons. Raises one of CANNOT_SAY.
        """
        try:
            id = self.answers.keep(kept, id)
        except (StoreFails, Unwritable) as error:
            log.error("an answer is shown but not kept: %s", error)
            id = None
        message, rest = self._presented(outlet, reply, id, before)
        show_patiently(outlet, message)
        if with_files and outlet.takes_files:
            with patience(FOR_AN_ANSWER):
                outlet.attach(snippets_of(reply, self.labels(reply.locale).reply, rest))
            if not outlet.takes_files:
                outlet.show(self._presented(outlet, reply, id, before)[0])
        return id

    def changed(self, before: Kept, after: Reply) -> Changed:
        """What has changed since an earlier answer, if that was about something that was looked at."""
        if before.diagnosis.target is None:
            return Changed((), is_new=True)
        comparison = compared(before.diagnosis, after.diagnosis)
        earlier = self.reply(before.diagnosis, after.locale, after.timezone)
        part = compared_part(comparison, earlier, after, self.words(after.locale))
        return Changed((part,), is_new=bool(comparison.new))

    def message(self, outlet: Outlet, reply: Reply, id: str, before: Sequence[Part] = ()) -> Message:
        """The message of an answer that is kept under an id."""
        return self._presented(outlet, reply, id, before)[0]

    def _presented(
        self, outlet: Outlet, reply: Reply, id: str | None, before: Sequence[Part]
    ) -> tuple[Message, tuple[Part, ...]]:
        labels = self.labels(reply.locale)
        answer = answer_of(reply, labels, before, has_files=outlet.takes_files)
        if id is None:
            return answer.message()
        return presented(answer, id, labels.slack, can_share=outlet.is_private)

    def failure(self, error: BaseException | None, language: str, reference: str) -> Message:
        """What to say of an error, or of no end that anybody came to; the log gets the same reference, and why."""
        match error:
            case None:
                log.error("reference %s: given up", reference)
                return self._said(language, "given_up", {"reference": reference})
            case CannotDiagnose():
                reason, _ = redact(str(error))
                log.warning("reference %s: the diagnosis could not be made (%s)", reference, error)
                return self._said(language, "cannot_diagnose", {"reason": reason, "reference": reference})
            case _:
                log.error("reference %s: failed", reference, exc_info=error)
                return self._said(language, "failed", {"reference": reference})

    def _said(self, language: str, name: str, values: Mapping[str, Any] | None = None) -> Message:
        return say(self.words(language).block(name, values))

    def show_or_log(self, outlet: Outlet, message: Message) -> None:
        """Say something that nothing hangs on any more."""
        try:
            outlet.show(message)
        except CANNOT_SAY as silent:
            log.error("nobody could be told (%s)", type(silent).__name__)


def _asking(asker: Asker) -> Asker:
    return replace(asker, command=Command.ASK)
