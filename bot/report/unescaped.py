"""Undoes every escape of a text, layer by layer, and remembers where each byte came from.

A secret is looked for in what a text means and cut out of what it says. Unlike `bot.report.plain` it keeps the lines
and undoes percent-encoding as well: an id has to stand in the text as it is printed, a secret does not.
"""

import re
from bisect import bisect_left, bisect_right
from functools import cache
from itertools import accumulate

from bot.report.plain import ENTITIES, TERMINAL_CONTROL, simplify

_MOST_LAYERS = 4
"""JSON in a URL in HTML in a coloured terminal; runs of one escape (`%2525`, `&amp;amp;`) count as one layer."""

# What each kind of escape begins with, and the whole of it.
_ESCAPES = {
    b"\\": rb"\\\\*(?:u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|0?33(?=\[)|e(?=\[)|[nrt\"'/]|)",
    b"%": rb"%(?:25)*(?:[2-7][0-9a-fA-F]|0[9aAdD])",
    b"&": rb"&(?:amp;)*(?:[a-z]{2,5}|#[0-9]{1,6}|#[xX][0-9a-fA-F]{1,5});",
    b"\x1b": TERMINAL_CONTROL,
    b"\0": rb"\0+",
    b"\x80": rb"[\x80-\xff]+",
}
_LETTERS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"e": b"\x1b"}
_NAMED = {entity: character for entity, character in ENTITIES if entity.startswith(b"&")}


class Unescaped:
    """`data` is what a text means, without escapes; `origin` says where a part of it stands in the text."""

    def __init__(self, text: bytes) -> None:
        """`text` is UTF-8."""
        self.data = text
        self._layers: list[_Layer] = []
        while len(self._layers) < _MOST_LAYERS and (layer := _Layer.of(self.data)):
            self._layers.append(layer)
            self.data = layer.result

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """Where in the text the bytes `start` to `end` of `data` stand. An escape is never cut in two."""
        for layer in reversed(self._layers):
            start, end = layer.origin(start, end)
        return start, end


class _Layer:
    """One pass of unescaping: text and escapes by turns, before and after."""

    @staticmethod
    def of(data: bytes) -> "_Layer | None":
        """None if nothing changes."""
        present = tuple(sign for sign in _ESCAPES if sign in data or (sign == b"\x80" and not data.isascii()))
        if not present:
            return None
        before = _pattern(present).split(data)
        meanings = _meanings(set(before[1::2]))
        if all(escape == meaning for escape, meaning in meanings.items()):
            return None
        after = before.copy()
        after[1::2] = [meanings[escape] for escape in before[1::2]]
        return _Layer(before, after)

    def __init__(self, before: list[bytes], after: list[bytes]) -> None:
        self.result = b"".join(after)
        self._pieces = before, after
        self._positions: tuple[list[int], list[int]] | None = None

    def origin(self, start: int, end: int) -> tuple[int, int]:
        if self._positions is None:
            # Only here: most texts hold no secret, and need no positions.
            before, after = ([0, *accumulate(map(len, pieces))] for pieces in self._pieces)
            self._positions = before, after
        sources, results = self._positions
        # A piece may have become empty; the byte at `start` lies in the last one that begins there.
        first = bisect_right(results, start) - 1
        last = bisect_left(results, end) - 1
        begins = sources[first] + (0 if first % 2 else start - results[first])
        ends = sources[last + 1] if last % 2 else sources[last] + end - results[last]
        return begins, ends


@cache
def _pattern(signs: tuple[bytes, ...]) -> "re.Pattern[bytes]":
    # Few alternatives let the standard library search for their first byte.
    return re.compile(b"(" + b"|".join(_ESCAPES[sign] for sign in signs) + b")", re.DOTALL)


def _meanings(escapes: set[bytes]) -> dict[bytes, bytes]:
    characters = [escape for escape in escapes if escape[0] >= 0x80]
    meanings = {escape: _meaning(escape) for escape in escapes.difference(characters)}
    if characters:
        # In one go: a text may hold a million different ones.
        simple = simplify(b"\n".join(characters).decode("utf-8", "replace")).encode()
        meanings |= zip(characters, simple.split(b"\n"), strict=True)
    return meanings


def _meaning(escape: bytes) -> bytes:
    sign = escape[:1]
    if sign == b"\\":
        name = escape.lstrip(b"\\")
        if (
            not name
        ):  # A run of them is matched whatever follows: tried from each of its bytes, it takes quadratic time.
            return escape
        if name[:1] in b"ux" and len(name) > 1:
            return chr(int(name[1:], 16)).encode("utf-8", "replace")
        return _LETTERS.get(name, b"\x1b" if name.endswith(b"33") else name)
    if sign == b"%":
        return bytes.fromhex(escape[-2:].decode())
    if sign == b"&":
        return _entity(escape)
    return b""  # Colours, null bytes.


def _entity(escape: bytes) -> bytes:
    name = escape.replace(b"amp;", b"")
    if name == b"&":
        return name
    if name[1:2] != b"#":
        return _NAMED.get(name, escape)
    digits = name[2:-1]
    number = int(digits[1:], 16) if digits[:1] in b"xX" else int(digits)
    return chr(number).encode("utf-8", "replace") if number < 0x110000 else escape
