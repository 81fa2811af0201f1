"""Rich text, Slack's only text that is not parsed: whatever a fact holds, it stays what it is.

https://docs.slack.dev/reference/block-kit/blocks/rich-text-block. Blocks are plain dicts: the SDK's models drop what
they do not know.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import re2

Block = dict[str, Any]
Element = dict[str, Any]

# Slack refuses some control characters, and half a surrogate pair cannot be encoded at all.
_UNSENDABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_TURNING = re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""What turns the direction of a line: a name with one makes a label read as another."""
_MOST_IN_ONE = 2_500
"""How long one text is at most; a section's may have 3,000 characters, of rich text Slack says nothing."""
_PARAGRAPH = re2.compile(r"\n\s*\n")
_CODE = re2.compile(r"(`[^`]*`)")


def sendable(text: str) -> str:
    """The text with a visible mark in place of each character that cannot be sent."""
    return _UNSENDABLE.sub("\ufffd", text.replace("\r\n", "\n"))


def literal(text: str, **style: bool) -> list[Element]:
    """Text as it stands, perhaps `bold=True` or `code=True`; nothing for an empty text, which Slack refuses.

    A long text is several elements, which Slack shows as one.
    """
    sent = sendable(text)
    wanted = {name: True for name, is_wanted in style.items() if is_wanted}
    styled = {"style": wanted} if wanted else {}
    return [
        {"type": "text", "text": sent[start : start + _MOST_IN_ONE], **styled}
        for start in range(0, len(sent), _MOST_IN_ONE)
    ]


def prose(words: str, **style: bool) -> list[Element]:
    """The small markdown of a reply: `code`, **bold**, and paragraphs, which an empty line parts."""
    elements: list[Element] = []
    for paragraph in _PARAGRAPH.split(sendable(words).strip()):
        if elements:
            elements += literal("\n\n")
        elements += _paragraph(paragraph, style)
    return elements


def _paragraph(words: str, style: dict[str, bool]) -> Iterator[Element]:
    spans = [(span, len(span) > 2 and span[0] == span[-1] == "`") for span in _CODE.split(words)]
    marks = sum(span.count("**") for span, is_code in spans if not is_code)
    paired, seen = marks - marks % 2, 0
    for span, is_code in spans:
        if is_code:
            yield from literal(span[1:-1], **{**style, "code": True, "bold": style.get("bold", False) or seen % 2 == 1})
            continue
        for position, piece in enumerate(span.split("**")):
            if position:
                if seen == paired:
                    yield from literal("**", **style)
                else:
                    seen += 1
            yield from literal(piece, **{**style, "bold": style.get("bold", False) or seen % 2 == 1})


def link(url: str) -> Element:
    """A link that shows its own address. For addresses of ours only, never for one that was pasted or read."""
    return {"type": "link", "url": url}


def mention(user: str) -> Element:
    """Somebody by the id that Slack gave."""
    return {"type": "user", "user_id": user}


def section(elements: Sequence[Element]) -> list[Element]:
    """One paragraph or several; nothing without elements."""
    return [{"type": "rich_text_section", "elements": list(elements)}] if elements else []


def numbered(items: Sequence[Sequence[Element]], before: int = 0) -> list[Element]:
    """A numbered list, or the rest of one of which `before` items stand further up."""
    return [each | {"offset": before} if before else each for each in _list("ordered", items)]


def bulleted(items: Sequence[Sequence[Element]]) -> list[Element]:
    """A list without numbers."""
    return _list("bullet", items)


def _list(style: str, items: Sequence[Sequence[Element]]) -> list[Element]:
    filled = [entry for item in items for entry in section(item)]
    return [{"type": "rich_text_list", "style": style, "elements": filled}] if filled else []


def preformatted(code: str) -> list[Element]:
    """Code, ready to be copied."""
    return [{"type": "rich_text_preformatted", "elements": literal(code)}] if code.strip() else []


def block(*elements: Sequence[Element]) -> list[Block]:
    """One block of sections, lists and code; none without any."""
    content = [element for group in elements for element in group]
    return [{"type": "rich_text", "elements": content}] if content else []


def cost(payload: Any) -> int:
    """How many characters of a message something takes at most: escaped, and counted in UTF-16 units."""
    return sum(len(_escaped(text).encode("utf-16-le", "replace")) // 2 for text in _texts(payload))


def _texts(payload: Any) -> Iterator[str]:
    if isinstance(payload, str):
        yield payload
    elif isinstance(payload, Mapping):
        for key, value in payload.items():
            if key in ("text", "url", "elements") or isinstance(value, (Mapping, list)):
                yield from _texts(value)
    elif isinstance(payload, Sequence):
        for item in payload:
            yield from _texts(item)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def fallback(words: str, most: int) -> str:
    """The words for a notification and a screen reader: mrkdwn, escaped, at most `most` characters of `cost`."""
    text = _escaped(sendable(" ".join(_TURNING.sub("", words).replace("**", "").split())))
    if len(text.encode("utf-16-le", "replace")) // 2 <= most:
        return text
    # The last escape could be cut in two; from its ampersand on it goes as a whole.
    cut = text[: most // 2]
    head, ampersand, tail = cut.rpartition("&")
    return (cut if ";" in tail or not ampersand else head) + "…"


def plain(text: str, most: int) -> dict[str, Any]:
    """Text of its own that Slack does not parse, and makes no emoji of."""
    return {"type": "plain_text", "text": fallback(text, most), "emoji": False}


def shortened(text: str, most: int) -> str:
    """The beginning of a text that is too long, and a mark that says so."""
    return text if len(text) <= most else text[: most - 1] + "…"
