"""Whether this computer's clock is right, measured by the clocks of AWS and Slack."""

from collections.abc import Callable
from datetime import UTC, datetime

from bot.doctor.check import Check, ok, problem, unchecked

TOLERATED_SECONDS = 60.0
"""AWS and Slack refuse what is signed five minutes from their time; who is off by one will be off by five some day."""
_REMEDY = "have the clock of this computer set by NTP"

Now = Callable[[], datetime]


def now() -> datetime:
    """What this computer's clock shows."""
    return datetime.now(UTC)


def judged(name: str, whose: str, seconds_ahead: float | None, unless_told: str) -> Check:
    """The check of the clock by somebody's; `seconds_ahead` is by how much ours is ahead, None where nobody told.

    `unless_told` is what to do then.
    """
    if seconds_ahead is None:
        return unchecked(name, f"{whose} told no time", unless_told)
    if abs(seconds_ahead) <= TOLERATED_SECONDS:
        return ok(name, f"within {TOLERATED_SECONDS:.0f} s of {whose}'s")
    which = "ahead of" if seconds_ahead > 0 else "behind"
    return problem(name, f"{abs(seconds_ahead):.0f} s {which} {whose}'s, which tolerates 300 s", _REMEDY)
