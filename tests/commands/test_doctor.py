"""`kintsugi doctor`: a line for each check, its remedy in it, and 0 only if all is well."""

import json
import re
from contextlib import closing
from pathlib import Path

import pytest

from bot.aws.reads import READS
from bot.doctor.examination import GROUPS, NAMES
from bot.settings import read_settings
from bot.slack.manifest import SCOPES, manifest
from bot.storage import open_storage
from tests.slack.fake import APP_TOKEN, BOT_TOKEN, CONFIG_TOKEN, FakeSlack

ACCOUNTS = '[[accounts]]\nname = "tools"\nid = "123456789012"\nown = true\nregions = ["eu-west-1"]\n'
LINE = re.compile(r"(ok|problem|could not check) +[a-z._]+( [^:]+(:[^ ]+)*)?: \S.*")


@pytest.fixture
def installed(aws, monkeypatch, tmp_path):
    """A sound installation, to which the environment leads; its Slack."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    aws.client("iam").create_user(UserName="kintsugi")
    (tmp_path / "accounts.toml").write_text(ACCOUNTS, "utf-8")
    with FakeSlack(scopes=SCOPES) as slack:
        slack.workspace.installed = manifest()
        variables = {
            "SLACK_API_URL": slack.url,
            "SLACK_BOT_TOKEN": BOT_TOKEN,
            "SLACK_APP_TOKEN": APP_TOKEN,
            "SLACK_CONFIG_TOKEN": CONFIG_TOKEN,
            "KINTSUGI_STORE": str(tmp_path / "kept.db"),
            "KINTSUGI_ACCOUNTS": str(tmp_path / "accounts.toml"),
        }
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        with closing(open_storage(read_settings(variables), 1)):
            yield slack


def only(*groups):
    return [word for group in GROUPS if group not in groups for word in ("--skip", group)]


def outcomes(result):
    return [line.split("  ")[0] for line in result.stdout.splitlines()]


def test_all_is_well_and_aws_was_asked_each_read_and_nothing_else(kintsugi, installed, aws):
    aws.calls.clear()
    result = kintsugi("doctor")
    assert set(outcomes(result)) == {"ok"}, result.stdout
    assert result.exit_code == 0
    assert all(LINE.fullmatch(line) for line in result.stdout.splitlines())
    assert f"kintsugi: {len(outcomes(result))} ok" in result.stderr
    names = [line.split()[1].rstrip(":") for line in result.stdout.splitlines()]
    assert names.count("aws.read") == len(READS)
    assert set(NAMES) - set(names) == {"aws.accounts", "aws.external_id", "slack.signing_secret"}
    assert list(dict.fromkeys(names)) == [name for name in NAMES if name in names]
    assert {(call.service, call.operation) for call in aws.calls} == set(READS)
    assert not any(token in result.output for token in (BOT_TOKEN, APP_TOKEN, CONFIG_TOKEN))


def test_a_read_that_is_denied_is_a_problem_with_its_statement(kintsugi, installed, aws):
    aws.deny("lambda", "GetPolicy")
    result = kintsugi("doctor", *only("aws"), "--format", "json")
    told = json.loads(result.stdout)
    assert (result.exit_code, told["schema"], told["well"]) == (1, 1, False)
    (check,) = (check for check in told["checks"] if check["outcome"] != "ok")
    arn = "arn:aws:lambda:*:123456789012:function:*"
    statement = {"Effect": "Allow", "Action": "lambda:GetPolicy", "Resource": arn}
    assert (check["name"], check["outcome"]) == ("aws.read", "problem")
    assert check["subject"] == "tools (123456789012) lambda GetPolicy"
    assert (check["grant"], check["remedy"]) == (statement, f"allow {json.dumps(statement)}")
    assert [(each["region"], each["access"]) for each in check["tried"]] == [("eu-west-1", "denied")]


def spoil_store(slack, tmp_path, monkeypatch):
    (tmp_path / "kept.db").chmod(0o644)


def spoil_scopes(slack, tmp_path, monkeypatch):
    slack.workspace.scopes = frozenset(SCOPES) - {"files:read"}


def spoil_settings(slack, tmp_path, monkeypatch):
    monkeypatch.setenv("KINTSUGI_LOG_MINUTES", "9999")


def spoil_accounts(slack, tmp_path, monkeypatch):
    (tmp_path / "accounts.toml").write_text("[[accounts]]\n", "utf-8")


def lose_the_configuration_token(slack, tmp_path, monkeypatch):
    monkeypatch.delenv("SLACK_CONFIG_TOKEN")


@pytest.mark.parametrize(
    ("spoil", "group", "line"),
    [
        (spoil_store, "store", "problem          store.permissions "),
        (spoil_scopes, "slack", "problem          slack.scopes: missing: files:read; reinstall"),
        (spoil_settings, "settings", "problem          settings KINTSUGI_LOG_MINUTES: 9999 is more than"),
        (spoil_accounts, "aws", "problem          aws.accounts: "),
        (lose_the_configuration_token, "slack", "could not check  slack.manifest: "),
    ],
)
def test_each_single_fault_ends_it_with_1(kintsugi, installed, tmp_path, monkeypatch, spoil, group, line):
    spoil(installed, tmp_path, monkeypatch)
    result = kintsugi("doctor", *only(group))
    assert result.exit_code == 1
    (told,) = (each for each in result.stdout.splitlines() if not each.startswith("ok "))
    assert told.startswith(line)


def test_what_is_skipped_is_said_and_does_not_count(kintsugi, installed, monkeypatch):
    monkeypatch.delenv("SLACK_CONFIG_TOKEN")
    result = kintsugi("doctor", *only("slack"), "--skip", "slack.manifest")
    assert (result.exit_code, set(outcomes(result))) == (0, {"ok"})
    assert "slack.manifest" in result.stderr
    assert "slack.manifest" not in result.stdout


def test_where_nothing_is_checked_nothing_is_known(kintsugi):
    result = kintsugi("doctor", *only())
    assert (result.exit_code, result.stdout) == (1, "")


def test_settings_that_cannot_be_read_are_all_told_and_the_rest_is_not_known(kintsugi, monkeypatch):
    monkeypatch.setenv("KINTSUGI_WORKERS", "many")
    monkeypatch.setenv("KINTSUGI_LOG", "loud")
    result = kintsugi("doctor", "--skip", "slack")
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "problem          settings: KINTSUGI_WORKERS is 'many', but takes a number from 1 to 64; mend or unset it",
        "problem          settings: KINTSUGI_LOG is 'loud', but takes json or text; mend or unset it",
        *(f"could not check  {group}: needs the settings; see to settings first" for group in GROUPS[2:]),
    ]
    assert result.stderr == "kintsugi: 4 could not check, 2 problem; left out: slack\n"
    told = json.loads(kintsugi("doctor", "--format", "json").stdout)
    assert (told["well"], [check["name"] for check in told["checks"]]) == (False, ["settings", *GROUPS])


def test_an_audit_log_that_cannot_be_written_ends_it_with_1(kintsugi, installed, tmp_path, monkeypatch):
    monkeypatch.setenv("KINTSUGI_AUDIT", str(tmp_path))
    result = kintsugi("doctor", *only("audit"))
    assert (result.exit_code, outcomes(result)) == (1, ["problem"])
    assert f"audit.write {tmp_path}: cannot be written (Is a directory); let" in result.stdout


@pytest.mark.parametrize(
    "words",
    [
        ("--skip", "weather"),
        ("--skip", "slack.manifesto"),
        ("--skip", ""),
        ("--http", "ftp://x"),
        ("--format", "yaml"),
        ("now",),
    ],
)
def test_mistakes_of_usage(kintsugi, words):
    result = kintsugi("doctor", *words)
    assert (result.exit_code, result.stdout) == (2, "")


def test_what_others_say_commands_no_terminal_and_holds_no_secret(kintsugi, installed, aws):
    secret = "AKIAIOSFODNN7EXAMPLE wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
    aws.error(
        "sts", "GetCallerIdentity", "AccessDenied", f"\x1b[31mno\n\nok  all: \u202e aws_secret_access_key={secret}"
    )
    result = kintsugi("doctor", *only("aws"))
    assert result.exit_code == 1
    assert all(LINE.fullmatch(line) for line in result.stdout.splitlines())
    assert not {"\x1b", "\u202e"} & set(result.output)
    assert "wJalrXUtnFEMI" not in result.output


def test_every_name_is_explained():
    explained = (Path(__file__).parents[2] / "docs" / "operating.md").read_text("utf-8")
    assert [name for name in NAMES if f"`{name}`" not in explained] == []
