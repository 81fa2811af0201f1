"""Questions of people, from their arrival to their answer: heard, completed by what was said before, looked into."""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Protocol

from bot.model import Place, Question, Reply, Verdict, Watch
from bot.pool import Pool, Task, TooBusy
from bot.slack.conversation.answers import Kept
from bot.slack.conversation.delivery import Outlet
from bot.slack.conversation.desk import Desk
from bot.slack.conversation.hearing import Hearing
from bot.slack.conversation.people import Person
from bot.slack.conversation.threads import Conversation
from bot.slack.conversation.ticker import Pace, Ticker
from bot.slack.incoming.again import is_again
from bot.slack.incoming.attached import attached
from bot.slack.incoming.entrances import Asked, Thread, Way
from bot.slack.incoming.files import Files, FilesRead, RefusedFile
from bot.slack.outgoing.messages import Message, Part, Rank, say
from bot.slack.outgoing.richtext import block, prose, section, shortened

log = logging.getLogger(__name__)

_OPEN = (Verdict.NEED_TARGET, Verdict.TARGET_NOT_FOUND)
"""The answers that ask for something."""
_OPEN_SECONDS = 30 * 60
"""How long what the bot asked in direct messages can be answered by what is written next, outside of its thread."""
_MOST_REFUSED = 10  # files: as many as Slack's clients attach to a message
_LONGEST_NAME = 80


Around = Callable[[Message], Message]


class Troubleshooter(Protocol):
    """Answers questions; called from several threads at once."""

    def answer(self, question: Question, watch: Watch = ...) -> Reply:
        """The whole answer to a question. Raises CannotDiagnose."""

    def understands(self, *texts: str) -> bool:
        """Whether texts that nobody addressed to the bot are meant for it."""

    def places(self) -> tuple[Place, ...]:
        """The accounts that can be asked about."""

    def regions(self) -> tuple[str, ...]:
        """The regions that can be asked about."""


class Answering:
    """Answers questions, each in the language of whoever asked, where they asked."""

    def __init__(
        self,
        desk: Desk,
        troubleshooter: Troubleshooter,
        files: Files,
        most_megabytes: float,
        questions: Pool,
        progress: Pool,
    ) -> None:
        """`questions` may be busy for long; `progress` tells of them. `files` reads at most `most_megabytes`."""
        self._desk = desk
        self._troubleshooter = troubleshooter
        self._files = files
        self._hearing = Hearing(desk, files, troubleshooter.understands)
        self._most_megabytes = most_megabytes
        self._questions = questions
        self._progress = progress
        self._pace = Pace()

    def receive(self, asked: Asked) -> None:
        """Say that a question has arrived, and have it answered. Raises one of CANNOT_SAY."""
        if self._hearing.is_chatter(asked):
            return
        desk = self._desk
        person = desk.people.person(asked.person)
        is_shared = asked.is_shared or (asked.way is Way.SHORTCUT and desk.channels.is_shared(asked.channel) is True)
        if refusal := desk.refusal(person, is_shared=is_shared):
            log.info("refused: %s", refusal)
            desk.tell(asked, person, refusal)
            return
        if asked.language and asked.language != person.language:
            person = desk.people.choose(asked.person, asked.language)
        words, outlet = desk.words(person.language), desk.outlet(asked)
        if not asked.pasted and not attached(asked.message) and not asked.hangs_on:
            outlet.show(say(words.block("nothing_pasted")))
            self._remember(outlet, Conversation())
            return
        outlet.show(say(words.block("working" if outlet.can_edit else "acknowledged")))
        self.ask(partial(self._answer, asked, person, outlet), outlet, person.language)

    def ask(self, task: Task, outlet: Outlet, language: str, otherwise: Around = lambda said: said) -> None:
        """Have a question worked on; where that fails or there is no room, its outlet says so.

        `otherwise` makes the message of what is then said. Raises one of CANNOT_SAY.
        """

        def failed(error: BaseException) -> None:
            self._desk.show_or_log(outlet, otherwise(self._desk.failure(error, language)))

        try:
            self._questions.submit(task, failed)
        except TooBusy:
            log.warning("too busy: a question was turned away")
            outlet.show(otherwise(say(self._desk.words(language).block("too_busy"))))

    def look(self, conversation: Conversation, language: str, timezone: str, outlet: Outlet | None = None) -> Reply:
        """Look into what a conversation asks, telling an outlet how it goes. Raises CannotDiagnose."""
        question = conversation.question(language, timezone)
        if outlet is None:
            return self._troubleshooter.answer(question)
        ticker = Ticker(outlet, self._desk.words(language), self._progress, self._pace)
        try:
            return self._troubleshooter.answer(question, ticker)
        finally:
            ticker.stop()

    def _answer(self, asked: Asked, person: Person, outlet: Outlet) -> None:
        read = self._files.read(attached(asked.message))
        text = "\n".join(filter(None, (asked.pasted, read.text)))
        remembered = self._hearing.remembered(asked)
        is_repeated = remembered is not None and not read.refused and (not text or is_again(text))
        root = FilesRead("") if remembered else self._hearing.root(asked)
        conversation = remembered or Conversation().with_text(root.text if root else "")
        if remembered and (candidate := self._hearing.chosen(remembered, text)):
            conversation = conversation.choosing(candidate)
        elif not is_repeated:
            conversation = conversation.with_text(text)
        conversation = replace(
            conversation,
            account=asked.account or conversation.account,
            region=asked.region or conversation.region,
            is_open=False,
        )
        self._remember(outlet, conversation)
        refused = (*(root.refused if root else ()), *read.refused)[:_MOST_REFUSED]
        before = [self._refused(each, person) for each in refused]
        if not conversation.texts:
            nothing = "thread_not_readable" if root is None else _nothing(asked)
            outlet.show(say(before[0] if before else self._desk.words(person.language).block(nothing)))
            return
        reply = self.look(conversation, person.language, person.timezone, outlet)
        parts = [Part(Rank.ANSWER, tuple(block(section(prose(each))))) for each in before]
        if is_repeated and conversation.answer and (kept := self._desk.answers.get(conversation.answer)):
            parts += self._desk.changed(kept, reply).parts
        self.present(outlet, reply, conversation, person.id, before=parts)

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
    ) -> None:
        """Show an answer, and remember it where replies to it will be written. Raises one of CANNOT_SAY.

        `since` is what was remembered there when it was asked for, if not the conversation: of several answers that
        are worked on at once, none takes back what was said later.
        """
        since = since or conversation
        conversation = replace(conversation, is_open=reply.diagnosis.verdict in _OPEN)
        kept = Kept(asker, reply.locale, reply.timezone, conversation, reply.diagnosis)
        id = self._desk.present(outlet, reply, kept, before=before, id=id, with_files=with_files)
        for thread, seconds in _goes_on_in(outlet):
            self._desk.threads.go_on(thread, since, replace(conversation, answer=id), seconds)

    def _remember(self, outlet: Outlet, conversation: Conversation) -> None:
        """Remember a conversation where it goes on, as soon as it has begun: people do not wait for an answer."""
        for thread, seconds in _goes_on_in(outlet):
            self._desk.threads.remember(thread, conversation, seconds)

    def _refused(self, file: RefusedFile, person: Person) -> str:
        values = {"name": shortened(file.name, _LONGEST_NAME), "most": self._most_megabytes}
        return self._desk.words(person.language).block(f"file_{file.reason}", values)


def _nothing(asked: Asked) -> str:
    return "nothing_in_thread" if asked.hangs_on else "nothing_pasted"


def _goes_on_in(outlet: Outlet) -> Iterator[tuple[Thread, float | None]]:
    """Where a conversation may go on, and for how many seconds if not as long as usual."""
    if (thread := outlet.thread) is not None:
        yield thread, None
        if thread.channel.startswith("D"):
            yield Thread(thread.channel), _OPEN_SECONDS
