"""What people said of the answers they got."""

import json
import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum

from bot.store.store import Store

_SHELF = "feedback"
_KEPT_SECONDS = 180 * 24 * 3600
"""Half a year: a rare cause is met more than once, and nobody's words are kept without end."""
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

    def __init__(self, store: Store) -> None:
        self._store = store

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
        vote = Vote(answer, person, Opinion(verdict), causes, comment, at)
        text = json.dumps(asdict(vote) | {"at": at.isoformat()})
        self._store.put(_SHELF, f"{answer}/{person}", text, _KEPT_SECONDS)

    def votes(self) -> tuple[Vote, ...]:
        """Every vote, the newest first."""
        return tuple(sorted(self._readable(), key=lambda vote: vote.at, reverse=True))

    def _readable(self) -> Iterator[Vote]:
        for key, text in self._store.items(_SHELF):
            try:
                yield _read(text)
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
