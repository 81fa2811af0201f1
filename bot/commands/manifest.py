"""`kintsugi manifest`: what Slack is given to set up the app."""

import json
import re
from typing import Annotated
from urllib.parse import urlsplit

import typer

from bot.commands.options import Status, fail

_PLAIN = re.compile(r"[A-Za-z0-9:/\[\]._~%-]+")
"""Neither a user, a query nor a fragment, and nothing that is not ASCII."""
_LONGEST = 2_900
"""Slack takes 3,000 characters, and the path comes behind."""


def manifest(
    http: Annotated[
        str | None,
        typer.Option(
            "--http", metavar="URL", help="For HTTP instead of Socket Mode: the bot's public https:// address."
        ),
    ] = None,
) -> None:
    """Print the manifest from which Slack sets up the app."""
    from bot.slack.manifest import manifest as manifest_of

    typer.echo(json.dumps(manifest_of(base_or_fail(http) if http is not None else None), indent=2))


def base_or_fail(url: str) -> str:
    """The address without a slash or the path of Slack's at its end; one that Slack cannot call ends the command."""
    from bot.slack.manifest import EVENTS_PATH

    if not _is_public_base(url):
        fail(
            f"--http takes the bot's public address, like https://kintsugi.example.com; {url!r} is none",
            Status.USAGE,
        )
    return url.rstrip("/").removesuffix(EVENTS_PATH)


def _is_public_base(url: str) -> bool:
    try:
        parts = urlsplit(url)
        has_host = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    return parts.scheme == "https" and has_host and len(url) <= _LONGEST and _PLAIN.fullmatch(url) is not None
