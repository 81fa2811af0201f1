"""Looks once more, and edits the answer in place: what was wrong, what is right now, what still is."""

import logging
import time
from dataclasses import replace

from bot.diagnosis import CannotDiagnose
from bot.model import Candidate
from bot.slack import actions
from bot.slack.conversation.answering import Answering
from bot.slack.conversation.answers import Kept
from bot.slack.conversation.bounds import Bounds
from bot.slack.conversation.desk import Changed, Desk
from bot.slack.conversation.ledger import Became
from bot.slack.conversation.notes import Note
from bot.slack.incoming.entrances import Clicked
from bot.slack.outgoing.answer import answer_of
from bot.slack.outgoing.controls import chosen
from bot.slack.outgoing.messages import Message, Part, Rank, say
from bot.slack.outgoing.richtext import block, prose, section
from bot.store.store import Store, StoreFails
from bot.worker import Held

log = logging.getLogger(__name__)

SHELF = "under_way"

_MOST_SECONDS = 15 * 60
"""How long a button can be of no use, if whoever did what it says never came to an end."""


class Rechecking:
    """Asks the question of a kept answer again. What was shown stays until there is something better to show.

    Every method raises what hinders it: one of CANNOT_SAY, StoreFails, LeaseLost, Later.
    """

    def __init__(self, desk: Desk, answering: Answering, bounds: Bounds, store: Store) -> None:
        self._desk = desk
        self._answering = answering
        self._bounds = bounds
        self._store = store

    def begin(self, clicked: Clicked, kept: Kept, held: Held) -> Became:
        """Say that the question is asked again, and let it wait for its turn; nothing, if somebody waits for it."""
        id, value = answer_of_click(clicked)
        if clicked.action == actions.CANDIDATE and _candidate(kept, value) is None:
            return self._desk.ledger.ended(clicked, held, "not_offered")
        if not self._claim(clicked, held):
            return self._desk.ledger.ended(clicked, held, "under_way")
        with self._bounds.arriving(held.lease.item):
            return self._begin(clicked, id, kept, held)

    def _begin(self, clicked: Clicked, id: str, kept: Kept, held: Held) -> Became:
        if exceeded := self._bounds.exceeded(held.lease.item):
            words = self._desk.words(kept.language).block(exceeded.words, {"count": exceeded.minutes})
            self._show_old(clicked, id, kept, say(words))
            return self._desk.ledger.ended(clicked, held, exceeded.words)
        # The new answer takes the place of this one, perhaps by somebody who does not live to see it stand in Slack.
        self._desk.answers.keep(kept, _copy(id, held))
        word = "working" if clicked.action == actions.CANDIDATE else "checking_again"
        outlet = self._desk.in_place(clicked)
        shown = self._desk.reply(kept.diagnosis, kept.language, kept.timezone)
        said = prose(self._desk.words(kept.language).block(word), italic=True)
        at_it = [Part(Rank.ANSWER, tuple(block(section(said))))]
        # Without buttons, so that hardly anybody presses them twice.
        answer = answer_of(shown, self._desk.labels(kept.language), at_it, has_files=outlet.takes_files)
        outlet.show(answer.message()[0])
        held.note = Note(is_greeted=True).written()
        self._bounds.pass_on(held)
        return Became.PASSED_ON

    def look(self, clicked: Clicked, held: Held) -> Became:
        """Look at what was asked about, or at what was chosen now, and say what has changed."""
        id, value = answer_of_click(clicked)
        found, person = self._kept(id, held), self._desk.people.person(clicked.person)
        kept = self._desk.shown_to(clicked.asker, found)
        # It may have waited for long: they were let in then, and need not be any more.
        refusal = self._desk.refusal(person, clicked)
        if kept is None or refusal:
            words, why = (refusal, refusal) if refusal else self._desk.refusal_of(clicked, found)
            if kept is None:
                self._let_go(clicked)
                self._desk.tell(clicked, person, words)
            else:
                self._show_old(clicked, id, kept, say(self._desk.words(kept.language).block(words)))
                self._forget(id, held)
            return self._desk.ledger.refused(clicked, held, why)
        candidate = _candidate(kept, value) if clicked.action == actions.CANDIDATE else None
        conversation = kept.conversation.choosing(candidate) if candidate else kept.conversation
        question = conversation.question(kept.language, kept.timezone, clicked.asker)
        with self._bounds.turn(held.lease.item):
            began = time.monotonic()
            try:
                fresh = self._answering.look(question)
            except CannotDiagnose as error:
                self._show_old(clicked, id, kept, self._desk.failure(error, kept.language, held.reference))
                self._forget(id, held)
                return self._desk.ledger.ended(clicked, held, "cannot_diagnose")
            self._bounds.took(time.monotonic() - began)
        changed = Changed((), is_new=True) if candidate else self._desk.changed(kept, fresh)
        held.hold()
        # Whoever sees the new answer may press its buttons.
        self._let_go(clicked)
        self._answering.present(
            self._desk.in_place(clicked, held),
            fresh,
            conversation,
            kept.asker,
            before=changed.parts,
            id=id,
            # The files of what was found before stand there already.
            with_files=changed.is_new,
            # What the thread remembers as long as this answer is its last.
            since=replace(kept.conversation, answer=id),
        )
        self._forget(id, held)
        return self._desk.ledger.answered(clicked, held, fresh)

    def give_up(self, clicked: Clicked, held: Held, error: BaseException | None) -> None:
        """Show the answer that stood there, and that there will be no newer one."""
        self._desk.ledger.ended(clicked, held, "failed")
        id, _ = answer_of_click(clicked)
        kept = self._desk.shown_to(clicked.asker, self._kept(id, held))
        if kept is not None:
            self._desk.answers.keep(kept, id)  # It may be that the new one was kept, and not shown.
            self._show_old(clicked, id, kept, self._desk.failure(error, kept.language, held.reference))
        self._forget(id, held)

    def _kept(self, id: str, held: Held) -> Kept | None:
        """The answer that stood there when the button was pressed."""
        return self._desk.answers.get(_copy(id, held)) or self._desk.answers.get(id)

    def _forget(self, id: str, held: Held) -> None:
        try:
            self._desk.answers.forget(_copy(id, held))
        except StoreFails as error:
            log.error("a copy of an answer stays until its time is over: %s", error)

    def _show_old(self, clicked: Clicked, id: str, kept: Kept, said: Message) -> None:
        self._let_go(clicked)
        outlet = self._desk.in_place(clicked)
        shown = self._desk.reply(kept.diagnosis, kept.language, kept.timezone)
        outlet.show(self._desk.message(outlet, shown, id, [Part(Rank.ANSWER, said.blocks)]))

    def _claim(self, clicked: Clicked, held: Held) -> bool:
        """Whether nobody else has pressed the same button and still waits for what it brings."""
        place, id = _place(clicked), held.lease.item.id
        try:
            return self._store.add(SHELF, place, id, _MOST_SECONDS) or self._store.get(SHELF, place) == id
        except StoreFails as error:
            log.error("it is not known whether somebody has pressed the same button: %s", error)
            return True

    def _let_go(self, clicked: Clicked) -> None:
        try:
            self._store.drop(SHELF, _place(clicked))
        except StoreFails as error:
            log.error("a button is of no use for a while: %s", error)


def answer_of_click(clicked: Clicked) -> tuple[str, str]:
    """The id of the answer that a button or a menu stands under, and what was chosen; "" where nothing was."""
    is_menu = clicked.action in (actions.LANGUAGE, actions.CANDIDATE)
    return chosen(clicked.value) if is_menu else (clicked.value, "")


def _candidate(kept: Kept, value: str) -> Candidate | None:
    offered = {str(number): each for number, each in enumerate(kept.diagnosis.candidates)}
    return offered.get(value)


def _copy(id: str, held: Held) -> str:
    return f"{id}.{held.reference}"


def _place(clicked: Clicked) -> str:
    return f"{clicked.message.channel}:{clicked.message.ts}" if clicked.message else clicked.trigger
