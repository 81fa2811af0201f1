"""ARNs: their parts, their wildcards, and the two conventions in which API Gateway writes execute-api ARNs.

* What a **Lambda permission** is asked for (`aws:SourceArn`) carries the *configured* method and the
  resource's *template*: `…:API/prod/ANY/pets/{id}`. An authorizer's carries no stage: `…:API/authorizers/ID`.
* What an **execute-api policy** is asked for (resource policy, identity policy, Lambda authorizer's answer)
  carries the *actual* verb and the *actual* path: `…:API/prod/GET/pets/42`.

Rests on "Control access for invoking an API"
(apigateway/latest/developerguide/api-gateway-control-access-using-iam- policies-to-invoke-api), "Invoking a
Lambda function using an Amazon API Gateway endpoint" (lambda/latest/dg/ services-apigateway), and execution
logs, which print the source ARN (`X-Amz-Source-Arn`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import lru_cache

import re2

SOURCE_ARN_PARTS = ("partition", "region", "account", "api", "form", "stage", "method", "path", "authorizer")
"""Everything that `compare_source_arn` can name, in the order of an ARN."""

_VERBS = frozenset({"ANY", "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
_PARTITION_BY_REGION_PREFIX = {
    "cn-": "aws-cn",
    "us-gov-": "aws-us-gov",
    "us-iso-": "aws-iso",
    "us-isob-": "aws-iso-b",
    "eu-isoe-": "aws-iso-e",
    "us-isof-": "aws-iso-f",
    "eusc-": "aws-eusc",
}
_FUNCTION_ARN = re2.compile(
    r"arn:([a-z-]+):lambda:([a-z0-9-]+):([0-9]{1,12}):function:([A-Za-z0-9_-]+)(?::([A-Za-z0-9_-]+|\$LATEST))?"
)
_LAMBDA_INTEGRATION_URI = re2.compile(
    r"arn:[^:]+:apigateway:[^:]+:lambda:path/+[^/]+/functions/((?:arn:|\$\{).+)/(?:response-streaming-)?invocations"
)


_REMEMBERED = 4_096
"""How many patterns are kept ready: an account's policies are compared with every call of an API."""


class Wildcard(Enum):
    """`*` and `?` of a pattern, as opposed to the same characters meant literally (`${*}`, `${?}`)."""

    MANY = "*"
    ONE = "?"


Pattern = Sequence[str | Wildcard]
"""A pattern, one character or wildcard each."""


@lru_cache(maxsize=_REMEMBERED)
def pattern_of(text: str) -> Pattern:
    """The pattern that a text with `*` and `?` means."""
    return tuple(Wildcard(character) if character in "*?" else character for character in text)


def matches(pattern: Pattern | str, text: str, *, ignore_case: bool = False) -> bool:
    """Whether the whole text fits the pattern; `*` spans any characters, also `/` and `:`, and none.

    Goes back to the last `*` only, which suffices and keeps the work within len(pattern) x len(text)
    whatever the pattern.
    """
    if isinstance(pattern, str):
        if "*" not in pattern and "?" not in pattern:
            return pattern.lower() == text.lower() if ignore_case else pattern == text
        pattern = pattern_of(pattern)
    if ignore_case:
        text = text.lower()
        pattern = [part if isinstance(part, Wildcard) else part.lower() for part in pattern]
    at = position = 0
    star, resume = -1, 0
    while position < len(text):
        part = pattern[at] if at < len(pattern) else None
        if part is Wildcard.MANY:
            star, resume = at, position
            at += 1
        elif part is Wildcard.ONE or part == text[position]:
            at += 1
            position += 1
        elif star >= 0:
            resume += 1
            at, position = star + 1, resume
        else:
            return False
    return all(part is Wildcard.MANY for part in pattern[at:])


def overlap(pattern: Pattern, other: Pattern) -> bool:
    """Whether some text fits both patterns.

    Follows every place in the second that the first can be at, one part of the first after the other: the work is
    within len(pattern) x len(other).
    """
    places = _without_many(other, {0})
    for part in pattern:
        if part is Wildcard.MANY:
            places = set(range(min(places), len(other) + 1))
            continue
        following: set[int] = set()
        for place in places:
            there = other[place] if place < len(other) else None
            if there is Wildcard.MANY:
                following.add(place)
            elif there is not None and (part is Wildcard.ONE or there is Wildcard.ONE or part == there):
                following.add(place + 1)
        places = _without_many(other, following)
        if not places:
            return False
    return len(other) in places


def _without_many(pattern: Pattern, places: set[int]) -> set[int]:
    """The places, and those after each `*` at them, which may stand for nothing."""
    reached = set(places)
    for place in places:
        while place < len(pattern) and pattern[place] is Wildcard.MANY:
            place += 1
            reached.add(place)
    return reached


def arn_like(pattern: Pattern | str, arn: str) -> bool:
    """Whether an ARN fits a pattern under ArnLike and ArnEquals, which are one.

    Each of the six colon-separated components is compared alone, so that `*` and `arn:aws:execute-api:*`,
    which have fewer, fit no ARN; within the last, `*` spans `/` and `:` ("IAM JSON policy elements: Condition
    operators", IAM/latest/UserGuide/reference_policies_elements_condition_operators).
    """
    components = _six_components(pattern_of(pattern) if isinstance(pattern, str) else tuple(pattern))
    actual = arn.split(":", 5)
    return len(components) == len(actual) == 6 and all(map(matches, components, actual))


@lru_cache(maxsize=_REMEMBERED)
def _six_components(pattern: Pattern) -> tuple[str | Pattern, ...]:
    """The components of an ARN's pattern; one without wildcards as the text that it is."""
    components: list[list[str | Wildcard]] = [[]]
    for part in pattern:
        if part == ":" and len(components) < 6:
            components.append([])
        else:
            components[-1].append(part)
    return tuple(
        tuple(component) if any(isinstance(part, Wildcard) for part in component) else "".join(map(str, component))
        for component in components
    )


@dataclass(frozen=True, slots=True)
class Arn:
    """The parts of `arn:partition:service:region:account:resource`; region and account may be empty."""

    partition: str
    service: str
    region: str
    account: str
    resource: str

    @classmethod
    def parse(cls, text: str) -> "Arn | None":
        """The parts of a text that is an ARN, and None for any other text."""
        parts = text.split(":", 5)
        if len(parts) < 6 or parts[0] != "arn" or not (parts[1] and parts[2] and parts[5]):
            return None
        return cls(*parts[1:])

    def __str__(self) -> str:
        return f"arn:{self.partition}:{self.service}:{self.region}:{self.account}:{self.resource}"


@dataclass(frozen=True, slots=True)
class FunctionArn:
    """A Lambda function, or one qualifier (alias, version, `$LATEST`) of it."""

    partition: str
    region: str
    account: str
    name: str
    qualifier: str | None = None

    @classmethod
    def parse(cls, text: str) -> "FunctionArn | None":
        """A whole function ARN without stage variables left in it; None for any other text.

        The account may have fewer than twelve digits: leading zeros get lost in the wild.
        """
        found = _FUNCTION_ARN.fullmatch(text)
        return cls(*found.groups()) if found else None

    @property
    def unqualified(self) -> "FunctionArn":
        """The function itself, which has a policy of its own."""
        return replace(self, qualifier=None)

    def __str__(self) -> str:
        function = f"arn:{self.partition}:lambda:{self.region}:{self.account}:function:{self.name}"
        return function if self.qualifier is None else f"{function}:{self.qualifier}"


def partition_of(region: str) -> str:
    """The partition of a region, known by its prefix; `aws` for every commercial region."""
    for prefix, partition in _PARTITION_BY_REGION_PREFIX.items():
        if region.startswith(prefix):
            return partition
    return "aws"


def lambda_arn_of_integration_uri(uri: str) -> str | None:
    """The function ARN, with its qualifier, that an integration's or authorizer's URI calls.

    Stage variables (`${stageVariables.x}`) are left as they stand. None where the URI calls no Lambda
    function by ARN: API Gateway accepts neither a bare name nor a partial ARN there.
    """
    found = _LAMBDA_INTEGRATION_URI.fullmatch(uri)
    return found[1] if found else None


def execute_api_source_arn(
    partition: str, region: str, account: str, api: str, stage: str, method: str, resource_path: str
) -> str:
    """The `aws:SourceArn` with which API Gateway calls the function of a method.

    `method` is the configured one (`ANY` stays `ANY`) and `resource_path` the resource's template
    (`/pets/{id}`); the root resource `/` leaves a trailing slash. An actual verb or path never occurs here.
    """
    return execute_api_invoke_arn(partition, region, account, api, stage, method, resource_path)


def authorizer_source_arn(partition: str, region: str, account: str, api: str, authorizer_id: str) -> str:
    """The `aws:SourceArn` with which API Gateway calls an authorizer's function: it has no stage."""
    return f"arn:{partition}:execute-api:{region}:{account}:{api}/authorizers/{authorizer_id}"


def execute_api_invoke_arn(
    partition: str, region: str, account: str, api: str, stage: str, verb: str, path: str
) -> str:
    """The resource for which `execute-api:Invoke` is asked: the verb and the path of the request itself."""
    return f"arn:{partition}:execute-api:{region}:{account}:{api}/{stage}/{verb}/{path.removeprefix('/')}"


def compare_source_arn(pattern: str, actual: str) -> tuple[str, ...]:
    """The `SOURCE_ARN_PARTS` in which a permission's SourceArn differs from what API Gateway presents.

    `actual` is what `execute_api_source_arn` or `authorizer_source_arn` gives; `()` exactly if the pattern
    fits it under ArnLike. `form` stands for a pattern that cannot fit whatever its values: no ARN of
    execute-api, a bare API id or too few segments, a stage left out, a method's ARN for an authorizer or the
    other way round.
    """
    if arn_like(pattern, actual):
        return ()
    patterns, actuals = pattern.split(":", 5), actual.split(":", 5)
    if len(patterns) < 6 or len(actuals) < 6:
        return ("form",)
    compared = zip(("form", "partition", "form", "region", "account"), patterns, actuals, strict=False)
    differing = {part for part, wanted, given in compared if not matches(wanted, given)}
    if not matches(patterns[5], actuals[5]):
        differing |= _compare_resources(patterns[5], actuals[5])
    return tuple(part for part in SOURCE_ARN_PARTS if part in differing)


def _compare_resources(pattern: str, actual: str) -> set[str]:
    """In what two execute-api resources differ that do not fit, the pattern's segments at face value."""
    wanted, given = pattern.split("/", 3), actual.split("/", 3)
    differing = set() if matches(wanted[0], given[0]) else {"api"}
    wants_authorizer = len(wanted) == 3 and wanted[1] == "authorizers"
    is_authorizer = len(given) == 3 and given[1] == "authorizers"
    if wants_authorizer and is_authorizer:
        return differing if matches(wanted[2], given[2]) else differing | {"authorizer"}
    stage_left_out = len(wanted) >= 3 and wanted[1] in _VERBS and wanted[2] not in _VERBS
    if wants_authorizer or is_authorizer or stage_left_out:
        return differing | {"form"}
    parts = ("api", "stage", "method", "path")
    last = len(wanted) - 1
    differing |= {parts[i] for i in range(last) if not matches(wanted[i], given[i])}
    if last < 3 and "*" in wanted[last]:
        # It spans the slashes that the pattern does not spell out.
        as_far_as_the_star = wanted[last].partition("*")[0] + "*"
        if not matches(as_far_as_the_star, "/".join(given[last:])):
            return differing | {parts[last]}
        return differing or {"path"}
    ends_early = last < 3 and wanted[last] == ""
    if not ends_early and not matches(wanted[last], given[last]):
        differing.add(parts[last])
    if last < 2 or ends_early:
        differing.add("form")
    elif last == 2:
        differing.add("path")
    return differing
