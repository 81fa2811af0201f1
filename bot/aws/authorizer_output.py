"""What a Lambda authorizer returned, as the execution log prints it: whole, or as far as it is certain where it is cut.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.aws.foreign_json import made_safe
from bot.aws.policy import MalformedPolicy, Policy

CUT = "[TRUNCATED]"
"""What the log puts where it cut an event at 1,024 bytes."""
_POLICY = "policyDocument"
_STATEMENT = "Statement"
_CLOSERS = {"{": "}", "[": "]"}
_MOST_DEPTH = 100
_MOST_CHARACTERS = 100_000
"""Far more than an authorizer may return, and than the log prints of it."""


@dataclass(frozen=True, slots=True)
class AuthorizerOutput:
    """The text behind `Authorizer result body before parsing: `, and what it says.

    `document` is None where the text is no JSON object; of a cut text it holds the members that stand there whole, so
    that a list may be shorter than it was. `policy` holds whole statements only; `policy_is_whole` if the policy did
    not end with them too early. `policy` is None where there is none or AWS would not understand it.
    """

    raw: str = field(repr=False)
    document: Mapping[str, Any] | None = field(repr=False)
    principal_id: str | None
    policy: Policy | None
    is_cut: bool
    policy_is_whole: bool

    @property
    def error(self) -> str | None:
        """The message of the error with which the function ended, if it ended with one."""
        message = (self.document or {}).get("errorMessage")
        return message if isinstance(message, str) else None

    @property
    def error_type(self) -> str | None:
        """The name of that error, such as `Runtime.ImportModuleError`."""
        name = (self.document or {}).get("errorType")
        return name if isinstance(name, str) else None


def read_authorizer_output(text: str) -> AuthorizerOutput:
    """Reads what stands behind the colon, wrapped or cut as it may be; what follows the JSON is left out."""
    text = text[:_MOST_CHARACTERS]
    for unwrapped in _unwrapped(text.strip()):
        read = _whole(unwrapped)
        if read is not None:
            value, raw = read
            return _output(raw, value, ())
    joined = "".join(text.split("\n")).strip()
    value, path = _certain_part(joined.removesuffix(CUT).rstrip())
    return _output(joined, value, path)


def _unwrapped(text: str) -> Iterator[str]:
    """A pasted text may have been broken between words, or anywhere."""
    yield text
    if "\n" in text:
        yield "".join(line.strip("\r") for line in text.split("\n"))
        yield " ".join(text.split())


def _whole(text: str) -> tuple[Any, str] | None:
    try:
        value, end = json.JSONDecoder().raw_decode(text)
        return made_safe(value), text[:end]
    except (ValueError, RecursionError):
        return None


def _output(raw: str, value: Any, path: tuple[str | int, ...] | None) -> AuthorizerOutput:
    """`path` leads to what was open where the text was cut: empty if nothing was, None if nothing can be read."""
    document = value if isinstance(value, dict) else None
    principal = document.get("principalId") if document else None
    return AuthorizerOutput(
        raw=raw,
        document=document,
        principal_id=principal if isinstance(principal, str) else None,
        policy=_policy(document, path or ()),
        is_cut=bool(path) or raw.endswith(CUT),
        policy_is_whole=path is not None and path[:1] != (_POLICY,) and _POLICY in (document or {}),
    )


def _policy(document: Mapping[str, Any] | None, path: tuple[str | int, ...]) -> Policy | None:
    policy = (document or {}).get(_POLICY)
    if isinstance(policy, dict) and path[:2] == (_POLICY, _STATEMENT):
        statements = policy.get(_STATEMENT)
        whole = path[2] if path[2:] and isinstance(path[2], int) else 0
        policy = policy | {_STATEMENT: statements[:whole] if isinstance(statements, list) else []}
    if not policy:
        return None
    try:
        return Policy.parse(policy)
    except (MalformedPolicy, RecursionError):
        return None


def _certain_part(text: str) -> tuple[Any, tuple[str | int, ...] | None]:
    """The object that a cut text begins, closed behind its last whole value, and the path to where it was cut."""
    if not text.startswith("{"):
        return None, None
    scan = _Scan(text)
    scan.run()
    read = _whole(text[: scan.end] + scan.closers)
    return (read[0], scan.path) if read else (None, None)


class _Scan:
    """One walk over the text of a cut JSON object, remembering the last place behind which it can be closed."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._open: list[tuple[str, str | int]] = []
        """The containers open here, each with the key or index at which it goes on."""
        self.end = 1
        self.closers = "}"
        self.path: tuple[str | int, ...] | None = ("",)

    def run(self) -> None:
        """Walks to the end of the text, or to where it goes deeper than any output does."""
        position, key = 0, ""
        while position < len(self._text) and len(self._open) <= _MOST_DEPTH:
            char = self._text[position]
            if char == '"':
                stop = self._string_end(position)
                if stop is None:
                    break
                if self._is_key(stop):
                    key = self._text[position + 1 : stop - 1]
                    self._at(key)
                else:
                    self._completed(stop)
                position = stop
                continue
            if char in _CLOSERS:
                self._open.append((char, "" if char == "{" else 0))
                self._completed(position + 1)
            elif char in "}]" and self._open:
                self._open.pop()
                self._completed(position + 1)
            elif char == ",":
                self._completed(position)
                self._next()
            position += 1
        self.path = tuple(where for _, where in self._open)

    def _string_end(self, start: int) -> int | None:
        position = start + 1
        while position < len(self._text):
            if self._text[position] == "\\":
                position += 2
                continue
            if self._text[position] == '"':
                return position + 1
            position += 1
        return None

    def _is_key(self, end: int) -> bool:
        if not self._open or self._open[-1][0] != "{":
            return False
        while end < len(self._text) and self._text[end].isspace():
            end += 1
        # At the very end it cannot be told; a member without its value is as good as none.
        return end >= len(self._text) or self._text[end] == ":"

    def _at(self, where: str) -> None:
        self._open[-1] = (self._open[-1][0], where)

    def _next(self) -> None:
        if self._open and isinstance(self._open[-1][1], int):
            self._open[-1] = (self._open[-1][0], self._open[-1][1] + 1)

    def _completed(self, end: int) -> None:
        self.end = end
        self.closers = "".join(_CLOSERS[kind] for kind, _ in reversed(self._open))
