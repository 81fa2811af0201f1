"""API Gateway answers 403 because a policy on the way to the API refuses the caller, or the caller did not sign."""

from collections.abc import Iterator

from bot.aws.account import as_far_as_seen
from bot.aws.apigateway import RestApi
from bot.aws.caller_access import Refusal
from bot.aws.refusals import Refusals
from bot.model import Finding, Hint

from .endpoint import refused_by_endpoint
from .identity import not_allowed, not_signed
from .resource_policy import refused_by_policy, suspected

_REFUSED_BY_A_POLICY = frozenset({"resource-policy-deny", "iam-caller-denied"})


def diagnose(api: RestApi) -> Iterator[Finding]:
    """Who refuses the call asked about, in the order in which it meets them; in a check-up, what refuses every call."""
    refusals = Refusals.of(api)
    found = False
    for finding in _findings(refusals):
        found = True
        yield finding
    if not found:
        _leave_open(refusals)


def _findings(refusals: Refusals) -> Iterator[Finding]:
    with as_far_as_seen():
        yield from refused_by_endpoint(refusals.by(Refusal.BY_ENDPOINT))
        for refusal in (Refusal.WITHOUT_POLICY, Refusal.DENIED, Refusal.NOT_ALLOWED):
            yield from refused_by_policy(refusal, refusals.by(refusal))
        yield from suspected(refusals)
        yield from not_allowed(refusals.by(Refusal.BY_IDENTITY))
        yield from not_signed(refusals)


def _leave_open(refusals: Refusals) -> None:
    """Says so where the text shows a policy's refusal, and what was read does not tell which one's it is."""
    if refusals.is_open and not _REFUSED_BY_A_POLICY.isdisjoint(refusals.api.incident.symptoms):
        refusals.api.undecided(Hint.UNDECIDABLE_CONDITION)
