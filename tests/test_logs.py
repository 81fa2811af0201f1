"""What reaches the log, and what does not."""

import logging
import subprocess
import sys

import pytest

from bot.logs import log_to_standard_error

SECRET = "AKIAIOSFODNN7EXAMPLE"


@pytest.fixture
def _restored():
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.mark.usefixtures("_restored")
@pytest.mark.parametrize("with_tracebacks", [True, False])
def test_no_line_holds_a_secret(with_tracebacks: bool, capsys: pytest.CaptureFixture[str]):
    log_to_standard_error(with_tracebacks=with_tracebacks)
    try:
        raise ValueError(f"cannot use {SECRET}")
    except ValueError:
        logging.getLogger("bot.anything").exception("could not do it with %s", SECRET)
    told = capsys.readouterr().err
    assert "could not do it with" in told
    assert SECRET not in told
    assert ("Traceback" in told) is with_tracebacks


def test_an_unexpected_error_is_one_sentence_without_secrets():
    code = f"from bot import cli; import typer; cli._before_any_command(debug=False); raise ValueError('{SECRET}')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("kintsugi: an unexpected error (ValueError: ")
    assert SECRET not in done.stderr
    assert "Traceback" not in done.stderr
