"""A Lambda authorizer says no, says it about another call, or says nothing that API Gateway understands."""

from collections.abc import Iterator

from bot.aws.apigateway import RestApi
from bot.aws.authorizers import LAMBDA_TYPES
from bot.model import Finding

from .findings import as_logged, as_told
from .gates import gates
from .hearing import answers_in_log, leave_open


def diagnose(api: RestApi) -> Iterator[Finding]:
    """What the log shows of the authorizer's answer; without it, what the error's text and the settings tell."""
    # An authorizer that refuses somebody elsewhere does its work: only what was asked about counts.
    if not api.incident.is_told or api.focus.is_widened:
        return
