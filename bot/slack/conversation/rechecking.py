"""Looks once more, and edits the answer in place: what was wrong, what is right now, what still is."""

from dataclasses import replace

from bot.model import Candidate
from bot.slack.conversation.answering import Answering
from bot.slack.conversation.answers import Kept
from bot.slack.conversation.delivery import Outlet
from bot.slack.conversation.desk import Desk
from bot.slack.outgoing.answer import answer_of
from bot.slack.outgoing.messages import Message, Part, Rank
from bot.slack.outgoing.richtext import block, prose, section


class Rechecking:
    """Asks the question of a kept answer again. What was shown stays until there is something better to show."""

    def __init__(self, desk: Desk, answering: Answering) -> None:
        self._desk = desk
        self._answering = answering

    def check_again(self, outlet: Outlet, id: str, kept: Kept) -> None:
        """Ask the same question. Raises one of CANNOT_SAY."""
        self._look(outlet, id, kept, kept)

    def go_on(self, outlet: Outlet, id: str, kept: Kept, candidate: Candidate) -> None:
        """Go on with the API or the stage that was chosen. Raises one of CANNOT_SAY."""
        target = candidate.target
        conversation = kept.conversation.with_text(_named(candidate))
        conversation = replace(conversation, account=target.account, region=target.region)
        self._look(outlet, id, kept, replace(kept, conversation=conversation))

    def _look(self, outlet: Outlet, id: str, before: Kept, now: Kept) -> None:
        language, timezone = before.language, before.timezone
        shown = self._desk.reply(before.diagnosis, language, timezone)

        def with_old_answer(said: Message) -> Message:
            return self._desk.message(outlet, shown, id, [Part(Rank.ANSWER, said.blocks)])

        def look() -> None:
            fresh = self._answering.look(now.conversation, language, timezone)
            changed = self._desk.changed(before, fresh)
            # The files of what was found before stand there already.
            self._answering.present(
                outlet, fresh, now.conversation, before.asker, before=changed.parts, id=id, with_files=changed.is_new
            )

        note = prose(self._desk.words(language).block("checking_again"), italic=True)
        labels = self._desk.labels(language)
        at_it = answer_of(shown, labels, [Part(Rank.ANSWER, tuple(block(section(note))))], has_files=outlet.takes_files)
        # Without buttons, so that nobody presses them twice.
        outlet.show(at_it.message()[0])
        self._answering.ask(look, outlet, language, with_old_answer)


def _named(candidate: Candidate) -> str:
    """The candidate as somebody would name it."""
    target = candidate.target
    stage = f" stage {target.stage}" if target.stage else ""
    return f"{target.id} {target.region}{stage}"
