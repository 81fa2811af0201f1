"""How long a diagnosis takes over a network: against the same reads one after the other, and against `aws` commands."""

import json
import os
import shlex
import statistics
import subprocess
import sys
import time
from pathlib import Path

from botocore import xform_name

from bench.delay import FarAws, far_aws
from bot.aws.account import Read
from bot.aws.accounts import Accounts
from bot.aws.live import Live
from bot.demo.scenarios import SCENARIOS
from bot.model import Evidence, Question
from bot.settings import Settings
from bot.workshop import make_troubleshooter

DELAY = 0.05
ROUNDS = 5
_MEANT_FROM_NOW = "-PT"
"""How a time begins that the bot resolves; a command then asks for all time."""


def measure() -> list[dict[str, object]]:
    """A row for each account of the demo: calls, layers, and seconds in the three ways."""
    with far_aws(DELAY) as aws:
        return [_row(name, aws) for name in SCENARIOS]


def _row(name: str, aws: FarAws) -> dict[str, object]:
    pasted = aws.build(name)
    source = Live(aws.session, aws.far)
    accounts = Accounts(own=lambda: source, region="eu-west-1")
    bot = make_troubleshooter(Settings(deadline_seconds=60), accounts)
    bot.answer(Question(pasted, "en"))  # clients and templates are made once in the life of a bot
    seconds, layers = [], []
    for _ in range(ROUNDS):
        aws.layers()
        begun = time.monotonic()
        reply = bot.answer(Question(pasted, "en"))
        seconds.append(time.monotonic() - begun)
        layers.append(aws.layers())
    reads = reply.diagnosis.evidence
    begun = time.monotonic()
    for each in reads:
        source(_read(each))
    one_after_the_other = time.monotonic() - begun
    begun = time.monotonic()
    for each in reads:
        _aws(each, aws.environment | {"AWS_ENDPOINT_URL": aws.far})
    as_commands = time.monotonic() - begun
    return {
        "account": name,
        "calls": len(reads),
        "layers": min(layers),
        "bot": statistics.median(seconds),
        "floor": min(layers) * DELAY,
        "one after the other": one_after_the_other,
        "aws commands": as_commands,
    }


def _read(evidence: Evidence) -> Read:
    return Read.of(evidence.service, evidence.operation, evidence.region, **evidence.parameters)


def _aws(evidence: Evidence, environment: dict[str, str]) -> None:
    command = [str(Path(sys.executable).with_name("aws")), evidence.service, xform_name(evidence.operation, "-")]
    for name, value in evidence.parameters.items():
        if not str(value).startswith(_MEANT_FROM_NOW):
            given = value if isinstance(value, list) else [value]
            words = (json.dumps(each) if isinstance(each, dict) else str(each) for each in given)
            command += [f"--{xform_name(name, '-')}", *words]
    if evidence.operation == "GetExport":
        command.append(os.devnull)  # the file to write it to
    done = subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, check=False)
    if done.returncode and "(NotFound" not in done.stderr and "NotFoundException" not in done.stderr:
        raise RuntimeError(f"{shlex.join(command)}: {done.stderr}")
