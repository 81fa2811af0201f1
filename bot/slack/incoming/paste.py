"""What somebody pasted, as they meant it: Slack's markup, escapes and decorations taken off."""

from collections.abc import Mapping
from typing import Any

from bot.slack.incoming.attachments import from_attachments
from bot.slack.incoming.body import body_of
from bot.slack.incoming.mrkdwn import encodable, from_mrkdwn, trim
from bot.slack.incoming.repetition import distinct

__all__ = ["from_message", "from_mrkdwn"]


def from_message(message: Mapping[str, Any], bot_user: str) -> str:
    """All that a message says, in reading order and nothing twice, without the bot's own mention.

    A person's message is its rich text; what an alert bot or somebody forwarding says may stand in blocks and
    attachments alone. Never raises, whatever the message holds.
    """
    parts = [body_of(message, bot_user), *from_attachments(message.get("attachments"), bot_user)]
    return trim(encodable("\n".join(distinct(parts))))
