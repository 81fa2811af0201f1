"""Which part of a pasted log belongs to the request that failed."""

import re2

_ID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[A-Za-z0-9_-]{12,20}="
# Execution logs begin every line with the request in brackets; WebSocket APIs print the extended id there.
_PREFIX = re2.compile(rf"\(({_ID})\) ".encode())
_SEARCHED_BEFORE = 16_000
_LONGEST_RECORD = 8_000
_MOST_LINES = 400


def failing_request(text: bytes, error: int) -> tuple[bytes, int] | None:
    """The log lines of the request whose line holds position `error`, and where in them that position is.

    None if the text is no execution log. Several requests may be interleaved, as CloudWatch shows them.
    """
    before = list(_PREFIX.finditer(text, max(0, error - _SEARCHED_BEFORE), error + 1))
    if not before:
        return None
    mark = before[-1].group(0)
    lines: list[bytes] = []
    anchor = length = 0
    position = text.find(mark)
    while position >= 0 and len(lines) < _MOST_LINES:
        following = next(_PREFIX.finditer(text, position + len(mark), len(text)), None)
        end = following.start() if following else len(text)
        if position <= error < end:
            anchor = length + error - position
        lines.append(text[position:end])
        length += end - position
        position = text.find(mark, end)
    return b"".join(lines), anchor


def outside_the_log(text: bytes) -> bytes:
    """What stands before the first line of the log: what the person who pasted it says of it."""
    first = next(_PREFIX.finditer(text, 0, len(text)), None)
    return text[: first.start()] if first else text


def record_around(text: bytes, start: int, end: int) -> tuple[int, int] | None:
    """The innermost `{…}` around a place, if it has the fields of a log record rather than those of an error's body."""
    opening = text.rfind(b"{", max(0, start - _LONGEST_RECORD), start + 1)
    closing = text.find(b"}", max(start, end - 1), end + _LONGEST_RECORD)
    if opening < 0 or closing < 0 or text.count(b'":', opening, closing) < 4:
        return None
    return opening, closing + 1
