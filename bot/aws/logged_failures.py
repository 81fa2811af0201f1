"""The failures that logs show, and how a reply says what they could not show."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.aws.account import Read, as_far_as_seen
from bot.aws.api_parts import Stage
from bot.aws.apigateway import RestApi
from bot.aws.execution_log import LoggedRequest
from bot.aws.log_destinations import execution_log_group
from bot.aws.log_search import Window, any_of, first_page
from bot.model import Hint, Phase

FAILURES = (
    "Execution failed due to",
    "The client is not authorized to perform this operation",
    "is not authorized to perform",
    "Unauthorized request",
    "Could not parse policy",
    "Gateway response type",
    *(f"Method completed with status: {status}" for status in (401, 403, 500, 502, 503, 504)),
)
"""One of these stands in a line of every failure."""


@dataclass(frozen=True, slots=True)
class LogGap:
    """A search that brought nothing: `why` says it, and is None where the read itself was denied or failed."""

    read: Read
    why: Hint | None


@dataclass(frozen=True, slots=True)
class FailingRequests:
    """The failures found: what was pasted, then the newest first. To find none is no proof that there are none."""

    api: RestApi
    requests: tuple[LoggedRequest, ...] = ()
    gaps: tuple[LogGap, ...] = ()
    logs_authorizers: bool = False
    """A stage in focus writes what its authorizers return: its execution log has the level INFO."""
    are_asked_about: bool = False
    """They were pasted, or found by the id of the request; otherwise they are merely the newest."""
    is_cut: bool = False
    """A bound ended a search, so that the logs may hold more of these requests, and newer ones."""

    def __iter__(self) -> Iterator[LoggedRequest]:
        return iter(self.requests)

    def __bool__(self) -> bool:
        return bool(self.requests)

    def at(self, *phases: Phase) -> tuple[LoggedRequest, ...]:
        """Those that failed there."""
        return tuple(request for request in self.requests if request.phase in phases)

    @property
    def with_authorizer_output(self) -> tuple[LoggedRequest, ...]:
        """Those of which it is known what the authorizer returned."""
        return tuple(request for request in self.requests if request.authorizer_output)

    @property
    def has_refused_reads(self) -> bool:
        """A log that may tell more was closed to the bot, or AWS gave no answer."""
        return any(gap.why is None for gap in self.gaps)

    @property
    def shows_all(self) -> bool:
        """What is not in these lines is not in the logs either: only then does it mean that it did not happen."""
        return not self.is_cut and not self.has_refused_reads

    def require(self) -> None:
        """Lets the reply say what the logs could not show, where nothing but they would decide; nothing if they did."""
        for gap in self.gaps:
            self._leave_open(gap)
        if self.is_cut:
            self._leave_open(LogGap(would_be_read(self.api), Hint.LOGS_NOT_READ))

    def require_authorizer_output(self) -> None:
        """The same of what an authorizer returned, which is not written at the level ERROR."""
        if self.with_authorizer_output:
            return
        if self.gaps:
            self.require()
        elif self.api.incident.is_told:
            why = Hint.NOT_IN_THE_LOG if self.logs_authorizers else Hint.NOT_LOGGED
            self._leave_open(LogGap(would_be_read(self.api), why))

    def _leave_open(self, gap: LogGap) -> None:
        if gap.why is not None:
            self.api.account.leave_open(gap.read, gap.why)
            return
        with as_far_as_seen():
            self.api.account.known(gap.read)


def would_be_read(api: RestApi) -> Read:
    """The read that would show the failures if they were logged."""
    stages: Sequence[Stage] = api.stages
    window = Window(api.account.inquiry.bounds.log_minutes)
    return first_page(api.region, execution_log_group(api, stages[0]), any_of(*FAILURES), window)
