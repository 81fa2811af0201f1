"""Takes secrets out of documents: a value is judged by itself, and by the name that it stands next to."""

import json
from collections.abc import Mapping
from typing import Any

from bot.model import REDACTED
from bot.report.redact import redact

_NAMES = ("Key", "key", "Name", "name", "path")
_VALUES = ("Value", "value")


def without_secrets(value: Any, name: str = "") -> Any:
    """`value`, which stands under `name`, with `REDACTED` in place of each secret, in the names within it as well.

    Knows pairs (`{"Key": "dbPassword", "Value": …}`) and the quotes of a fixed value in a mapping of API Gateway
    (`integration.request.header.Authorization: "'Bearer …'"`). What holds no secret comes back as it is.
    """
    if isinstance(value, str):
        return _without_secrets(value, name)
    if isinstance(value, Mapping):
        named = next((value[each] for each in _NAMES if isinstance(value.get(each), str)), "")
        return {
            redact(key)[0]: without_secrets(each, named if named and key in _VALUES else key)
            for key, each in value.items()
        }
    if isinstance(value, (list, tuple)):
        return type(value)(without_secrets(each, name) for each in value)
    return value


def _without_secrets(text: str, name: str) -> str:
    clean, count = redact(text)
    if name and redact(json.dumps({name: clean.strip("'\"")}, ensure_ascii=False))[1]:
        return REDACTED
    return clean if count else text
