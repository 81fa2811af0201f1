"""Filter patterns of CloudWatch Logs for plain text: terms, phrases in quotes, `?` for any of, `-` for none.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.demo.simulation.operations import AwsError

_TERM = re.compile(r'\s*([?-]?)(?:"((?:[^"\\]|\\.)*)"|(\w+))(?=\s|$)')


@dataclass(frozen=True, slots=True)
class LogPattern:
    """A pattern, read. Case counts. `any_of` is heeded only where nothing else stands, as documented."""

    every: tuple[str, ...] = ()
    any_of: tuple[str, ...] = ()
    none: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str) -> LogPattern:
        """Reads a pattern; raises InvalidParameterException for what AWS refuses and for what is not simulated.

        Not simulated are patterns for JSON (`{…}`), for fields between spaces (`[…]`) and regular expressions (`%…%`).
        """
        kinds: dict[str, list[str]] = {"": [], "?": [], "-": []}
        position, text = 0, text.strip()
        while position < len(text):
            match = _TERM.match(text, position)
            if match is None:
                raise AwsError("InvalidParameterException", "Invalid filter pattern")
            kind, phrase, word = match.groups()
            kinds[kind].append(word if phrase is None else re.sub(r"\\(.)", r"\1", phrase))
            position = match.end()
        return cls(tuple(kinds[""]), tuple(kinds["?"]), tuple(kinds["-"]))

    def matches(self, message: str) -> bool:
        """Whether an event is found."""
        if any(_holds(message, term) for term in self.none):
            return False
        if self.every or self.none:
            return all(_holds(message, term) for term in self.every)
        return not self.any_of or any(_holds(message, term) for term in self.any_of)


def _holds(message: str, term: str) -> bool:
    """Whether a term stands in a message; nothing may rest on a part of a word, of which AWS says nothing."""
    before = r"(?<!\w)" if term[:1].isalnum() else ""
    after = r"(?!\w)" if term[-1:].isalnum() else ""
    return re.search(before + re.escape(term) + after, message) is not None
