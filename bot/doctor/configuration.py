"""Whether the settings can be used, and none contradicts another."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from bot.doctor.check import Check, ok, problem
from bot.reply.locales import LANGUAGES, UnknownLanguage, language_of
from bot.settings import BadSettings, Settings
from bot.slack.status import status_address

NAME = "settings"
_ADDRESS = "unset it, or set it to an https:// address"
_THIS_MACHINE = ("127.0.0.1", "::1", "localhost")


def examine(settings: Settings) -> Iterator[Check]:
    """A check for each fault, or one that says that there is none."""
    faults = list(_faults(settings))
    yield from faults or [ok(NAME, "can be used, and none contradicts another")]


def unusable(error: BadSettings) -> Iterator[Check]:
    """What is said of each setting that has a value that it cannot have."""
    for what, remedy in error.faults:
        yield problem(NAME, what, remedy)


def _faults(settings: Settings) -> Iterator[Check]:
    try:
        language_of(settings.slack_default_language)
    except UnknownLanguage as error:
        yield problem(NAME, str(error), f"set it to one of {', '.join(LANGUAGES)}", "KINTSUGI_DEFAULT_LANGUAGE")
    try:
        status_address(settings)
    except BadSettings as error:
        yield from unusable(error)
    if settings.log_minutes > settings.log_minutes_at_most:
        seen = f"{settings.log_minutes} is more than KINTSUGI_LOG_MINUTES_AT_MOST, {settings.log_minutes_at_most}"
        yield problem(NAME, seen, "lower the one or raise the other", "KINTSUGI_LOG_MINUTES")
    if not is_address(settings.slack_api_url):
        yield problem(NAME, "is no address", _ADDRESS, "SLACK_API_URL")
    elif not _is_private(settings.slack_api_url):
        yield problem(NAME, "the tokens would be sent to it unencrypted", _ADDRESS, "SLACK_API_URL")


def is_address(url: str) -> bool:
    """Whether it can be called at all."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False


def _is_private(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "https" or parts.hostname in _THIS_MACHINE
