"""A simulated AWS for the tests that ask about accounts; ways to ask, and to run and deploy what is answered."""

from __future__ import annotations

import gc
import logging
import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from bot.aws.account import Source
from bot.aws.accounts import Accounts
from bot.aws.accounts_file import AccountEntry
from bot.demo.simulation.server import SimulatedAws
from bot.demo.world import World
from bot.model import Question, Reply
from bot.settings import read_settings
from bot.troubleshooter import Troubleshooter
from bot.workshop import make_troubleshooter
from tests.aws_cli import aws_cli
from tests.simulated_storage import Deployed, SimulatedStorage

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
"""When every question of the tests is asked."""
_REGION = "eu-west-1"
_NOT_PROVED = Path(__file__).with_name("not_proved.md")


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--update-golden` writes the golden replies instead of comparing with them; `--every-way` takes minutes."""
    parser.addoption("--update-golden", action="store_true", help="write the golden replies anew")
    parser.addoption("--every-way", action="store_true", help="everything that takes minutes, too")


def pytest_configure() -> None:
    """Collect garbage seldom, and let no property test fail for being slow."""
    # To look through twelve thousand tests again and again is a fifth of a run's work.
    gc.set_threshold(200_000, 10, 20)
    # How long an example takes says how busy the machine is. The gate tries the same examples each time.
    settings.register_profile(
        "explore", deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=2_000
    )
    settings.register_profile("gate", settings.get_profile("explore"), derandomize=True, max_examples=100)
    settings.load_profile("gate")


def pytest_collection_finish() -> None:
    """Leave the tests themselves out of every later collection."""
    gc.collect()
    gc.freeze()


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Says at the end of a run what no test here can prove."""
    terminalreporter.section("not proved here")
    for line in _NOT_PROVED.read_text("utf-8").splitlines():
        if line.startswith("- "):
            terminalreporter.write_line(line)


@pytest.fixture(autouse=True)
def _no_log_of_a_command_is_left() -> Iterator[None]:
    """A command has the process log to its standard error, which is closed when the test of it ends."""
    yield
    root = logging.getLogger()
    for handler in [each for each in root.handlers if type(each.formatter).__module__ == "bot.logs"]:
        root.removeHandler(handler)


@pytest.fixture(scope="session")
def server() -> Iterator[SimulatedAws]:
    """One simulated AWS for all tests of a process."""
    with SimulatedAws() as running:
        yield running


@pytest.fixture
def environment(server: SimulatedAws, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, str]:
    """The environment of this process leads to the simulated account, and to no other."""
    return _lead_to(server, monkeypatch, tmp_path)


def _lead_to(server: SimulatedAws, monkeypatch: pytest.MonkeyPatch, folder: Path) -> dict[str, str]:
    for variable in os.environ:
        if variable.startswith(("AWS_", "KINTSUGI_", "SLACK_", "XDG_")):
            monkeypatch.delenv(variable)
    configured = {
        **server.environment(),
        "AWS_CONFIG_FILE": str(folder / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(folder / "credentials"),
        "HOME": str(folder),
    }
    for variable, value in configured.items():
        monkeypatch.setenv(variable, value)
    return configured


@pytest.fixture(scope="session")
def storage_server() -> Iterator[SimulatedStorage]:
    """One simulated DynamoDB and SQS for all tests of a process."""
    with SimulatedStorage() as running:
        yield running


@pytest.fixture
def deployed(storage_server: SimulatedStorage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Deployed:
    """A table and queues in a simulated account that is otherwise empty, to which the environment leads."""
    storage_server.reset()
    _lead_to(storage_server, monkeypatch, tmp_path)
    storage_server.deploy("kintsugi")
    return Deployed("kintsugi", storage_server)


@pytest.fixture
def aws(server: SimulatedAws, environment: dict[str, str]) -> SimulatedAws:
    """The simulated AWS, empty."""
    server.reset()
    return server


@pytest.fixture
def world(aws: SimulatedAws) -> World:
    """An empty account."""
    return World(aws, now=NOW)


@pytest.fixture(scope="session")
def bot() -> Troubleshooter:
    """The whole bot with the project's own content, read once."""
    return make_troubleshooter(read_settings({}))


@pytest.fixture(scope="session")
def live(server: SimulatedAws) -> Source:
    """Answers from the simulated AWS; its clients are made once, while `environment` leads them there."""
    import boto3

    from bot.aws.live import Live

    session = boto3.Session()
    server.answer_directly(session)
    return Live(session, now=lambda: NOW)


Troubleshoot = Callable[..., Troubleshooter]


@pytest.fixture
def troubleshooter(environment: dict[str, str], bot: Troubleshooter, live: Source) -> Troubleshoot:
    """Makes a bot: `accounts` are those of its accounts file, `source` what it reads its own account through."""

    def make(accounts: tuple[str, ...] = (), source: Source | None = None) -> Troubleshooter:
        entries = tuple(AccountEntry(id=id, role_arn=f"arn:aws:iam::{id}:role/kintsugi") for id in accounts)
        return replace(bot, accounts=Accounts(entries, lambda: source or live, _REGION))

    return make


Ask = Callable[..., Reply]


@pytest.fixture
def ask(troubleshooter: Troubleshoot) -> Ask:
    """Asks a question about the simulated account."""

    def put(
        text: str,
        locale: str = "en",
        region: str | None = None,
        stage: str | None = None,
        accounts: tuple[str, ...] = (),
    ) -> Reply:
        return troubleshooter(accounts).answer(Question(text, locale, region, stage))

    return put


RunShell = Callable[..., None]


@pytest.fixture(scope="session")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with the AWS CLI."""
    with aws_cli(tmp_path_factory.mktemp("programs")) as folder:
        yield folder


@pytest.fixture
def run_shell(server: SimulatedAws, environment: dict[str, str], programs: Path) -> RunShell:
    """Runs a printed snippet as its reader would: in a POSIX shell, with the real AWS CLI, in the account given."""
    path = f"{programs}:/usr/bin:/bin"

    def run(script: str, account: str) -> None:
        variables = {**environment, **server.environment(account), "PATH": path}
        done = subprocess.run(
            ["sh", "-eu"], input=script, env=variables, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, f"{done.stderr}\n{script}"

    return run


Deploy = Callable[..., Callable[[], None]]


@pytest.fixture
def deploy(aws: SimulatedAws) -> Deploy:
    """Deploys a template as a stack of its own; what it returns deletes the stack."""

    def make(name: str, template: str, account: str, region: str) -> Callable[[], None]:
        cloudformation = aws.client("cloudformation", account, region)
        cloudformation.create_stack(StackName=name, TemplateBody=template, Capabilities=["CAPABILITY_NAMED_IAM"])
        (stack,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
        events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
        reasons = [event["ResourceStatusReason"] for event in events if "ResourceStatusReason" in event]
        assert stack["StackStatus"] == "CREATE_COMPLETE", f"{reasons}\n{template}"
        return lambda: cloudformation.delete_stack(StackName=name)

    return make
