"""The command line as it is typed, in this process."""

import pytest
from typer.testing import CliRunner

from bot.cli import app


@pytest.fixture
def kintsugi():
    """Runs a command; the result has `exit_code`, `stdout` and `stderr`."""

    def run(*words, stdin=None):
        result = CliRunner().invoke(app, [str(word) for word in words], input=stdin)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return run


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch):
    """No setting of whoever runs the tests."""
    for name in ("KINTSUGI_CONTENT", "KINTSUGI_ACCOUNTS", "KINTSUGI_WORKERS", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
