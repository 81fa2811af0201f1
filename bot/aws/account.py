"""An account, asked read by read: each answer is waited for once, remembered for the question, and kept as evidence."""

import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor, Future
from concurrent.futures import TimeoutError as NotInTime
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from dataclasses import dataclass
from threading import Lock
from typing import Any

from bot.aws.bounds import Bounds
from bot.aws.reads import READS, grant, resources_of
from bot.model import DenyingPolicy, Evidence, Hint, LogSearch, Outcome, UnseenRead, UnseenReason

DEADLINE: ContextVar[float] = ContextVar("DEADLINE", default=math.inf)
"""Until when, on the monotonic clock, whatever is being read in this thread is of use to the question."""


def minutes_ago(minutes: int) -> str:
    """A time as a read names it that is meant from the moment of asking: ISO 8601's duration, negative.

    The same question is so the same read, and the same evidence, whenever it is asked. `bot.aws.live` resolves it.
    """
    return f"-PT{minutes}M"


@dataclass(frozen=True, slots=True)
class Read:
    """One question to AWS: boto3's service name, the API's operation, where, and with what."""

    service: str
    operation: str
    region: str
    parameters: tuple[tuple[str, Any], ...] = ()

    @classmethod
    def of(cls, service: str, operation: str, region: str, **parameters: Any) -> "Read":
        """A read; parameters that are None are left out, lists and maps are frozen so that reads can be compared."""
        given = tuple((name, _frozen(value)) for name, value in parameters.items() if value is not None)
        return cls(service, operation, region, given)

    @property
    def arguments(self) -> dict[str, Any]:
        """The parameters as AWS takes them."""
        return {name: _thawed(value) for name, value in self.parameters}


class _Entries(tuple[tuple[str, Any], ...]):
    """A map as a read holds it, so that it can be compared: its entries, by name."""

    __slots__ = ()


def _frozen(value: Any) -> Any:
    if isinstance(value, Mapping):
        return _Entries((name, _frozen(value[name])) for name in sorted(value))
    return tuple(map(_frozen, value)) if isinstance(value, list | tuple) else value


def _thawed(value: Any) -> Any:
    if isinstance(value, _Entries):
        return {name: _thawed(each) for name, each in value}
    return list(map(_thawed, value)) if isinstance(value, tuple) else value


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a read. `body` is the response without its metadata, and stands only where `outcome` is FOUND.

    `denied_by` is the kind of policy that denied it, where a permission of the reader's own would not help. Where
    credentials are missing, nothing was sent.
    """

    outcome: Outcome
    body: Mapping[str, Any] | None = None
    error: str | None = None
    reason: UnseenReason = UnseenReason.FAILED
    credentials_rejected: bool = False
    credentials_missing: bool = False
    hint: Hint | None = None
    unreachable: bool = False
    denied_by: DenyingPolicy | None = None


Source = Callable[[Read], Result]
"""Where answers come from: AWS itself (`bot.aws.live`), or a recording."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answered read: found (`body`), or absent (no body). `evidence` is its id."""

    evidence: str
    body: Mapping[str, Any] | None

    def __bool__(self) -> bool:
        return self.body is not None

    def __getitem__(self, name: str) -> Any:
        """A member of a found answer's body; None where the service left it out. Raises TypeError if absent."""
        if self.body is None:
            raise TypeError("an absent answer has no members")
        return self.body.get(name)


class Unseen(Exception):
    """A read was denied or failed, so that what it would have shown is not known."""

    def __init__(self, read: UnseenRead, result: Result) -> None:
        super().__init__(f"{read.operation} on {read.resource}: {read.reason}")
        self.read = read
        self.result = result


@dataclass(slots=True)
class _Pending:
    id: str
    account: "Account"
    read: Read
    future: Future[tuple[Result, float]]
    needed: bool = False
    settled: tuple[Result, float] | None = None
    """What was made of it when it was first looked at: an answer that comes too late changes nothing any more."""


class Inquiry:
    """What one question asked of AWS, in the order asked, whatever accounts and regions it led to.

    `deadline` is on the monotonic clock; a read not answered by then counts as not tried.
    Used by one thread; the reads themselves run in the pool.
    """

    def __init__(self, pool: Executor, deadline: float, bounds: Bounds | None = None) -> None:
        self.bounds = bounds or Bounds()
        self._pool = pool
        self._deadline = deadline
        self._asked: dict[tuple[int, Read], _Pending] = {}
        self.log_searches: dict[str, LogSearch] = {}
        """What was searched in logs, by log group."""
        self.remembered: dict[object, Any] = {}
        """What was made of answers at some cost, by what was asked."""
        self.open_questions: list[UnseenRead] = []
        """What was read and decides nothing all the same."""
        self.when_answered: Callable[[], None] = lambda: None
        """Called after each answer that was waited for, by the thread that waited."""
        self.answered = 0
        """How many reads AWS has answered by now, whether or not anybody waits for it."""
        self._counting = Lock()

    def start(self, account: "Account", source: Source, read: Read) -> _Pending:
        """Sends a read unless it was sent before, without waiting for its answer."""
        pending = self._asked.get((id(source), read))
        if pending is None:
            # In the context of whoever asks: what is logged of it bears the question's id.
            future = self._pool.submit(copy_context().run, self._timed, source, read)
            pending = _Pending(f"e{len(self._asked) + 1}", account, read, future)
            self._asked[(id(source), read)] = pending
        return pending

    def _timed(self, source: Source, read: Read) -> tuple[Result, float]:
        begun = time.monotonic()
        if begun >= self._deadline:
            return Result(Outcome.FAILED, error="no time left", reason=UnseenReason.NOT_TRIED), 0.0
        ends = DEADLINE.set(self._deadline)
        try:
            result = source(read)
        finally:
            DEADLINE.reset(ends)
        with self._counting:
            self.answered += 1
        return result, round((time.monotonic() - begun) * 1000, 1)

    def wait(self, pending: _Pending) -> Result:
        """The result of a read, and what it took part in: from now on its failure counts as unseen."""
        pending.needed = True
        return self._result(pending)[0]

    def look(self, pending: _Pending, until: float = math.inf) -> Result:
        """The result of a read that nothing depends on, and for which nobody waits longer than `until`."""
        return self._result(pending, until)[0]

    def close(self) -> None:
        """Lets go of the threads; what they are still reading is of no use to anybody."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _result(self, pending: _Pending, until: float = math.inf) -> tuple[Result, float]:
        if pending.settled is None:
            try:
                patience = max(0.0, min(until, self._deadline) - time.monotonic())
                pending.settled = pending.future.result(timeout=patience)
            except NotInTime:
                pending.future.cancel()
                late = Result(Outcome.FAILED, error="no answer in time", reason=UnseenReason.NOT_TRIED)
                pending.settled = late, 0.0
            self.when_answered()
        return pending.settled

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """Every read made, in the order asked; waits for those under way."""
        return tuple(self._as_evidence(pending) for pending in self._asked.values())

    def _as_evidence(self, pending: _Pending) -> Evidence:
        result, milliseconds = self._result(pending)
        return Evidence(
            id=pending.id,
            service=pending.read.service,
            operation=pending.read.operation,
            parameters=pending.read.arguments,
            outcome=result.outcome,
            account=pending.account.known_id,
            region=pending.read.region,
            milliseconds=milliseconds,
            error=result.error,
        )

    @property
    def unseen(self) -> tuple[UnseenRead, ...]:
        """The reads that were needed and gave no answer, in the order asked; then what answers left open."""
        needed = ((pending, self._result(pending)[0]) for pending in self._asked.values() if pending.needed)
        unanswered = (
            unseen_read(pending.account, pending.read, result)
            for pending, result in needed
            if result.outcome in (Outcome.DENIED, Outcome.FAILED)
        )
        return tuple(_each_once((*unanswered, *self.open_questions)))


def _each_once(reads: Iterable[UnseenRead]) -> list[UnseenRead]:
    """The gaps without those that say the same: IAM knows no resource for some actions, whatever a read asks for."""
    told: list[UnseenRead] = []
    for read in reads:
        if read not in told:
            told.append(read)
    return told


def unseen_read(account: "Account", read: Read, result: Result) -> UnseenRead:
    """How a read that gave no answer is reported: in IAM's words, with the statement that would allow it, if any."""
    permission = READS[(read.service, read.operation)]
    resources = resources_of(
        read.service, read.operation, read.arguments, account.partition, account.known_id or "*", read.region
    )
    denied = result.outcome is Outcome.DENIED
    return UnseenRead(
        action=permission.action,
        operation=read.operation,
        resource=resources[0],
        reason=UnseenReason.DENIED if denied else result.reason,
        grant=grant(permission.action, resources) if denied else None,
        detail=result.error or "",
        hint=Hint.REGION_NOT_ENABLED if result.credentials_rejected else result.hint,
        denied_by=result.denied_by,
    )


class Account:
    """One AWS account as one question sees it. `partition` is `aws`, `aws-cn`, …; regions are named read by read."""

    def __init__(
        self,
        inquiry: Inquiry,
        source: Source,
        home_region: str,
        partition: str,
        id: str | None = None,
        neighbour: Callable[[str], "Account | None"] = lambda _: None,
        name: str = "",
        regions: tuple[str, ...] | None = None,
    ) -> None:
        """`name` is what people call it, `regions` where an id is looked for in it: None is every enabled one."""
        self.name = name
        self.regions = regions
        self.inquiry = inquiry
        self.home_region = home_region
        self.partition = partition
        self.known_id = id
        self._source = source
        self._neighbour = neighbour

    @property
    def id(self) -> str:
        """The account's twelve digits; asks AWS once where they are not known yet. Raises Unseen."""
        if self.known_id is None:
            answer = self.read(self.identity)
            self.known_id = str(answer["Account"])
            self.partition = str(answer["Arn"]).split(":")[1]
        return self.known_id

    @property
    def called(self) -> str:
        """What people call it, or else its id. Raises Unseen."""
        return self.name or self.id

    def neighbour(self, account_id: str) -> "Account | None":
        """The account with that id: this one, or another that can be entered; None where it cannot. Raises Unseen."""
        return self if account_id == self.id else self.other(account_id)

    def other(self, account_id: str) -> "Account | None":
        """The account with that id if it is one that is entered from this one; None for this one itself."""
        return self._neighbour(account_id)

    @property
    def identity(self) -> Read:
        """The read that tells whose credentials the account is read with."""
        return Read.of("sts", "GetCallerIdentity", self.home_region)

    def expect_identity(self) -> None:
        """Starts asking who we are, where that is not known."""
        if self.known_id is None:
            self.expect(self.identity)

    def expect(self, *reads: Read) -> None:
        """Starts reads that will be needed, all at once, without waiting for any."""
        for read in reads:
            self.inquiry.start(self, self._source, read)

    def read(self, read: Read) -> Answer:
        """The answer to a read: found or absent. Raises Unseen where it was denied or failed."""
        pending = self.inquiry.start(self, self._source, read)
        result = self.inquiry.wait(pending)
        if result.outcome is Outcome.FOUND:
            return Answer(pending.id, result.body)
        if result.outcome is Outcome.ABSENT:
            return Answer(pending.id, None)
        raise Unseen(unseen_read(self, read, result), result)

    def known(self, read: Read) -> Answer:
        """The answer to a read of what another answer says is there. Raises Unseen, also where this one lacks it.

        Of two answers that contradict each other nobody knows which is out of date (docs/decisions/0028).
        """
        answer = self.read(read)
        if not answer:
            raise self.leave_open(read, Hint.CONTRADICTED)
        return answer

    def glance(self, read: Read, until: float = math.inf) -> Answer | None:
        """The answer to a read that nothing depends on; None where there was none by `until`, which is then no gap."""
        pending = self.inquiry.start(self, self._source, read)
        result = self.inquiry.look(pending, until)
        return Answer(pending.id, result.body) if result.outcome in (Outcome.FOUND, Outcome.ABSENT) else None

    def silence(self, read: Read) -> tuple[UnseenRead, Result]:
        """What there is to say of a read that `glance` got no answer to."""
        result = self.inquiry.look(self.inquiry.start(self, self._source, read))
        return unseen_read(self, read, result), result

    def leave_open(self, read: Read, why: Hint | None = None) -> Unseen:
        """The error to raise where an answer decides nothing: it cannot be read, or rests on what nobody can see."""
        result = Result(Outcome.FAILED, reason=UnseenReason.NOT_SUPPORTED, hint=why)
        unseen = Unseen(unseen_read(self, read, result), result)
        if unseen.read not in self.inquiry.open_questions:
            self.inquiry.open_questions.append(unseen.read)
        return unseen


@contextmanager
def as_far_as_seen() -> Iterator[None]:
    """Ends its block quietly at the first thing that could not be seen; the inquiry remembers what that was."""
    try:
        yield
    except Unseen:
        return
