"""Questions of people, from their arrival to their answer: heard, completed by what was said before, looked into."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Protocol

from slack_sdk.errors import SlackApiError

from bot.model import Candidate, Place, Question, Reply, Verdict, Watch
from bot.slack.conversation.answers import Kept
from bot.slack.conversation.delivery import Outlet
from bot.slack.conversation.desk import Desk
from bot.slack.conversation.people import SLACK_FAILS, Person
from bot.slack.conversation.threads import Conversation
from bot.slack.conversation.ticker import Pace, Ticker
from bot.slack.incoming.again import is_again
from bot.slack.incoming.attached import attached
from bot.slack.incoming.entrances import Asked, Thread, Way
from bot.slack.incoming.files import Files, FilesRead, RefusedFile
from bot.slack.incoming.paste import from_message
from bot.slack.outgoing.controls import answer_above
from bot.slack.outgoing.messages import Message, Part, Rank, say
from bot.slack.outgoing.richtext import block, prose, section, shortened
from bot.worker import Task, TooBusy, Worker

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
        questions: Worker,
        progress: Worker,
    ) -> None:
        """`questions` may be busy for long; `progress` tells of them. `files` reads at most `most_megabytes`."""
        self._desk = desk
        self._troubleshooter = troubleshooter
        self._files = files
        self._most_megabytes = most_megabytes
        self._questions = questions
        self._progress = progress
        self._pace = Pace()

    def receive(self, asked: Asked) -> None:
        """Say that a question has arrived, and have it answered. Raises one of CANNOT_SAY."""
        if self._is_chatter(asked):
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

    def _is_chatter(self, asked: Asked) -> bool:
        """Whether something said in a thread is no question: outside of the bot's threads, and where nothing in it is.

        What the bot is mentioned in is always one, and so is what somebody writes to it in a thread of their own.
        """
        if asked.way is Way.REPLY:
            conversation = self._desk.threads.recall(_thread(asked))
        elif asked.way is Way.DIRECT and asked.hangs_on:
            conversation = self._remembered(asked)
            if conversation is None or asked.message.get("files"):
                return False
        else:
            return False
        return conversation is None or not self._is_meant(asked, conversation)

    def _is_meant(self, asked: Asked, conversation: Conversation) -> bool:
        has_log = any(file.mimetype.startswith("text/") for file in attached(asked.message))
        if has_log or is_again(asked.pasted) or self._troubleshooter.understands(asked.pasted):
            return True
        return self._chosen(conversation, asked.pasted) is not None

    def _chosen(self, conversation: Conversation, text: str) -> Candidate | None:
        """The candidate that a text names, and nothing else, of those that the last answer has offered."""
        kept = self._desk.answers.get(conversation.answer) if conversation.answer else None
        name = text.strip().strip("`\"'.").casefold()
        named = [each for each in kept.diagnosis.candidates if name in _names(each)] if kept and name else []
        return named[0] if len(named) == 1 else None

    def _answer(self, asked: Asked, person: Person, outlet: Outlet) -> None:
        read = self._files.read(attached(asked.message))
        text = "\n".join(filter(None, (asked.pasted, read.text)))
        remembered = self._remembered(asked)
        is_repeated = remembered is not None and not read.refused and (not text or is_again(text))
        root = FilesRead("") if remembered else self._root(asked)
        conversation = remembered or Conversation().with_text(root.text if root else "")
        if remembered and (candidate := self._chosen(remembered, text)):
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

    def _remembered(self, asked: Asked) -> Conversation | None:
        """What a question continues: the conversation of its thread, or what the bot asked just before in private."""
        if asked.way in (Way.COMMAND, Way.FORM, Way.SHORTCUT) or not isinstance(asked.answer_to, Thread):
            return None
        last = None
        if asked.hangs_on:
            last = self._desk.threads.recall(asked.answer_to)
        elif asked.way is Way.DIRECT:
            last = self._desk.threads.recall(Thread(asked.answer_to.channel))
            last = last if last and last.is_open else None
        return last if last and last.texts else None

    def _root(self, asked: Asked) -> FilesRead | None:
        """What the message says on which the thread hangs, its files included; None where it cannot be read."""
        if asked.way is Way.SHORTCUT or not asked.hangs_on or asked.channel is None:
            return FilesRead("")
        try:
            # https://docs.slack.dev/reference/methods/conversations.replies
            answer = self._desk.client.conversations_replies(
                channel=asked.channel, ts=asked.hangs_on, limit=1, inclusive=True
            )
        except SLACK_FAILS as error:
            code = error.response.get("error") if isinstance(error, SlackApiError) else type(error).__name__
            log.warning("conversations.replies failed (%s)", code)
            return None
        message: Mapping[str, Any] = next(iter(answer.get("messages") or ()), {})
        if id := answer_above(message.get("blocks") or ()):
            # An answer that was shared: what it says is no paste, but it was given to one.
            kept = self._desk.answers.get(id)
            return FilesRead("\n".join(kept.conversation.texts) if kept else "")
        read = self._files.read(attached(message))
        text = from_message(message, self._desk.bot_user)
        return replace(read, text="\n".join(filter(None, (text, read.text))))

    def _refused(self, file: RefusedFile, person: Person) -> str:
        values = {"name": shortened(file.name, _LONGEST_NAME), "most": self._most_megabytes}
        return self._desk.words(person.language).block(f"file_{file.reason}", values)


def _thread(asked: Asked) -> Thread:
    assert isinstance(asked.answer_to, Thread), "only messages are replies"
    return asked.answer_to


def _names(candidate: Candidate) -> set[str]:
    target = candidate.target
    return {each.casefold() for each in (target.id, candidate.name) if each}


def _nothing(asked: Asked) -> str:
    return "nothing_in_thread" if asked.hangs_on else "nothing_pasted"


def _goes_on_in(outlet: Outlet) -> Iterator[tuple[Thread, float | None]]:
    """Where a conversation may go on, and for how many seconds if not as long as usual."""
    if (thread := outlet.thread) is not None:
        yield thread, None
        if thread.channel.startswith("D"):
            yield Thread(thread.channel), _OPEN_SECONDS
