"""The commands as they are typed, for what a command prints of AWS."""

import pytest
from typer.testing import CliRunner

from bot.cli import app


@pytest.fixture
def run_kintsugi():
    """Runs the command line in this process."""

    def run(*words):
        return CliRunner().invoke(app, list(words))

    return run
