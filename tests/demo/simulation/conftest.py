"""What the simulation is asked about, and the real AWS CLI to ask it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.demo.simulation.server import SimulatedAws
from tests.demo.simulation.worlds import Api, Function, make_api, make_function


@pytest.fixture
def function(aws: SimulatedAws) -> Function:
    """A function of the default account."""
    return make_function(aws)


@pytest.fixture
def api(aws: SimulatedAws, function: Function) -> Api:
    """An API whose stage sets variables."""
    return make_api(aws, function.arn, variables={"alias": "live", "table": "orders"})


Cli = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def cli(aws: SimulatedAws, tmp_path: Path) -> Cli:
    """The real AWS CLI as a process, with no other configuration than the simulation's."""
    program = Path(sys.executable).with_name("aws")
    nowhere = {"AWS_CONFIG_FILE": str(tmp_path / "config"), "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "keys")}
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), **nowhere, **aws.environment()}

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([program, *words], env=environment, capture_output=True, text=True, timeout=60)

    return run
