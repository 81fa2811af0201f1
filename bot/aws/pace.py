"""How fast one account is asked: as fast as AWS allows, slower where AWS says that it was too fast."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

_SLOWEST = 0.05
"""The least share of the full rate that is left, however often AWS says that calls come too fast."""
_RECOVERS_IN = 20.0
"""Seconds in which a rate grows from nothing to the full one, as long as AWS does not complain again."""
_ONE_COMPLAINT = 1.0
"""Seconds within which complaints are one: calls that were under way together are refused together."""


@dataclass(slots=True)
class _Bucket:
    """What may be asked of one service in one region: `tokens` calls at once, and `rate` more each second.

    `tokens` is below nothing while calls wait for their turn.
    """

    tokens: float
    rate: float
    seen: float
    slowed: float = float("-inf")


class Pace:
    """Token buckets, one for each service and region, as AWS counts calls of an account; shared by all threads.

    The defaults are those of API Gateway's control plane: ten calls a second, forty at once.
    https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
    """

    def __init__(
        self,
        per_second: float = 10.0,
        burst: float = 40.0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._full = per_second
        self._burst = burst
        self._clock = clock
        self._sleep = sleep
        self._buckets: dict[tuple[str, str], _Bucket] = {}
        self._turn = threading.Lock()

    def wait(self, service: str, region: str, deadline: float) -> bool:
        """Waits for a turn; at once False, and the turn left to others, if it would come after the deadline.

        `deadline` is on the same clock.
        """
        with self._turn:
            bucket = self._bucket(service, region)
            seconds = max(0.0, (1.0 - bucket.tokens) / bucket.rate)
            if bucket.seen + seconds > deadline:
                return False
            bucket.tokens -= 1.0
        if seconds:
            self._sleep(seconds)
        return True

    def slow_down(self, service: str, region: str) -> None:
        """AWS said that calls came too fast: half as many from now on, more again little by little."""
        with self._turn:
            bucket = self._bucket(service, region)
            if bucket.seen - bucket.slowed >= _ONE_COMPLAINT:
                bucket.slowed = bucket.seen
                bucket.rate = max(bucket.rate / 2, self._full * _SLOWEST)
                bucket.tokens = min(bucket.tokens, 0.0)

    def _bucket(self, service: str, region: str) -> _Bucket:
        """The bucket, filled up to now."""
        now = self._clock()
        bucket = self._buckets.setdefault((service, region), _Bucket(self._burst, self._full, now))
        passed = max(0.0, now - bucket.seen)
        bucket.tokens = min(self._burst, bucket.tokens + passed * bucket.rate)
        bucket.rate = min(self._full, bucket.rate + passed * self._full / _RECOVERS_IN)
        bucket.seen = now
        return bucket
