"""How far this computer's clock is from AWS's, which stands in every answer, refusals included."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError

from bot.aws.account import Read
from bot.aws.attempts import Events
from bot.aws.live import Live


class ClockWatch:
    """Hears what time it is at AWS when a client that it follows is answered."""

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """`now` is this computer's clock."""
        self._now = now
        self.seconds_ahead: float | None = None
        """By how much this computer's clock was ahead at the last answer; None where none told the time."""

    def follow(self, events: Events) -> None:
        """Heeds the calls of a client."""
        events.register("needs-retry", self._hear)

    def _hear(self, response: tuple[Any, Mapping[str, Any]] | None, **_: Any) -> None:
        if response is not None:
            ahead = seconds_ahead(response[0].headers, self._now())
            self.seconds_ahead = self.seconds_ahead if ahead is None else ahead


def hear_the_time(region: str | None, now: Callable[[], datetime]) -> float | None:
    """By how many seconds `now` is ahead of AWS's clock, asked who we are; None where AWS cannot be asked."""
    watch = ClockWatch(now)
    try:
        session = boto3.Session(region_name=region)
    except BotoCoreError:
        return None
    if session.region_name:
        Live(session, attempts=watch)(Read.of("sts", "GetCallerIdentity", session.region_name))
    return watch.seconds_ahead


def seconds_ahead(headers: Mapping[str, str], at: datetime) -> float | None:
    """By how much `at` is ahead of the header `Date` of an answer that came then; None where it cannot be read."""
    told = next((value for name, value in headers.items() if name.lower() == "date"), "")
    try:
        date = parsedate_to_datetime(told)
    except ValueError:
        return None
    return (at - (date if date.tzinfo else date.replace(tzinfo=UTC))).total_seconds()
