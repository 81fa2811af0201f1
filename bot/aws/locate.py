"""Finds the API that a report is about in an account: by its id, or by something that only that API uses."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from bot.aws.account import Account, Answer, Read, as_far_as_seen
from bot.aws.apigateway import RestApi
from bot.aws.arn import FunctionArn
from bot.aws.invocations import calls_of
from bot.model import Candidate, Hint, Report, Target, TargetKind, UnseenRead

T = TypeVar("T")

MOST_CANDIDATES = 20
_MOST_APIS_LOOKED_INTO = 60
_APIS_AT_ONCE = 5
"""API Gateway allows GetResources five times in two seconds."""
_REGIONS_AT_ONCE = 6
PATIENCE_SECONDS = 6.0
"""For how long the places asked together are waited for: one that does not answer holds up no other."""
_KIND_BY_PROTOCOL = {"HTTP": TargetKind.HTTP_API, "WEBSOCKET": TargetKind.WEBSOCKET_API}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a search led: to one REST API (`api`), to an API of a kind not read yet (`other`), or to `candidates`.

    None of these: it is nowhere in `searched`, the regions looked into. `stage` and `path` are what a domain's mapping
    makes of the path called.
    """

    api: RestApi | None = None
    other: Target | None = None
    candidates: tuple[Candidate, ...] = ()
    searched: tuple[str, ...] = ()
    stage: str | None = None
    path: str | None = None
    is_named: bool = True
    """The text names what was looked for; otherwise the candidates are everything there is."""
    accounts: tuple[str, ...] = ()
    """The names of the accounts looked into, where there are several."""
    silent: tuple[UnseenRead, ...] = ()
    """Why accounts could not be searched that may hold what was looked for, one for each."""
    is_certain: bool = True
    """Everything was seen that could hold it; otherwise nowhere does not mean that it is nowhere."""


@dataclass(frozen=True, slots=True)
class Search:
    """A report, and the account to look into: in `region` only if it is set, and else at first where it is at home."""

    report: Report
    account: Account
    region: str | None

    @property
    def ids(self) -> Mapping[str, str]:
        """What the report names."""
        return self.report.ids

    @property
    def first_region(self) -> str:
        """The region named, or else the one to begin with."""
        return self.region or self.account.home_region


def names_a_target(report: Report) -> bool:
    """Whether a text leads to an API even if it shows no symptom.

    A role, an authorizer or a domain does so only where it is all of the text: in prose they are about anything.
    """
    if {"api_id", "function_arn", "function_name"} & report.ids.keys():
        return True
    return len(report.text.split()) == 1 and bool({"role_arn", "authorizer_id", "domain"} & report.ids.keys())


def locate(search: Search) -> Place:
    """The API that the report names; candidates where it names none, or several use what it names. Raises Unseen."""
    ids = search.ids
    if "api_id" in ids:
        return _by_id(search, ids["api_id"])
    if "domain" in ids and (place := _by_domain(search, ids["domain"])):
        return place
    if uses := _user_of(ids):
        return _by_use(search, uses)
    everything = _rest_apis(search.account, search.first_region)
    nearest = sorted(everything, key=lambda api: _named_in(api, search.report.text), reverse=True)
    return Place(candidates=_candidates(search, nearest), searched=(search.first_region,), is_named=False)


def _by_id(search: Search, api_id: str) -> Place:
    account, first = search.account, search.first_region
    api = RestApi(account, first, api_id)
    account.expect_identity()
    api.expect()
    if api.exists:
        return Place(api=api, searched=(first,))
    if other := _of_other_kind(account, first, api_id):
        return Place(other=other, searched=(first,))
    if search.region:
        return Place(searched=(first,))
    regions = account.regions or regions_told(account.read(which_regions(first)))
    return _by_id_elsewhere(account, api_id, tuple(name for name in regions if name != first), first)


def which_regions(region: str) -> Read:
    """Asks which regions are enabled for the account."""
    return Read.of("ec2", "DescribeRegions", region)


def regions_told(answer: Answer) -> tuple[str, ...]:
    """The regions that an answer to that names, in their order."""
    return tuple(sorted(region["RegionName"] for region in (answer["Regions"] or [])))


def _by_id_elsewhere(account: Account, api_id: str, regions: tuple[str, ...], first: str) -> Place:
    """Looks a few regions at a time. A region that does not answer is a gap only if the id is found in no other."""
    searched = (first, *regions)
    for wave in waves(regions, _REGIONS_AT_ONCE):
        account.expect(*(read for region in wave for read in reads_of_kinds(region, api_id)))
        until = time.monotonic() + PATIENCE_SECONDS
        answers = [
            (region, [account.glance(read, until) for read in reads_of_kinds(region, api_id)]) for region in wave
        ]
        for region, (rest, other) in answers:
            if rest:
                api = RestApi(account, region, api_id)
                api.expect()
                return Place(api=api, searched=searched)
            if other:
                return Place(other=_other_kind(account, region, api_id, other), searched=searched)
    for region in regions:
        for read in reads_of_kinds(region, api_id):
            account.read(read)
    return Place(searched=searched)


def waves(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """The items, so many at a time."""
    return (items[start : start + size] for start in range(0, len(items), size))


def reads_of_kinds(region: str, api_id: str) -> tuple[Read, Read]:
    """What tells whether an id is there, as an API of whatever kind."""
    return (
        Read.of("apigateway", "GetRestApi", region, restApiId=api_id),
        Read.of("apigatewayv2", "GetApi", region, ApiId=api_id),
    )


def _of_other_kind(account: Account, region: str, api_id: str) -> Target | None:
    answer = account.read(Read.of("apigatewayv2", "GetApi", region, ApiId=api_id))
    return _other_kind(account, region, api_id, answer) if answer else None


def _other_kind(account: Account, region: str, api_id: str, answer: Answer) -> Target:
    kind = _KIND_BY_PROTOCOL.get(str(answer["ProtocolType"]), TargetKind.HTTP_API)
    return Target(kind, api_id, account.id, region)


def _by_domain(search: Search, domain: str) -> Place | None:
    """Where a custom domain's mapping for the path leads; None where the account has no such domain."""
    region = search.first_region
    answer = search.account.read(read_of_domain(region, domain))
    if not answer:
        return None
    path = search.ids.get("path", "/").strip("/")
    fitting = [mapping for mapping in answer["items"] or [] if _maps(mapping, path)]
    if not fitting:
        return None
    best = max(fitting, key=lambda mapping: len(_base_path(mapping)))
    api = RestApi(search.account, region, best["restApiId"])
    search.account.expect_identity()
    api.expect()
    if not api.exists:
        return None
    beneath = path.removeprefix(_base_path(best)).strip("/")
    return Place(
        api=api,
        searched=(region,),
        stage=best.get("stage"),
        path=f"/{beneath}" if "path" in search.ids else None,
    )


def read_of_domain(region: str, domain: str) -> Read:
    """What tells whether a custom domain is there, and where its paths lead."""
    return Read.of("apigateway", "GetBasePathMappings", region, domainName=domain)


def _base_path(mapping: Mapping[str, Any]) -> str:
    base = str(mapping.get("basePath") or "")
    return "" if base == "(none)" else base


def _maps(mapping: Mapping[str, Any], path: str) -> bool:
    base = _base_path(mapping)
    return not base or path == base or path.startswith(f"{base}/")


def _user_of(ids: Mapping[str, str]) -> Callable[[RestApi], bool] | None:
    """Tells of an API whether it uses the thing that a text names; None where the text names none."""
    if arn := FunctionArn.parse(ids.get("function_arn", "")):
        return lambda api: any(
            called is not None and called.unqualified == arn.unqualified for called in _functions(api)
        )
    if "function_name" in ids:
        return lambda api: any(called is not None and called.name == ids["function_name"] for called in _functions(api))
    if "authorizer_id" in ids:
        return lambda api: any(each.id == ids["authorizer_id"] for each in api.every_authorizer)
    if "role_arn" in ids:
        return lambda api: any(call.role == ids["role_arn"] for call in calls_of(api))
    return None


def _functions(api: RestApi) -> Iterator[FunctionArn | None]:
    return (call.function_arn for call in calls_of(api))


def _by_use(search: Search, uses: Callable[[RestApi], bool]) -> Place:
    arn = FunctionArn.parse(search.ids.get("function_arn", ""))
    region = arn.region if arn and not search.region else search.first_region
    account = search.account
    account.expect_identity()
    listed = _rest_apis(account, region)
    apis = [(RestApi(account, region, described["id"]), described) for described in listed[:_MOST_APIS_LOOKED_INTO]]
    using = []
    for wave in waves(apis, _APIS_AT_ONCE):
        for api, _ in wave:
            api.expect_calls()
        for api, described in wave:
            with as_far_as_seen():
                using += [(api, described)] if uses(api) else []
    if len(using) == 1:
        using[0][0].expect()
        return Place(api=using[0][0], searched=(region,))
    if not using and (account.inquiry.unseen or len(listed) > len(apis)):
        raise account.leave_open(read_of_all(region), Hint.TOO_MANY_APIS)
    candidates = _candidates(search, [described for _, described in using], region)
    return Place(candidates=candidates, searched=(region,))


def _rest_apis(account: Account, region: str) -> list[Mapping[str, Any]]:
    """The REST APIs of a region, newest first."""
    items: list[Mapping[str, Any]] = account.read(read_of_all(region))["items"] or []
    return sorted(items, key=lambda api: (str(api.get("createdDate", "")), api["id"]), reverse=True)


def read_of_all(region: str) -> Read:
    """Lists the REST APIs of a region."""
    return Read.of("apigateway", "GetRestApis", region)


def _candidates(search: Search, described: list[Mapping[str, Any]], region: str | None = None) -> tuple[Candidate, ...]:
    where = region or search.first_region
    return tuple(
        Candidate(
            Target(TargetKind.REST_API, api["id"], search.account.id, where),
            str(api.get("name") or api["id"]),
        )
        for api in described[:MOST_CANDIDATES]
    )


def _named_in(api: Mapping[str, Any], text: str) -> bool:
    name = str(api.get("name") or "").lower()
    return bool(name) and name in text.lower()
