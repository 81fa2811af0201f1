"""A call is refused by its authorizer, or before that is asked: for what was sent, or for what it answered."""

from collections.abc import Iterator

from bot.aws.account import as_far_as_seen
from bot.aws.apigateway import RestApi
from bot.model import Finding

from .attachment import deleted, detached
from .hearing import answers
from .sent import refused_as_sent


def diagnose(api: RestApi) -> Iterator[Finding]:
    """Methods that lost their authorizer, then what the request lacked, or else what its authorizer answered."""
    with as_far_as_seen():
        yield from deleted(api)
    # An authorizer that refuses somebody elsewhere does its work: only what was asked about counts.
    if not api.incident.is_told or api.focus.is_elsewhere:
        return
    yield from detached(api)
    lacking = list(refused_as_sent(api))
    yield from lacking or answers(api)
