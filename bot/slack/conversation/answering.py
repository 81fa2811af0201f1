"""Questions of people, from their arrival to their answer: heard, completed by what was said before, looked into."""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Protocol

from bot.diagnosis import CannotDiagnose
from bot.model import Asker, Diagnosis, Place, Question, Reply, Verdict, Watch
from bot.pool import Pool
from bot.report.redact import redact
from bot.slack.conversation.answers import Kept
from bot.slack.conversation.bounds import Bounds
from bot.slack.conversation.delivery import Outlet
from bot.slack.conversation.desk import Desk
from bot.slack.conversation.exposure import Exposure
from bot.slack.conversation.hearing import Heard, Hearing
from bot.slack.conversation.ledger import Became
from bot.slack.conversation.notes import Note
from bot.slack.conversation.people import Person
from bot.slack.conversation.pointing import Pointing
from bot.slack.conversation.threads import Conversation
from bot.slack.conversation.ticker import Pace, Ticker
from bot.slack.incoming.again import is_again
from bot.slack.incoming.entrances import Asked, Thread, Way
from bot.slack.incoming.files import Files, FilesRead, RefusedFile
from bot.slack.outgoing.messages import Part, Rank, say
from bot.slack.outgoing.richtext import block, prose, section, shortened
from bot.store.store import StoreFails
from bot.worker import Held

log = logging.getLogger(__name__)

_OPEN = (Verdict.NEED_TARGET, Verdict.TARGET_NOT_FOUND)
"""The answers that ask for something."""
_OPEN_SECONDS = 30 * 60
"""How long what the bot asked in direct messages can be answered by what is written next, outside of its thread."""
_MOST_REFUSED = 10  # files: as many as Slack's clients attach to a message
_LONGEST_NAME = 80


class Troubleshooter(Protocol):
    """Answers questions; called from several threads at once."""

    def answer(self, question: Question, watch: Watch = ...) -> Reply:
        """The whole answer to a question. Raises CannotDiagnose."""

    def subject_of(self, question: Question) -> str | None:
        """The same text for questions about the same error of the same thing; None where it is about nothing."""

    def understands(self, *texts: str) -> bool:
        """Whether texts that nobody addressed to the bot are meant for it."""

    def lets_in(self, asker: Asker) -> bool:
        """Whether somebody may do there what they want to do, about any account at all."""

    def may_see_all(self, asker: Asker, diagnosis: Diagnosis) -> bool:
        """Whether somebody may ask about every account that a diagnosis was made in, or offers to go on in."""

    def places(self, asker: Asker | None = ...) -> tuple[Place, ...]:
        """The accounts that somebody may ask about; None is everybody together."""

    def regions(self) -> tuple[str, ...]:
        """The regions that can be asked about."""


class Answering:
    """Answers questions, each in the language of whoever asked, where they asked.

    Every method raises what hinders it: one of CANNOT_SAY, StoreFails, LeaseLost, Later.
    """

    def __init__(
        self,
        desk: Desk,
        troubleshooter: Troubleshooter,
        files: Files,
        most_megabytes: float,
        bounds: Bounds,
        pointing: Pointing,
        exposure: Exposure,
        progress: Pool,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`files` reads at most `most_megabytes`; `progress` tells of the work on questions."""
        self._desk = desk
        self._troubleshooter = troubleshooter
        self._files = files
        self._hearing = Hearing(desk, files, troubleshooter.understands)
        self._most_megabytes = most_megabytes
        self._bounds = bounds
        self._pointing = pointing
        self._exposure = exposure
        self._progress = progress
        self._clock = clock
        self._pace = Pace()

    def receive(self, asked: Asked, held: Held) -> Became:
        """Say that a question has arrived, and let it wait for its turn; or say why it is not answered."""
        heard = self._hearing.hears(asked)
        if heard is Heard.CHATTER:
            return Became.NO_QUESTION
        with self._bounds.arriving(held.lease.item):
            if heard is Heard.QUESTION:
                greeted = self._greet(asked, held)
                if isinstance(greeted, Became):
                    return greeted
            self._bounds.pass_on(held)
        return Became.PASSED_ON

    def answer(self, asked: Asked, held: Held) -> Became:
        """Answer a question whose turn has come."""
        if Note.read(held.note).is_greeted:
            person, outlet = self._desk.people.person(asked.person), self._desk.outlet(asked, held)
            # It may have waited for long: they were let in then, and need not be any more.
            is_shared = self._is_shared(asked) and not outlet.is_private
            if refusal := self._desk.refusal(person, asked, is_shared=is_shared):
                outlet.show(say(self._desk.words(person.language).block(refusal)))
                return self._desk.ledger.refused(asked, held, refusal)
        elif self._hearing.hears(asked) is Heard.QUESTION:
            with self._bounds.arriving(held.lease.item):
                greeted = self._greet(asked, held)
            if isinstance(greeted, Became):
                return greeted
            person, outlet = greeted
        else:
            return Became.NO_QUESTION
        with self._bounds.turn(held.lease.item):
            began = time.monotonic()
            try:
                became = self._answer(asked, person, outlet, held)
            except CannotDiagnose as error:
                outlet.show(self._desk.failure(error, person.language, held.reference))
                became = self._desk.ledger.ended(asked, held, "cannot_diagnose")
            self._bounds.took(time.monotonic() - began)
        return became

    def give_up(self, asked: Asked, held: Held, error: BaseException | None) -> None:
        """Tell whoever asked that there will be no answer."""
        if asked.way is Way.REPLY and not Note.read(held.note).is_greeted:
            return  # It may have been none of the bot's business.
        self._desk.ledger.ended(asked, held, "failed")
        if asked.secrets:
            self._exposure.warn(asked, held)
        language = self._desk.people.person_for_now(asked.person).language
        self._desk.outlet(asked, held).show(self._desk.failure(error, language, held.reference))

    def look(self, question: Question, outlet: Outlet | None = None) -> Reply:
        """Look into a question, telling an outlet how it goes. Raises CannotDiagnose."""
        if outlet is None:
            return self._troubleshooter.answer(question)
        ticker = Ticker(outlet, self._desk.words(question.locale), self._progress, self._pace)
        try:
            return self._troubleshooter.answer(question, ticker)
        finally:
            ticker.stop()

    def _greet(self, asked: Asked, held: Held) -> tuple[Person, Outlet] | Became:
        """Tell somebody that their question is here, or why it ends already; and, either way, of a secret in it."""
        greeted = self._let_in(asked, held)
        if asked.secrets:
            self._exposure.warn(asked, held)
        return greeted

    def _let_in(self, asked: Asked, held: Held) -> tuple[Person, Outlet] | Became:
        desk = self._desk
        person = desk.people.person(asked.person)
        if refusal := desk.refusal(person, asked, is_shared=self._is_shared(asked)):
            desk.tell(asked, person, refusal)
            return desk.ledger.refused(asked, held, refusal)
        if asked.language and asked.language != person.language:
            person = desk.people.choose(asked.person, asked.language)
        words, outlet = desk.words(person.language), desk.outlet(asked, held)
        if not asked.pasted and not asked.files and not asked.hangs_on:
            outlet.show(say(words.block("nothing_pasted")))
            self._begin(outlet)
            return desk.ledger.ended(asked, held, "nothing_pasted")
        if exceeded := self._bounds.exceeded(held.lease.item):
            log.warning("turned away: %s", exceeded.words)
            outlet.show(say(words.block(exceeded.words, {"count": exceeded.minutes})))
            return desk.ledger.ended(asked, held, exceeded.words)
        # What cannot be edited cannot be looked for either; better no acknowledgement than two.
        if outlet.can_edit or not held.is_repeated:
            outlet.show(say(words.block("working" if outlet.can_edit else "acknowledged")))
        self._begin(outlet)
        held.note = _greeted(outlet, held).written()
        return person, outlet

    def _is_shared(self, asked: Asked) -> bool:
        is_known = asked.way is Way.SHORTCUT and self._desk.channels.is_shared(asked.channel) is True
        return asked.is_shared or is_known

    def _answer(self, asked: Asked, person: Person, outlet: Outlet, held: Held) -> Became:
        read = self._files.read(asked.files)
        text = "\n".join(filter(None, (asked.pasted, read.text)))
        remembered = self._hearing.remembered(asked)
        is_again_asked = remembered is not None and not read.refused and (not text or is_again(text))
        root = FilesRead("") if remembered else self._hearing.root(asked)
        if asked.secrets or any(redact(each)[1] for each in (text, root.text if root else "")):
            self._exposure.warn(asked, held)
        conversation = remembered or Conversation().with_text(root.text if root else "")
        if remembered and (candidate := self._hearing.chosen(asked, remembered, text)):
            conversation = conversation.choosing(candidate)
        elif not is_again_asked:
            conversation = conversation.with_text(text)
        conversation = replace(
            conversation,
            account=asked.account or conversation.account,
            region=asked.region or conversation.region,
            is_open=False,
            began=conversation.began or self._clock(),
        )
        refused = (*(root.refused if root else ()), *read.refused)[:_MOST_REFUSED]
        before = [self._refused(each, person) for each in refused]
        if not conversation.texts:
            nothing = "thread_not_readable" if root is None else _nothing(asked)
            outlet.show(say(before[0] if before else self._desk.words(person.language).block(nothing)))
            return self._desk.ledger.ended(asked, held, nothing)
        question = conversation.question(person.language, person.timezone, asked.asker)
        subject = self._troubleshooter.subject_of(question)
        if remembered is None and not before and self._pointing.point(asked, person, outlet, conversation, subject):
            return self._desk.ledger.ended(asked, held, "pointed_to")
        self._remember(outlet, conversation)
        reply = self.look(question, outlet)
        parts = [_part(each) for each in before]
        if self._may_be_said(outlet, held):
            parts.append(_part(self._desk.words(person.language).block("may_be_repeated")))
        if is_again_asked and (earlier := self._earlier(conversation, asked, held)):
            parts += self._desk.changed(earlier, reply).parts
        id = self.present(outlet, reply, conversation, person.id, before=parts)
        if id is not None:
            self._pointing.answered(asked, outlet, subject, id)
        return self._desk.ledger.answered(asked, held, reply)

    def present(
        self,
        outlet: Outlet,
        reply: Reply,
        conversation: Conversation,
        asker: str,
        *,
        before: Sequence[Part] = (),
        id: str | None = None,
        with_files: bool = True,
        since: Conversation | None = None,
    ) -> str | None:
        """Show an answer, and remember it where replies to it will be written; the id it is kept under.

        `since` is what was remembered there when what is answered was first asked, if that is some time ago: what was
        said in the meantime stays.
        """
        conversation = replace(conversation, is_open=reply.diagnosis.verdict in _OPEN)
        kept = Kept(asker, reply.locale, reply.timezone, conversation, reply.diagnosis)
        id = self._desk.present(outlet, reply, kept, before=before, id=id, with_files=with_files)
        if since is None:
            self._remember(outlet, replace(conversation, answer=id))
        else:
            for thread, seconds in _goes_on_in(outlet):
                self._desk.threads.go_on(thread, since, replace(conversation, answer=id), seconds)
        return id

    def _earlier(self, conversation: Conversation, asked: Asked, held: Held) -> Kept | None:
        """The answer to what is asked again, as it was before anybody began with this; None if they may not see it."""
        note = Note.read(held.note)
        id = note.earlier or conversation.answer
        if id is None:
            return None
        if note.earlier is None:
            _write(held, replace(note, earlier=id))
        return self._desk.kept_for(asked.asker, id)

    def _may_be_said(self, outlet: Outlet, held: Held) -> bool:
        """Whether somebody may have given this answer before; makes sure that it is still ours to give."""
        if outlet.can_edit:
            held.hold()
            return False
        note = Note.read(held.note)
        _write(held, replace(note, may_be_said=True))
        return note.may_be_said

    def _remember(self, outlet: Outlet, conversation: Conversation) -> None:
        """Remember what is asked before it is answered, too: where there is no answer, it can be asked again."""
        for thread, seconds in _goes_on_in(outlet):
            self._desk.threads.remember(thread, conversation, seconds)

    def _begin(self, outlet: Outlet) -> None:
        """From now on what is written in the thread may be meant for the bot."""
        if outlet.thread is not None:
            self._desk.threads.begin(outlet.thread)

    def _refused(self, file: RefusedFile, person: Person) -> str:
        values = {"name": shortened(file.name, _LONGEST_NAME), "most": self._most_megabytes}
        return self._desk.words(person.language).block(f"file_{file.reason}", values)


def _write(held: Held, note: Note) -> None:
    try:
        held.write(note.written())
    except StoreFails as error:
        log.error("what is done now may be done once more, after a crash: %s", error)


def _part(words: str) -> Part:
    return Part(Rank.ANSWER, tuple(block(section(prose(words)))))


def _greeted(outlet: Outlet, held: Held) -> Note:
    is_warned = Note.read(held.note).is_warned
    return Note(outlet.posted, in_private=outlet.is_private, is_greeted=True, is_warned=is_warned)


def _nothing(asked: Asked) -> str:
    return "nothing_in_thread" if asked.hangs_on else "nothing_pasted"


def _goes_on_in(outlet: Outlet) -> Iterator[tuple[Thread, float | None]]:
    """Where a conversation may go on, and for how many seconds if not as long as usual."""
    if (thread := outlet.thread) is not None:
        yield thread, None
        if thread.channel.startswith("D"):
            yield Thread(thread.channel), _OPEN_SECONDS
