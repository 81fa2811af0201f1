"""Undoes what editors, terminals, browsers and JSON do to a text on its way into a paste, for matching only.

The result is one line of UTF-8: straight quotes, half-width punctuation, single spaces, no markup of a terminal and
no escapes. What a person reads is cut from it, so it keeps the words and their case.
"""

import re
import unicodedata

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
_ASCII = frozenset(map(chr, range(128)))
_ESCAPED = re.compile(rb"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
TERMINAL_CONTROL = rb"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|.)"
_CONTROL = re.compile(TERMINAL_CONTROL, re.DOTALL)
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
        # Only what occurs is looked for: each replacement is a pass over the text.
        while b"\\" in (escapes := set(_ESCAPED.findall(data))):
            data = data.replace(b"\\\\", b"\\")
        for escaped in escapes & _JSON_ESCAPES.keys():
            data = data.replace(b"\\" + escaped, _JSON_ESCAPES[escaped])
    if b"\n>" in data:
        data = _QUOTED.sub(b"\n", data)
    data = data.translate(_TO_SPACE)
    while b"  " in data:
        data = data.replace(b"        ", b" ").replace(b"  ", b" ")
    return data.strip(b" ")


def simplify(text: str) -> str:
    """`text` with one character for all that look or mean the same: half-width, straight, and none without width.

    Looks only at the distinct characters outside ASCII, and goes over the text once, however many there are.
    """
    if text.isascii():
        return text
    distinct = "\n".join(set(text) - _ASCII)
    # Each by itself, as whole runs of combining marks take quadratic time to order, but all in one call.
    normal = unicodedata.normalize("NFKC", distinct)
    changes = {c: n for c, n in zip(distinct.split("\n"), normal.split("\n"), strict=True) if c != n}
    changes |= {character: simple for character, simple in _SIMPLE.items() if character in distinct}
    if len(changes) <= _FEW:
        for character, simple in changes.items():
            text = text.replace(character, simple)
        return text
    return text.translate({ord(character): simple for character, simple in changes.items()})
