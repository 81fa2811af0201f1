"""Asks and asks, by every way, while everything fails now and then; in the end the books have to balance."""

import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from threading import Condition, Lock
from typing import Any

from bench.memory import megabytes
from bot.settings import read_settings
from bot.storage import open_existing
from tests.slack.crash.bot import Bot
from tests.slack.crash.process import Plan
from tests.slack.crash.ways import WAYS, Scene, Way
from tests.slack.fake import BOT_TOKEN, FakeSlack
from tests.slack.fake.delivery import EVENTS, Outcome, Retry
from tests.slack.fake.faults import Kind
from tests.slack.fake.request_url import RequestUrl
from tests.slack.fake.workspace import Workspace

SHARE = 0.05
"""How much fails: calls of Slack, of the store and of the inbox, of what finds answers; how many events come again."""
QUESTIONS = 2_000
_QUESTIONS_A_DEATH = 40
_SECONDS_A_DEATH = 6.0
"""Somebody has to be left who lives for longer than a lease: a question whose workers die four times is given up."""
_PROCESSES, _ASKING = 2, 16
_SECRET = "the-signing-secret"
_LEASE_SECONDS = 4.0
_PATIENCE = 60
_LOOK_SECONDS = 0.1
_WAYS = ("a mention", "a reply", "a direct message", "a command", "Check again")
_CALLS = (
    "chat.postMessage", "chat.update", "chat.postEphemeral", "conversations.replies", "users.info", "response_url",
)  # fmt: skip
"""What fails of Slack; without `auth.test` no process would begin."""
_MEMORY = Path("/dev/shm")
_UNACKNOWLEDGED = " was not acknowledged: "


@dataclass(frozen=True)
class Soaked:
    """What came of it: questions by their way in, processes that died, what failed how often, and what is wrong."""

    asked: Mapping[str, int]
    promised: int
    deaths: int
    failed: Mapping[str, int]
    seconds: float
    megabytes: tuple[float, float]
    """Of a process after a tenth of the questions, and in the end."""
    faults: Sequence[str]


class Crossroads:
    """Slack's ways to several processes, of which any may get an event."""

    def __init__(self, workspace: Workspace, seed: int) -> None:
        self._workspace = workspace
        self._random = Random(seed)
        self._urls: dict[int, RequestUrl] = {}
        self._changed = Condition()

    def lead_to(self, port: int) -> None:
        """This process serves as well from now on."""
        with self._changed:
            self._urls[port] = RequestUrl(self._workspace, f"http://127.0.0.1:{port}/slack/events", _SECRET, 3)

    def lead_no_more_to(self, port: int) -> None:
        """It is about to die."""
        with self._changed:
            del self._urls[port]

    def is_reachable(self) -> bool:
        """Whether anybody serves."""
        return bool(self._urls)

    def attempt(self, kind: str, payload: Mapping[str, Any], retry: Retry | None) -> Outcome:
        """As `Transport`."""
        with self._changed:
            url = self._random.choice(list(self._urls.values()))
        return url.attempt(kind, payload, retry)


class Soak:
    """A workspace, and the processes that serve it on one store, of which one dies now and then."""

    def __init__(self, folder: Path, questions: int, seed: int) -> None:
        self._folder = folder
        self._questions = questions
        self._seed = seed
        self._random = Random(seed)
        self._lock = Lock()
        self._bots: list[Bot] = []
        self._begun = 0
        self._asked = 0
        self._deaths = 0
        self._next_death, self._last_death = _QUESTIONS_A_DEATH, float("-inf")
        self._scenes: list[tuple[str, Way, Scene]] = []

    def run(self) -> Soaked:
        """Ask everything, and wait until all of it is answered."""
        began = time.monotonic()
        with FakeSlack() as self._slack, self._serving():
            self._slack.fail_at_random(SHARE, self._seed, _CALLS)
            early = 0.0
            with ThreadPoolExecutor(_ASKING) as pool:
                for number, _ in enumerate(pool.map(self._ask, range(self._questions))):
                    if number == self._questions // 10:
                        early = self._megabytes()
            faults = self._awaited()
            late = self._megabytes()
        complaints = [each for each in self._slack.complaints if _UNACKNOWLEDGED not in each]
        return Soaked(
            asked=Counter(name for name, _, _ in self._scenes),
            promised=sum(scene.promised for _, _, scene in self._scenes),
            deaths=self._deaths,
            failed={_named(kind): times for kind, times in self._slack.faults.happened.items()},
            seconds=time.monotonic() - began,
            megabytes=(early, late),
            faults=[*faults, *complaints],
        )

    @contextmanager
    def _serving(self) -> Iterator[None]:
        self._road = self._slack.delivery.transport = Crossroads(self._slack.workspace, self._seed)
        self._environment = {
            "SLACK_BOT_TOKEN": BOT_TOKEN,
            "SLACK_SIGNING_SECRET": _SECRET,
            "SLACK_API_URL": self._slack.url,
            "KINTSUGI_STORE": str(self._folder / "kintsugi.db"),
            "KINTSUGI_QUEUE": "10000",
            "KINTSUGI_QUEUE_CHANNEL": "10000",
            "KINTSUGI_WORKERS_CHANNEL": "8",
        }
        try:
            for _ in range(_PROCESSES):
                self._begin()
            yield
        finally:
            for bot in self._bots:
                bot.stop()

    def _begin(self) -> None:
        self._begun += 1
        log = self._folder / f"log.{self._begun}"
        plan = Plan(
            self._environment,
            log,
            lease_seconds=_LEASE_SECONDS,
            troubles=SHARE,
            seed=self._seed * 1_000 + self._begun,
        )
        self._bots.append(Bot(plan, lambda name, do: do()))
        self._road.lead_to(self._bots[-1].port)

    def _die(self) -> None:
        """The youngest but one dies by `kill -9`, and another one takes its place; the eldest stays, to be weighed."""
        victim = self._bots.pop()
        self._road.lead_no_more_to(victim.port)
        victim.kill()
        victim.stop()
        self._deaths += 1
        self._next_death, self._last_death = self._asked + _QUESTIONS_A_DEATH, time.monotonic()
        self._begin()

    def _ask(self, number: int) -> None:
        random = Random(self._seed * 1_000_003 + number)
        name = random.choice(_WAYS)
        way, scene = WAYS[name], Scene(f"U{number}", f"C{number % 20 + 1}")
        self._slack.add_person(scene.who)
        with self._lock:
            if scene.where not in self._slack.workspace.channels:
                self._slack.add_channel(scene.where, f"on-call-{scene.where}")
            self._scenes.append((name, way, scene))
            self._asked += 1
            if self._asked >= self._next_death and time.monotonic() - self._last_death > _SECONDS_A_DEATH:
                self._die()
        if way.prepare:
            way.prepare(self._slack, scene)
            if not self._comes(lambda: not way.faults(self._slack, scene)):
                return  # Which is a fault to be found in the end.
        way.ask(self._slack, scene)
        events = [each for each in self._slack.attempts[-20:] if each.kind == EVENTS]
        if events and random.random() < SHARE:
            self._slack.delivery.transport.attempt(EVENTS, random.choice(events).payload, Retry(1, "http_timeout"))

    def _awaited(self) -> list[str]:
        """What is wrong in the end."""
        with closing(open_existing(read_settings(self._environment))) as storage:
            self._comes(lambda: not storage.inbox.owed() and not self._faults())
            owed = [f"still owed: {each.kind} ({each.stage}, {each.why})" for each in storage.inbox.owed()]
        return owed + self._faults()

    def _faults(self) -> list[str]:
        return [
            f"{name} of {scene.who}: {fault}"
            for name, way, scene in self._scenes
            for fault in way.faults(self._slack, scene)
        ]

    def _comes(self, condition: Callable[[], bool]) -> bool:
        until = time.monotonic() + _PATIENCE
        while not (has_come := condition()) and time.monotonic() < until:
            with self._slack.workspace.changed:
                self._slack.workspace.changed.wait(_LOOK_SECONDS)
        return has_come

    def _megabytes(self) -> float:
        return megabytes(self._bots[0].pid)


def _named(kind: Kind) -> str:
    return f"{kind.error}{f' {kind.status}' if kind.status else ''}{', though it was done' if kind.is_done else ''}"


def main() -> None:
    """Soak for as many questions as the command line says, with its seed; fails where the books do not balance."""
    questions, seed = [*map(int, sys.argv[1:]), *(QUESTIONS, 0)[len(sys.argv) - 1 :]]
    # In memory where the machine has a place for that: what comes of a slow disk depends on what else it does.
    folder = Path(tempfile.mkdtemp(dir=_MEMORY if _MEMORY.is_dir() else None))
    soaked = Soak(folder, questions, seed).run()
    failed = ", ".join(f"{times} {kind}" for kind, times in sorted(soaked.failed.items()))
    print(f"{sum(soaked.asked.values())} questions, {soaked.promised} answers promised, {soaked.seconds:.0f} s")
    print(f"by way in: {', '.join(f'{times} {way}' for way, times in sorted(soaked.asked.items()))}")
    print(f"{soaked.deaths} processes died; Slack's troubles: {failed}")
    print(f"memory of a process: {soaked.megabytes[0]:.1f} MB early, {soaked.megabytes[1]:.1f} MB late")
    print("\n".join(soaked.faults) or "0 lost, 1 answer each")
    if soaked.faults:
        sys.exit(f"The logs of the processes are in {folder}.")
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
