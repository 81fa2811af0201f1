"""Shows a text so that nobody is fooled by it: what hides, turns the line or passes for another letter is escaped.

Names and log lines are whatever somebody wrote. The characters meant are those of Unicode's reports 9 (directions), 36
(security) and 39 (look-alikes); of look-alikes only those are known that can be told by their script, not the whole
table: a word of one foreign script alone is taken for a word of that language.
"""

import re
import unicodedata
from collections.abc import Callable

Escape = Callable[[str], str]
"""Writes one character as an escape."""

_BREAKS = re.compile(r"[\t-\r\x1c-\x1e\x85\u2028\u2029]+")
_WORD = re.compile(r"\S+")
_LETTER = re.compile(r"[A-Za-z]")
_LEFT_TO_RIGHT = re.compile(r"[A-Za-z0-9]")
_RIGHT_TO_LEFT = frozenset(("R", "AL", "AN"))
_IDEOGRAPHIC_SPACE = "\u3000"
# Printable by their category, and seen by nobody: joiners, fillers, variation selectors, the blank of braille.
_UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0") | frozenset(
    map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)))
)
_LOOK_ALIKE_SCRIPTS = ("CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU", "DESERET", "OSAGE", "GOTHIC")
_LOOK_ALIKES = frozenset("\u0131\u2024\u2044\u2215\u2236\ua789\u01c3\ua4f8") | frozenset(
    map(chr, (*range(0x250, 0x2B0), *range(0x1D00, 0x1DC0)))
)
"""Dotless i, signs like a full stop, a slash, a colon or an exclamation mark, and the letters of phonetics."""
_ASIAN_DASHES = frozenset("\u301c\u3030\uff0d")
_MOST_MARKS = 2
"""How many marks a letter of a living language bears; more of them cover the lines above and below."""


def escaped(character: str) -> str:
    """A character as YAML, Python and people write it: `\\u202e`, `\\U000e0041`."""
    number = ord(character)
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def json_escape(character: str) -> str:
    """A character as JSON writes it, in one or two UTF-16 units: `\\u202e`, `\\udb40\\udc41`."""
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))


def visible(text: str) -> str:
    """`text` on one line, with an escape in place of each character that deceives; line breaks become a space."""
    if text.isascii() and text.isprintable():
        return text
    return with_escapes(_BREAKS.sub(" ", text), escaped)


def deceives(text: str) -> bool:
    """Whether there is a character in `text` that does not look like what it is."""
    return with_escapes(text, lambda _: "") != text


def with_escapes(text: str, escape: Escape) -> str:
    """`text` with `escape` of each character that deceives, line breaks among them."""
    # An escape is ASCII, beside which another character may pass for what it is not.
    while (shown := _with_some_escapes(text, escape)) != text:
        text = shown
    return text


def _with_some_escapes(text: str, escape: Escape) -> str:
    if text.isascii() and text.isprintable():
        return text
    shown = _without_unseen(text, escape)
    if _LEFT_TO_RIGHT.search(shown):
        shown = "".join(escape(each) if _is_right_to_left(each) else each for each in shown)
    return _WORD.sub(lambda word: _without_look_alikes(word[0], escape), shown)


def _without_unseen(text: str, escape: Escape) -> str:
    written, marks = [], 0
    for character in text:
        marks = marks + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        hides = not character.isprintable() and character != _IDEOGRAPHIC_SPACE
        deceiving = hides or character in _UNSEEN or marks > _MOST_MARKS
        written.append(escape(character) if deceiving else character)
    return "".join(written)


def _is_right_to_left(character: str) -> bool:
    """Beside it, what is written from left to right is shown in another order than it has."""
    return not character.isascii() and unicodedata.bidirectional(character) in _RIGHT_TO_LEFT


def _without_look_alikes(word: str, escape: Escape) -> str:
    if word.isascii():
        return word
    passes_for = _passes_for_another if _LETTER.search(word) else _is_in_another_font
    return "".join(escape(each) if passes_for(each) else each for each in word)


def _passes_for_another(character: str) -> bool:
    if character.isascii():
        return False
    if character in _LOOK_ALIKES or _is_in_another_font(character):
        return True
    if unicodedata.category(character) == "Pd":
        return character not in _ASIAN_DASHES
    return unicodedata.name(character, "").startswith(_LOOK_ALIKE_SCRIPTS)


def _is_in_another_font(character: str) -> bool:
    """A sign of ASCII by another number, a letter of the alphabet as mathematics writes it, or one as a numeral."""
    *font, meant = unicodedata.decomposition(character).split() or ("",)
    if len(meant) != 4 or font not in ([], ["<font>"], ["<compat>"]):
        return False
    sign = chr(int(meant, 16))
    return sign.isalnum() if font == ["<font>"] else sign.isascii()
