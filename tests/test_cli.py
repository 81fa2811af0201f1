"""The program as a process: its two names, its help, its statuses, and no traceback unless it is asked for."""

import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from bot.aws.error_codes import GIVE_CREDENTIALS, NO_CREDENTIALS

ROOT = Path(__file__).parents[1]
KINTSUGI = Path(sys.executable).with_name("kintsugi")
FAULTY = "from bot.cli import app, main; app.command('fail')(lambda: {}['nothing']); main()"


def run(*words, **environment):
    """Runs a process in a bare environment, outside of the repository."""
    variables = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "AWS_EC2_METADATA_DISABLED": "true",
        **environment,
    }
    return subprocess.run(
        [str(word) for word in words],
        env=variables,
        capture_output=True,
        text=True,
        timeout=60,
        stdin=subprocess.DEVNULL,
    )


def kintsugi(*words, **environment):
    return run(sys.executable, "-m", "bot", *words, **environment)


def test_both_names_are_the_same_program():
    as_module, as_script = kintsugi("policy"), run(KINTSUGI, "policy")
    assert (as_module.returncode, as_module.stderr) == (0, "")
    assert as_module.stdout == as_script.stdout


def test_the_version_is_the_package_s():
    result = kintsugi("--version")
    assert (result.returncode, result.stdout, result.stderr) == (0, f"kintsugi {version('kintsugi')}\n", "")


def test_help_names_every_command():
    result = kintsugi("--help")
    assert (result.returncode, result.stderr) == (0, "")
    for command in ("demo", "diagnose", "read", "serve", "feedback", "policy", "playbooks", "--debug"):
        assert f" {command} " in result.stdout


@pytest.mark.parametrize("command", ["demo", "diagnose", "read", "serve", "feedback", "policy", "playbooks"])
def test_every_command_has_help(command):
    result = kintsugi(command, "--help")
    assert result.returncode == 0
    assert result.stdout.startswith("Usage: ")


@pytest.mark.parametrize(
    "words", [("nonsense",), ("diagnose", "--nonsense"), ("playbooks", "nonsense"), ("demo", "--scenario", "nonsense")]
)
def test_mistakes_of_usage_are_said_on_standard_error(words):
    result = kintsugi(*words)
    assert (result.returncode, result.stdout) == (2, "")
    assert "nonsense" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("words", [("diagnose", "x", "--lang", "fr"), ("demo", "--lang", "zh-CN")])
def test_an_unknown_language_lists_the_known_ones(words):
    result = kintsugi(*words)
    assert (result.returncode, result.stdout) == (2, "")
    assert "choose one of en, ja, zh_TW, es" in result.stderr


def test_a_bad_setting_is_named():
    result = kintsugi("playbooks", "list", KINTSUGI_WORKERS="many")
    assert (result.returncode, result.stdout) == (2, "")
    assert "KINTSUGI_WORKERS is 'many', but takes a number from 1 to 64" in result.stderr


def test_without_a_region_it_says_how_to_name_one(tmp_path):
    result = kintsugi("diagnose", "a1b2c3d4e5", HOME=str(tmp_path))
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith("kintsugi: no AWS region is configured; pass --region")


def test_without_credentials_it_says_so_and_asks_nobody(tmp_path):
    result = kintsugi("diagnose", "a1b2c3d4e5", "--region", "eu-west-1", HOME=str(tmp_path))
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == f"kintsugi: {NO_CREDENTIALS}: {GIVE_CREDENTIALS}.\n"


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        ({"AWS_PROFILE": "nope"}, "The config profile (nope) could not be found"),
        (
            {"AWS_ENDPOINT_URL": "foo", "AWS_ACCESS_KEY_ID": "simulated", "AWS_SECRET_ACCESS_KEY": "simulated"},
            "Invalid endpoint: foo",
        ),
        (
            {"AWS_REGION": "ap-south-2", "AWS_ACCESS_KEY_ID": "half"},
            "did not accept the credentials in the region ap-south-2",
        ),
    ],
)
def test_what_is_wrong_with_the_configuration_is_said_in_a_sentence(tmp_path, environment, says):
    result = kintsugi("diagnose", "a1b2c3d4e5", **({"AWS_REGION": "eu-west-1", "HOME": str(tmp_path)} | environment))
    assert (result.returncode, result.stdout) == (1, "")
    assert says in result.stderr
    assert "unexpected error" not in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_without_credentials_no_account_of_the_file_is_entered(tmp_path):
    role = "arn:aws:iam::210987654321:role/kintsugi"
    accounts = tmp_path / "accounts.toml"
    accounts.write_text(f'[[accounts]]\nid = "210987654321"\nrole_arn = "{role}"\n', "utf-8")
    function = "arn:aws:lambda:eu-west-1:210987654321:function:orders"
    result = kintsugi("diagnose", function, "--accounts", accounts, HOME=str(tmp_path), AWS_REGION="eu-west-1")
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == f"kintsugi: {NO_CREDENTIALS} with which to assume {role}; {GIVE_CREDENTIALS}\n"


def test_a_fault_of_the_bot_is_one_sentence():
    result = run(sys.executable, "-c", FAULTY, "fail")
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith("kintsugi: an unexpected error (KeyError: 'nothing'). Run again with --debug")
    assert len(result.stderr.splitlines()) == 1


def test_a_traceback_is_shown_to_those_who_ask_for_it():
    result = run(sys.executable, "-c", FAULTY, "--debug", "fail")
    assert result.returncode == 1
    assert result.stderr.startswith("Traceback (most recent call last):")
    assert result.stderr.endswith("KeyError: 'nothing'\n")
