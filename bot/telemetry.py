"""What can be seen from outside: the moments that are counted and timed, told to whoever listens."""

from typing import Protocol


class Telemetry(Protocol):
    """Hears of each moment; called from many threads, never raises, never waits. Seconds are on the monotonic clock.

    Words are short and few, so that they can be labels; nothing of them is pasted or secret.
    """

    def acknowledged(self, kind: str, seconds: float) -> None:
        """Slack was answered that a payload has arrived; `kind` is the way in, as of `bot.inbox.inbox.Item`."""

    def answered(self, kind: str, verdict: str, language: str, seconds: float) -> None:
        """A question's answer stands in Slack, so many seconds after it arrived (which is on the wall clock)."""

    def ended(self, kind: str, outcome: str) -> None:
        """A question ended without a diagnosis: `refused`, `too_busy`, `pointed_to`, `failed`, …"""

    def asked_aws(self, service: str, operation: str, outcome: str, seconds: float) -> None:
        """A call of AWS ended: `found`, `absent`, `denied`, `throttled`, `failed`."""

    def asked_slack(self, method: str, outcome: str, seconds: float) -> None:
        """A call of Slack ended: `ok`, `ratelimited`, `failed`, or the code of Slack's error."""

    def store_failed(self, place: str) -> None:
        """The store did not do what was asked of it: `inbox`, `store`, or the file of the `audit`."""


class Unheard:
    """Nobody listens."""

    def acknowledged(self, kind: str, seconds: float) -> None:
        """Nothing."""

    def answered(self, kind: str, verdict: str, language: str, seconds: float) -> None:
        """Nothing."""

    def ended(self, kind: str, outcome: str) -> None:
        """Nothing."""

    def asked_aws(self, service: str, operation: str, outcome: str, seconds: float) -> None:
        """Nothing."""

    def asked_slack(self, method: str, outcome: str, seconds: float) -> None:
        """Nothing."""

    def store_failed(self, place: str) -> None:
        """Nothing."""
