"""A call is refused before any authorizer runs, or reaches the backend unchecked: what was sent, what is attached."""

from collections.abc import Iterator

from bot.aws.account import as_far_as_seen
from bot.aws.apigateway import RestApi
from bot.model import Finding

from .attachment import deleted, detached
from .sent import refused_as_sent


def diagnose(api: RestApi) -> Iterator[Finding]:
    """Methods whose authorizer is gone, the one that lost it, then what the request in question should have carried."""
    with as_far_as_seen():
        yield from deleted(api)
    if not api.incident.is_told:
        return
    yield from detached(api)
    yield from refused_as_sent(api)
