"""Reads payloads that may hold anything: what is expected, or nothing where something else stands."""

from collections.abc import Mapping
from typing import Any

Payload = Mapping[str, Any]

DEEPEST = 8
"""How many levels of blocks or of forwarded messages are read. Slack's clients make two or three."""


def text_in(payload: Payload, name: str) -> str:
    """A text, or an empty one."""
    value = payload.get(name)
    return value if isinstance(value, str) else ""


def objects_in(payload: Payload, name: str) -> list[Payload]:
    """The objects of a list, without whatever else it holds."""
    return objects(payload.get(name))


def objects(value: object) -> list[Payload]:
    """`value` as `objects_in` understands it."""
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list | tuple) else []


def object_in(payload: Payload, name: str) -> Payload:
    """An object, or an empty one."""
    value = payload.get(name)
    return value if isinstance(value, Mapping) else {}


def number_in(payload: Payload, name: str, most: int) -> int:
    """A whole number from 0 to `most`, or what comes nearest; 0 where there is none."""
    value = payload.get(name)
    return max(0, min(value, most)) if isinstance(value, int) else 0
