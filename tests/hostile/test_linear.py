"""No text makes the reader work more than in proportion to its length."""

from __future__ import annotations

import ast
import re._constants as sre
import re._parser as sre_parser
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from bench.hostile import hostile_texts
from bot.report.reading import Reader
from bot.settings import read_settings
from bot.slack.incoming.paste import from_message
from bot.workshop import make_reader

_ROOT = Path(__file__).parents[2]
_SIMULATION = _ROOT / "bot/demo/simulation"
_FUNCTIONS = {"compile", "search", "match", "fullmatch", "sub", "subn", "split", "findall", "finditer"}
_REPEATS = (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT)
_ONE_CHARACTER = (sre.IN, sre.LITERAL, sre.NOT_LITERAL, sre.ANY)
_SHORT, _LONG = 15_000, 60_000

BACKTRACKS_HARMLESSLY = {
    "bot/aws/accounts_file.py": "the operator's own file",
    "bot/aws/live.py": "a parameter of our own",
    "bot/check.py": "a content folder's own files",
    "bot/commands/terminal.py": "a line of a reply; each class excludes what ends it",
    "bot/metrics.py": "a label, at its full length only",
    "bot/reply/fences.py": "a line of a reply, at its full length only; each class excludes what follows it",
    "bot/reply/shell_words.py": "at the start of a value only; the class excludes what follows it",
    "bot/reply/writer.py": "digits at the start of a line only",
    "bot/report/command.py": "20 commands of 16,000 characters; each alternative begins with another character",
    "bot/report/header.py": "the first 1,000 characters of a header",
    "bot/report/ids.py": "names that RE2 has found, or a text of 300 characters",
    "bot/report/meant.py": "a text of 600 characters",
    "bot/report/onepass.py": "the patterns of a content folder",
    "bot/report/plain.py": "each class excludes what follows it, and what could begin anew",
    "bot/report/sent.py": "a line, from its start; or within braces and quotes, whose classes exclude what ends them",
    "bot/report/unescaped.py": "a run of one escape, whose beginning is excluded from what could begin anew",
    "bot/slack/addresses.py": "a host name, at its full length only",
    "bot/slack/incoming/again.py": "each class excludes what ends it",
    "bot/slack/incoming/files.py": "a media type, at its full length only",
    "bot/slack/webserver.py": "a setting of the operator's, at its full length only",
    "bot/store/table.py": "an expression of our own",
}
"""Modules whose patterns for Python's own engine repeat more than one character, and why no text can use that."""


def _sources() -> Iterator[Path]:
    for folder in ("bot", "playbooks"):
        yield from (path for path in sorted((_ROOT / folder).rglob("*.py")) if _SIMULATION not in path.parents)


def _patterns(path: Path) -> Iterator[str | bytes | None]:
    """The patterns that a file hands to Python's own engine; None for one that is put together."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name("re"), attr=name), args=[given, *_]) if name in _FUNCTIONS:
                yield given.value if isinstance(given, ast.Constant) else None


def _is_linear(pattern: str | bytes | None) -> bool:
    """Nothing is repeated without a bound, or the whole pattern is one character repeated."""
    if pattern is None:
        return False
    tree = list(sre_parser.parse(pattern))
    if len(tree) == 1 and tree[0][0] is sre.MAX_REPEAT:
        ((repeated, _),) = tree[0][1][2]
        return repeated in _ONE_CHARACTER
    return not any(_unbounded(tree))


def _unbounded(tree: Iterable[Any]) -> Iterator[bool]:
    for kind, value in tree:
        if kind in _REPEATS:
            yield value[1] is sre.MAXREPEAT or value[1] > 100
        for inner in _inner(value):
            yield from _unbounded(inner)


def _inner(value: Any) -> Iterator[Any]:
    if isinstance(value, sre_parser.SubPattern):
        yield value
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from _inner(each)


def test_only_re2_reads_what_could_grow() -> None:
    repeating = {path.relative_to(_ROOT).as_posix() for path in _sources() if not all(map(_is_linear, _patterns(path)))}
    assert repeating == set(BACKTRACKS_HARMLESSLY)


def test_nobody_imports_the_engine_under_another_name() -> None:
    for path in _sources():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom):
                assert node.module != "re", path
            if isinstance(node, ast.Import):
                assert not any(each.name == "re" and each.asname for each in node.names), path


@pytest.mark.parametrize(
    ("pattern", "is_linear"),
    [("[a-z]+", True), ("a{1,64}b", True), (r"\d{4}", True), ("(a+)+", False), ('"[^"]*"', False), ("a*?b", False)],
)
def test_what_counts_as_linear(pattern: str, is_linear: bool) -> None:
    assert _is_linear(pattern) is is_linear


@cache
def _texts(size: int) -> dict[str, str]:
    return hostile_texts(size)


def _steps(act: Callable[[], object]) -> int:
    """How many functions are called, ours and the interpreter's: no clock, and the same each time."""
    steps = 0

    def count(*_: object) -> None:
        nonlocal steps
        steps += 1

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        act()
    finally:
        sys.setprofile(before)
    return steps


@pytest.fixture(scope="module")
def reader() -> Reader:
    """The reader with the project's own symptoms, its patterns compiled."""
    made = make_reader(read_settings({}))
    for text in _texts(_SHORT).values():
        made.read(text)
    return made


@pytest.mark.parametrize("name", hostile_texts(100))
def test_four_times_the_text_is_no_more_than_four_times_the_work(name: str, reader: Reader) -> None:
    short, long = _texts(_SHORT)[name], _texts(_LONG)[name]
    assert _steps(lambda: reader.read(long)) < 4.4 * _steps(lambda: reader.read(short)) + 500
    assert _steps(lambda: from_message({"text": long}, "U1")) < 4.4 * _steps(
        lambda: from_message({"text": short}, "U1")
    ) + 500  # fmt: skip
