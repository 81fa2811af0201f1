"""One run: somebody asks, the process that answers dies at a step, another one goes on, and the books are looked at."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from tests.slack.crash.bot import Bot
from tests.slack.crash.places import Place
from tests.slack.crash.process import Plan
from tests.slack.crash.slack import FatalSlack, Road
from tests.slack.crash.steps import Death, Step, Steps
from tests.slack.crash.ways import Scene, Way
from tests.slack.fake import BOT_TOKEN

_SECRET = "the-signing-secret"
_PATIENCE = 10
"""Seconds for the books to balance, and for a process to come to the step at which it dies."""
_LOOK_SECONDS = 0.02


@dataclass(frozen=True)
class Ran:
    """What was seen: every step that was taken, and what is wrong in the end."""

    steps: Sequence[Step]
    faults: Sequence[str]


class Run:
    """A workspace, and the processes that serve it one after the other, on a storage that is empty at first.

    Whoever dies has acknowledged what was asked before it began with it, or, if it `loses_acknowledgements`, in vain.
    """

    def __init__(self, way: Way, place: Place, folder: Path, *, loses_acknowledgements: bool = False) -> None:
        """Logs go into the folder."""
        self._way = way
        self._place = place
        self._folder = folder
        self._loses_acknowledgements = loses_acknowledgements
        self._slack = FatalSlack({Scene.who: {"locale": "en-GB"}})
        self._steps = self._slack.steps = Steps(self._kill)
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
        with self._slack, ExitStack() as running:
            running.callback(self._stop)
            self._begin()
            if self._way.prepare:
                self._way.prepare(self._slack, self._scene)
                assert not (faults := self._awaited()), faults
            self._road.acknowledged.clear()
            self._road.loses_acknowledgements = self._loses_acknowledgements
            self._steps.watch(death)
            asking = running.enter_context(ThreadPoolExecutor(1)).submit(self._way.ask, self._slack, self._scene)
            if death:
                is_dead = self._steps.died.wait(_PATIENCE)
                self._road.loses_acknowledgements = False
                self._begin()
            asking.result()
            owed = self._awaited()
            running.pop_all().close()
            faults = [*owed, *self._way.faults(self._slack, self._scene), *self._slack.other_complaints()]
            if death and not is_dead:
                faults.append("it never came to this step")
            if not self._bots[-1].has_ended_well:
                faults.append("the last process did not end as it should")
            return Ran(tuple(self._steps.taken), faults)

    def _begin(self) -> None:
        place, number = self._place, len(self._bots)
        environment = {**self._environment, **place.lead(number)}
        ahead = place.seconds_between * number
        plan = Plan(environment, self._folder / "log", ahead=ahead, asks=place.asks)
        self._bots.append(Bot(plan, self._steps.take))
        self._road.lead_to(self._bots[-1].port)

    def _kill(self, step: Step) -> None:
        if not self._loses_acknowledgements and step.name not in self._place.before_acknowledging:
            self._road.acknowledged.wait(_PATIENCE)
        self._bots[-1].kill()

    def _stop(self) -> None:
        for bot in self._bots:
            bot.stop()

    def _awaited(self) -> list[str]:
        """What is wrong still, once nothing is or the time is up."""
        until = monotonic() + _PATIENCE
        while faults := [*self._way.faults(self._slack, self._scene), *self._place.owed()]:
            if monotonic() > until:
                break
            with self._slack.workspace.changed:
                self._slack.workspace.changed.wait(_LOOK_SECONDS)
        return faults
