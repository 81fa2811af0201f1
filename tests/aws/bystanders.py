"""Who listens to the calls of AWS, and who remembers where APIs are: in memory, for the tests to look at."""

from __future__ import annotations

from bot.aws.whereabouts import Forgetful
from bot.model import Spot
from bot.telemetry import Unheard


class Heard(Unheard):
    """Keeps the calls of AWS that it hears of: service, operation, outcome."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str, str]] = []

    def asked_aws(self, service: str, operation: str, outcome: str, seconds: float) -> None:
        """Keeps the call."""
        assert 0 <= seconds < 60
        self.calls.append((service, operation, outcome))


class Remembering(Forgetful):
    """Remembers what it is told, for ever."""

    def __init__(self, **spots: Spot) -> None:
        self.spots = spots

    def recall(self, api_id: str) -> Spot | None:
        """The last spot told."""
        return self.spots.get(api_id)

    def remember(self, api_id: str, spot: Spot) -> None:
        """Keeps the spot."""
        self.spots[api_id] = spot

    def forget(self, api_id: str) -> None:
        """Keeps it no more."""
        del self.spots[api_id]
