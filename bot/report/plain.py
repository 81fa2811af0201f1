"""Undoes what editors, terminals, browsers and JSON do to a text on its way into a paste, for matching only.

The result is one line of UTF-8: straight quotes, half-width punctuation, single spaces, no markup of a terminal and
no escapes. What a person reads is cut from it, so it keeps the words and their case.
"""

import re
import unicodedata
from functools import cache

_NAMED = {
    "‘": "'", "’": "'", "‚": "'", "‛": "'", "′": "'", "´": "'", "“": '"', "”": '"', "„": '"', "‟": '"', "″": '"',
    "–": "-", "—": "-", "‐": "-", "‑": "-", "−": "-", "。": ".", "、": ",",
}  # fmt: skip
"""Punctuation that compatibility normalisation leaves alone and that writing systems use for the same thing."""

# Soft hyphen, zero-width characters, direction marks, byte order mark: they have no width and no meaning here.
_INVISIBLE = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\ufe0f"
# Every separator of Unicode, and the box drawings in which Terraform and the AWS CLI frame what they print.
_BLANK = "\u00a0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, (*range(0x2000, 0x200B), *range(0x2500, 0x2580)))
)
_SIMPLE = _NAMED | dict.fromkeys(_INVISIBLE, "") | dict.fromkeys(_BLANK, " ")
MAY_CHANGE = (
    (0xA0, 0x3F9), (0x587, 0x678), (0x958, 0xFB9), (0x10FC, 0x10FC), (0x1D2C, 0x232A), (0x2460, 0x24EA),
    (0x2A0C, 0x2ADC), (0x2C7C, 0x2D6F), (0x2E9F, 0x33FF), (0xA69C, 0xA7F9), (0xAB5C, 0xAB69), (0xF900, 0xFFEE),
    (0x10781, 0x107BA), (0x1D15E, 0x1D1C0), (0x1D400, 0x1D7FF), (0x1EE00, 0x1EEBB), (0x1F100, 0x1F251),
    (0x1FBF0, 0x1FBF9), (0x2F800, 0x2FA1D),
)  # fmt: skip
"""The blocks of Unicode in which compatibility normalisation changes a character that stands by itself."""
_LONGEST_CHANGE = 2
"""How many times its own bytes a character may become: ten bytes of Arabic make a phrase of thirty."""

# Each `&amp;` first, so that what was escaped twice comes out as well.
ENTITIES = (
    (b"&amp;", b"&"), (b"&quot;", b'"'), (b"&#34;", b'"'), (b"&#x22;", b'"'), (b"&apos;", b"'"), (b"&#39;", b"'"),
    (b"&#x27;", b"'"), (b"&rsquo;", b"'"), (b"&lt;", b"<"), (b"&#60;", b"<"), (b"&gt;", b">"), (b"&#62;", b">"),
    (b"&nbsp;", b" "), (b"&#160;", b" "), (b"&#xa0;", b" "), (b"<br>", b" "), (b"<br/>", b" "), (b"<br />", b" "),
)  # fmt: skip
_JSON_ESCAPES = {
    b'"': b'"', b"'": b"'", b"/": b"/", b"n": b" ", b"r": b" ", b"t": b" ",
    b"u0022": b'"', b"u0027": b"'", b"u003c": b"<", b"u003e": b">", b"u0026": b"&", b"u003d": b"=",
    b"u003C": b"<", b"u003E": b">", b"u003D": b"=", b"u2019": b"'", b"u00a0": b" ",
}  # fmt: skip
_FEW = 16
"""Up to so many characters, replacing one after the other is faster than looking up every character of the text."""
TERMINAL_CONTROL = r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[\x00-\x7f]?)"
_CONTROL = re.compile(TERMINAL_CONTROL.encode())
_QUOTED = re.compile(rb"\n>(?: ?>)* ?")
_TO_SPACE = bytes.maketrans(bytes(range(1, 32)), b" " * 31)


def plain(text: str) -> bytes:
    """`text` as one line of UTF-8, ready to be matched. Lone surrogates become question marks."""
    data = simplify(text).encode("utf-8", "replace")
    if b"\0" in data:
        data = data.replace(b"\0", b"")
    if b"\x1b" in data:
        data = _CONTROL.sub(b"", data)
    if b"&" in data or b"<br" in data:
        for entity, character in ENTITIES:
            data = data.replace(entity, character)
    if b"\\" in data:
        data = _without_backslashes(data)
    if b"\n>" in data:
        data = _QUOTED.sub(b"\n", data)
    data = data.translate(_TO_SPACE)
    while b"  " in data:
        data = data.replace(b"        ", b" ").replace(b"  ", b" ")
    return data.strip(b" ")


def _without_backslashes(data: bytes) -> bytes:
    while b"\\\\" in data:
        data = data.replace(b"\\\\", b"\\")
    for escaped, character in _JSON_ESCAPES.items():
        data = data.replace(b"\\" + escaped, character)
    return data


def simplify(text: str) -> str:
    """`text` with one character for all that look or mean the same: half-width, straight, and none without width.

    Each character is changed by itself, whatever stands beside it, and what comes out stays as it is.
    """
    if text.isascii():
        return text
    changes, table = _changes()
    is_mostly_ascii = len(text.encode("utf-8", "replace")) < 1.25 * len(text)
    if is_mostly_ascii and len(present := changes.keys() & set(text)) <= _FEW:
        for character in present:
            text = text.replace(character, changes[character])
        return text
    return text.translate(table)


@cache
def _changes() -> tuple[dict[str, str], dict[int, str]]:
    """All characters that are changed and what each becomes, and the same as `str.translate` takes it."""
    some = "\n".join(chr(code) for first, last in MAY_CHANGE for code in range(first, last + 1))
    # Each by itself, as whole runs of combining marks take quadratic time to order, but all in one call.
    normal = unicodedata.normalize("NFKC", some)
    changes = dict(zip(some.split("\n"), normal.split("\n"), strict=True)) | _SIMPLE
    changes = {character: "".join(_SIMPLE.get(each, each) for each in new) for character, new in changes.items()}
    changes = {c: n for c, n in changes.items() if c != n and len(n.encode()) <= _LONGEST_CHANGE * len(c.encode())}
    return changes, str.maketrans(changes)
