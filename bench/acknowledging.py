"""How soon Slack has its acknowledgement while all workers are busy, beside a bare Bolt app; and answers a second."""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from bench.memory import megabytes
from bench.outside import Acknowledged, Outside
from bench.served import Served, bare, ours, served, working

REQUESTS_A_SECOND, SLICES, SLICE_SECONDS = 50, 6, 5.0
SLOW_COMMANDS_A_SECOND, SLOW_FOR_SECONDS = 5, 8.0
QUESTIONS, ASKED_AT_ONCE = 2_000, 32
Ask = Callable[[], Awaitable[Acknowledged]]


@dataclass(frozen=True, slots=True)
class Latency:
    """Of acknowledgements, in milliseconds; `failed` is the share that was an error, or too late for Slack.

    `p99` is that of the median slice of time, so that one stall of a machine that others use as well decides nothing;
    it shows in the `worst`.
    """

    median: float
    p99: float
    worst: float
    failed: float

    @classmethod
    def of(cls, slices: Sequence[Sequence[Acknowledged]]) -> "Latency":
        """Of so many as were seen in each slice of time."""
        seen = [each for slice in slices for each in slice]
        milliseconds = [each.seconds * 1_000 for each in seen]
        return cls(
            statistics.median(milliseconds),
            statistics.median(_p99([each.seconds * 1_000 for each in slice]) for slice in slices),
            max(milliseconds),
            sum(not each.is_good for each in seen) / len(seen),
        )


def _p99(milliseconds: Sequence[float]) -> float:
    return sorted(milliseconds)[int(len(milliseconds) * 0.99)]


@dataclass(frozen=True, slots=True)
class Measured:
    """All figures: latencies by the kind of request, and memory in megabytes."""

    bare: dict[str, Latency]
    ours: dict[str, Latency]
    working: Latency
    answers_a_second: float
    megabytes_at_first: float
    megabytes_in_the_end: float


def measure() -> Measured:
    """Everything, in two minutes."""
    return asyncio.run(_measure())


async def _measure() -> Measured:
    async with Outside() as slack:
        acknowledged = await _acknowledged(slack)
        async with served(working, slack.url) as process:
            commands = [lambda: slack.command(process.port)]
            late = Latency.of([await _at_a_rate(commands, SLOW_COMMANDS_A_SECOND, SLOW_FOR_SECONDS)])
        return Measured(acknowledged["bare"], acknowledged["ours"], late, *await _answered(slack))


async def _acknowledged(slack: Outside) -> dict[str, dict[str, Latency]]:
    """A slice of time for each in turn, so that whatever else the machine does meets both alike."""
    seen: dict[str, dict[str, list[list[Acknowledged]]]] = {
        name: {"mention": [], "command": []} for name in ("bare", "ours")
    }
    async with served(bare, slack.url) as one, served(ours, slack.url) as other:
        for _ in range(SLICES):
            await _slice(slack, one, seen["bare"])
            await _slice(slack, other, seen["ours"])
    return {name: {way: Latency.of(each) for way, each in ways.items()} for name, ways in seen.items()}


async def _slice(slack: Outside, process: Served, seen: dict[str, list[list[Acknowledged]]]) -> None:
    """Mentions and commands in turn; the bot's workers all have something to do before the first one counts."""
    asks: list[Ask] = [lambda: slack.mention(process.port), lambda: slack.command(process.port)]
    process.go.clear()
    await _at_a_rate(asks, REQUESTS_A_SECOND, 0.5)
    both = await _at_a_rate(asks, REQUESTS_A_SECOND, SLICE_SECONDS)
    for number, each in enumerate(seen.values()):
        each.append(both[number :: len(seen)])
    process.go.set()
    await slack.until_quiet()


async def _at_a_rate(asks: Sequence[Ask], rate: float, seconds: float) -> list[Acknowledged]:
    """Ask in turn, whether or not what was asked before is acknowledged yet."""
    begun = time.perf_counter()
    under_way: list[asyncio.Future[Acknowledged]] = []
    for number in range(int(rate * seconds)):
        await asyncio.sleep(begun + number / rate - time.perf_counter())
        under_way.append(asyncio.ensure_future(asks[number % len(asks)]()))
    return await asyncio.gather(*under_way)


async def _answered(slack: Outside) -> tuple[float, float, float]:
    """Answers a second where finding them takes no time, and the memory before and after all of them."""
    async with served(ours, slack.url) as process:
        process.go.set()
        before = slack.answers
        await slack.mention(process.port)
        await slack.until_answered(before + 1)  # what is made once is made
        at_first = megabytes(process.pid)
        begun = time.perf_counter()
        for number in range(QUESTIONS):
            await slack.until_answered(before + 1 + number - ASKED_AT_ONCE)
            await slack.mention(process.port)
        await slack.until_answered(before + 1 + QUESTIONS)
        return QUESTIONS / (time.perf_counter() - begun), at_first, megabytes(process.pid)
