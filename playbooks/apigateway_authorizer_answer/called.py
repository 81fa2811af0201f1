"""The call that an authorizer was asked about: as a policy is judged for it, and as a policy may be made to name it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.aws.api_parts import Method
from bot.aws.apigateway import RestApi
from bot.aws.arn import execute_api_invoke_arn
from bot.aws.execution_log import LoggedRequest
from bot.aws.method_calls import path_asked
from bot.aws.routes import serves

_MEANINGFUL = frozenset("*?$")
"""In a policy, these characters of a path would mean more than themselves."""
_VERBS = frozenset({"*", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})


@dataclass(frozen=True, slots=True)
class Called:
    """A call as an ARN; empty where its path is not known, or would mean more in a policy than itself.

    `shown` has the method's template in its place. `listed` is what a policy may name to allow the call, without any
    value that only a log tells; empty where that cannot be written down. `is_as_logged` unless the path is the
    question's, because the log's would mean more than itself.
    """

    arn: str
    shown: str
    listed: str
    is_as_logged: bool = True


def called(api: RestApi, method: Method, request: LoggedRequest | None = None) -> Called:
    """What was called, by a log or by the question alone; `method` is one that serves it. Raises Unseen."""
    logged, asked = request.path if request else None, _asked(api)
    is_plain = _is_plain(logged or "") and _is_plain((api.focus.path or "").partition("?")[0])
    known = logged if logged and _is_path(logged) else asked if asked and _fits(method, asked, logged) else None
    verb = (request.method if request else None) or api.focus.method or _verb(api)
    stage = (request.stage if request else None) or api.focus.stage or api.stages[0].name
    pattern = _pattern(api, stage, method, verb)
    if known is None or verb is None or not _is_plain(f"{verb}{stage}"):
        return Called("", pattern, pattern if is_plain and verb and "+}" not in method.path else "")
    arn = _arn(api, stage, verb, known)
    if known == asked or set(known.split("/")) <= _words(api):
        listed = arn
    elif asked and _fits(method, asked, logged):
        listed = _arn(api, stage, verb, asked)
    else:
        listed = "" if "+}" in method.path else pattern
    return Called(arn, arn, listed, is_as_logged=_is_plain(logged or ""))


def resources(api: RestApi, call: Called, allowed: Sequence[str] | None) -> dict[str, Any]:
    """The list that allows the call besides what the policy allows, None where that is not known. Raises Unseen.

    Each is a part of the stage that was called, or a whole ARN. Where a resource names what is no part of the API, as
    the value of a path variable, the list holds the call alone (`lists_allowed`).
    """
    lists_allowed = allowed is not None and all(_is_of_api(api, each) for each in allowed)
    every = list(dict.fromkeys((*((allowed or ()) if lists_allowed else ()), call.listed))) if call.listed else []
    stage = "/".join(call.listed.split("/")[:2])
    return {
        "lists_allowed": lists_allowed,
        "relative": [arn.removeprefix(stage) for arn in every if arn.startswith(f"{stage}/")],
        "absolute": [arn for arn in every if not arn.startswith(f"{stage}/")],
    }


def _asked(api: RestApi) -> str | None:
    """The path that the question itself names. Raises Unseen."""
    if api.focus.path is None or not api.methods:
        return None
    path = path_asked(api, api.methods[0])
    return path if _is_path(path) else None


def _fits(method: Method, asked: str, logged: str | None) -> bool:
    return serves(method.path, asked) and (logged is None or serves(method.path, logged))


def _is_path(path: str) -> bool:
    """A path as it was called, and no template of one."""
    return "{" not in path and _is_plain(path)


def _is_plain(text: str) -> bool:
    return _MEANINGFUL.isdisjoint(text)


def _is_of_api(api: RestApi, resource: str) -> bool:
    head, *place = resource.split("/", 2)
    if head != api.arn or len(place) < 2:
        return False
    stage, (verb, _, path) = place[0], place[1].partition("/")
    return stage in ("*", *api.stage_names) and verb in _VERBS and set(path.split("/")) <= _words(api)


def _words(api: RestApi) -> set[str]:
    """What a path may be made of without a value that a caller chose. Raises Unseen."""
    parts = {part for method in api.every_method for part in method.path.split("/")}
    return {part for part in parts if not part.startswith("{")} | {"*", ""}


def _pattern(api: RestApi, stage: str, method: Method, verb: str | None) -> str:
    """The ARN of a method, with `*` where a caller chooses. Raises Unseen."""
    own = verb or ("*" if method.http_method == "ANY" else method.http_method)
    parts = ("*" if part.startswith("{") else part for part in method.path.split("/"))
    return _arn(api, stage, own, "/".join(parts))


def _verb(api: RestApi) -> str | None:
    verbs = {method.http_method for method in api.methods}
    return next(iter(verbs)) if len(verbs) == 1 and "ANY" not in verbs else None


def _arn(api: RestApi, stage: str, verb: str, path: str) -> str:
    account = api.account
    return execute_api_invoke_arn(account.partition, api.region, account.id, api.id, stage, verb, path)
