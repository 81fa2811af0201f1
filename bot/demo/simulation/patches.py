"""JSON-patch lists as API Gateway takes them: a table of the paths it patches, and the error for all others."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.demo.simulation.operations import AwsError

_UNION = ("add", "remove", "replace")


def truth(value: str) -> bool:
    """API Gateway sends booleans as text."""
    return value.lower() == "true"


@dataclass(frozen=True, slots=True)
class Field:
    """A patchable member: the attribute that holds it and how its text is read; an empty text removes it."""

    attribute: str
    read: Callable[[str], Any] = str
    operations: Sequence[str] = ("replace",)


@dataclass(frozen=True, slots=True)
class Entries:
    """A patchable map: `/name/key` sets or removes one entry."""

    attribute: str
    read: Callable[[str], Any] = str
    operations: Sequence[str] = _UNION


@dataclass(frozen=True, slots=True)
class Items:
    """A patchable list: `/name` with a value, or `/name/value`, adds or removes one item."""

    attribute: str
    operations: Sequence[str] = ("add", "remove")


Table = Mapping[str, Field | Entries | Items]


def apply(target: object, operations: Iterable[Mapping[str, str]], table: Table) -> None:
    """Patch the attributes of `target`; raises BadRequestException for a path or operation that `table` lacks,
    and then changes nothing.

    https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html
    """
    draft = copy.copy(target)
    for operation in operations:
        op, path = operation.get("op", ""), operation.get("path", "")
        name, _, key = path.removeprefix("/").partition("/")
        key = key.replace("~1", "/").replace("~0", "~")
        member = table.get(name)
        if member is None or op not in member.operations or (isinstance(member, Field) and bool(key)):
            raise refusal(op, path, [f"/{name}" for name, other in table.items() if op in other.operations])
        value = operation.get("value", "")
        match member:
            case Field():
                setattr(draft, member.attribute, member.read(value) if op != "remove" and value else None)
            case Entries():
                entries = dict(getattr(draft, member.attribute) or {})
                entries.pop(key, None) if op == "remove" else entries.update({key: member.read(value)})
                setattr(draft, member.attribute, entries)
            case Items():
                items = [item for item in getattr(draft, member.attribute) or [] if item != (key or value)]
                setattr(draft, member.attribute, items if op == "remove" else [*items, key or value])
    vars(target).update(vars(draft))


def refusal(op: str, path: str, possible: Iterable[str]) -> AwsError:
    """How API Gateway refuses a path, naming those it would take."""
    choice = ", ".join(sorted(possible))
    return AwsError(
        "BadRequestException",
        f"Invalid patch path  '{path}' specified for op '{op}'. Must be one of: [{choice}]",
    )
