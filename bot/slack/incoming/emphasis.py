"""Gives literals the `*`, `_` and `~` back that Slack took for emphasis.

Rich text holds `execute-api:*:*:id` as three texts, of which the bold one is `:`. What stands free between spaces or
punctuation is meant as emphasis; what is part of a word, a pattern or a quoted value never is.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby

MARKERS = {"bold": "*", "italic": "_", "strike": "~"}

Piece = tuple[str, str]
"""A text, and the markers of the styles that it is shown in."""

_OPENING, _CLOSING = "(", ").,;:!?"
_NEAR = 40
"""How many characters around a styled run are looked at."""


def restored(pieces: Sequence[Piece]) -> str:
    """The whole text, with the markers of each styled run that is part of a literal."""
    text = "".join(piece for piece, _ in pieces)
    opening: dict[int, str] = {}
    closing: dict[int, str] = {}
    for marker in MARKERS.values():
        for start, end in _runs(pieces, marker):
            if _is_literal(text, start, end, marker):
                opening[start] = opening.get(start, "") + marker
                closing[end] = marker + closing.get(end, "")
    parts, position = [], 0
    for cut in sorted(opening.keys() | closing.keys()):
        parts += [text[position:cut], closing.get(cut, ""), opening.get(cut, "")]
        position = cut
    return "".join([*parts, text[position:]])


def _runs(pieces: Sequence[Piece], marker: str) -> Iterator[tuple[int, int]]:
    end = 0
    for is_styled, run in groupby(pieces, key=lambda piece: marker in piece[1]):
        start, end = end, end + sum(len(text) for text, _ in run)
        if is_styled and start < end:
            yield start, end


def _is_literal(text: str, start: int, end: int, marker: str) -> bool:
    first, last = text[start], text[end - 1]
    if first.isspace() or last.isspace():
        return False  # No typed marker does this, only the composer's button.
    if marker in (first, last):
        return True
    before = _last_word(text[max(0, start - _NEAR) : start]).rstrip(_OPENING)
    after = _first_word(text[end : end + _NEAR]).lstrip(_CLOSING)
    # Literals are ASCII. Chinese and Japanese have no spaces around what they emphasise.
    return any(neighbour and neighbour.isascii() for neighbour in (before[-1:], after[:1]))


def _last_word(text: str) -> str:
    return "" if not text or text[-1].isspace() else text.split()[-1]


def _first_word(text: str) -> str:
    return "" if not text or text[0].isspace() else text.split()[0]
