"""Which addresses are Slack's own: what is secret goes nowhere else."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

_SLACK = "slack.com"
_HOOKS = "hooks.slack.com"
_HOST = re.compile(r"[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})+")
"""A name that can be looked up, and in which nothing is encoded: urllib decodes what stands between `//` and `/`."""


def is_response_url(url: str, base_url: str) -> bool:
    """Whether an answer may be posted there. `base_url` is that of the Web API, perhaps of a Slack for tests."""
    return _leads_to(url, base_url, lambda host: host == _HOOKS)


def is_of_slack(url: str, base_url: str) -> bool:
    """Whether the bot's token may be sent there."""
    return _leads_to(url, base_url, lambda host: host == _SLACK or host.endswith(f".{_SLACK}"))


def _leads_to(url: str, base_url: str, is_meant: Callable[[str], bool]) -> bool:
    # Readers of addresses disagree on blanks, control characters, backslashes and letters outside of ASCII.
    if not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        return False
    try:
        address, base = urlsplit(url), urlsplit(base_url)
    except ValueError:
        return False
    host = address.netloc.lower()
    if address.scheme == "https" and _HOST.fullmatch(host) and is_meant(host):  # No user, no port.
        return True
    return base.hostname != _SLACK and (address.scheme, address.netloc) == (base.scheme, base.netloc)


def origin(channel: str | None, url: str) -> str:
    """Where a form was called, as the form carries it: no client can change that."""
    return f"{channel or ''} {url}".strip()


def read_origin(text: str) -> tuple[str | None, str]:
    """The channel and the response_url of an `origin`; forms that an older release has opened carry only the latter."""
    channel, _, url = text.rpartition(" ")
    return channel or None, url
