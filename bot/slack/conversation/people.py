"""Who asks: the language they chose or have in Slack, their time zone, and whether they belong to the company."""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.reply.locales import LANGUAGES, UnknownLanguage, language_of
from bot.slack.calling.failures import SLACK_FAILS, outcome_of, passes
from bot.slack.conversation.memory import Memory
from bot.store.store import Store, StoreFails

log = logging.getLogger(__name__)

SHELF = "languages"

_FRESH_SECONDS = 10 * 60
"""How long somebody counts as belonging to the company before Slack is asked again."""
_KEPT_SECONDS = 24 * 60 * 60
"""How long what Slack said last stands in where Slack cannot be asked."""
_CHOICE_SECONDS = 2 * 365 * 24 * 60 * 60
_NOBODY = {"user_not_found", "user_not_visible", "users_not_found"}

_LANGUAGES = {
    "en-US": "en",
    "en-GB": "en",
    "es-ES": "es",
    "es-LA": "es",
    "ja-JP": "ja",
    "zh-TW": "zh_TW",
}
"""The locales that Slack has and a reply can be written in. `users.info` names them with a hyphen."""


class Standing(Enum):
    """Whether somebody belongs to the bot's own company."""

    MEMBER = auto()
    OUTSIDER = auto()
    """Of another company, a guest, an app, deactivated, or nobody whom Slack knows."""
    UNKNOWN = auto()
    """Slack could not be asked."""


@dataclass(frozen=True, slots=True)
class Person:
    """What is known of somebody. `chosen` is the language they chose; `timezone` an IANA name; `team` Slack's id."""

    id: str
    standing: Standing
    in_slack: str
    """The language that their setting in Slack leads to."""
    chosen: str | None = None
    timezone: str = "UTC"
    team: str | None = None

    @property
    def language(self) -> str:
        """The language to answer them in."""
        return self.chosen or self.in_slack


class People:
    """Looks people up. Slack names nobody's language in what it sends, so it has to be asked."""

    def __init__(
        self,
        client: WebClient,
        store: Store,
        teams: frozenset[str],
        default_language: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._store = store
        self._teams = teams
        self._default = default_language
        self._fresh: Memory[str, Person] = Memory(most=10_000, seconds=_FRESH_SECONDS, clock=clock)
        self._kept: Memory[str, Person] = Memory(most=10_000, seconds=_KEPT_SECONDS, clock=clock)

    def person(self, user: str) -> Person:
        """Somebody by their id. Where Slack refuses to tell of them, it is left open whether they belong here.

        Raises one of SLACK_FAILS where it may tell later, and nothing is known of them yet.
        """
        if (known := self._fresh.get(user)) is not None:
            return self._with_choice(known)
        try:
            answer = self._client.users_info(user=user, include_locale=True)
        except SLACK_FAILS as error:
            return self._not_told(user, error)
        found = self._read(user, answer.get("user") or {})
        self._fresh.put(user, found)
        self._kept.put(user, found)
        return found

    def person_for_now(self, user: str) -> Person:
        """Somebody by their id, for what cannot wait until Slack tells of them: it is left open then who they are."""
        try:
            return self.person(user)
        except SLACK_FAILS:
            return self._unknown(user)

    def language(self, user: str) -> str:
        """Somebody's language as far as it is known without asking Slack."""
        known = self._kept.get(user)
        return known.language if known else self._chosen(user) or self._default

    def team(self, user: str) -> str | None:
        """The workspace that somebody belongs to, as far as it is known without asking Slack."""
        known = self._kept.get(user)
        return known.team if known else None

    def choose(self, user: str, language: str | None) -> Person:
        """Remember the language that somebody chose; None for the one of Slack. The person as from now on."""
        chosen = language if language is None or language in LANGUAGES else self._chosen(user)
        try:
            if chosen is None:
                self._store.drop(SHELF, user)
            else:
                self._store.put(SHELF, user, chosen, _CHOICE_SECONDS)
        except StoreFails as error:
            log.error("a choice of language is not kept: %s", error)
        person = replace(self.person(user), chosen=chosen)
        for memory in (self._fresh, self._kept):
            memory.amend(user, person)  # Whether they belong to the company is as old as before.
        return person

    def _not_told(self, user: str, error: BaseException) -> Person:
        if isinstance(error, SlackApiError) and error.response.get("error") in _NOBODY:
            return Person(user, Standing.OUTSIDER, self._default, self._chosen(user))
        log.warning("users.info failed (%s)", outcome_of(error))
        if (known := self._kept.get(user)) is not None:
            return self._with_choice(known)
        if passes(error):
            raise error
        return self._unknown(user)

    def _unknown(self, user: str) -> Person:
        return Person(user, Standing.UNKNOWN, self._default, self._chosen(user))

    def _with_choice(self, person: Person) -> Person:
        """They may have chosen another language in the meantime, of another process even."""
        try:
            chosen = self._store.get(SHELF, person.id)
        except StoreFails as error:
            log.error("%s", error)
            return person
        return replace(person, chosen=chosen if chosen in LANGUAGES else None)

    def _chosen(self, user: str) -> str | None:
        try:
            chosen = self._store.get(SHELF, user)
        except StoreFails as error:
            log.error("%s", error)
            return None
        return chosen if chosen in LANGUAGES else None

    def _read(self, user: str, found: Mapping[str, Any]) -> Person:
        teams = {found.get("team_id"), (found.get("enterprise_user") or {}).get("enterprise_id")}
        outside = ("is_stranger", "is_restricted", "is_ultra_restricted", "is_bot", "deleted")
        is_outsider = any(found.get(mark) for mark in outside) or not teams & self._teams
        return Person(
            id=user,
            standing=Standing.OUTSIDER if is_outsider else Standing.MEMBER,
            in_slack=self._spoken(found.get("locale") or ""),
            chosen=self._chosen(user),
            timezone=found.get("tz") or "UTC",
            team=found.get("team_id"),
        )

    def _spoken(self, locale: str) -> str:
        if locale in _LANGUAGES:
            return _LANGUAGES[locale]
        try:
            return language_of(locale)
        except UnknownLanguage:
            return self._default
