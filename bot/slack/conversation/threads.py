"""What a thread remembers of its question: what is named later completes what was asked before."""

import json
import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from threading import Lock
from typing import Any
from weakref import WeakValueDictionary

from bot.model import Asker, Candidate, Question
from bot.report.redact import redact
from bot.slack.conversation.notkept import NotKept
from bot.slack.incoming.entrances import Thread
from bot.store.persistently import persistently
from bot.store.store import Store, StoreFails

log = logging.getLogger(__name__)

SHELF = "threads"

_MOST_TEXTS = 20
_MOST_CHARACTERS = 100_000
"""Of all texts together: three bytes each at most, which is what a store takes."""
_CUT = "\n…\n"
_EXPECTED = "null"
"""Kept of a thread in which something was asked, before it is known whether that is answered. No conversation."""
_EXPECTED_SECONDS = 60 * 60.0
"""For so long the bot may put off what was asked."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """What was said so far, oldest first; what was chosen; and under which id the answer is kept.

    Texts are whole, with their secrets, until the conversation is `written`. `is_open` if the answer asked for
    something. `began` is when the first of them was said, in seconds of the epoch; None where that is not known.
    """

    texts: tuple[str, ...] = ()
    region: str | None = None
    account: str | None = None
    answer: str | None = None
    is_open: bool = False
    began: float | None = None

    def with_text(self, text: str) -> "Conversation":
        """The conversation when one more thing is said in it; what was said just before adds nothing."""
        if not text.strip() or (self.texts and self.texts[-1] in (text, redact(text)[0])):
            return self
        return replace(self, texts=(*self.texts, text)[-_MOST_TEXTS:])

    def choosing(self, candidate: Candidate) -> "Conversation":
        """The conversation when one of the things that it could be about is chosen."""
        target = candidate.target
        stage = f" stage {target.stage}" if target.stage else ""
        said = self.with_text(f"{target.id} {target.region}{stage}")
        return replace(said, account=target.account, region=target.region)

    def question(self, language: str, timezone: str, asker: Asker) -> Question:
        """The question that the conversation amounts to."""
        *earlier, last = self.texts or ("",)
        return Question(
            pasted=last,
            locale=language,
            region=self.region,
            timezone=timezone,
            account=self.account,
            earlier=tuple(earlier),
            asker=asker,
        )

    def lasts(self, seconds: float, now: float) -> float:
        """For how many seconds more it may be kept, if no text may be longer than so many, whatever comes later."""
        return seconds if self.began is None else max(0.0, min(seconds, self.began + seconds - now))

    def written(self) -> dict[str, Any]:
        """The conversation as JSON can hold it: without secrets, and of a length that a store takes."""
        # Secrets are taken out first: cut in two, they are not recognized.
        texts = [redact(text)[0] for text in self.texts]
        most = _most_of_each([len(text) for text in texts])
        return asdict(self) | {"texts": [_bounded(text, most) for text in texts]}

    @classmethod
    def read(cls, written: Mapping[str, Any]) -> "Conversation":
        """What was `written`. Raises TypeError or KeyError on anything else."""
        return cls(**{**written, "texts": tuple(written["texts"])})


class Threads:
    """Conversations by the thread they are held in, for so many seconds after what was said first.

    What the store does not take is remembered by this process, until the store works again.
    """

    def __init__(self, store: Store, seconds: float, clock: Callable[[], float] = time.time) -> None:
        """`clock` tells the seconds of the epoch."""
        self._store = store
        self._seconds = seconds
        self._clock = clock
        self._not_kept = NotKept()
        self._turns: WeakValueDictionary[str, Lock] = WeakValueDictionary()
        self._lock = Lock()

    def expect(self, thread: Thread) -> None:
        """Have everybody know, for a while, that the bot may come to take part in a thread; nothing more is known."""
        try:
            persistently(lambda: self._store.add(SHELF, _key(thread), _EXPECTED, _EXPECTED_SECONDS))
        except StoreFails as error:
            log.error("that a thread may become the bot's is not known to other processes: %s", error)

    def knows(self, thread: Thread) -> bool:
        """Whether the bot takes part in a thread, or may come to; in doubt, where the store cannot tell, it may."""
        key = _key(thread)
        try:
            return self._not_kept.get(key) is not None or persistently(lambda: self._store.get(SHELF, key)) is not None
        except StoreFails as error:
            log.error("it is not known whether a thread is the bot's: %s", error)
            return True

    def begin(self, thread: Thread) -> None:
        """Take part in a thread, with nothing said in it yet, unless the bot does so already."""
        with self._turn(_key(thread)) as key:
            try:
                if self._find(key) is not None:
                    return
            except StoreFails as error:
                log.error("that a thread is the bot's is remembered in memory alone: %s", error)
                self._not_kept.put(key, _written(Conversation()), self._seconds)
            else:
                self._put(key, Conversation(), self._seconds)

    def remember(self, thread: Thread, conversation: Conversation, seconds: float | None = None) -> None:
        """Remember a conversation instead of what it was before, perhaps for another time than usual."""
        with self._turn(_key(thread)) as key:
            self._put(key, conversation, seconds or self._seconds)

    def go_on(self, thread: Thread, before: Conversation, after: Conversation, seconds: float | None = None) -> None:
        """Remember what became of a conversation, unless something else was said there meanwhile."""
        with self._turn(_key(thread)) as key:
            try:
                now = self._find(key)
            except StoreFails as error:
                log.error("a conversation is not remembered: %s", error)
                now = None
            if now is None or now == Conversation.read(before.written()):
                self._put(key, after, seconds or self._seconds)

    def recall(self, thread: Thread) -> Conversation | None:
        """The conversation held in a thread, if the bot is known to take part in one there."""
        try:
            return self.find(thread)
        except StoreFails as error:
            log.error("a conversation is not remembered: %s", error)
            return None

    def find(self, thread: Thread) -> Conversation | None:
        """The conversation held in a thread; None where the bot takes no part. Raises StoreFails where nobody knows."""
        with self._turn(_key(thread)) as key:
            found = self._find(key)
        # The store works: another process may be asked next about what it did not take.
        if (another := self._not_kept.oldest()) is not None:
            with self._turn(another), suppress(StoreFails):
                self._find(another)
        return found

    @contextmanager
    def _turn(self, key: str) -> Iterator[str]:
        """What is done with one thread is done in turn; nobody waits for what is done with another."""
        with self._lock:
            turn = self._turns.setdefault(key, Lock())
        with turn:
            yield key

    def _find(self, key: str) -> Conversation | None:
        own = self._not_kept.get(key)
        try:
            text = persistently(lambda: self._store.get(SHELF, key))
        except StoreFails:
            if own is None:
                raise
            return _read(own.text)
        kept, ours = _read(text), _read(own.text) if own else None
        if own is None or ours is None:
            return kept
        if kept is None or set(kept.texts) <= set(ours.texts):
            self._put(key, ours, own.seconds)
            return ours
        self._not_kept.drop(key)  # Another process has gone on with it since.
        return kept

    def _put(self, key: str, conversation: Conversation, seconds: float) -> None:
        text = _written(conversation)
        seconds = min(seconds, conversation.lasts(self._seconds, self._clock()))
        try:
            persistently(lambda: self._store.put(SHELF, key, text, seconds))
        except StoreFails as error:
            log.error("a conversation is remembered in memory alone: %s", error)
            self._not_kept.put(key, text, seconds)
        else:
            self._not_kept.drop(key)


def _written(conversation: Conversation) -> str:
    return json.dumps(conversation.written(), ensure_ascii=False)


def _read(text: str | None) -> Conversation | None:
    if text is None or text == _EXPECTED:
        return None
    try:
        return Conversation.read(json.loads(text))
    except (ValueError, TypeError, KeyError):
        log.info("a conversation was written by another version")
        return None


def _key(thread: Thread) -> str:
    return f"{thread.channel}:{thread.ts or ''}"


def _most_of_each(lengths: Sequence[int]) -> int:
    """How long each text may be so that all of them may be kept: short ones leave their room to long ones."""
    left = _MOST_CHARACTERS
    for position, length in enumerate(sorted(lengths)):
        share = left // (len(lengths) - position)
        if length > share:
            return share
        left -= length
    return _MOST_CHARACTERS


def _bounded(text: str, most: int) -> str:
    # A log ends with its error, and begins with the request.
    if len(text) <= most:
        return text
    half = (most - len(_CUT)) // 2
    return f"{text[:half]}{_CUT}{text[-half:]}"
