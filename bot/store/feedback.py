"""What people said of the answers they got."""

import json
import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum

from bot.store.store import Store

_SHELF = "feedback"
_COMMENTS = "comments"
_KEPT_SECONDS = 180 * 24 * 3600
"""Half a year, so that a rare cause is met more than once. What somebody wrote may quote a paste, and goes sooner."""
_COMMENT_SECONDS = 7 * 24 * 3600.0
_LONGEST_COMMENT = 1_000
log = logging.getLogger(__name__)


class Opinion(StrEnum):
    """What somebody thinks of an answer."""

    HELPFUL = "helpful"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Vote:
    """What one person thinks of one answer. `causes` are what the answer found; `person` is Slack's id of them."""

    answer: str
    person: str
    verdict: Opinion
    causes: tuple[str, ...]
    comment: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Counts:
    """How many votes of each opinion there are: of all, and by cause. A vote counts for each cause of its answer."""

    of_all: Mapping[Opinion, int]
    by_cause: Mapping[str, Mapping[Opinion, int]]


class Feedback:
    """Keeps one vote of each person on each answer, the last one, for half a year. Raises StoreFails."""

    def __init__(self, store: Store, comment_seconds: float = _COMMENT_SECONDS) -> None:
        """Their comments are kept for so many seconds."""
        self._store = store
        self._comment_seconds = comment_seconds

    def record(
        self,
        answer: str,
        person: str,
        verdict: Opinion,
        causes: tuple[str, ...],
        at: datetime,
        comment: str = "",
    ) -> None:
        """Keep a vote instead of the same person's earlier one on the answer.

        `answer` is the id by which the answer is kept, `at` has a time zone. The caller has taken the secrets out of
        `comment`; what is too long of it is cut off.
        """
        if len(comment) > _LONGEST_COMMENT:
            comment = f"{comment[: _LONGEST_COMMENT - 1]}…"
        vote = Vote(answer, person, Opinion(verdict), causes, "", at)
        text, key = json.dumps(asdict(vote) | {"at": at.isoformat()}), f"{answer}/{person}"
        self._store.put(_SHELF, key, text, _KEPT_SECONDS)
        if comment:
            self._store.put(_COMMENTS, key, json.dumps(comment), self._comment_seconds)
        else:
            self._store.drop(_COMMENTS, key)

    def votes(self) -> tuple[Vote, ...]:
        """Every vote, the newest first."""
        return tuple(sorted(self._readable(), key=lambda vote: vote.at, reverse=True))

    def _readable(self) -> Iterator[Vote]:
        comments = dict(self._store.items(_COMMENTS))
        for key, text in self._store.items(_SHELF):
            try:
                vote = _read(text)
                yield replace(vote, comment=json.loads(comments[key])) if key in comments else vote
            except (ValueError, TypeError, KeyError):
                log.warning("the feedback %r cannot be read, and is left out", key)


def counts_of(votes: Iterable[Vote]) -> Counts:
    """The votes, counted; causes in their alphabetical order."""
    of_all: Counter[Opinion] = Counter()
    by_cause: dict[str, Counter[Opinion]] = {}
    for vote in votes:
        of_all[vote.verdict] += 1
        for cause in dict.fromkeys(vote.causes):
            by_cause.setdefault(cause, Counter())[vote.verdict] += 1
    return Counts(of_all, dict(sorted(by_cause.items())))


def _read(text: str) -> Vote:
    fields = json.loads(text)
    return Vote(
        answer=str(fields["answer"]),
        person=str(fields["person"]),
        verdict=Opinion(fields["verdict"]),
        causes=tuple(map(str, fields["causes"])),
        comment=str(fields["comment"]),
        at=datetime.fromisoformat(fields["at"]),
    )
