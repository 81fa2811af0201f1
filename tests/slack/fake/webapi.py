"""The door to the Web API: who calls, whether they may, and whether what they give is what the method takes.

https://docs.slack.dev/apis/web-api
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from tests.slack.blockkit import NotAccepted
from tests.slack.fake.faults import Answer, Faults
from tests.slack.fake.limits import Limits
from tests.slack.fake.web import Request
from tests.slack.fake.workspace import APP_TOKEN, BOT_TOKEN, CONFIG_TOKEN, Refused, Workspace

Arguments = dict[str, Any]


@dataclass(frozen=True)
class Method:
    """What a method takes (`!`: required), the scopes of which it needs one, the token, and what it does."""

    arguments: Mapping[str, Callable[[Any], Any]]
    answer: Callable[[Workspace, Arguments], dict[str, Any]]
    scopes: tuple[str, ...] = ()
    token: str = BOT_TOKEN


def text(value: Any) -> str:
    """A text that says something."""
    if not isinstance(value, str) or value == "":
        raise ValueError
    return value


def any_text(value: Any) -> str:
    """A text, maybe empty."""
    if not isinstance(value, str):
        raise ValueError
    return value


def flag(value: Any) -> bool:
    """A boolean, or its name in a form."""
    if isinstance(value, bool):
        return value
    return {"1": True, "true": True, "0": False, "false": False}[value]


def number(value: Any) -> int:
    """A whole number of 0 or more, or its digits in a form."""
    if isinstance(value, bool) or not str(value).isdecimal():
        raise ValueError
    return int(value)


def array(value: Any) -> list[Any]:
    """A list, or its JSON in a form."""
    read = json.loads(value) if isinstance(value, str) else value
    if not isinstance(read, list):
        raise ValueError
    return read


def mapping(value: Any) -> dict[str, Any]:
    """An object, or its JSON in a form."""
    read = json.loads(value) if isinstance(value, str) else value
    if not isinstance(read, dict):
        raise ValueError
    return read


def one_of(*values: str) -> Callable[[Any], str]:
    """One of these words."""
    return lambda value: values[values.index(value)]


def call(
    workspace: Workspace,
    faults: Faults,
    known: Mapping[str, Method],
    name: str,
    request: Request,
    limits: Limits | None = None,
) -> Answer:
    """Answer a call as Slack would, unless another answer is ordered; a bot's mistake is complained of as well."""

    def answer() -> dict[str, Any]:
        try:
            method = _admitted(workspace, known, name, request.token)
            return {"ok": True} | method.answer(workspace, _read(method, given))
        except Refused as refusal:
            if refusal.is_fault:
                workspace.complain(f"{name}: {refusal}")
            return {"ok": False, "error": refusal.error} | refusal.more
        except NotAccepted as complaint:
            workspace.complain(f"{name}: {complaint}")
            return {"ok": False, "error": "invalid_blocks", "errors": [str(complaint)]}

    with workspace.changing():
        try:
            given = _given(request)
        except Refused as refusal:
            workspace.complain(f"{name}: {refusal}")
            return Answer.of({"ok": False, "error": refusal.error})
        workspace.calls.append((name, given))
        if limits is not None and (seconds := limits.seconds_to_wait(name, given.get("channel"))):
            return Answer.too_often(seconds)
        # As Bolt for Python reads it: what the token was granted.
        granted = {"x-oauth-scopes": ",".join(sorted(workspace.scopes))} if request.token == BOT_TOKEN else {}
        return faults.around(name, lambda: Answer.of(answer(), **granted))


def _given(request: Request) -> Arguments:
    if "json" not in request.content_type:
        return dict(parse_qsl(request.content.decode(), keep_blank_values=True))
    try:
        given = json.loads(request.content or "{}")
    except ValueError:
        raise Refused("invalid_json", is_fault=True) from None
    if not isinstance(given, dict):
        raise Refused("json_not_object", is_fault=True)
    return given


def _admitted(workspace: Workspace, known: Mapping[str, Method], name: str, token: str) -> Method:
    if name not in known:
        raise Refused("unknown_method", is_fault=True)
    method = known[name]
    if not token:
        raise Refused("not_authed", is_fault=True)
    if token not in (BOT_TOKEN, APP_TOKEN, CONFIG_TOKEN):
        raise Refused("invalid_auth")
    if token != method.token:
        raise Refused("not_allowed_token_type", is_fault=True)
    workspace.need_scope(*method.scopes)
    return method


def _read(method: Method, given: Arguments) -> Arguments:
    readers = {name.removesuffix("!"): reader for name, reader in method.arguments.items()}
    required = {name.removesuffix("!") for name in method.arguments if name.endswith("!")}
    if missing := required - given.keys():
        raise Refused("invalid_arguments", f"missing {sorted(missing)}", is_fault=True)
    if unknown := given.keys() - readers.keys():
        raise Refused("invalid_arguments", f"unknown {sorted(unknown)}", is_fault=True)
    read = {}
    for name, value in given.items():
        try:
            read[name] = readers[name](value)
        except (ValueError, KeyError, TypeError):
            raise Refused("invalid_arguments", f"{name}={value!r}", is_fault=True) from None
    return read
