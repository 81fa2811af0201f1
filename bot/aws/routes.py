"""Which method of a REST API serves a request: literal segments before variables, those before a greedy `{proxy+}`."""

from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar


class Routed(Protocol):
    """Something that serves a verb (`ANY` for all) on a resource's path template."""

    @property
    def path(self) -> str: ...
    @property
    def http_method(self) -> str: ...


R = TypeVar("R", bound=Routed)


def match_route(methods: Sequence[R], path: str, verb: str | None, stage_names: Iterable[str] = ()) -> tuple[R, ...]:
    """The methods that serve a path, given as requested or as a template; without a verb, all methods of the resource.

    A path that fits nothing is tried again without its first segment where that names a stage, since people paste the
    path of a URL whole. Empty where no resource serves the path.
    """
    templates = dict.fromkeys(method.path for method in methods)
    first, _, rest = path.strip("/").partition("/")
    candidates = [path, f"/{rest}"] if first in set(stage_names) else [path]
    for candidate in candidates:
        best = max((template for template in templates if serves(template, candidate)), key=_precedence, default=None)
        if best is not None:
            on_resource = [method for method in methods if method.path == best]
            exact = [method for method in on_resource if method.http_method == verb]
            fallback = [method for method in on_resource if method.http_method == "ANY"]
            return tuple(on_resource) if verb is None else tuple(exact or fallback)
    return ()


def serves(template: str, path: str) -> bool:
    """Whether a resource's template serves a path; a greedy variable takes one segment or more."""
    wanted, given = _segments(template), _segments(path)
    for position, segment in enumerate(wanted):
        if _is_greedy(segment):
            return len(given) > position
        if position >= len(given):
            return False
        if segment != given[position] and not _is_variable(segment):
            return False
    return len(wanted) == len(given)


def _segments(path: str) -> list[str]:
    trimmed = path.partition("?")[0].strip("/")
    return trimmed.split("/") if trimmed else []


def _is_variable(segment: str) -> bool:
    return segment.startswith("{") and segment.endswith("}")


def _is_greedy(segment: str) -> bool:
    return _is_variable(segment) and segment.endswith("+}")


def _precedence(template: str) -> tuple[int, ...]:
    return tuple(0 if _is_greedy(each) else 1 if _is_variable(each) else 2 for each in _segments(template))
