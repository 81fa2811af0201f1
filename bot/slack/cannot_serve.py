"""Why Slack cannot be served: each reason is a sentence that says what to do."""

import os
import socket

from bot.explained import Explained
from bot.settings import Secret


class CannotServe(Explained):
    """Slack cannot be served; the message says why, and what to do."""


def not_set(variable: str, page: str) -> CannotServe:
    """For a setting that Slack shows on a page of the app."""
    return CannotServe(f"{variable} is not set", _shown_on(page))


def token(secret: Secret | None, variable: str, prefix: str, page: str) -> str:
    """The token itself. Raises CannotServe where there is none, or one of another kind."""
    text = secret.reveal().strip() if secret else ""
    if not text:
        raise not_set(variable, page)
    if not text.startswith(prefix):
        raise CannotServe(f"{variable} must begin with '{prefix}'", _shown_on(page))
    return text


def out_of_reach(url: str, error: BaseException) -> CannotServe:
    """For a call to Slack's Web API that reached nobody."""
    return CannotServe(f"Slack is out of reach at {url} ({error})", "check the network and the proxy")


def cannot_listen(setting: str, address: str, error: OSError) -> CannotServe:
    """For an address, as a setting or an option names it, that cannot be had."""
    why = error.strerror if isinstance(error, socket.gaierror) else os.strerror(error.errno or 0)
    remedy = "name an address of this machine and a free port"
    return CannotServe(f"{setting} cannot listen on {address} ({why})", remedy)


def _shown_on(page: str) -> str:
    return f"it is shown on the page '{page}' of the app at https://api.slack.com/apps"
