"""Who asks: their language and time zone in Slack, and whether they belong to the bot's own company."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError

from bot.reply.locales import UnknownLanguage, language_of
from bot.slack.conversation.memory import Memory

log = logging.getLogger(__name__)

SLACK_FAILS = (SlackClientError, HTTPException, OSError)
"""Everything that a call of Slack raises: refused, unreadable, unreachable."""

_DAY = 24 * 60 * 60

_LANGUAGES = {
    "en-US": "en",
    "en-GB": "en",
    "es-ES": "es",
    "es-LA": "es",
    "ja-JP": "ja",
    "zh-TW": "zh_TW",
}
"""The locales that Slack has and a reply can be written in. `users.info` names them with a hyphen."""


@dataclass(frozen=True, slots=True)
class Person:
    """What is known of somebody. `external` is None where Slack did not say; `timezone` is an IANA name."""

    language: str
    external: bool | None
    timezone: str = "UTC"


class People:
    """Looks people up, once a day each. Slack names nobody's language in what it sends, so it has to be asked."""

    def __init__(self, client: WebClient, teams: frozenset[str], default_language: str) -> None:
        self._client = client
        self._teams = teams
        self._default = default_language
        self._known: Memory[str, Person] = Memory(most=10_000, seconds=_DAY)

    def person(self, user: str) -> Person:
        """Somebody by their id, from memory or from Slack. A lookup that fails is no failure: it says little."""
        if (known := self._known.get(user)) is not None:
            return known
        try:
            answer = self._client.users_info(user=user, include_locale=True)
        except SLACK_FAILS as error:
            log.warning("users.info failed (%s): answering in %r", type(error).__name__, self._default)
            return Person(self._default, None)
        found = self._read(answer.get("user") or {})
        self._known.put(user, found)
        return found

    def language(self, user: str) -> str:
        """Somebody's language as far as it is known without asking Slack."""
        known = self._known.get(user)
        return self._default if known is None else known.language

    def _read(self, user: Mapping[str, Any]) -> Person:
        teams = {user.get("team_id"), (user.get("enterprise_user") or {}).get("enterprise_id")}
        outside = ("is_stranger", "is_restricted", "is_ultra_restricted", "deleted")
        external = any(user.get(mark) for mark in outside) or not teams & self._teams
        return Person(self._spoken(user.get("locale") or ""), external, user.get("tz") or "UTC")

    def _spoken(self, locale: str) -> str:
        if locale in _LANGUAGES:
            return _LANGUAGES[locale]
        try:
            return language_of(locale)
        except UnknownLanguage:
            return self._default
