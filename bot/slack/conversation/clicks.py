"""What the buttons and menus do. Whoever clicks is let in or turned away anew each time."""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from bot.reply.templates import Prose
from bot.report.redact import redact
from bot.slack import actions
from bot.slack.conversation.answers import Kept
from bot.slack.conversation.delivery import CANNOT_SAY, Either, Outlet
from bot.slack.conversation.desk import Desk
from bot.slack.conversation.exposure import Exposure
from bot.slack.conversation.ledger import GONE, LOOKS, Became
from bot.slack.conversation.outlets import ReaderOutlet, ResponseOutlet
from bot.slack.conversation.people import Person
from bot.slack.conversation.rechecking import Rechecking, answer_of_click
from bot.slack.conversation.views import Views
from bot.slack.incoming.entrances import Clicked, Commented, Thread
from bot.slack.outgoing.answer import answer_of
from bot.slack.outgoing.evidence import evidence_view, rest_view
from bot.slack.outgoing.forms import wrong_form
from bot.slack.outgoing.messages import Part, Rank
from bot.slack.outgoing.richtext import Block, block, literal, mention, section
from bot.store.feedback import Feedback, Opinion
from bot.store.store import Store, StoreFails
from bot.worker import Held

log = logging.getLogger(__name__)

_SHARED = "shared"
_SHARED_SECONDS = 24 * 60 * 60
_PERSON = Prose("\ue000")

Click = Callable[[Clicked, Person, str, Kept], None]
"""`value` of what is clicked is then what was chosen; the text is the id of the answer."""


class Clicks:
    """Does what was clicked. Raises whatever hinders that."""

    def __init__(
        self,
        desk: Desk,
        rechecking: Rechecking,
        views: Views,
        feedback: Feedback,
        exposure: Exposure,
        store: Store,
    ) -> None:
        self._desk = desk
        self._rechecking = rechecking
        self._views = views
        self._feedback = feedback
        self._exposure = exposure
        self._store = store
        self._does: dict[str, Click] = {
            actions.EVIDENCE: self._show_evidence,
            actions.REST: self._show_rest,
            actions.LANGUAGE: self._translate,
            actions.SHARE: self._share,
            actions.HELPFUL: self._helpful,
            actions.WRONG: self._wrong,
        }

    def click(self, clicked: Clicked, held: Held | None = None) -> Became:
        """Do what the button says, if whoever clicked it is let in and the answer is still kept.

        `held` is the item of the inbox, unless it is one of the clicks that do not last.
        """
        people = self._desk.people
        person = people.person(clicked.person) if held else people.person_for_now(clicked.person)
        if refusal := self._desk.refusal(person, clicked, is_shared=self._is_read_by_others(clicked)):
            return self._refuse(clicked, person, refusal, refusal, held)
        if clicked.action == actions.OWN_LANGUAGE:
            self._views.choose_language(clicked.person, None if clicked.value == actions.ANY else clicked.value)
            return Became.NO_QUESTION
        do = self._does.get(clicked.action)
        id, value = answer_of_click(clicked)
        found = self._desk.answers.get(id)
        kept = self._desk.shown_to(clicked.asker, found)
        if kept is None:
            return self._refuse(clicked, person, *self._desk.refusal_of(clicked, found), held)
        if held is not None and clicked.action in LOOKS:
            return self._rechecking.begin(clicked, kept, held)
        if do is not None:
            do(replace(clicked, value=value), person, id, kept)
        else:
            # What another release has sent may have buttons that this one does not know.
            self._desk.tell(clicked, person, GONE)
        return Became.NO_QUESTION

    def _refuse(self, clicked: Clicked, person: Person, words: str, why: str, held: Held | None) -> Became:
        self._desk.tell(clicked, person, words)
        if held is not None and clicked.action in LOOKS:
            return self._desk.ledger.refused(clicked, held, why)
        return Became.NO_QUESTION

    def _is_read_by_others(self, clicked: Clicked) -> bool:
        """Whether another company would read what the click brings about; a channel may be shared after an answer."""
        message = clicked.message
        if message is None or self._desk.channels.is_shared(message.channel) is not True:
            return False
        return clicked.action == actions.SHARE or (clicked.action in LOOKS and not message.is_ephemeral)

    def comment(self, commented: Commented, held: Held) -> None:
        """Keep what somebody says of a wrong answer, if they are let in; and tell them of a secret in it."""
        self._keep(commented)
        if commented.secrets:
            self._exposure.warn(commented, held)

    def _keep(self, commented: Commented) -> None:
        person = self._desk.people.person(commented.person)
        if self._desk.refusal(person, commented):
            return
        found = self._desk.answers.get(commented.answer)
        kept = self._desk.shown_to(commented.asker, found)
        if kept is None:
            self._desk.refusal_of(commented, found)
        else:
            self._note(person, commented.answer, kept, Opinion.WRONG, redact(commented.comment)[0])

    def _show_evidence(self, clicked: Clicked, person: Person, id: str, kept: Kept) -> None:
        reply = self._desk.reply(kept.diagnosis, person.language, person.timezone)
        self._views.open(clicked.trigger, evidence_view(reply, self._desk.labels(person.language)))

    def _show_rest(self, clicked: Clicked, person: Person, id: str, kept: Kept) -> None:
        shown = self._desk.reply(kept.diagnosis, kept.language, kept.timezone)
        shown_up_to = answer_of(shown, self._desk.labels(kept.language)).shown_up_to()
        reply = self._desk.reply(kept.diagnosis, person.language, person.timezone)
        labels = self._desk.labels(person.language)
        self._views.open(clicked.trigger, rest_view(reply, answer_of(reply, labels).behind(shown_up_to), labels))

    def _translate(self, clicked: Clicked, person: Person, id: str, kept: Kept) -> None:
        """The same answer in the reader's language: in place where nobody else reads it, else for their eyes only."""
        person = self._desk.people.choose(person.id, clicked.value)
        reply = self._desk.reply(kept.diagnosis, person.language, person.timezone)
        translated = replace(kept, language=person.language, timezone=person.timezone)
        outlet = self._reading_place(clicked)
        if outlet.can_edit:
            self._desk.answers.keep(translated, id)
        else:
            id = self._desk.answers.keep(replace(translated, asker=person.id))
        outlet.show(self._desk.message(outlet, reply, id))

    def _reading_place(self, clicked: Clicked) -> Outlet:
        message = clicked.message
        if message is None or message.is_ephemeral or message.channel.startswith("D"):
            return self._desk.in_place(clicked)
        alone = ReaderOutlet(self._desk.client, Thread(message.channel, message.thread), clicked.person)
        return Either(alone, ResponseOutlet(self._desk.client, clicked.answer_to)) if clicked.answer_to else alone

    def _share(self, clicked: Clicked, person: Person, id: str, kept: Kept) -> None:
        """Post an answer that one person saw for all in the channel, once, if it is theirs."""
        if kept.asker != person.id:
            self._desk.tell(clicked, person, "not_yours")
        elif clicked.answer_to is None or not self._store.add(_SHARED, f"{id}:{kept.look}", person.id, _SHARED_SECONDS):
            self._desk.tell(clicked, person, "already_shared")
        else:
            try:
                outlet = ResponseOutlet(self._desk.client, clicked.answer_to, in_channel=True)
                reply = self._desk.reply(kept.diagnosis, kept.language, kept.timezone)
                # From now on there are two: what is done to one, such as another language, is not done to the other.
                id_of_shared = self._desk.answers.keep(kept)
                shared_by = Part(Rank.ANSWER, tuple(self._shared_by(person, kept.language)))
                outlet.show(self._desk.message(outlet, reply, id_of_shared, [shared_by]))
            except (*CANNOT_SAY, StoreFails):
                self._store.drop(_SHARED, f"{id}:{kept.look}")
                raise

    def _shared_by(self, person: Person, language: str) -> list[Block]:
        before, _, after = self._desk.words(language).block("shared_by", {"person": _PERSON}).partition(_PERSON)
        return block(section([*literal(before), mention(person.id), *literal(after)]))

    def _helpful(self, clicked: Clicked, person: Person, id: str, kept: Kept) -> None:
        self._note(person, id, kept, Opinion.HELPFUL)
        self._desk.tell(clicked, person, "thanks_helpful")

    def _wrong(self, clicked: Clicked, person: Person, id: str, kept: Kept) -> None:
        # Counted first: few people fill in forms.
        self._note(person, id, kept, Opinion.WRONG)
        self._views.open(clicked.trigger, wrong_form(self._desk.words(person.language), id, clicked.asker.channel))
        self._desk.tell(clicked, person, "thanks_wrong")

    def _note(self, person: Person, id: str, kept: Kept, opinion: Opinion, comment: str = "") -> None:
        causes = tuple(finding.cause for finding in kept.diagnosis.findings)
        self._feedback.record(id, person.id, opinion, causes, datetime.now(UTC), comment)
