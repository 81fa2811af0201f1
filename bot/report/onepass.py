"""Finds out in one linear pass which of many patterns a text contains, however many they are.

Works on UTF-8 bytes: google-re2's Python binding maps every offset of a `str` back by hand, which costs more than the
search itself.
"""

import re
from collections.abc import Iterator, Sequence

import re2

# The automaton is built while it reads and starts anew where it outgrows this; 64 MiB hold several thousand patterns.
_MEMORY = 64 * 1024 * 1024

# `.{0,80}`, `[^"]{2,100}`: counting in a common automaton multiplies its states by the count, and again for every
# further gap that is open at the same time: a text full of beginnings would take seconds instead of milliseconds.
_LONG_GAP = re.compile(r"(\.|\[(?:\\.|[^\]\\])+\])\{\d+,(?:\d{2,})\}")


class BadPattern(ValueError):
    """A pattern that RE2 does not accept. The message holds the pattern and RE2's reason."""


def _options() -> "re2.Options":
    options = re2.Options()
    options.max_mem = _MEMORY
    options.log_errors = False
    return options


class OnePass:
    """Patterns in RE2's syntax, compiled together; each also by itself once it has to be located.

    Together, gaps of a bounded length count as gaps of any length; what hits is looked up exactly afterwards.
    """

    def __init__(self, patterns: Sequence[str]) -> None:
        """Raises `BadPattern` for the first pattern that RE2 refuses."""
        self._patterns = tuple(patterns)
        self._alone: dict[int, re2._Regexp] = {}
        self._together = re2.Set.SearchSet(_options())
        self._loosened: set[int] = set()
        for index, pattern in enumerate(self._patterns):
            loose = _LONG_GAP.sub(r"\1*", pattern)
            if loose != pattern:
                self._loosened.add(index)
            try:
                self._together.Add(loose)
            except re2.error as refused:
                raise BadPattern(f"{pattern!r}: {_reason(pattern)}") from refused
        if self._patterns:
            self._together.Compile()

    def which(self, text: bytes) -> frozenset[int]:
        """The positions, in the sequence given, of the patterns that `text` contains."""
        if not self._patterns:
            return frozenset()
        hits = self._together.Match(text) or ()
        return frozenset(i for i in hits if i not in self._loosened or any(True for _ in self.locate(i, text)))

    def locate(self, index: int, text: bytes, start: int = 0, end: int | None = None) -> Iterator["re2._Match"]:
        """Where pattern `index` matches between `start` and `end`, from left to right."""
        pattern = self._alone.get(index)
        if pattern is None:
            pattern = self._alone[index] = re2.compile(self._patterns[index].encode(), _options())
        found: Iterator[re2._Match] = pattern.finditer(text, start, len(text) if end is None else end)
        return found


def _reason(pattern: str) -> str:
    try:
        re2.compile(pattern, _options())
    except re2.error as refused:
        reason = refused.args[0]
        return reason.decode() if isinstance(reason, bytes) else str(reason)
    return "it does not fit into the memory of the whole set"
