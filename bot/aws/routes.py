"""Which method of a REST API serves a request: literal segments before variables, those before a greedy `{proxy+}`."""

from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from typing import Protocol, TypeVar


class Routed(Protocol):
    """Something that serves a verb (`ANY` for all) on a resource's path template."""

    @property
    def path(self) -> str: ...
    @property
    def http_method(self) -> str: ...


_LONGEST_COMPARED = 100
_MOST_NEAREST = 3
_ALIKE = 0.7

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


def nearest_routes(routes: Iterable[tuple[str, str]], path: str, verb: str | None) -> tuple[tuple[str, str], ...]:
    """At most three routes, as path and verb, that a request which none of them serves may have meant, nearest first.

    Nearest is the same path with another verb; then the path in other letter case, without a first segment too many
    (a stage or a base path) or with one too few, at the foot of a greedy variable; then one that is spelled much alike.
    """
    ranked = sorted(
        (distance, there_verb not in (verb, "ANY"), there, there_verb)
        for there, there_verb in routes
        if (distance := _distance(there, path)) is not None
    )
    return tuple((there, there_verb) for _, _, there, there_verb in ranked[:_MOST_NEAREST])


def _distance(template: str, path: str) -> float | None:
    """0 where the template serves the path, more the less alike they are, None where they are not."""
    given, wanted = _segments(path), _segments(template)
    near = (
        serves(template, path),
        serves(template.lower(), path.lower()),
        len(given) > 1 and serves(template, "/".join(given[1:])),
        bool(wanted) and len(wanted) > len(given) and wanted[-len(given) :] == given,
        bool(wanted) and _is_greedy(wanted[-1]) and wanted[:-1] == given,
    )
    if any(near):
        return float(near.index(True))
    alike = SequenceMatcher(None, template.lower()[:_LONGEST_COMPARED], path.lower()[:_LONGEST_COMPARED]).ratio()
    return len(near) + 1 - alike if alike >= _ALIKE else None


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
