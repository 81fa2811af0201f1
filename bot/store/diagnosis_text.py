"""A diagnosis as a text that can be kept, and back, so that its answer can be written again in any language."""

import json
import zlib
from base64 import b85decode, b85encode
from collections.abc import Iterator
from dataclasses import replace
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any

from bot.model import Diagnosis

if TYPE_CHECKING:
    from pydantic import TypeAdapter

_FORM = 4
"""Stands before every text; to be raised with every change of the dataclasses that make up a diagnosis."""
_READABLE = frozenset({"1", "2", "3", str(_FORM)})
"""The earlier forms lack nothing but what has a default by now."""
_PLAIN = (str, int, float, bool, type(None))


class Unwritable(Exception):
    """A diagnosis holds what would not come back as it is. The message names the playbook and the value."""


class Unreadable(Exception):
    """A text is none of a diagnosis, or one of another form, which another version of the bot has written."""


def written(diagnosis: Diagnosis) -> str:
    """The diagnosis without what was pasted and what its request carried: those come back as "" and None.

    Raises Unwritable where a playbook's facts or remedy hold anything else than texts, numbers, lists and mappings.
    """
    kept = replace(diagnosis, report=replace(diagnosis.report, text="", sent=None))
    try:
        for where, value in _not_typed(diagnosis):
            _require_plain(value, where)
        document = _adapter().dump_python(kept, mode="json", warnings="error")
        _adapter().validate_python(document)
    except (ValueError, RecursionError) as error:
        raise Unwritable("a field of the diagnosis holds what it is not made for") from error
    # Names and documents repeat much: packed, an answer takes about a third.
    packed = zlib.compress(json.dumps(document, separators=(",", ":")).encode())
    return f"{_FORM}:{b85encode(packed).decode()}"


def read(text: str) -> Diagnosis:
    """What `written` wrote. Raises Unreadable."""
    form, _, packed = text.partition(":")
    if form not in _READABLE:
        raise Unreadable(f"what was kept is of another form than {_FORM}")
    try:
        return _adapter().validate_python(json.loads(zlib.decompress(b85decode(packed))))
    except (ValueError, zlib.error, RecursionError) as error:
        raise Unreadable("what was kept is no diagnosis") from error


@cache
def _adapter() -> "TypeAdapter[Diagnosis]":
    from pydantic import TypeAdapter

    return TypeAdapter(Diagnosis)


def _not_typed(diagnosis: Diagnosis) -> Iterator[tuple[str, Any]]:
    """What playbooks and AWS fill as they like, and where it is."""
    for finding in (*diagnosis.findings, *diagnosis.advice):
        yield f"the facts of {finding.cause} by playbook {finding.playbook}", finding.facts
        yield f"the remedy of {finding.cause} by playbook {finding.playbook}", finding.remedy
    for unseen in diagnosis.unseen:
        yield f"the grant for {unseen.operation}", unseen.grant
    for read in diagnosis.evidence:
        yield f"the parameters of {read.operation}", read.parameters


def _require_plain(value: Any, where: str) -> None:
    # Of a subclass only the value would come back, without what it can do; that of a StrEnum is all there is to it.
    if isinstance(value, dict):
        for name, each in value.items():
            if type(name) is not str:
                raise Unwritable(f"{where} hold {name!r} as a name, which must be text")
            _require_plain(each, f"{where}, {name}")
    elif isinstance(value, (list, tuple)):
        for each in value:
            _require_plain(each, where)
    elif type(value) not in _PLAIN and not isinstance(value, StrEnum):
        raise Unwritable(f"{where} hold a {type(value).__name__}; they may hold texts, numbers, lists and mappings")
