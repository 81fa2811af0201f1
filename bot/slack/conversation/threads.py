"""What a thread remembers of its question: what is named later completes what was asked before."""

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from threading import Lock
from typing import Any

from bot.model import Asker, Candidate, Question
from bot.report.redact import redact
from bot.slack.conversation.memory import Memory
from bot.slack.incoming.entrances import Thread
from bot.store.persistently import persistently
from bot.store.store import Store, StoreFails

log = logging.getLogger(__name__)

SHELF = "threads"

_MOST_TEXTS = 20
_MOST_CHARACTERS = 100_000
"""Of all texts together: three bytes each at most, which is what a store takes."""
_CUT = "\n…\n"
_NOT_KEPT, _NOT_KEPT_SECONDS = 1_000, 60 * 60


@dataclass(frozen=True, slots=True)
class Conversation:
    """What was said so far, oldest first; what was chosen; and under which id the answer is kept.

    Texts are whole, with their secrets, until the conversation is `written`. `is_open` if the answer asked for
    something.
    """

    texts: tuple[str, ...] = ()
    region: str | None = None
    account: str | None = None
    answer: str | None = None
    is_open: bool = False

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
    """Conversations by the thread they are held in, for so many seconds after what was said last.

    What the store does not take is remembered by this process, for an hour.
    """

    def __init__(self, store: Store, seconds: float) -> None:
        self._store = store
        self._seconds = seconds
        self._lock = Lock()
        self._not_kept: Memory[str, Conversation | None] = Memory(_NOT_KEPT, _NOT_KEPT_SECONDS)

    def remember(self, thread: Thread, conversation: Conversation, seconds: float | None = None) -> None:
        """Remember a conversation instead of what it was before, perhaps for another time than usual."""
        with self._lock:
            self._put(thread, conversation, seconds)

    def go_on(self, thread: Thread, before: Conversation, after: Conversation, seconds: float | None = None) -> None:
        """Remember what became of a conversation, unless something else was said there meanwhile."""
        with self._lock:
            now = self.recall(thread)
            if now is None or now == Conversation.read(before.written()):
                self._put(thread, after, seconds)

    def _put(self, thread: Thread, conversation: Conversation, seconds: float | None) -> None:
        written, key = json.dumps(conversation.written(), ensure_ascii=False), _key(thread)
        try:
            persistently(lambda: self._store.put(SHELF, key, written, seconds or self._seconds))
        except StoreFails as error:
            log.error("a conversation is remembered in memory alone: %s", error)
            self._not_kept.put(key, Conversation.read(conversation.written()))
        else:
            self._not_kept.amend(key, None)

    def begin(self, thread: Thread) -> None:
        """Take part in a thread, with nothing said in it yet, unless the bot does so already."""
        with self._lock:
            try:
                if self.find(thread) is not None:
                    return
            except StoreFails as error:
                # What may be there is not put out of its place.
                log.error("that a thread is the bot's is remembered in memory alone: %s", error)
                self._not_kept.put(_key(thread), Conversation())
            else:
                self._put(thread, Conversation(), None)

    def knows(self, thread: Thread) -> bool:
        """Whether the bot takes part in a thread; in doubt, where the store cannot tell, it may."""
        key = _key(thread)
        try:
            return self._not_kept.get(key) is not None or persistently(lambda: self._store.get(SHELF, key)) is not None
        except StoreFails as error:
            log.error("it is not known whether a thread is the bot's: %s", error)
            return True

    def recall(self, thread: Thread) -> Conversation | None:
        """The conversation held in a thread, if the bot is known to take part in one there."""
        try:
            return self.find(thread)
        except StoreFails as error:
            log.error("a conversation is not remembered: %s", error)
            return None

    def find(self, thread: Thread) -> Conversation | None:
        """The conversation held in a thread; None where the bot takes no part in one. Raises StoreFails."""
        key = _key(thread)
        not_kept = self._not_kept.get(key)
        if not_kept is not None and not_kept.texts:
            return not_kept
        try:
            written = persistently(lambda: self._store.get(SHELF, key))
        except StoreFails:
            if not_kept is not None:
                return not_kept
            raise
        try:
            return not_kept if written is None else Conversation.read(json.loads(written))
        except (ValueError, TypeError, KeyError):
            log.info("a conversation was written by another version")
            return not_kept


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
