"""A process that serves: step by step, to die at one of them, or with troubles of its own."""

import logging
import os
import time
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from bot.inbox.sqlite import SqliteInbox
from bot.inbox.sqs import SqsInbox
from bot.settings import AwsStore, Settings, read_settings
from bot.slack.app import connected
from bot.slack.calling.turns import Turns
from bot.slack.http import Http
from bot.slack.incoming.lasting import FORM
from bot.slack.webserver import Address
from bot.storage import Storage
from bot.store.dynamodb import DynamoStore
from bot.store.sqlite import SqliteStore
from bot.worker import LEASE_SECONDS
from tests.slack.crash.finder import Finder
from tests.slack.crash.mutants import MUTANTS
from tests.slack.crash.stepwise import Asking, stepwise
from tests.slack.crash.troubles import Chance, Failing, FailingFinder
from tests.slack.engine import WRITER

_HURRY = 1_000


@dataclass(frozen=True)
class Plan:
    """How a process serves: its settings, and the file of its log.

    Its inbox's clock is so many seconds `ahead`: whoever comes after a death need not wait until a lease is over.
    It `asks` whether it may take each step of its storage. `mutant` is what is wrong with its inbox.
    With `troubles` it does nothing step by step; in this share of cases its finder, its store and its inbox fail.
    `seed` makes them other ones than those of the process beside it.
    """

    environment: Mapping[str, str]
    log: Path
    ahead: float = 0.0
    asks: bool = True
    mutant: str | None = None
    lease_seconds: float = LEASE_SECONDS
    troubles: float | None = None
    seed: int = 0


def serve(plan: Plan, line: Connection, told_to_stop: Connection) -> None:
    """Serve over HTTP until the other end of `told_to_stop` is closed.

    On `line` come the names of steps, to be let happen, and once the port; None when it has ended as it should.
    """
    with plan.log.open("ab") as log:
        os.dup2(log.fileno(), 2)
    logging.basicConfig(format="%(asctime)s %(message)s", level=logging.INFO)
    given = read_settings(plan.environment)
    asking = Asking(line)
    transport = Http(given, Address("127.0.0.1", 0))
    # Slack's limits are wide here: nobody waits for a turn.
    turns = Turns(clock=lambda: time.monotonic() * _HURRY, sleep=lambda seconds: time.sleep(seconds / _HURRY))
    with closing(_storage(plan, given)) as storage:
        if plan.mutant:
            storage = Storage(storage.store, MUTANTS[plan.mutant](storage.inbox))
        finder = Finder()
        if plan.troubles is not None:
            chance = Chance(plan.troubles, plan.seed)
            storage = Storage(Failing(storage.store, chance), Failing(storage.inbox, chance))
            finder = FailingFinder(chance)
        elif plan.asks:
            storage = stepwise(storage, asking)
        with connected(given, finder, WRITER, storage, transport, turns=turns, lease_seconds=plan.lease_seconds):
            asking.tell(transport.port)
            with suppress(EOFError):
                told_to_stop.recv()
    asking.tell(None)


def _storage(plan: Plan, given: Settings) -> Storage:
    def clock() -> float:
        return time.time() + plan.ahead

    if isinstance(given.store, AwsStore):
        os.environ.update(plan.environment)
        return Storage(
            DynamoStore(given.store.name, given.region), SqsInbox(given.store.name, FORM, given.region, clock=clock)
        )
    return Storage(SqliteStore(given.store_file), SqliteInbox(given.store_file, FORM, clock=clock))
