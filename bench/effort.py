"""How many reads a diagnosis takes, over every account that the scenarios of the tests build."""

import os
import statistics
from datetime import UTC, datetime

from bot.aws.accounts import Accounts
from bot.aws.accounts_file import AccountEntry
from bot.aws.live import Live
from bot.demo.simulation.server import SimulatedAws
from bot.demo.world import World
from bot.model import Question
from bot.settings import Settings
from bot.workshop import make_troubleshooter
from tests.scenarios.every import EVERY, name_of

_NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


def measure() -> dict[str, object]:
    """Reads of a diagnosis in the median and at most, and the account that takes the most."""
    calls: dict[str, int] = {}
    with SimulatedAws() as aws:
        os.environ.update(aws.environment())  # the roles of other accounts are assumed from the ambient credentials
        source = Live(aws.session(), now=lambda: _NOW)
        for build in EVERY:
            aws.reset()
            case = build(World(aws, now=_NOW))
            entries = tuple(AccountEntry(id=id, role_arn=f"arn:aws:iam::{id}:role/kintsugi") for id in case.accounts)
            accounts = Accounts(entries, own=lambda: source, region="eu-west-1")
            bot = make_troubleshooter(Settings(deadline_seconds=60), accounts)
            reply = bot.answer(Question(case.asks, case.locale, case.region, case.stage))
            calls[name_of(build)] = len(reply.diagnosis.evidence)
    most = max(calls, key=lambda name: calls[name])
    return {
        "accounts": len(calls),
        "median": statistics.median(calls.values()),
        "most": calls[most],
        "account with the most": most,
    }
