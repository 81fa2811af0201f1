"""Searching log groups within the bounds of a question: page by page, remembered for the reply."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bot.aws.account import Account, Answer, Inquiry, Read, minutes_ago
from bot.model import LogSearch


@dataclass(frozen=True, slots=True)
class Found:
    """Events of one search, oldest first, and the ids of the reads that brought them.

    `is_absent` if there is no such log group; `refused` is the read that was denied or failed, or that found no group
    where a page before had come from one; `is_cut` if a bound ended the search.
    """

    events: tuple[dict[str, Any], ...] = ()
    evidence: tuple[str, ...] = ()
    is_absent: bool = False
    refused: Read | None = None
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class Window:
    """A time to search: minutes back from now, or milliseconds since 1970 where it is known when something happened."""

    minutes: int
    until_minutes: int = 0
    milliseconds: tuple[int, int] | None = None

    @property
    def parameters(self) -> dict[str, Any]:
        """`startTime` and `endTime` of FilterLogEvents."""
        if self.milliseconds:
            return {"startTime": self.milliseconds[0], "endTime": self.milliseconds[1]}
        until = minutes_ago(self.until_minutes) if self.until_minutes else None
        return {"startTime": minutes_ago(self.minutes), "endTime": until}


@dataclass(slots=True)
class LogReader:
    """Reads log groups for one question; what was read and searched counts for all who ask.

    Used by one thread, as the inquiry is.
    """

    inquiry: Inquiry
    calls: int = 0
    size: int = 0
    _pages: dict[Read, int] = field(default_factory=dict)

    @classmethod
    def of(cls, inquiry: Inquiry) -> "LogReader":
        """The reader of a question: the same each time."""
        reader: LogReader = inquiry.remembered.setdefault(cls, cls(inquiry))
        return reader

    def search(
        self, account: Account, region: str, group: str, pattern: str | None, window: Window, keeping: int = 0
    ) -> Found:
        """The events of a log group that match a pattern, page after page until there are no more or a bound is met.

        A token that comes a second time leads to no page that was not seen: the search ends there, as at a bound.
        `keeping` calls are left for what is searched next.
        """
        events: list[dict[str, Any]] = []
        evidence: list[str] = []
        tokens: set[str] = set()
        token: str | None = None
        while True:
            read = first_page(region, group, pattern, window, token)
            if token in tokens or not self._may(read, keeping):
                return self._ended(group, window, events, evidence, is_cut=True)
            answer = account.glance(read)
            if answer is None:
                return replace(self._ended(group, window, events, evidence, is_cut=True), refused=read)
            self._count(read, answer)
            if not answer and not evidence:
                return Found(is_absent=True, evidence=(answer.evidence,))
            if not answer:
                return replace(self._ended(group, window, events, evidence, is_cut=True), refused=read)
            events += [event for event in answer["events"] or [] if isinstance(event, dict)]
            evidence.append(answer.evidence)
            tokens |= {token} if token else set()
            token = answer["nextToken"]
            if not token:
                return self._ended(group, window, events, evidence, is_cut=False)

    def _may(self, read: Read, keeping: int) -> bool:
        bounds = self.inquiry.bounds
        most = max(1, bounds.log_calls - keeping) if bounds.log_calls else 0
        return read in self._pages or (self.calls < most and self.size < bounds.log_bytes)

    def _count(self, read: Read, answer: Answer) -> None:
        if read in self._pages:
            return
        found = (answer["events"] or []) if answer else []
        self._pages[read] = len(found)
        self.calls += 1
        self.size += sum(len(str(event.get("message", "")).encode("utf-8", "replace")) for event in found)

    def _ended(
        self, group: str, window: Window, events: Sequence[dict[str, Any]], evidence: Sequence[str], *, is_cut: bool
    ) -> Found:
        if evidence or group in self.inquiry.log_searches:
            known = self.inquiry.log_searches.get(group) or LogSearch(group, 0, 0, 0)
            self.inquiry.log_searches[group] = replace(
                known,
                minutes=max(known.minutes, window.minutes),
                events=sum(number for read, number in self._pages.items() if _group_of(read) == group),
                pages=sum(_group_of(read) == group for read in self._pages),
                is_cut=known.is_cut or is_cut,
            )
        return Found(tuple(events), tuple(evidence), is_cut=is_cut)


def first_page(region: str, group: str, pattern: str | None, window: Window, token: str | None = None) -> Read:
    """The read of a page of events; without a token that of the first."""
    return Read.of(
        "logs",
        "FilterLogEvents",
        region,
        logGroupName=group,
        filterPattern=pattern,
        nextToken=token,
        **window.parameters,
    )


def any_of(*phrases: str) -> str:
    """The filter pattern that finds events with one of these phrases in them.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
    """
    return " ".join(f'?"{_escaped(phrase)}"' for phrase in phrases) if len(phrases) > 1 else f'"{_escaped(phrases[0])}"'


def _escaped(phrase: str) -> str:
    return phrase.replace("\\", "\\\\").replace('"', '\\"')


def _group_of(read: Read) -> Any:
    return dict(read.parameters)["logGroupName"]
