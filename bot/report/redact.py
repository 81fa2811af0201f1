"""Takes secrets out of a paste before anything else is kept of it.

What a diagnosis needs stays: ARNs, ids, and of a signature its scope (`/20260101/eu-west-1/execute-api/aws4_request`).
"""

from base64 import b64decode
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import cache
from heapq import merge
from itertools import accumulate

import re2

from bot.model import REDACTED
from bot.report.secret_kinds import ENCODED, ESCAPED, FURTHER_LINES, KEPT, KINDS
from bot.report.unescaped import Unescaped

_QUOTES = frozenset(b"\"'")
_DIGITS = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_")
_STANDARD = bytes.maketrans(b"-_", b"+/")
_APART = b"\n\n"
_LINE_END = frozenset(b" \t\\\r\n")


def _compile(pattern: str, *, captures: bool = True) -> "re2._Regexp":
    options = re2.Options()
    options.max_mem = 64 * 1024 * 1024
    options.never_capture = not captures
    return re2.compile(pattern.encode(), options)


_SECRETS = _compile("|".join(f"(?:{kind})" for kind in KINDS))
_KEPT = _SECRETS.groupindex[b"kept"]
_GROUPS = tuple(group for group in range(1, _SECRETS.groups + 1) if group != _KEPT)
_MANY = 1_000
"""Secrets, after which those of a text are no longer told from what stands beside them, which costs time at each."""
_MANY_KEPT = 5_000
"""The same of what only looks like a secret: of so many, some may go with the secrets beside them."""
_FURTHER_LINES = _compile(FURTHER_LINES)
_ENCODED = _compile(ENCODED, captures=False)
_ESCAPED = _compile(ESCAPED)
_NO_SECRET = b'"' * len(REDACTED)
"""What no kind takes for a value."""


def redact(text: str) -> tuple[str, int]:
    """`text` with every secret replaced by `REDACTED`, and how many there were, however they are escaped or wrapped.

    A text without any is returned as it came. Lone surrogates, which UTF-8 cannot hold, come back as question marks
    where something was redacted.
    """
    data = text.encode("utf-8", "replace")
    meant = Unescaped(data)
    pieces: list[bytes] = []
    end = 0
    for start, stop in merge(_escaped_secrets(data), (meant.origin(*span) for span in _found(meant.data))):
        if stop <= end:
            continue  # It is part of what goes already.
        if start >= end:
            pieces += (data[end:start], REDACTED.encode())
        end = stop
    if not pieces:
        return text, 0
    pieces.append(data[end:])
    return b"".join(pieces).decode("utf-8", "replace"), len(pieces) // 2


def _found(data: bytes) -> Iterator[tuple[int, int]]:
    """Where secrets stand in a text without escapes, as they are or encoded, by where they begin."""
    return merge(_secrets(data), _encoded_secrets(data))


def _escaped_secrets(text: bytes) -> Iterator[tuple[int, int]]:
    """Where quoted secrets with escapes stand in a text as it is; of very many, all that follows as well."""
    if b"\\" in text or b"%" in text or b"&" in text:
        for count, match in enumerate(_ESCAPED.finditer(text)):
            start = next(match.start(group) for group in range(1, _ESCAPED.groups + 1) if match.start(group) >= 0)
            if count == _MANY:
                yield start, len(text)
                return
            yield start, match.end(match.lastindex or 0)


def _secrets(data: bytes) -> Iterator[tuple[int, int]]:
    """Where secrets stand in a text without escapes, from left to right; of very many, what is around them as well."""
    end = count = kept = 0
    for match in _SECRETS.finditer(data):
        if count >= _MANY or kept >= _MANY_KEPT:
            yield from _flood(data, max(end, match.start()))
            return
        if match.start(_KEPT) >= 0:
            kept += 1
            continue
        found = False
        for group in _GROUPS:
            start, stop = match.span(group)
            if start < 0 and found:
                break  # The groups of one kind stand next to each other.
            found = start >= 0
            if start == stop or stop <= end:
                continue
            if data[start] in _QUOTES:
                start += 1
            if stop < len(data) and data[stop] in _LINE_END:
                stop = _with_further_lines(data, stop)
            yield max(start, end), stop
            end = stop
            count += 1


def _encoded_secrets(data: bytes) -> Iterator[tuple[int, int]]:
    """Where Base64 stands that holds a secret, in Base64 itself perhaps: each is shorter than what it stands in."""
    found = (match.span() for match in _ENCODED.finditer(data))
    spans = [(_first_digit(data, start), _after_padding(data, stop)) for start, stop in found]
    if not spans:
        return
    texts = [_decoded(data[start:stop]) for start, stop in spans]
    # All at once: there may be very many.
    begins = list(accumulate((len(text) + len(_APART) for text in texts), initial=0))
    meant = Unescaped(_APART.join(texts))
    holding: set[int] = set()
    for span in _found(meant.data):
        start, stop = meant.origin(*span)
        holding.update(range(bisect_right(begins, start) - 1, bisect_left(begins, stop)))
    yield from (spans[number] for number in sorted(holding))


def _first_digit(data: bytes, start: int) -> int:
    while data[start] not in _DIGITS:
        start += 1
    return start


def _after_padding(data: bytes, stop: int) -> int:
    padding = data[stop : stop + 2]
    return stop + len(padding) - len(padding.lstrip(b"="))


def _decoded(encoded: bytes) -> bytes:
    """Base64 of either alphabet, with or without padding; a last character that is none of a byte's is left out."""
    digits = encoded.rstrip(b"=").translate(_STANDARD)
    return b64decode(digits[: len(digits) - (len(digits) % 4 == 1)] + b"==")


@cache
def _in_a_flood() -> "re2._Regexp":
    """A secret of any kind with the rest of its line, and all that follow it at once; made where it is needed."""
    hiding = "|".join(f"(?:{kind})" for kind in KINDS if kind is not KEPT)
    return _compile(rf"(?:(?:{hiding})[^\r\n{{}}]*[\s{{}}]*)+", captures=False)


def _flood(data: bytes, end: int) -> Iterator[tuple[int, int]]:
    # What has been taken out already is none of it.
    masked = data.replace(b"[redacted]", _NO_SECRET).replace(b"[REDACTED]", _NO_SECRET)
    for match in _in_a_flood().finditer(masked, end):
        start, stop = match.span()
        if stop > end:
            stop = _with_further_lines(data, start + len(data[start:stop].rstrip()))
            yield max(start, end), stop
            end = stop


def _with_further_lines(data: bytes, stop: int) -> int:
    wrapped = _FURTHER_LINES.match(data, stop, len(data))
    return stop if wrapped is None else max(stop, wrapped.end(1), wrapped.end(2))
