"""Takes secrets out of a paste before anything else is kept of it.

What a diagnosis needs stays: ARNs, ids, and of a signature its scope (`/20260101/eu-west-1/execute-api/aws4_request`).
"""

import re2

from bot.report.secret_kinds import KINDS
from bot.report.unescaped import Unescaped

MARKER = "[redacted]"


def _compile() -> "re2._Regexp":
    options = re2.Options()
    options.max_mem = 64 * 1024 * 1024
    return re2.compile("|".join(f"(?:{kind})" for kind in KINDS).encode(), options)


_SECRETS = _compile()
_GROUPS = range(1, _SECRETS.groups + 1)


def redact(text: str) -> tuple[str, int]:
    """`text` with every secret replaced by `MARKER`, and how many there were, however they are escaped.

    A text without any is returned as it came. Lone surrogates, which UTF-8 cannot hold, come back as question marks
    where something was redacted.
    """
    data = text.encode("utf-8", "replace")
    meant = Unescaped(data)
    pieces: list[bytes] = []
    end = 0
    for match in _SECRETS.finditer(meant.data):
        for group in _GROUPS:
            span = match.span(group)
            if span[0] == span[1]:
                continue
            start, stop = meant.origin(*span)
            pieces += (data[end:start], MARKER.encode())
            end = stop
    if not pieces:
        return text, 0
    pieces.append(data[end:])
    return b"".join(pieces).decode("utf-8", "replace"), len(pieces) // 2
