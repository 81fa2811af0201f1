"""Findings with other facts: each name in them is exchanged for one of ours, however deep it lies, whoever found it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, nodes

from bot.model import Diagnosis, Finding

Exchange = Callable[[str], str]
_HARMLESS = "Harmless"
_NAME = re.compile(rf"{_HARMLESS}(\d{{4}})")


class Names:
    """Numbers the names of a finding: `harmless(name)` and `hostile(name)` differ in nothing but the attack."""

    def __init__(self, attack: str, spared: frozenset[str] = frozenset()) -> None:
        """`spared` are harmless names that stay so."""
        self.attack = attack
        self._spared = spared
        self._numbers: dict[str, int] = {}

    def harmless(self, name: str) -> str:
        """What stands for a name where nobody attacks."""
        return f"{_HARMLESS}{self._numbers.setdefault(name, len(self._numbers)):04}"

    def hostile(self, name: str) -> str:
        """What stands for the same name where somebody does."""
        return self.attacked(self.harmless(name))

    def attacked(self, text: str) -> str:
        """A text with the hostile name in place of each harmless one that is not spared."""
        return _NAME.sub(lambda name: name[0] if name[0] in self._spared else f"{self.attack}{name[1]}", text)


def exchanged(finding: Finding, exchange: Exchange, kept: frozenset[str]) -> Finding:
    """The finding with every text of its facts and its remedy exchanged; keys in `kept` are what templates ask for."""
    return replace(
        finding,
        facts={name: _exchanged(value, exchange, kept) for name, value in finding.facts.items()},
        remedy={name: _exchanged(value, exchange, kept) for name, value in finding.remedy.items()},
    )


def attacked(diagnosis: Diagnosis, exchange: Exchange, kept: frozenset[str]) -> Diagnosis:
    """The diagnosis with other facts in each finding and each piece of advice."""
    return replace(
        diagnosis,
        findings=tuple(exchanged(each, exchange, kept) for each in diagnosis.findings),
        advice=tuple(exchanged(each, exchange, kept) for each in diagnosis.advice),
    )


def _exchanged(value: Any, exchange: Exchange, kept: frozenset[str]) -> Any:
    if isinstance(value, str):
        return exchange(value) if value else value
    if isinstance(value, Mapping):
        return {
            key if key in kept or not isinstance(key, str) else exchange(key): _exchanged(each, exchange, kept)
            for key, each in value.items()
        }
    if isinstance(value, (list, tuple)):
        return type(value)(_exchanged(each, exchange, kept) for each in value)
    if is_dataclass(value) and not isinstance(value, type):
        changes = {each.name: _exchanged(getattr(value, each.name), exchange, kept) for each in fields(value)}
        return replace(value, **changes)
    return value


@cache
def asked_for(folders: tuple[Path, ...]) -> frozenset[str]:
    """The members that the templates of some folders name: these keys are the playbook's own."""
    return frozenset(name for folder in folders for path in folder.glob("*.j2") for name in _members(path))


def _members(path: Path) -> Iterator[str]:
    tree = Environment(extensions=["jinja2.ext.i18n"], autoescape=False).parse(path.read_text("utf-8"))
    yield from (node.attr for node in tree.find_all(nodes.Getattr))
    yield from (node.value for node in tree.find_all(nodes.Const) if isinstance(node.value, str))


def parsed(word: str) -> Any:
    """A word of a command as what it says: JSON read, and within its texts again."""
    try:
        value = json.loads(word)
    except ValueError:
        return word
    return _read(value) if isinstance(value, (dict, list)) else word


def _read(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _read(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_read(each) for each in value]
    return parsed(value) if isinstance(value, str) else value


def renamed(value: Any, exchange: Exchange) -> Any:
    """A document with every text in it exchanged, keys as well."""
    return _exchanged(value, exchange, frozenset())
