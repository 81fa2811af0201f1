"""What the oracle says of something that Slack would not take."""


class NotAccepted(AssertionError):
    """Slack would refuse this, or show something else than was meant."""


def need(condition: object, complaint: str) -> None:
    """Raises NotAccepted unless the condition holds."""
    if not condition:
        raise NotAccepted(complaint)
