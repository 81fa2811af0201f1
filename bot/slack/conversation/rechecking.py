"""Looks once more, and edits the answer in place: what was wrong, what is right now, what still is."""

from collections.abc import Callable
from dataclasses import replace
from threading import Lock

from bot.model import Candidate, Reply
from bot.slack.conversation.answering import Answering
from bot.slack.conversation.answers import Kept
from bot.slack.conversation.delivery import CANNOT_SAY, Outlet
from bot.slack.conversation.desk import Desk
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

        def look(outlet: Outlet) -> None:
            fresh = self._fresh(kept, kept.conversation)
            changed = self._desk.changed(kept, fresh)
            # The files of what was found before stand there already.
            self._answering.present(
                outlet,
                fresh,
                kept.conversation,
                kept.asker,
                before=changed.parts,
                id=id,
                with_files=changed.is_new,
                since=_remembered(id, kept),
            )

        self._in_place(clicked, id, kept, "checking_again", look)

    def go_on(self, clicked: Clicked, id: str, kept: Kept, candidate: Candidate) -> None:
        """Go on with the API or the stage that was chosen. Raises one of CANNOT_SAY."""
        target = candidate.target
        conversation = kept.conversation.with_text(_named(candidate))
        conversation = replace(conversation, account=target.account, region=target.region)

        def look(outlet: Outlet) -> None:
            fresh = self._fresh(kept, conversation)
            self._answering.present(outlet, fresh, conversation, kept.asker, id=id, since=_remembered(id, kept))

        self._in_place(clicked, id, kept, "working", look)

    def _fresh(self, kept: Kept, conversation: Conversation) -> Reply:
        return self._answering.look(conversation, kept.language, kept.timezone)

    def _in_place(self, clicked: Clicked, id: str, kept: Kept, note: str, look: Callable[[Outlet], None]) -> None:
        """Look while the old answer stands there with a note; it comes back if there is no new one."""
        outlet = self._desk.in_place(clicked)
        shown = self._desk.reply(kept.diagnosis, kept.language, kept.timezone)

        def with_old_answer(said: Message) -> Message:
            self._end(clicked)
            return self._desk.message(outlet, shown, id, [Part(Rank.ANSWER, said.blocks)])

        def look_to_the_end() -> None:
            look(outlet)
            self._end(clicked)

        if not self._begin(clicked):
            return
        try:
            said = prose(self._desk.words(kept.language).block(note), italic=True)
            at_it = [Part(Rank.ANSWER, tuple(block(section(said))))]
            labels = self._desk.labels(kept.language)
            # Without buttons, so that hardly anybody presses them twice.
            outlet.show(answer_of(shown, labels, at_it, has_files=outlet.takes_files).message()[0])
            self._answering.ask(look_to_the_end, outlet, kept.language, with_old_answer)
        except CANNOT_SAY:
            self._end(clicked)
            raise

    def _begin(self, clicked: Clicked) -> bool:
        """Whether nobody else has pressed the same button and still waits for what it brings."""
        with self._lock:
            is_first = clicked.message not in self._under_way
            self._under_way.add(clicked.message)
            return is_first

    def _end(self, clicked: Clicked) -> None:
        with self._lock:
            self._under_way.discard(clicked.message)


def _remembered(id: str, kept: Kept) -> Conversation:
    """What a thread remembers as long as this answer is its last."""
    return replace(kept.conversation, answer=id)


def _named(candidate: Candidate) -> str:
    """The candidate as somebody would name it."""
    target = candidate.target
    stage = f" stage {target.stage}" if target.stage else ""
    return f"{target.id} {target.region}{stage}"
