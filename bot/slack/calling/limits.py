"""How often Slack may be called: each method's tier, and the bucket that keeps within it.

https://docs.slack.dev/apis/web-api/rate-limits; a method's own page says which tier it is of.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limit:
    """`burst` calls at once, then `per_minute`: in any minute both together at most."""

    burst: int
    per_minute: int

    @property
    def seconds_between(self) -> float:
        """How long one call takes to come back into the bucket."""
        return 60 / self.per_minute


# A tenth is left: calls arrive less evenly than they are made, and a call whose answer got lost counts as well.
_TIER_3 = Limit(burst=10, per_minute=35)
_TIER_4 = Limit(burst=20, per_minute=70)
_HUNDREDS = Limit(burst=30, per_minute=240)
"""What Slack calls special, and several hundred a minute."""

LIMITS = {
    "auth.test": _HUNDREDS,
    "chat.delete": _TIER_3,
    "chat.getPermalink": _HUNDREDS,
    "chat.postEphemeral": _TIER_4,
    "chat.postMessage": _HUNDREDS,
    "chat.update": _TIER_3,
    "conversations.replies": _TIER_3,
    "files.completeUploadExternal": _TIER_4,
    "files.getUploadURLExternal": _TIER_4,
    "files.info": _TIER_4,
    "response_url": _HUNDREDS,
    "users.info": _TIER_4,
    "views.open": _TIER_4,
    "views.publish": _TIER_4,
    "views.push": _TIER_4,
    "views.update": _TIER_4,
}
OTHERWISE = _TIER_3

PER_CHANNEL = {"chat.postMessage": Limit(burst=4, per_minute=50)}
"""One message a second into one channel, and short bursts."""

HASTY = {"views.open": 2.0, "views.push": 2.0}
"""The seconds that a call may wait at most: the right to open a view is good for three, and some have passed."""

HARMLESS = {
    "auth.test",
    "chat.getPermalink",
    "chat.update",
    "conversations.replies",
    "files.getUploadURLExternal",
    "files.info",
    "users.info",
    "views.publish",
}
"""What may be done twice: a message that is posted twice stands there twice, one that is edited twice says the same."""


_ROUNDING = 0.001
"""Seconds; readings of a clock are no exact numbers."""


class Bucket:
    """Hands out the moments at which calls may be made, each in its turn. Not for several threads at once.

    The generic cell rate algorithm: `_full` is when the bucket will be full again.
    """

    def __init__(self, limit: Limit) -> None:
        self._between = limit.seconds_between
        self._ahead = (limit.burst - 1) * self._between + _ROUNDING
        self._full = float("-inf")
        self.held_until = float("-inf")

    def next(self, now: float) -> float:
        """When the next call may be made."""
        return max(now, self._full - self._ahead, self.held_until)

    def take(self, now: float) -> None:
        """Let the next call be somebody's."""
        self._full = max(now, self._full) + self._between

    def hold(self, until: float) -> None:
        """Let nobody call before this moment; after it the calls come one by one."""
        self.held_until = max(until, self.held_until)
        self._full = max(self._full, self.held_until + self._ahead)

    def is_idle(self, now: float) -> bool:
        """Whether a new one would be the same."""
        return self._full <= now and self.held_until <= now
