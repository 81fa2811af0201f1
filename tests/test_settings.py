"""Settings come from the environment alone, once, and a bad one is named with what it takes."""

from dataclasses import FrozenInstanceError, fields
from pathlib import Path

import pytest

from bot.settings import BadSettings, Secret, Settings, read_settings

ROOT = Path(__file__).parents[1]


def test_nothing_set_is_every_default():
    assert read_settings({}) == Settings()


def test_each_variable_is_read_into_its_setting():
    given = {
        "KINTSUGI_CONTENT": "a:b/c",
        "KINTSUGI_ACCOUNTS": "accounts.yaml",
        "KINTSUGI_DEADLINE_SECONDS": "2.5",
        "KINTSUGI_WORKERS": "3",
        "KINTSUGI_QUEUE": "7",
        "KINTSUGI_STORE": "kept.db",
        "KINTSUGI_KEEP_HOURS": "24",
        "LANG": "ja_JP.UTF-8",
    }
    settings = read_settings(given)
    assert settings.content == (Path("a"), Path("b/c"))
    assert settings.accounts == Path("accounts.yaml")
    assert (settings.deadline_seconds, settings.workers, settings.queue) == (2.5, 3, 7)
    assert (settings.store, settings.store_file, settings.keep_hours) == (Path("kept.db"), Path("kept.db"), 24)
    assert settings.spoken == "ja_JP.UTF-8"


def test_how_much_of_logs_may_be_read_is_set():
    given = {
        "KINTSUGI_LOG_MINUTES": "15",
        "KINTSUGI_LOG_MINUTES_AT_MOST": "120",
        "KINTSUGI_LOG_CALLS": "0",
        "KINTSUGI_LOG_BYTES": "1000",
    }
    settings = read_settings(given)
    assert (settings.log_minutes, settings.log_minutes_at_most) == (15, 120)
    assert (settings.log_calls, settings.log_bytes) == (0, 1_000)


def test_how_it_is_seen_from_outside_is_set():
    settings = read_settings({"KINTSUGI_LOG": "JSON", "KINTSUGI_LOG_LEVEL": "Debug", "KINTSUGI_STATUS": ":9300"})
    assert (settings.log, settings.log_level, settings.status) == ("json", "debug", ":9300")


def test_an_empty_variable_counts_as_unset():
    assert read_settings({setting.metadata["variable"]: "" for setting in fields(Settings)}) == Settings()


@pytest.mark.parametrize(
    ("variable", "text", "takes"),
    [
        ("KINTSUGI_LOG", "xml", "json or text"),
        ("KINTSUGI_LOG_LEVEL", "critical", "debug, info, warning or error"),
        ("KINTSUGI_DEADLINE_SECONDS", "soon", "1 to 900 seconds"),
        ("KINTSUGI_DEADLINE_SECONDS", "0.5", "1 to 900 seconds"),
        ("KINTSUGI_DEADLINE_SECONDS", "nan", "1 to 900 seconds"),
        ("KINTSUGI_WORKERS", "0", "a number from 1 to 64"),
        ("KINTSUGI_WORKERS", "65", "a number from 1 to 64"),
        ("KINTSUGI_WORKERS", "2.5", "a number from 1 to 64"),
        ("KINTSUGI_QUEUE", "many", "a number from 1 to 10000"),
        ("KINTSUGI_KEEP_HOURS", "0", "a number from 1 to 8760"),
        ("KINTSUGI_KEEP_HOURS", "8761", "a number from 1 to 8760"),
        ("KINTSUGI_STORE", "~nobody-of-this-name/kept.db", "a file"),
        ("KINTSUGI_LOG_MINUTES", "0", "a number from 1 to 10080"),
        ("KINTSUGI_LOG_MINUTES_AT_MOST", "43201", "a number from 1 to 43200"),
        ("KINTSUGI_LOG_CALLS", "-1", "a number from 0 to 100"),
        ("KINTSUGI_LOG_BYTES", "4 MB", "0 to 100000000"),
    ],
)
def test_a_bad_value_is_named_with_what_the_variable_takes(variable, text, takes):
    with pytest.raises(BadSettings) as bad:
        read_settings({variable: text})
    assert str(bad.value) == f"{variable} is {text!r}, but takes {takes}; mend or unset it"


def test_limits_themselves_are_allowed():
    assert read_settings({"KINTSUGI_WORKERS": "64", "KINTSUGI_QUEUE": "1"}).workers == 64


def test_a_token_does_not_show_itself():
    settings = read_settings({"SLACK_BOT_TOKEN": "xoxb-not-a-real-one"})
    assert settings.slack_bot_token.reveal() == "xoxb-not-a-real-one"
    assert "not-a-real" not in f"{settings} {settings.slack_bot_token!r} {settings.slack_bot_token}"


def test_secrets_all_look_alike():
    assert repr(Secret("a")) == repr(Secret("b"))


def test_settings_are_frozen():
    with pytest.raises(FrozenInstanceError):
        Settings().workers = 3


@pytest.mark.parametrize(
    ("given", "spoken"),
    [
        ({"LANG": "es_ES", "LC_MESSAGES": "ja_JP", "LC_ALL": "C"}, "C"),
        ({"LANG": "es_ES", "LC_MESSAGES": "ja_JP"}, "ja_JP"),
        ({"LANG": "es_ES"}, "es_ES"),
        ({}, ""),
    ],
)
def test_the_terminal_s_locale_is_the_one_that_posix_would_take(given, spoken):
    assert read_settings(given).spoken == spoken


def test_our_own_content_comes_first():
    own, *others = read_settings({"KINTSUGI_CONTENT": "mine"}).content_folders
    assert own == ROOT
    assert (own / "playbooks").is_dir()
    assert others == [Path("mine")]


@pytest.mark.parametrize(
    ("given", "file"),
    [
        ({}, "/home/of-mine/.local/state/kintsugi/kintsugi.db"),
        ({"XDG_STATE_HOME": "/state"}, "/state/kintsugi/kintsugi.db"),
        ({"XDG_STATE_HOME": "state"}, "/home/of-mine/.local/state/kintsugi/kintsugi.db"),
        ({"XDG_STATE_HOME": "/state", "KINTSUGI_STORE": "~/kept.db"}, "/home/of-mine/kept.db"),
    ],
)
def test_the_store_is_in_the_user_s_state_folder_unless_it_is_set(given, file, monkeypatch):
    monkeypatch.setenv("HOME", "/home/of-mine")
    assert read_settings(given).store_file == Path(file)


def test_no_variable_is_read_into_two_settings():
    variables = [setting.metadata["variable"] for setting in fields(Settings)]
    assert len(variables) == len(set(variables))
