"""Fenced code among words: where it begins and ends, so that sentences flow and code stays as it was written."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_OPENING = re.compile(r"( *)(`{3,})([\w+-]*) *")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words, or one block of code without its fence (`language` is then what the fence says it is)."""

    text: str
    is_code: bool = False
    language: str = ""

    @property
    def fenced(self) -> str:
        """The code as Markdown has it, within a fence that it cannot close."""
        fence = "```"
        while fence in self.text:
            fence += "`"
        return f"{fence}{self.language}\n{self.text}\n{fence}"


def pieces(words: str) -> Iterator[Piece]:
    """Words and code in their order. Code that is indented with its fence loses that indentation."""
    lines: list[str] = []
    opening: re.Match[str] | None = None
    for line in words.split("\n"):
        if opening and line.rstrip(" ") == opening[1] + opening[2]:
            yield Piece("\n".join(code.removeprefix(opening[1]) for code in lines), True, opening[3])
            lines, opening = [], None
        elif not opening and (opening := fence_opened_by(line)):
            yield from _words(lines)
            lines = []
        else:
            lines.append(line)
    # What no line closes stays words.
    yield from _words([opening[0], *lines] if opening else lines)


def fence_opened_by(line: str) -> re.Match[str] | None:
    """The fence that a line is: its indentation, its back-ticks, its language."""
    return _OPENING.fullmatch(line)


def without_code(words: str) -> str:
    """The words alone."""
    return "\n".join(piece.text for piece in pieces(words) if not piece.is_code)


def _words(lines: list[str]) -> Iterator[Piece]:
    text = "\n".join(lines)
    if text.strip():
        yield Piece(text)
