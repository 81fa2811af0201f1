"""No text makes the reader work more than in proportion to its length."""

from __future__ import annotations

import ast
import re._constants as sre
import re._parser as sre_parser
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from hashlib import sha256
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
    "bot/aws/accounts_file.py": (
        "the operator's own file",
        r'''r"arn:(aws[a-z-]*):iam::([0-9]{12}):role/[A-Za-z0-9_+=,.@/-]+"''',
    ),
    "bot/aws/live.py": (
        "a parameter of our own",
        r'''r"-PT([0-9]+)M"''',
    ),
    "bot/check.py": (
        "a content folder's own files",
        r'''r"[a-z0-9]+(_[a-z0-9]+)*"''',
        r'''r"%\((\w+)\)s"''',
        r'''r"`[^`]*`"''',
    ),
    "bot/commands/terminal.py": (
        "a line of a reply; each class excludes what ends it",
        r'''r"^(#+) (.*)$"''',
        r'''r"`([^`]*)`|\*\*([^*]+)\*\*"''',
    ),
    "bot/metrics.py": (
        "a label, at its full length only",
        r'''f"[A-Za-z0-9_.:-]{{1,{_LONGEST_LABEL}}}"''',
    ),
    "bot/reply/fences.py": (
        "a line of a reply, at its full length only; each class excludes what follows it",
        r'''r"( *)(`{3,})([\w+-]*) *"''',
    ),
    "bot/reply/shell_words.py": (
        "at the start of a value only; the class excludes what follows it",
        r'''r"-|[A-Za-z][A-Za-z0-9+.-]*://"''',
        r'''r"=[A-Za-z0-9_@%+=:,./-]*"''',
    ),
    "bot/reply/writer.py": (
        "digits at the start of a line only",
        r'''r"^\d+\.\s+"''',
    ),
    "bot/report/command.py": (
        "20 commands of 16,000 characters; each alternative begins with another character",
        r'''r"(?:[ \t]+|[\\^`][ \t]*\r?\n[ \t>]*|\r?\n[ \t>]*(?=--?[A-Za-z]|[\"']?https?://))*"''',
        r'''r"\$?'([^']*)'|\$?\"((?:[^\"\\]|\\.)*)\"|\\(.)|([^\s'\"\\`]+)|([\"'\\])"''',
        r'''r"(?i)[a-z]+://|\$|[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:[/:?]|$)"''',
        r'''r"(?:[a-zA-Z]+://)?(?:[^/@\s]*@)?([A-Za-z0-9.-]+)"''',
    ),
    "bot/report/header.py": (
        "the first 1,000 characters of a header",
        r"""r"(?i)redacted|removed|hidden|omitted|secret[ -]?here|\*{3,}… d9e88b13""",
    ),
    "bot/report/ids.py": (
        "names that RE2 has found, or a text of 300 characters",
        r'''r"\(\?P<(?:spoken_)?(\w+)>"''',
        r"""r"(?i)your|example|placeholder|^x+$|^(?:api|rest|lambda|func… b5626815""",
        r"""r"(?i)(?:^|\.)(?:amazonaws\.com(?:\.cn)?|amazon\.com|awsapps… 90b18c68""",
        r'''rf"(?:^|[\s\"'`(「:：は])({API_ID})(?:$|[\s\"'`)」,.?!はがので])"''',
    ),
    "bot/report/meant.py": (
        "a text of 600 characters",
        r'''r"[a-záéíóúñü]+|[^\W_]"''',
        r""""|".join(sorted((word for word in _AROUND_NAMES if min(word) > "\u2fff"), key=len, reverse=True))""",
        r'''rf"(?<![A-Za-z0-9_-]){re.escape(name)}(?![A-Za-z0-9_-])"''',
    ),
    "bot/report/onepass.py": (
        "the patterns of a content folder",
        r'''r"(\.|\[(?:\\.|[^\]\\])+\])\{\d+,(?:\d{2,})\}"''',
    ),
    "bot/report/plain.py": (
        "each class excludes what follows it, and what could begin anew",
        r"""TERMINAL_CONTROL.encode()""",
        r'''rb"\n>(?: ?>)* ?"''',
    ),
    "bot/report/sent.py": (
        "a line, from its start; or within braces and quotes, whose classes exclude what ends them",
        r'''rf"(?P<frame>{_FRAME})(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) (?P<target>\S+) HTTP/[0-9.]+\s*"''',
        r'''r"[<>&lgt; \t]{0,12}HTTP/[0-9.]+ (?P<status>[0-9]{3})\b"''',
        r'''r"(?P<name>:?[A-Za-z0-9_-]{1,64}):(?:[ \t]+(?P<value>.*))?"''',
        r'''r"headers[\"']?[ \t]{0,4}[:=][ \t]{0,4}\{([^{}]*)\}"''',
        r'''r"[\"']([A-Za-z0-9_-]{1,64})[\"'][ \t]*:[ \t]*(?:\"([^\"\n]*)\"|'([^'\n]*)')[ \t]*(?:[,\r\n]|$)"''',
    ),
    "bot/report/unescaped.py": (
        "a run of one escape, whose beginning is excluded from what could begin anew",
        r'''rf"({TERMINAL_CONTROL}|\0+)"''',
        r'''"([\x80-\xff]+)"''',
        r'''"(" + "|".join(_ESCAPES[sign] for sign in signs) + ")"''',
    ),
    "bot/slack/addresses.py": (
        "a host name, at its full length only",
        r'''r"[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})+"''',
    ),
    "bot/slack/incoming/again.py": (
        "each class excludes what ends it",
        r""""|".join( ( # English "(?:(?:can|could) you )?(?:(?:check|lo… ce172da1""",
        r'''r":[a-z0-9_+-]+:"''',
        r'''r"(?<=[\u3040-\u9fff]) +(?=[\u3040-\u9fff])"''',
    ),
    "bot/slack/incoming/files.py": (
        "a media type, at its full length only",
        r'''r"text/.*|application/(.*[-+.])?(json|ndjson|jsonl|xml|ya?ml|toml|javascript|sql|graphql|sh)"''',
    ),
    "bot/slack/webserver.py": (
        "a setting of the operator's, at its full length only",
        r'''r"(?:\[(?P<ipv6>[0-9A-Fa-f:.]+)\]|(?P<host>[A-Za-z0-9._-]*)):(?P<port>[0-9]{1,5})"''',
    ),
    "bot/store/table.py": (
        "an expression of our own",
        r'''r"#(\w+)"''',
    ),
}
"""By module: why no text can use what its patterns for Python's own engine repeat; and which patterns these are."""


def _sources() -> Iterator[Path]:
    for folder in ("bot", "playbooks"):
        yield from (path for path in sorted((_ROOT / folder).rglob("*.py")) if _SIMULATION not in path.parents)


def _patterns(path: Path) -> Iterator[tuple[str, str | bytes | None]]:
    """The patterns that a file hands to Python's own engine, as it writes them; None for one that is put together."""
    source = path.read_text("utf-8")
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name("re"), attr=name), args=[given, *_]) if name in _FUNCTIONS:
                yield (
                    ast.get_source_segment(source, given) or "",
                    given.value if isinstance(given, ast.Constant) else None,
                )


def _short(written: str) -> str:
    """A pattern as it is listed: the beginning of a long one, and what tells it from all others."""
    on_one_line = " ".join(written.split())
    if len(on_one_line) <= 100:
        return on_one_line
    return f"{on_one_line[:60]}… {sha256(written.encode()).hexdigest()[:8]}"


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
    repeating = {
        path.relative_to(_ROOT).as_posix(): tuple(
            _short(written) for written, pattern in _patterns(path) if not _is_linear(pattern)
        )
        for path in _sources()
    }
    listed = {module: patterns for module, (_, *patterns) in BACKTRACKS_HARMLESSLY.items()}
    assert {module: list(patterns) for module, patterns in repeating.items() if patterns} == listed


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
