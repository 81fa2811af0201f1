"""A call is refused by its authorizer, or before that is asked: for what was sent, or for what it answered."""

from collections.abc import Iterator, Sequence

from bot.aws.account import as_far_as_seen
from bot.aws.apigateway import RestApi
from bot.model import Certainty, Finding

from .attachment import deleted, detached
from .hearing import answers
from .sent import refused_as_sent

_OF_ITS_CLAIMS = "jwt_configuration_mismatch"


def diagnose(api: RestApi) -> Iterator[Finding]:
    """Methods that lost their authorizer, then what the request lacked, or else what its authorizer answered."""
    with as_far_as_seen():
        yield from deleted(api)
    # An authorizer that refuses somebody elsewhere does its work: only what was asked about counts.
    if not api.incident.is_told or api.focus.is_elsewhere:
        return
    yield from detached(api)
    yield from _weighed(api, list(refused_as_sent(api)))


def _weighed(api: RestApi, lacking: Sequence[Finding]) -> Iterator[Finding]:
    """What the request lacked, unless that is a guess and the log shows that its authorizer was asked all the same."""
    if any(finding.certainty is Certainty.PROVEN or finding.cause == _OF_ITS_CLAIMS for finding in lacking):
        yield from lacking
        return
    answered: list[Finding] = []
    with as_far_as_seen():
        for finding in answers(api):
            answered.append(finding)
    decided = [finding for finding in answered if finding.certainty is Certainty.PROVEN]
    yield from decided or lacking or answered
