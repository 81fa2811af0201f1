"""JSON that strangers wrote, made safe to hand on: texts that UTF-8 can write, in no more levels than anybody walks."""

import json
from collections.abc import Mapping
from typing import Any

DEEPEST = 100
"""Far more levels than any document of AWS has, and few enough for whatever walks or writes one recursively."""
_LONE_SURROGATES = dict.fromkeys(range(0xD800, 0xE000), "\ufffd")
"""Not replaced by `?`, as encoding would, for that is a wildcard in a policy."""


class TooDeep(ValueError):
    """A document with more than DEEPEST levels."""


class AmbiguousKey(ValueError):
    """An object with the same key twice, of which every reader makes something else."""


def read_json(text: str, *, unique_keys: bool = False, strict: bool = True) -> Any:
    """The value of a JSON text. Raises ValueError, and nothing else; AmbiguousKey if keys have to be unique.

    `strict` refuses line breaks inside of strings, as the standard does.
    """
    try:
        return made_safe(json.loads(text, object_pairs_hook=_unique if unique_keys else None, strict=strict))
    except RecursionError as error:
        raise TooDeep(_TOO_DEEP) from error


def made_safe(value: Any, depth: int = 0) -> Any:
    """A copy of a decoded value with its lone surrogates replaced. Raises TooDeep."""
    if isinstance(value, str):
        return value if value.isascii() else value.translate(_LONE_SURROGATES)
    if not isinstance(value, Mapping | list | tuple):
        return value
    if depth >= DEEPEST:
        raise TooDeep(_TOO_DEEP)
    if isinstance(value, Mapping):
        return {made_safe(name, depth + 1): made_safe(each, depth + 1) for name, each in value.items()}
    return type(value)(made_safe(each, depth + 1) for each in value)


_TOO_DEEP = f"nested deeper than {DEEPEST} levels"


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise AmbiguousKey("the same key twice in one object")
    return found
