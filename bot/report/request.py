"""Which part of a pasted log belongs to the request that failed."""

import re2

_ID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[A-Za-z0-9_-]{12,20}="
# Execution logs begin every line with the request in brackets; WebSocket APIs print the extended id there.
_PREFIX = re2.compile(rf"\(({_ID})\) ".encode())
_SEARCHED_BEFORE = 16_000
_LONGEST_RECORD = 8_000
_MOST_LINES = 400
_FIELDS_OF_A_RECORD = 4
_BRACE = re2.compile(rb"[{}]")


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
    """The innermost `{…}` around a place that has the fields of a log record rather than those of an error's body.

    Braces that close before they reach the place are a resource's path (`/pets/{id}`) or another record.
    """
    openings: list[int] = []
    for brace in _BRACE.finditer(text, max(0, start - _LONGEST_RECORD), start + 1):
        if brace.group(0) == b"{":
            openings.append(brace.start())
        elif openings:
            openings.pop()
    depth = 0
    for brace in _BRACE.finditer(text, max(start + 1, end - 1), min(len(text), end + _LONGEST_RECORD)):
        if brace.group(0) == b"{":
            depth += 1
        elif depth:
            depth -= 1
        elif not openings:
            break
        else:
            opening = openings.pop()
            if text.count(b'":', opening, brace.start()) >= _FIELDS_OF_A_RECORD:
                return opening, brace.end()
    return None
