"""The bot as the test sees it: processes on one store, begun, killed and stopped."""

import multiprocessing
import os
import signal
from collections.abc import Callable
from multiprocessing.connection import Connection, wait
from threading import Thread

from tests.slack.crash.process import Plan, serve

_FORKS = multiprocessing.get_context("forkserver")
# One process imports everything once, and each of the bot's is a fork of it, in milliseconds.
_FORKS.set_forkserver_preload(["tests.slack.crash.beforehand"])
_PATIENCE = 20

Take = Callable[[str, Callable[[], object]], object]


class Bot:
    """One process. It serves once it is made; `take` is told of its steps, of which one may be its last."""

    def __init__(self, plan: Plan, take: Take) -> None:
        self._line, theirs = multiprocessing.Pipe()
        self._held_open, told_to_stop = multiprocessing.Pipe()
        self._process = _FORKS.Process(target=serve, args=(plan, theirs, told_to_stop), daemon=True)
        self._process.start()
        theirs.close()
        told_to_stop.close()
        self.port = 0
        self.has_ended_well = False
        assert self._line.poll(_PATIENCE), "the bot does not begin"
        try:
            while not isinstance(word := self._line.recv(), int):
                self._step(word, take)
        except EOFError:
            raise AssertionError(f"the bot does not begin:\n{plan.log.read_text('utf-8')}") from None
        self.port = word
        self._listener = Thread(target=self._listen, args=[take], name="steps of the bot")
        self._listener.start()

    @property
    def pid(self) -> int:
        """The process's id."""
        assert self._process.pid
        return self._process.pid

    def kill(self) -> None:
        """End it as `kill -9` does, and wait until it is gone."""
        os.kill(self.pid, signal.SIGKILL)
        assert wait([self._process.sentinel], _PATIENCE)

    def stop(self) -> None:
        """Have it end by itself, or find that it has."""
        self._held_open.close()
        self._process.join(_PATIENCE)
        if self._process.is_alive():
            self.kill()
        self._process.join()
        self._listener.join()
        self._line.close()

    def _listen(self, take: Take) -> None:
        try:
            while (name := self._line.recv()) is not None:
                self._step(name, take)
            self.has_ended_well = True
        except (EOFError, OSError):
            pass  # It is gone.

    def _step(self, name: str, take: Take) -> None:
        take(name, lambda: _done(self._line))
        self._line.send("go on")


def _done(line: Connection) -> bool:
    """Let a process do what it has asked about, and wait until it has."""
    line.send("do it")
    line.recv()
    return True
