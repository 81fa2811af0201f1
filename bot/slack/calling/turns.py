"""Whose turn it is to call Slack: everybody keeps to its limits, and waits when it asks one of them to."""

import time
from collections.abc import Callable
from threading import Lock
from typing import TypeVar

from bot.slack.calling.failures import SLACK_FAILS, MustWait, ResponseUrlRefused, outcome_of, passes
from bot.slack.calling.limits import HARMLESS, HASTY, LIMITS, OTHERWISE, PER_CHANNEL, Bucket
from bot.slack.calling.patience import patience_now
from bot.telemetry import Telemetry, Unheard

T = TypeVar("T")

_MOST_REFUSALS = 5
_TIMES_AGAIN = 2
_SECONDS_BETWEEN = 0.25
_MOST_BUCKETS = 10_000


class Turns:
    """Shared by all who call one Slack with one token. https://docs.slack.dev/apis/web-api/rate-limits

    Each process keeps to the limits by itself; where several share them, Slack's 429 tells the others.
    """

    def __init__(
        self,
        telemetry: Telemetry | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`clock` must never go back."""
        self._telemetry = telemetry or Unheard()
        self._clock = clock
        self._sleep = sleep
        self._buckets: dict[tuple[str, str | None], Bucket] = {}
        self._lock = Lock()

    def call(self, method: str, do: Callable[[], T], channel: str | None = None) -> T:
        """Do it in its turn, and again where it was not its turn or does no harm.

        `do` raises MustWait where Slack refuses it for its rate. Raises MustWait where it would take longer than the
        caller's patience, and whatever else `do` raises.
        """
        until = self._clock() + min(patience_now(), HASTY.get(method, float("inf")))
        refusals, failures = 0, 0
        while True:
            self._wait(method, channel, until)
            began = self._clock()
            try:
                answer = do()
            except MustWait as asked:
                self._tell(method, "ratelimited", began)
                self._hold(method, channel, asked.seconds)
                refusals += 1
                if refusals >= _MOST_REFUSALS:
                    raise
            except (*SLACK_FAILS, ResponseUrlRefused) as error:
                self._tell(method, outcome_of(error), began)
                failures += 1
                if failures > _TIMES_AGAIN or method not in HARMLESS or not passes(error):
                    raise
                self._sleep(_SECONDS_BETWEEN)
            else:
                self._tell(method, "ok", began)
                return answer

    def _wait(self, method: str, channel: str | None, until: float) -> None:
        while True:
            with self._lock:
                now = self._clock()
                buckets = self._buckets_of(method, channel, now)
                turn = max(each.next(now) for each in buckets)
                if turn > now and turn > until:
                    raise MustWait(method, turn - now)
                # Of every bucket as of now: who waits for one channel holds up no other.
                for each in buckets:
                    each.take(now)
            if turn <= now:
                return
            self._sleep(turn - now)
            with self._lock:
                now = self._clock()
                if all(each.held_until <= now for each in buckets):
                    return

    def _hold(self, method: str, channel: str | None, seconds: float) -> None:
        """Let everybody wait: for the channel where there is a limit of channels, or else for the method."""
        with self._lock:
            now = self._clock()
            self._buckets_of(method, channel, now)[-1].hold(now + seconds)

    def _buckets_of(self, method: str, channel: str | None, now: float) -> list[Bucket]:
        buckets = [self._bucket((method, None), now)]
        if channel is not None and method in PER_CHANNEL:
            buckets.append(self._bucket((method, channel), now))
        return buckets

    def _bucket(self, key: tuple[str, str | None], now: float) -> Bucket:
        if key not in self._buckets:
            if len(self._buckets) >= _MOST_BUCKETS:
                self._buckets = {each: bucket for each, bucket in self._buckets.items() if not bucket.is_idle(now)}
            method, channel = key
            limit = LIMITS.get(method, OTHERWISE) if channel is None else PER_CHANNEL[method]
            self._buckets[key] = Bucket(limit)
        return self._buckets[key]

    def _tell(self, method: str, outcome: str, began: float) -> None:
        self._telemetry.asked_slack(method, outcome, self._clock() - began)
