"""Whether Slack takes the tokens, has granted what they need, and has the app that the manifest describes."""

import logging
from collections.abc import Iterator, Mapping
from typing import Any

from bot.aws.clock import seconds_ahead
from bot.doctor.check import Check, ok, problem, unchecked
from bot.doctor.clock import Now, judged, now
from bot.doctor.configuration import is_address
from bot.doctor.manifest import differences
from bot.settings import Secret, Settings
from bot.slack.calling.client import PacedClient
from bot.slack.calling.failures import SLACK_FAILS, outcome_of, passes
from bot.slack.calling.turns import Turns
from bot.slack.cannot_serve import CannotServe, token
from bot.slack.manifest import SCOPES, manifest

BOT_TOKEN, APP_TOKEN, SIGNING_SECRET = "slack.bot_token", "slack.app_token", "slack.signing_secret"
GRANTED, INSTALLED, CLOCK = "slack.scopes", "slack.manifest", "slack.clock"

_SECONDS = 10
_NO_SLACK = "where this installation does not serve Slack, pass --skip slack"
_MEND_THE_TOKEN = f"see to {BOT_TOKEN} first"
_REINSTALL = "reinstall the app from what 'kintsugi manifest' prints, and take its new token"
_LATER = "check the network, the proxy and SLACK_API_URL, and run this again"


class Slack:
    """One examination. `url` is the bot's public address where Slack calls it over HTTP, None in Socket Mode."""

    def __init__(self, settings: Settings, url: str | None = None, clock: Now = now) -> None:
        self._settings = settings
        self._url = url
        self._clock = clock
        self._turns = Turns()

    def examine(self) -> Iterator[Check]:
        """All checks of Slack, one after the other: a handful of calls."""
        settings = self._settings
        if not (settings.slack_bot_token or settings.slack_app_token or settings.slack_signing_secrets):
            way_in = SIGNING_SECRET if self._url else APP_TOKEN
            for name in (BOT_TOKEN, GRANTED, CLOCK, INSTALLED, way_in):
                yield unchecked(name, "no SLACK_… variable is set", f"set SLACK_BOT_TOKEN and the others; {_NO_SLACK}")
            return
        yield from self._bot()
        yield self._signing_secret() if self._url else self._app_token()

    def _bot(self) -> Iterator[Check]:
        try:
            client = self._client(self._settings.slack_bot_token, "SLACK_BOT_TOKEN", "xoxb-", "OAuth & Permissions")
        except CannotServe as error:
            yield problem(BOT_TOKEN, error.what, error.remedy)
            yield from self._without_the_bot()
            return
        try:
            who = client.auth_test()
        except SLACK_FAILS as error:
            yield _failed(BOT_TOKEN, "auth.test", error, _REINSTALL)
            yield from self._without_the_bot()
            return
        came = self._clock()
        yield ok(BOT_TOKEN, f"is that of {_text(who, 'user')} in {_text(who, 'team')}")
        yield _scopes(who.headers)
        yield judged(CLOCK, "Slack", seconds_ahead(who.headers, came), _LATER)
        yield self._installed(client, _text(who, "bot_id"))

    @staticmethod
    def _without_the_bot() -> Iterator[Check]:
        for name in (GRANTED, CLOCK, INSTALLED):
            yield unchecked(name, "Slack tells it only to the bot's token", _MEND_THE_TOKEN)

    def _app_token(self) -> Check:
        page = "Basic Information"
        try:
            client = self._client(self._settings.slack_app_token, "SLACK_APP_TOKEN", "xapp-", page)
        except CannotServe as error:
            remedy = error.remedy
            if self._settings.slack_signing_secrets:
                remedy += "; where Slack calls the bot over HTTP, pass --http and its address"
            return problem(APP_TOKEN, error.what, remedy)
        try:
            # Only an address to connect to: nobody connects, and Slack sends nothing here that a bot waits for.
            client.apps_connections_open(app_token=client.token or "")
        except SLACK_FAILS as error:
            remedy = "switch Socket Mode on, and make an app-level token with the scope connections:write"
            return _failed(APP_TOKEN, "apps.connections.open", error, remedy)
        return ok(APP_TOKEN, "may connect by Socket Mode")

    def _signing_secret(self) -> Check:
        if not self._settings.slack_signing_secrets:
            remedy = "copy it from the page 'Basic Information' of the app at https://api.slack.com/apps"
            return problem(SIGNING_SECRET, "SLACK_SIGNING_SECRET is not set", remedy)
        # Slack tells nobody whether it is the right one: that shows when it calls.
        return ok(SIGNING_SECRET, f"{len(self._settings.slack_signing_secrets)} set")

    def _installed(self, client: PacedClient, bot: str) -> Check:
        if self._settings.slack_config_token is None:
            return unchecked(
                INSTALLED,
                "Slack shows the installed manifest only to an app configuration token",
                "generate one at https://api.slack.com/apps (it lasts 12 hours) and run this once with "
                f"SLACK_CONFIG_TOKEN set to it, or leave it out with --skip {INSTALLED}",
            )
        try:
            asker = self._client(self._settings.slack_config_token, "SLACK_CONFIG_TOKEN", "xoxe.", "Your Apps")
        except CannotServe as error:
            return problem(INSTALLED, error.what, error.remedy)
        try:
            about = client.bots_info(bot=bot).get("bot")
        except SLACK_FAILS as error:
            return _failed(INSTALLED, "bots.info", error, f"see to {GRANTED} first")
        app = str(about.get("app_id", "")) if isinstance(about, dict) else ""
        try:
            installed = asker.apps_manifest_export(app_id=app).get("manifest")
        except SLACK_FAILS as error:
            remedy = "take a new app configuration token, of somebody who may edit this app"
            return _failed(INSTALLED, "apps.manifest.export", error, remedy)
        if not isinstance(installed, dict):
            return unchecked(INSTALLED, "Slack's answer holds no manifest", "run this again later")
        if found := list(differences(manifest(self._url), installed)):
            remedy = "paste what 'kintsugi manifest' prints into the page 'App Manifest', and reinstall the app"
            return problem(INSTALLED, "; ".join(found), remedy)
        return ok(INSTALLED, "says what 'kintsugi manifest' says")

    def _client(self, secret: Secret | None, variable: str, prefix: str, page: str) -> PacedClient:
        """A client with a token. Raises CannotServe where there is none, or one of another kind."""
        text, url = token(secret, variable, prefix, page), self._settings.slack_api_url
        if not is_address(url):
            raise CannotServe("SLACK_API_URL is no address", "see to settings first")
        return PacedClient(text, self._turns, base_url=url, timeout=_SECONDS, logger=_silent())


def _silent() -> logging.Logger:
    """What the SDK would log of a failure stands in its line, without what was sent."""
    return logging.Logger("slack", logging.CRITICAL + 1)


def _scopes(headers: Mapping[str, str]) -> Check:
    # Slack says in this header of every answer what the token was granted; Bolt for Python relies on it, too.
    told = next((value for name, value in headers.items() if name.lower() == "x-oauth-scopes"), None)
    if told is None:
        return unchecked(GRANTED, "Slack did not say which scopes the token has", "run this again later")
    granted, wanted = {scope.strip() for scope in told.split(",") if scope.strip()}, set(SCOPES)
    missing, superfluous = sorted(wanted - granted), sorted(granted - wanted)
    if missing or superfluous:
        seen = [f"missing: {', '.join(missing)}"] if missing else []
        seen += [f"granted and not needed: {', '.join(superfluous)}"] if superfluous else []
        return problem(GRANTED, "; ".join(seen), _REINSTALL)
    return ok(GRANTED, f"all {len(wanted)} are granted, and no others")


def _failed(name: str, method: str, error: Exception, remedy: str) -> Check:
    if passes(error):
        why = str(error) if isinstance(error, OSError) else f"{type(error).__name__}: {outcome_of(error)}"
        return unchecked(name, f"{method} was not answered ({why})", _LATER)
    return problem(name, f"Slack refuses {method} ({outcome_of(error)})", remedy)


def _text(answer: Any, name: str) -> str:
    return str(answer.get(name) or "?")
