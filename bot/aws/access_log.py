"""A line of a stage's access log, read with the stage's own format: JSON under any keys, CLF, XML, CSV or what it be.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import re2

_VARIABLE = re2.compile(r"\$context\.([A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)*)")
_UNSET = "-"
_QUOTES = "\"'"


@dataclass(frozen=True, slots=True)
class AccessLogLine:
    """What a line says, by the names of the variables behind `$context.`; what is not set there does not occur.

    `is_cut` if the line ends before its format does: what stands last is then left out as well.
    """

    values: Mapping[str, str] = field(repr=False)
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class AccessLogFormat:
    """A format: the texts around the variables, one more than there are variables."""

    variables: tuple[str, ...]
    literals: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> "AccessLogFormat":
        """Reads the `format` of a stage's `accessLogSettings`."""
        text = text.encode("utf-8", "replace").decode()
        variables, literals, end = [], [], 0
        for match in _VARIABLE.finditer(text):
            variables.append(str(match[1]))
            literals.append(text[end : match.start()])
            end = match.end()
        return cls(tuple(variables), (*literals, text[end:]))

    def read(self, line: str) -> AccessLogLine | None:
        """What a line says; None if it is not in this format.

        Callers decide what some variables hold. Where a value contains what the format has between two, the line can
        be read in more than one way, and what is not the same in all of them is left out.
        """
        line = line.encode("utf-8", "replace").decode().strip()
        found = list(self._from_the_left(line))
        if not self.variables or not found:
            return None
        is_cut = len(found) < len(self.variables)
        if not is_cut:
            other = self._from_the_right(line)
            found = [pair for pair, same in zip(found, other, strict=True) if pair == same] if other else []
        values = {name: _bare(value) for name, value in found if value is not None}
        return AccessLogLine({name: value for name, value in values.items() if value not in ("", _UNSET)}, is_cut)

    def _from_the_left(self, line: str) -> Iterator[tuple[str, str | None]]:
        first, *others = [literal.strip() if not index else literal for index, literal in enumerate(self.literals)]
        if not line.startswith(first):
            return
        position, last = len(first), len(others) - 1
        for index, (name, literal) in enumerate(zip(self.variables, others, strict=True)):
            literal = literal.rstrip() if index == last else literal
            if index == last and line[position:].endswith(literal):
                yield name, line[position : len(line) - len(literal)]
                return
            end = line.find(literal, position)
            if end < 0 or index == last:
                return
            # Nothing stands between this variable and the next: where one ends cannot be told.
            yield name, line[position:end] if literal and self._is_apart(index) else None
            position = end + len(literal)

    def _from_the_right(self, line: str) -> Sequence[tuple[str, str | None]]:
        *others, last = self.literals
        last = last.rstrip()
        if not line.endswith(last):
            return ()
        end = len(line) - len(last)
        found: list[tuple[str, str | None]] = []
        for index in range(len(self.variables) - 1, -1, -1):
            literal = others[index] if index else others[index].strip()
            start = line.rfind(literal, 0, end) if index else 0
            if start < 0:
                return ()
            value = line[start + len(literal) : end]
            apart = self._is_apart(index) and (self.literals[index + 1] or index == len(self.variables) - 1)
            found.append((self.variables[index], value if apart else None))
            end = start
        return found[::-1]

    def _is_apart(self, index: int) -> bool:
        return index == 0 or bool(self.literals[index])


def _bare(value: str) -> str:
    """A value without the quotes that `$context.error.messageString` brings along."""
    value = value.strip()
    while len(value) > 1 and value[0] == value[-1] and value[0] in _QUOTES:
        value = value[1:-1]
    return value
