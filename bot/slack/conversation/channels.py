"""Which channels another company reads, as far as Slack has told: only events say so, clicks and shortcuts do not."""

from collections.abc import Mapping
from typing import Any

from bot.slack.conversation.memory import Memory

_MOST = 20_000
_SECONDS = 24 * 60 * 60


class Channels:
    """Learns from every event of a channel that the bot is in. https://docs.slack.dev/apis/slack-connect"""

    def __init__(self) -> None:
        self._shared: Memory[str, bool] = Memory(_MOST, _SECONDS)

    def notice(self, body: Mapping[str, Any]) -> None:
        """Learn what a payload tells."""
        event = body.get("event")
        channel = event.get("channel") if isinstance(event, Mapping) else None
        if not isinstance(channel, str):
            return
        is_shared = bool(body.get("is_ext_shared_channel"))
        # Events overtake each other: what says that the channel is shared outweighs what may be older.
        if is_shared or not self._shared.get(channel):
            self._shared.put(channel, is_shared)

    def is_shared(self, channel: str | None) -> bool | None:
        """Whether another company reads along; None where that is not known."""
        return self._shared.get(channel) if channel else None
