"""A line of a stage's access log, read with the stage's own format: JSON under any keys, CLF, XML, CSV or what it be.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

import re2

from bot.aws.foreign_json import AmbiguousKey, read_json

_VARIABLE = re2.compile(r"\$context\.([A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)*)")
_UNSET = "-"
_QUOTES = "\"'"
_NO_CALLER_S = frozenset(
    {
        "accountId", "apiId", "awsEndpointRequestId", "error.responseType", "extendedRequestId", "httpMethod",
        "identity.accountId", "identity.sourceIp", "integration.latency", "integration.status", "integrationLatency",
        "integrationStatus", "requestId", "requestTimeEpoch", "resourceId", "resourcePath", "responseLatency",
        "responseLength", "stage", "status",
    }
)  # fmt: skip
"""Variables whose values AWS or the API's owner words: no caller can write a format's texts into them."""
_Place = tuple[str, int, int]
"""A variable, and where its value begins and ends in a line."""


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
    template: Mapping[str, Any] | None = field(default=None, repr=False, compare=False)
    """The JSON object that the format is, with each variable in a text; None where it is none."""

    @classmethod
    def parse(cls, text: str) -> "AccessLogFormat":
        """Reads the `format` of a stage's `accessLogSettings`."""
        text = text.encode("utf-8", "replace").decode()
        variables, literals, end = [], [], 0
        for match in _VARIABLE.finditer(text):
            variables.append(str(match[1]))
            literals.append(text[end : match.start()])
            end = match.end()
        literals.append(text[end:])
        return cls(tuple(variables), tuple(literals), _template(variables, literals))

    def read(self, line: str) -> AccessLogLine | None:
        """What a line says; None if it is not in this format, or JSON with the same key twice.

        Callers decide what some variables hold, and may write into them what the format has between two. A value
        counts only if it stands in the same place however the line is read.
        """
        line = line.encode("utf-8", "replace").decode().strip()
        if not self.variables:
            return None
        places = list(self._from_the_left(line))
        is_cut = len(places) < len(self.variables)
        if is_cut:
            # A caller's value may hold all that follows it here, and go on behind the cut.
            certain = list(takewhile(lambda place: place[0] in _NO_CALLER_S, places))
        else:
            certain = [place for place, same in zip(places, self._from_the_right(line), strict=True) if place == same]
        try:
            document = read_json(line, unique_keys=True) if self.template else None
        except AmbiguousKey:
            return None
        except ValueError:  # cut, or `$context.error.messageString` between quotes of the format's
            document = None
        if document is not None:
            return self._of_json(document, None if is_cut else {name for name, _, _ in certain})
        return (
            AccessLogLine(_values((name, line[start:end]) for name, start, end in certain), is_cut) if places else None
        )

    def _of_json(self, document: Any, certain: set[str] | None) -> AccessLogLine | None:
        """`certain` are the variables whose places the text tells; None where it was written anew, as by a pipeline."""
        try:
            told = list(_told(self.template, document))
        except _Unlike:
            return None
        return AccessLogLine(_values(pair for pair in told if certain is None or pair[0] in certain))

    def _from_the_left(self, line: str) -> Iterator[_Place]:
        """Where the values stand if each text of the format stands as early as it can; a cut line gives fewer."""
        first, *others = [literal.strip() if not index else literal for index, literal in enumerate(self.literals)]
        if not line.startswith(first):
            return
        position, last = len(first), len(others) - 1
        for index, (name, literal) in enumerate(zip(self.variables, others, strict=True)):
            literal = literal.rstrip() if index == last else literal
            if index == last and line[position:].endswith(literal):
                yield name, position, len(line) - len(literal)
                return
            end = line.find(literal, position)
            if end < 0 or index == last:
                return
            yield name, position, end
            position = end + len(literal)

    def _from_the_right(self, line: str) -> Sequence[_Place]:
        """Where they stand if each text stands as late as it can, in a line that the format fits."""
        *others, last = self.literals
        end = len(line) - len(last.rstrip())
        found: list[_Place] = []
        for index in range(len(self.variables) - 1, 0, -1):
            start = line.rfind(others[index], 0, end)
            found.append((self.variables[index], start + len(others[index]), end))
            end = start
        found.append((self.variables[0], len(others[0].strip()), end))
        return found[::-1]


class _Unlike(ValueError):
    """A JSON document of another shape than the format's."""


def _template(variables: Sequence[str], literals: Sequence[str]) -> Mapping[str, Any] | None:
    """The object that a format is, once the variables that stand there as numbers do stand between quotes."""
    text, is_quoted = "", False
    for name, before in zip(variables, literals, strict=False):
        is_quoted ^= before.replace('\\"', "").count('"') % 2 == 1
        text += before + (f"$context.{name}" if is_quoted else f'"$context.{name}"')
    try:
        found = read_json(text + literals[-1], unique_keys=True)
    except ValueError:
        return None
    return found if isinstance(found, dict) and not _has_variable_key(found) else None


def _has_variable_key(template: object) -> bool:
    if isinstance(template, list):
        return any(map(_has_variable_key, template))
    if not isinstance(template, dict):
        return False
    return any(_VARIABLE.search(key) for key in template) or any(map(_has_variable_key, template.values()))


def _told(template: Any, value: Any) -> Iterator[tuple[str, str]]:
    """The variables of a template and their values in a document. Raises _Unlike where it has more or less in it."""
    if isinstance(template, dict):
        if not isinstance(value, dict) or value.keys() != template.keys():
            raise _Unlike
        for key, inner in template.items():
            yield from _told(inner, value[key])
    elif isinstance(template, list):
        if not isinstance(value, list) or len(value) != len(template):
            raise _Unlike
        for inner, each in zip(template, value, strict=True):
            yield from _told(inner, each)
    elif isinstance(template, str) and _VARIABLE.search(template):
        yield from _told_by_text(template, value)
    elif template != value:
        raise _Unlike


def _told_by_text(template: str, value: Any) -> Iterator[tuple[str, str]]:
    alone = _VARIABLE.fullmatch(template)
    if alone:
        yield str(alone[1]), value if isinstance(value, str) else "" if value is None else json.dumps(value)
        return
    read = AccessLogFormat.parse(template).read(value) if isinstance(value, str) else None
    if read is None or read.is_cut:
        raise _Unlike
    yield from read.values.items()


def _values(pairs: Iterator[tuple[str, str]]) -> Mapping[str, str]:
    """What is set, each name with its one value; a name that stands there twice has to say the same."""
    found: dict[str, set[str]] = {}
    for name, value in pairs:
        found.setdefault(name, set()).add(_bare(value))
    return {name: value for name, (value, *others) in found.items() if not others and value not in ("", _UNSET)}


def _bare(value: str) -> str:
    """A value without the quotes that `$context.error.messageString` brings along."""
    value = value.strip()
    while len(value) > 1 and value[0] == value[-1] and value[0] in _QUOTES:
        value = value[1:-1]
    return value
