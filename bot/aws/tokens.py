"""What a JSON Web Token says of itself: read in memory, nothing verified, nothing kept. Pure."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from bot.aws.foreign_json import read_json

_LONGEST = 16_384


def claims_of(header: str) -> Mapping[str, Any]:
    """The claims of the token in a header's value, with `Bearer` before it or not; empty where it holds no such token.

    https://datatracker.ietf.org/doc/html/rfc7519
    """
    if len(header) > _LONGEST:
        return {}
    scheme, _, rest = header.strip().partition(" ")
    parts = (rest.strip() if scheme.lower() == "bearer" else header.strip()).split(".")
    if len(parts) != 3:
        return {}
    return _decoded(parts[1]) if _decoded(parts[0]).get("alg") else {}


def _decoded(part: str) -> Mapping[str, Any]:
    try:
        read = read_json(base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True).decode())
    except (binascii.Error, ValueError):
        return {}
    return read if isinstance(read, dict) else {}
