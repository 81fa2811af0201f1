"""How much of logs and of the event history one question may read."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bounds:
    """Limits of one question, all logs and accounts together. Times are minutes back from now.

    Logs are searched `log_minutes` back, and if that shows nothing `log_minutes_at_most`; `log_calls` is how many
    pages may be asked for, `log_bytes` how much text they may bring. `change_days` and `change_calls` bound the event
    history.
    """

    log_minutes: int = 60
    log_minutes_at_most: int = 1_440
    log_calls: int = 12
    log_bytes: int = 4_000_000
    change_days: int = 7
    change_calls: int = 8
