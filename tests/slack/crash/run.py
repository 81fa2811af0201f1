"""One run: somebody asks, the process that answers dies at a step, another one goes on, and the books are looked at."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from tests.slack.crash.bot import Bot
from tests.slack.crash.places import Place
from tests.slack.crash.process import Plan
from tests.slack.crash.slack import FatalSlack, Road
from tests.slack.crash.steps import Death, Step, Steps
from tests.slack.crash.stores import Trouble
from tests.slack.crash.ways import Scene, Way
from tests.slack.fake import BOT_TOKEN
from tests.slack.fake.faults import Kind

_SECRET = "the-signing-secret"
_PATIENCE = 30
"""Seconds for the books to balance, and for a process to come to the step at which it dies."""
_LOOK_SECONDS = 0.02
_TROUBLE_SECONDS = 1.5


@dataclass(frozen=True)
class Ran:
    """What was seen: every step that was taken, every call of Slack, and what is wrong in the end."""

    steps: Sequence[Step]
    calls: Sequence[str]
    faults: Sequence[str]


class Run:
    """A workspace, and the processes that serve it one after the other, on a storage that is empty at first.

    Whoever dies has acknowledged what was asked before it began with it, or, if it `loses_acknowledgements`, in vain.
    """

    def __init__(
        self,
        way: Way,
        place: Place,
        folder: Path,
        *,
        loses_acknowledgements: bool = False,
        mutant: str | None = None,
        patience: float = _PATIENCE,
    ) -> None:
        """Logs go into the folder; `mutant` is what is wrong with the inbox, on purpose.

        `patience` is how many seconds to wait for the books to balance.
        """
        self._way = way
        self._place = place
        self._folder = folder
        self._loses_acknowledgements = loses_acknowledgements
        self._mutant = mutant
        self._patience = patience
        self._slack = FatalSlack({Scene.who: {"locale": "en-GB"}})
        self._steps = self._slack.steps = Steps()
        place.watch(self._steps)
        self._road = Road(self._slack.workspace, _SECRET)
        self._slack.delivery.transport = self._road
        self._environment = {
            "SLACK_BOT_TOKEN": BOT_TOKEN,
            "SLACK_SIGNING_SECRET": _SECRET,
            "SLACK_API_URL": self._slack.url,
            "KINTSUGI_WORKERS": "2",
        }
        self._scene = Scene()
        self._bots: list[Bot] = []

    def to(self, death: Death | None = None) -> Ran:
        """Ask; with a death, of a process that dies there, after which another one begins."""
        return self._to(death, self._kill, self._begin_another)

    def through(self, trouble: Trouble, step: Step) -> Ran:
        """Ask, and have a trouble of the store begin before a step; it ends when all is answered, or a while later."""

        def begin(step: Step) -> bool:
            trouble.begin(self._bots[-1].pid)
            return False

        def end(asking: Future[None]) -> None:
            try:
                asking.result()
                if trouble.is_outlived and step == Step(self._place.before_acknowledging[0], 1):
                    self._awaited(lambda: self._way.faults(self._slack, self._scene))
                    early = self._way.faults(self._slack, self._scene)
                    assert not early, f"while the store fails: {early}"
                else:
                    time.sleep(_TROUBLE_SECONDS)
            finally:
                trouble.end()

        return self._to(Death(step, is_after=False), begin, end)

    def despite(self, name: str, kind: Kind, nth: int) -> Ran:
        """Ask, and have a call of Slack fail."""
        return self._to(
            None,
            self._kill,
            lambda asking: None,
            lambda: self._slack.fail(name, kind.error, status=kind.status, done=kind.is_done, retry_after=0, nth=nth),
        )

    def _to(
        self,
        death: Death | None,
        happens: Callable[[Step], bool],
        then: Callable[[Future[None]], None],
        before: Callable[[], None] = lambda: None,
    ) -> Ran:
        with self._slack, ExitStack() as running:
            running.callback(self._stop)
            self._begin()
            if self._way.prepare:
                self._way.prepare(self._slack, self._scene)
                assert not (faults := self._awaited(lambda: [*self._faults(), *self._place.left()])), faults
            self._road.acknowledged.clear()
            self._road.loses_acknowledgements = self._loses_acknowledgements
            before()
            self._slack.asked.clear()
            self._steps.watch(death, happens)
            asking = running.enter_context(ThreadPoolExecutor(1)).submit(self._way.ask, self._slack, self._scene)
            if death:
                has_happened = self._steps.has_happened.wait(_PATIENCE)
                then(asking)
            asking.result()
            faults = self._awaited(self._faults)
            running.pop_all().close()
            faults = [*faults, *self._way.faults(self._slack, self._scene), *self._slack.other_complaints()]
            if death and not has_happened:
                faults.append("it never came to this step")
            if not self._bots[-1].has_ended_well:
                faults.append("the last process did not end as it should")
            return Ran(tuple(self._steps.taken), tuple(self._slack.asked), faults)

    def _begin_another(self, asking: Future[None]) -> None:
        self._road.loses_acknowledgements = False
        self._begin()

    def _begin(self) -> None:
        place, number = self._place, len(self._bots)
        environment = {**self._environment, **place.lead(number)}
        ahead = place.seconds_between * number
        plan = Plan(environment, self._folder / "log", ahead=ahead, asks=place.asks, mutant=self._mutant)
        self._bots.append(Bot(plan, self._steps.take))
        self._road.lead_to(self._bots[-1].port)

    def _kill(self, step: Step) -> bool:
        if not self._loses_acknowledgements and step.name not in self._place.before_acknowledging:
            self._road.acknowledged.wait(_PATIENCE)
        self._bots[-1].kill()
        return True

    def _stop(self) -> None:
        for bot in self._bots:
            bot.stop()

    def _awaited(self, faults: Callable[[], list[str]]) -> list[str]:
        """What is wrong still, once nothing is or the time is up."""
        until = time.monotonic() + self._patience
        while (found := faults()) and time.monotonic() < until:
            with self._slack.workspace.changed:
                self._slack.workspace.changed.wait(_LOOK_SECONDS)
        return found

    def _faults(self) -> list[str]:
        return [*self._way.faults(self._slack, self._scene), *self._place.owed()]
