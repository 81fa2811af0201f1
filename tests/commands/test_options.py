"""What commands share: the language, what was pasted, and ending with a sentence and a status."""

import io
import sys

import pytest
import typer

from bot.commands.options import Form, Status, fail, language_or_fail, pasted_or_fail, settings_or_fail, timezone_of
from bot.settings import Settings


class Stdin:
    """Standard input with these bytes, at a terminal or not."""

    def __init__(self, content=b"", terminal=False):
        self.buffer = io.BytesIO(content)
        self._terminal = terminal

    def isatty(self):
        return self._terminal


def status_of(ending, capsys):
    with pytest.raises(typer.Exit) as exit_:
        ending()
    out, err = capsys.readouterr()
    assert out == ""
    return exit_.value.exit_code, err


def test_failing_is_one_sentence_on_standard_error(capsys):
    assert status_of(lambda: fail("no way"), capsys) == (1, "kintsugi: no way\n")
    assert status_of(lambda: fail("no way", Status.USAGE), capsys) == (2, "kintsugi: no way\n")


def test_what_a_sentence_quotes_commands_no_terminal_and_begins_no_sentence(capsys):
    told = "AWS: \x9b2J\x1b]0;owned\x07 \u202edeined\nkintsugi: all is well\rkintsugi: yes"
    said = r"kintsugi: AWS: \u009b2J\u001b]0;owned\u0007 \u202edeined" + "\n  kintsugi: all is well kintsugi: yes\n"
    assert status_of(lambda: fail(told), capsys) == (1, said)


def test_statuses_are_those_of_the_contract():
    numbers = (
        Status.NOT_DIAGNOSED,
        Status.USAGE,
        Status.NOTHING_TO_DIAGNOSE,
        Status.TARGET_MISSING,
        Status.NOT_ALLOWED_TO_SEE,
    )
    assert numbers == (1, 2, 3, 4, 5)
    assert [str(form) for form in Form] == ["text", "markdown", "json", "slack"]


@pytest.mark.parametrize(
    ("asked", "spoken", "language"),
    [
        ("ja", "es_ES.UTF-8", "ja"),
        ("zh-Hant", "", "zh_TW"),
        (None, "es_ES.UTF-8", "es"),
        (None, "ja_JP", "ja"),
        (None, "", "en"),
        (None, "C", "en"),
        (None, "fr_FR.UTF-8", "en"),
        (None, "zh_CN.UTF-8", "en"),
    ],
)
def test_the_language_is_the_one_asked_for_then_the_terminal_s_then_english(asked, spoken, language):
    assert language_or_fail(asked, Settings(lang=spoken)) == language


@pytest.mark.parametrize("asked", ["fr", "zh-CN", ""])
def test_an_unknown_language_that_was_asked_for_is_a_mistake_of_usage(asked, capsys):
    status, said = status_of(lambda: language_or_fail(asked, Settings(lang="ja_JP")), capsys)
    assert status == 2
    assert said.startswith(f"kintsugi: --lang: unknown language {asked!r}: choose one of en, ja, zh_TW, es")


def test_a_bad_setting_is_a_mistake_of_usage(monkeypatch, capsys):
    monkeypatch.setenv("KINTSUGI_WORKERS", "many")
    status, said = status_of(settings_or_fail, capsys)
    assert status == 2
    assert "KINTSUGI_WORKERS is 'many'" in said


@pytest.mark.parametrize(
    ("argument", "stdin", "pasted"),
    [
        ("an error", Stdin(b"ignored"), "an error"),
        ("-", Stdin("ログ\n".encode()), "ログ\n"),
        (None, Stdin(b"piped"), "piped"),
        ("-", Stdin(b"typed", terminal=True), "typed"),
        ("-", Stdin(b"\xff\xff bad"), "\ufffd\ufffd bad"),
        ("", Stdin(b"ignored"), ""),
    ],
)
def test_what_was_pasted(monkeypatch, argument, stdin, pasted):
    monkeypatch.setattr(sys, "stdin", stdin)
    assert pasted_or_fail(argument) == pasted


def test_at_a_terminal_with_nothing_pasted_it_says_what_to_do(monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", Stdin(terminal=True))
    status, said = status_of(lambda: pasted_or_fail(None), capsys)
    assert status == 2
    assert "pass the error text, a URL, an ARN or an API ID" in said


@pytest.mark.parametrize(
    ("tz", "linked", "timezone"),
    [
        ("Asia/Tokyo", "/usr/share/zoneinfo/Europe/Madrid", "Asia/Tokyo"),
        (":Asia/Tokyo", None, "Asia/Tokyo"),
        (":/usr/share/zoneinfo/Asia/Taipei", None, "Asia/Taipei"),
        ("", "/usr/share/zoneinfo/Europe/Madrid", "Europe/Madrid"),
        ("", "../usr/share/zoneinfo/Etc/UTC", "Etc/UTC"),
        ("", "/elsewhere/", "UTC"),
        ("", None, "UTC"),
    ],
)
def test_the_time_zone_is_the_terminals(tz, linked, timezone, tmp_path):
    localtime = tmp_path / "localtime"
    if linked:
        localtime.symlink_to(linked)
    assert timezone_of(Settings(tz=tz), localtime) == timezone


def test_a_file_that_only_copies_a_zone_names_none(tmp_path):
    localtime = tmp_path / "localtime"
    localtime.write_bytes(b"TZif2")
    assert timezone_of(Settings(), localtime) == "UTC"
