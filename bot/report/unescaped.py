"""Undoes every escape of a text, layer by layer, and remembers where each byte came from.

A secret is looked for in what a text means and cut out of what it says. Unlike `bot.report.plain` it keeps the lines
and undoes percent-encoding as well: an id has to stand in the text as it is printed, a secret does not.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import accumulate

from bot.report.plain import ENTITIES, TERMINAL_CONTROL, simplify

_MOST_LAYERS = 4
"""JSON in a URL in HTML in a coloured terminal; runs of one escape (`%2525`, `&amp;amp;`) count as one layer."""

_NAMED = {entity.decode(): character.decode() for entity, character in ENTITIES if entity[:1] == b"&"} | {
    "&": "&", '"': '"', "'": "'", "/": "/", "n": "\n", "r": "\r", "t": "\t", "e": "\x1b", "33": "\x1b", "033": "\x1b",
}  # fmt: skip
_NAMES = "|".join(name[1:-1] for name in _NAMED if name[1:-1].isalpha())

# What each kind of escape begins with, and the whole of it. A run of one sign is tried from its beginning only: tried
# from each of its bytes, it takes quadratic time.
_ESCAPES = {
    "\\": r"\\(?<!\\\\)\\*(?:u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|0?33(?=\[)|e(?=\[)|[nrt\"'/])",
    "%": r"%(?:25)*(?:[2-7][0-9a-fA-F]|0[9aAdD])",
    "&": rf"&(?:amp;)*(?:{_NAMES}|#[0-9]{{1,6}}|#[xX][0-9a-fA-F]{{1,5}});",
}
_WITHOUT_MEANING = re.compile(rf"({TERMINAL_CONTROL}|\0+)")
_CHARACTERS = re.compile("([\x80-\xff]+)")
_PIECES = 1_024
"""An even number, so that each part begins with a piece that is no escape."""
_APART = "\U0010ffff"
"""Between characters, none of which is it."""


class Unescaped:
    """`data` is what a text means, without escapes; `origin` says where a part of it stands in the text."""

    def __init__(self, text: bytes) -> None:
        """`text` is UTF-8."""
        # Bytes as the characters of the same numbers: of many short pieces, Python joins `str` far faster than `bytes`.
        meant = text.decode("latin-1")
        self._layers: list[_Layer] = []
        for _ in range(_MOST_LAYERS):
            before = meant
            for undone in (_without_controls, _simplified, _without_escapes):
                if (layer := undone(meant)) is not None:
                    self._layers.append(layer)
                    meant = layer.result
            if meant is before:
                break
        self.data = meant.encode("latin-1")

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """Where in the text the bytes `start` to `end` of `data` stand. An escape is never cut in two."""
        for layer in reversed(self._layers):
            start, end = layer.origin(start, end)
        return start, end


class _Layer:
    """One pass of unescaping: text and escapes by turns, before and after."""

    def __init__(self, result: str, pieces: Callable[[], tuple[list[str], list[str]]]) -> None:
        """`pieces` is asked only where a secret was found: most texts hold none, and need no positions."""
        self.result = result
        self._pieces = pieces
        self._parts: list[_Part] = []
        self._begins: list[int] = []

    def origin(self, start: int, end: int) -> tuple[int, int]:
        if not self._parts:
            self._parts = list(_parts(*self._pieces()))
            self._begins = [part.result for part in self._parts]
        # A piece may have become empty; the byte at `start` lies in the last one that begins there.
        begins = self._parts[bisect_right(self._begins, start) - 1].begin(start)
        return begins, self._parts[max(bisect_left(self._begins, end) - 1, 0)].end(end)


@dataclass(slots=True)
class _Part:
    """Some thousand pieces in a row: to find one, only those around it have to be counted."""

    source: int
    result: int
    before: list[str]
    after: list[str]
    _positions: tuple[list[int], list[int]] | None = field(default=None, init=False)

    def begin(self, start: int) -> int:
        sources, results = self._counted()
        piece = min(bisect_right(results, start), len(self.before)) - 1
        return sources[piece] + (0 if piece % 2 else start - results[piece])

    def end(self, end: int) -> int:
        sources, results = self._counted()
        piece = max(bisect_left(results, end) - 1, 0)
        return sources[piece + 1] if piece % 2 else sources[piece] + end - results[piece]

    def _counted(self) -> tuple[list[int], list[int]]:
        if self._positions is None:
            self._positions = (
                list(accumulate(map(len, self.before), initial=self.source)),
                list(accumulate(map(len, self.after), initial=self.result)),
            )
        return self._positions


def _parts(before: list[str], after: list[str]) -> Iterator[_Part]:
    source = result = 0
    for first in range(0, len(before), _PIECES):
        part = _Part(source, result, before[first : first + _PIECES], after[first : first + _PIECES])
        yield part
        source += sum(map(len, part.before))
        result += sum(map(len, part.after))


def _without_controls(text: str) -> _Layer | None:
    """Colours and null bytes taken out."""
    if "\x1b" not in text and "\0" not in text:
        return None
    return _Layer(
        _WITHOUT_MEANING.sub("", text), lambda: _pieces(text, _WITHOUT_MEANING, lambda runs: [""] * len(runs))
    )


def _simplified(text: str) -> _Layer | None:
    """Characters outside ASCII as `bot.report.plain` writes them."""
    if text.isascii():
        return None
    result = _simple(text)
    return None if result == text else _Layer(result, lambda: _pieces(text, _CHARACTERS, _simple_runs))


def _simple(text: str) -> str:
    return simplify(text.encode("latin-1").decode("utf-8", "replace")).encode().decode("latin-1")


def _simple_runs(runs: list[str]) -> list[str]:
    return _simple("\n".join(runs)).split("\n")


def _without_escapes(text: str) -> _Layer | None:
    signs = tuple(sign for sign in _ESCAPES if sign in text)
    if not signs:
        return None
    before, after = _pieces(text, _pattern(signs), _meanings)
    return None if len(before) == 1 else _Layer("".join(after), lambda: (before, after))


@cache
def _pattern(signs: tuple[str, ...]) -> "re.Pattern[str]":
    # Few alternatives let the standard library search for their first byte.
    return re.compile("(" + "|".join(_ESCAPES[sign] for sign in signs) + ")")


def _pieces(
    text: str, pattern: "re.Pattern[str]", meanings: Callable[[list[str]], list[str]]
) -> tuple[list[str], list[str]]:
    """What is no escape and what is one by turns, as they stand and as they are meant."""
    before = pattern.split(text)
    escapes = list(set(before[1::2]))
    meaning = dict(zip(escapes, meanings(escapes), strict=True))
    after = before.copy()
    after[1::2] = map(meaning.__getitem__, before[1::2])
    return before, after


def _meanings(escapes: list[str]) -> list[str]:
    if not escapes:
        return []
    characters = _APART.join(map(_meaning, escapes))
    # In one go: a text may hold a hundred thousand different ones.
    return characters.encode("utf-8", "replace").decode("latin-1").split(_APART.encode().decode("latin-1"))


def _meaning(escape: str) -> str:
    """The character that an escape stands for, a half one perhaps."""
    # The two of which there may be a hundred thousand different ones come first.
    if escape[:2] == "\\u":
        return chr(int(escape[2:], 16))
    if escape[:2] == "&#" and escape[2] not in "xX":
        return chr(int(escape[2:-1]))
    if escape[0] == "%":
        return chr(int(escape[-2:], 16))
    name = escape.lstrip("\\") if escape[0] == "\\" else escape.replace("amp;", "")
    if name in _NAMED:
        return _NAMED[name]
    if name[:2] == "&#" and name[2] not in "xX":
        return chr(int(name[2:-1]))
    return chr(int(name.strip("&#uxX;"), 16))
