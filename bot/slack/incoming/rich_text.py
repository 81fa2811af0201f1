"""Reads rich text, which is what people's messages are made of: no escapes, but lines and markers to be put back.

https://docs.slack.dev/reference/block-kit/blocks/rich-text-block.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby

from bot.slack.incoming.emphasis import MARKERS, restored
from bot.slack.incoming.mrkdwn import encodable, link, trim, without_language
from bot.slack.incoming.payload import DEEPEST, Payload, number_in, object_in, objects_in, text_in

ALL_MARKERS = "".join(MARKERS.values())

_BREAKS = ("rich_text_section", "rich_text_list", "rich_text_quote", "rich_text_preformatted")
_MOST_INDENT = 8
_HIGHEST_NUMBER = 1_000_000


def from_rich_text(block: Payload, bot_user: str, markers: str = ALL_MARKERS) -> str:
    """The text of a `rich_text` block. `markers` are those that Slack may have taken out of it."""
    return trim(encodable(_RichText(bot_user, markers).within(block, 0)))


class _RichText:
    def __init__(self, bot_user: str, markers: str) -> None:
        self._bot_user = bot_user
        self._markers = markers

    def within(self, element: Payload, depth: int) -> str:
        """What an element holds: lines of words, and elements that begin on a line of their own."""
        if depth > DEEPEST:
            return ""
        text = ""
        for breaks, children in groupby(objects_in(element, "elements"), key=lambda each: each.get("type") in _BREAKS):
            for each in self._broken(children, depth) if breaks else (self._words(list(children)),):
                text += ("\n" if text and not text.endswith("\n") else "") + each
        return text

    def _broken(self, elements: Iterator[Payload], depth: int) -> Iterator[str]:
        for element in elements:
            kind = element.get("type")
            if kind == "rich_text_list":
                text = "\n".join(self._items(element, depth))
            elif kind == "rich_text_preformatted":
                text = without_language("".join(self._word(each) for each in objects_in(element, "elements")))
            else:
                text = self.within(element, depth + 1)
            # A list or a block of code with a border stands in a quotation.
            yield _quoted(text) if kind == "rich_text_quote" or number_in(element, "border", 1) else text

    def _items(self, element: Payload, depth: int) -> Iterator[str]:
        # Slack makes lists of lines that merely begin like one; their markers are part of what was pasted.
        indent = "  " * number_in(element, "indent", _MOST_INDENT)
        first = 1 + number_in(element, "offset", _HIGHEST_NUMBER)
        for number, item in enumerate(objects_in(element, "elements"), first):
            marker = f"{number}. " if element.get("style") == "ordered" else "- "
            yield indent + marker + self.within(item, depth + 1)

    def _words(self, elements: Sequence[Payload]) -> str:
        return restored([(self._word(each), self._taken(each)) for each in elements])

    def _taken(self, element: Payload) -> str:
        style = object_in(element, "style")
        if style.get("code"):
            return ""
        return "".join(marker for name, marker in MARKERS.items() if style.get(name) and marker in self._markers)

    def _word(self, element: Payload) -> str:
        match element.get("type"):
            case "text":
                return text_in(element, "text")
            case "link":
                return link(text_in(element, "url"), text_in(element, "text"))
            case "emoji":
                # `arn:aws:s3` holds `:aws:`: Slack shows an emoji wherever somebody has added one of that name.
                tone = number_in(element, "skin_tone", 6)
                return f":{text_in(element, 'name')}:" + (f":skin-tone-{tone}:" if tone else "")
            case "user":
                user = text_in(element, "user_id")
                return "" if user == self._bot_user else f"@{user}"
            case "usergroup":
                return f"@{text_in(element, 'usergroup_id')}"
            case "channel":
                return f"#{text_in(element, 'channel_id')}"
            case "broadcast":
                return f"@{text_in(element, 'range')}"
            case "color":
                return text_in(element, "value")
            case "date":
                return text_in(element, "fallback")
            case _:
                return ""


def _quoted(text: str) -> str:
    # The log of `curl -v` begins its lines with `>`, of which Slack makes a quotation.
    return "\n".join(f"> {line}" if line else ">" for line in text.removesuffix("\n").split("\n"))
