"""What several commands share: options, reading what was pasted, and ending with a sentence."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import NoReturn

import typer

from bot.reply.locales import SOURCE_LANGUAGE, UnknownLanguage, language_of
from bot.reply.visible import visible
from bot.report.decoding import NotText, text_of
from bot.settings import BadSettings, Settings, read_settings

_ZONES = "zoneinfo/"
"""The folder of the zones' files, which bear the names of the zones."""


class Status:
    """The exit statuses of the contract that a command chooses itself."""

    NOT_DIAGNOSED = 1
    USAGE = 2
    NOTHING_TO_DIAGNOSE = 3
    TARGET_MISSING = 4
    NOT_ALLOWED_TO_SEE = 5


class Form(StrEnum):
    """How a reply is printed."""

    TEXT = "text"
    MARKDOWN = "markdown"
    JSON = "json"
    SLACK = "slack"


def fail(message: str, status: int = Status.NOT_DIAGNOSED) -> NoReturn:
    """Ends the command with a sentence on standard error, which may quote what is hostile.

    Lines after the first are indented: none of them can pass for a sentence of ours.
    """
    lines = [visible(line).strip() for line in message.split("\n")]
    typer.echo("\n  ".join([f"kintsugi: {lines[0]}", *lines[1:]]), err=True)
    raise typer.Exit(status)


def on_one_line(text: str) -> str:
    """With escapes for what could command a terminal or deceive, and nothing that could pass for a line of ours."""
    return " ".join(visible(text).split())


def settings_or_fail() -> Settings:
    """The settings; a bad one ends the command."""
    try:
        return read_settings()
    except BadSettings as error:
        fail(str(error), Status.USAGE)


def language_or_fail(asked: str | None, settings: Settings) -> str:
    """The language asked for, or else the terminal's, or else English. Asking for an unknown one ends the command."""
    try:
        return language_of(asked) if asked is not None else _spoken(settings)
    except UnknownLanguage as error:
        fail(f"--lang: {error}", Status.USAGE)


def _spoken(settings: Settings) -> str:
    try:
        return language_of(settings.spoken)
    except UnknownLanguage:
        return SOURCE_LANGUAGE


def timezone_of(settings: Settings, localtime: Path = Path("/etc/localtime")) -> str:
    """The IANA name of the terminal's time zone, as `TZ` or the system names it; UTC where neither names one."""
    if settings.tz:
        return settings.tz.removeprefix(":").rpartition(_ZONES)[2]
    try:
        return str(localtime.readlink()).partition(_ZONES)[2] or "UTC"
    except OSError:
        return "UTC"  # a copy of a zone's file, which does not say whose it is, or none


def _is_a_file(text: str) -> bool:
    try:
        return Path(text).is_file()
    except (OSError, ValueError):
        return False  # no file system has a name like that


def pasted_or_fail(text: str | None) -> str:
    """What was pasted: the argument, or standard input for `-` and where it is no terminal."""
    if text is not None and text != "-":
        if _is_a_file(text):
            fail(f"{text} is a file; to ask about what is in it, run: kintsugi diagnose - < {text}", Status.USAGE)
        return text
    if text is None and sys.stdin.isatty():
        fail(
            "nothing to diagnose: pass the error text, a URL, an ARN or an API ID, or pipe a log into it", Status.USAGE
        )
    return text_or_fail(sys.stdin.buffer.read(), "standard input")


def text_or_fail(content: bytes, source: str) -> str:
    """The text that bytes are; what is none ends the command with a word on what to paste instead."""
    try:
        return text_of(content, errors="replace")
    except NotText as error:
        fail(
            f"{source} holds {error}, which cannot be read; paste the error message or its log lines as text",
            Status.USAGE,
        )
