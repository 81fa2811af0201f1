"""What points integrations and authorizers to the ARN that a role has, where they name one that it does not have."""

from collections.abc import Sequence
from typing import Any

from bot.aws.api_parts import Authorizer
from bot.aws.invocations import Invocation, beyond_focus, deployments


def repoint(calls: Sequence[Invocation], role_arn: str) -> dict[str, Any] | None:
    """What to set, what it was, and which stages to deploy; None where a stage variable is part of what is set now.

    Raises Unseen.
    """
    wrong = calls[0].role
    kinds = {call.kind for call in calls}
    everywhere = [call for call in beyond_focus(calls) if call.role == wrong and call.kind in kinds]
    subjects = list({id(call.subject): call.subject for call in everywhere}.values())
    before = {
        subject.credentials
        if isinstance(subject, Authorizer)
        else subject.integration and subject.integration.credentials
        for subject in subjects
    }
    if before != {wrong}:
        return None
    return {
        "right": role_arn,
        "wrong": wrong,
        "authorizers": [subject.id for subject in subjects if isinstance(subject, Authorizer)],
        "methods": [
            {"resource_id": subject.resource_id, "http_method": subject.http_method}
            for subject in subjects
            if not isinstance(subject, Authorizer)
        ],
        **deployments(calls),
    }
