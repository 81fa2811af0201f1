"""Looks once more, and edits the answer in place: what was wrong, what is right now, what still is."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from threading import Lock

from bot.model import Candidate, Reply
from bot.slack.conversation.answering import Answering
from bot.slack.conversation.answers import Kept
from bot.slack.conversation.desk import Changed, Desk
from bot.slack.conversation.threads import Conversation
from bot.slack.incoming.entrances import Clicked, ClickedMessage
from bot.slack.outgoing.answer import answer_of
from bot.slack.outgoing.messages import Message, Part, Rank
from bot.slack.outgoing.richtext import block, prose, section


class Rechecking:
    """Asks the question of a kept answer again. What was shown stays until there is something better to show."""

    def __init__(self, desk: Desk, answering: Answering) -> None:
        self._desk = desk
        self._answering = answering
        self._under_way: set[ClickedMessage | None] = set()
        self._lock = Lock()

    def check_again(self, clicked: Clicked, id: str, kept: Kept) -> None:
        """Ask the same question, and say what has changed. Raises one of CANNOT_SAY."""
        self._look(
            clicked, id, kept, kept.conversation, "checking_again", lambda fresh: self._desk.changed(kept, fresh)
        )

    def go_on(self, clicked: Clicked, id: str, kept: Kept, candidate: Candidate) -> None:
        """Go on with the API or the stage that was chosen. Raises one of CANNOT_SAY."""
        conversation = kept.conversation.choosing(candidate)
        self._look(clicked, id, kept, conversation, "working", lambda fresh: Changed((), is_new=True))

    def _look(
        self,
        clicked: Clicked,
        id: str,
        kept: Kept,
        conversation: Conversation,
        note: str,
        changed_by: Callable[[Reply], Changed],
    ) -> None:
        """Look while the old answer stands there with a note; it comes back if there is no new one."""
        outlet = self._desk.in_place(clicked)
        shown = self._desk.reply(kept.diagnosis, kept.language, kept.timezone)

        def with_old_answer(said: Message) -> Message:
            self._end(clicked)
            return self._desk.message(outlet, shown, id, [Part(Rank.ANSWER, said.blocks)])

        def look() -> None:
            fresh = self._answering.look(conversation, kept.language, kept.timezone)
            changed = changed_by(fresh)
            # Whoever sees the new answer may press its buttons.
            self._end(clicked)
            self._answering.present(
                outlet,
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

        if not self._begin(clicked):
            return
        with ExitStack() as failing:
            failing.callback(self._end, clicked)
            said = prose(self._desk.words(kept.language).block(note), italic=True)
            at_it = [Part(Rank.ANSWER, tuple(block(section(said))))]
            labels = self._desk.labels(kept.language)
            # Without buttons, so that hardly anybody presses them twice.
            outlet.show(answer_of(shown, labels, at_it, has_files=outlet.takes_files).message()[0])
            self._answering.ask(look, outlet, kept.language, with_old_answer)
            failing.pop_all()

    def _begin(self, clicked: Clicked) -> bool:
        """Whether nobody else has pressed the same button and still waits for what it brings."""
        with self._lock:
            is_first = clicked.message not in self._under_way
            self._under_way.add(clicked.message)
            return is_first

    def _end(self, clicked: Clicked) -> None:
        with self._lock:
            self._under_way.discard(clicked.message)
