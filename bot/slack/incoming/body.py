"""Chooses between the two ways in which Slack sends what a message says: its text, and its blocks."""

from bot.slack.incoming.blocks import from_blocks
from bot.slack.incoming.mrkdwn import from_mrkdwn, unescape
from bot.slack.incoming.payload import Payload, object_in, objects_in, text_in
from bot.slack.incoming.repetition import distinct, share
from bot.slack.incoming.rich_text import ALL_MARKERS

NO_PREVIEW = "[no preview available]"
"""What Slack puts in the place of a text where there are only blocks."""
_MADE_OF_BLOCKS = "with interactive elements"
"""How the text ends that Slack itself makes of blocks with buttons."""

_SAME = 0.9
_ESCAPES = ("&lt;", "&gt;", "&amp;")


def body_of(message: Payload, bot_user: str) -> str:
    """What a message or an attachment says, once, whether in its `text`, its `blocks` or its `message_blocks`.

    Rich text is preferred, which Slack leaves unescaped, unless it lacks some of what the text has.
    """
    raw = text_in(message, "text")
    blocks = _blocks_of(message)
    text = "" if raw == NO_PREVIEW else from_mrkdwn(raw, bot_user)
    # In `text`, every marker is still there: one that it does not have was not taken out of rich text either.
    markers = "".join(marker for marker in ALL_MARKERS if marker in text or not text)
    shown = from_blocks(blocks, bot_user, markers)
    if shown and raw.endswith(_MADE_OF_BLOCKS):
        return shown
    if shown and any(block.get("type") == "rich_text" for block in blocks):
        if text and not any(escape in text for escape in _ESCAPES):
            shown = unescape(shown)
        if share(text, shown) >= _SAME:
            return shown
        if share(shown, text) == 1:
            return text
    return "\n".join(distinct([text, shown]))


def _blocks_of(message: Payload) -> list[Payload]:
    forwarded = [object_in(each, "message") for each in objects_in(message, "message_blocks")]
    return [block for each in (message, *forwarded) for block in objects_in(each, "blocks")]
