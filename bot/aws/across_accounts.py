"""Finds the API that a report is about in several accounts at once, whichever of them answer."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from bot.aws.account import Account, Read, Unseen
from bot.aws.locate import (
    MOST_CANDIDATES,
    PATIENCE_SECONDS,
    Place,
    Search,
    locate,
    read_of_all,
    read_of_domain,
    reads_of_kinds,
    regions_told,
    waves,
    which_regions,
)
from bot.model import Candidate, Hint, Target, TargetKind, UnseenRead, UnseenReason

_SPOTS_AT_ONCE = 16
"""Two reads each, which leaves threads for the next ones where some do not answer."""


@dataclass(frozen=True, slots=True)
class _Spot:
    """A region of an account, to be asked whether it holds what is looked for."""

    search: Search
    region: str

    @property
    def account(self) -> Account:
        return self.search.account


def locate_across(searches: Sequence[Search], patience: float = PATIENCE_SECONDS) -> Place:
    """The API that the report names, wherever it is; candidates where several places hold what it names. Raises Unseen.

    All searches are of one report. At first every account is asked where it is at home, then in its other regions; the
    latter ends where the id is found, since API Gateway gives an id once. An account that does not answer is a gap only
    where what the report names is found in no other, or where it names nothing. `patience` is for how many seconds the
    places asked together are waited for.
    """
    if len(searches) == 1:
        return locate(searches[0])
    sweep = _Sweep(patience)
    held = _holding(searches, sweep)
    places, closed = _located(held)
    found = _one_of(places, searches[0].report.text)
    is_answered = found.is_named and bool(found.api or found.other or found.candidates)
    return replace(
        found,
        searched=tuple(dict.fromkeys((*sweep.regions, *(region for place in places for region in place.searched)))),
        accounts=tuple(search.account.called for search in searches),
        silent=() if is_answered else sweep.silent,
        is_certain=is_answered or not (closed or sweep.silent),
    )


def _holding(searches: Sequence[Search], sweep: "_Sweep") -> list[_Spot]:
    """Where the thing is that the report names; where it names none, all that can be looked into."""
    ids = searches[0].report.ids
    home = [_Spot(search, search.first_region) for search in searches]
    if api_id := ids.get("api_id"):

        def reads(region: str) -> tuple[Read, ...]:
            return reads_of_kinds(region, api_id)

        return sweep.holding(home, reads) or sweep.holding(list(sweep.elsewhere(searches)), reads, is_enough=True)
    domain = ids.get("domain")
    if domain and (held := sweep.holding(home, lambda region: (read_of_domain(region, domain),))):
        return held
    if name := ids.get("function_name"):
        # An account that has the function most likely has the API too, and is looked into before all the others.
        function = "lambda", "GetFunctionConfiguration"
        if held := sweep.holding(home, lambda region: (Read.of(*function, region, FunctionName=name),)):
            return held
    return sweep.holding(home, lambda region: (read_of_all(region),))


def _located(held: Sequence[_Spot]) -> tuple[list[Place], bool]:
    """What is found in each spot, and whether something could not be seen in one: that hides nothing of another."""
    places, closed = [], False
    for spot in held:
        try:
            place = locate(replace(spot.search, region=spot.region))
        except Unseen:
            closed = True
            continue
        candidates = (*_found(place), *place.candidates)
        named = tuple(replace(candidate, account_name=spot.account.called) for candidate in candidates)
        places.append(replace(place, candidates=named))
    return places, closed


def _found(place: Place) -> Iterator[Candidate]:
    if place.api:
        api = place.api
        try:
            name = api.name
        except Unseen:
            name = api.id
        yield Candidate(Target(TargetKind.REST_API, api.id, api.account.id, api.region), name)
    if place.other:
        yield Candidate(place.other, place.other.id)


def _one_of(places: Sequence[Place], text: str) -> Place:
    """The one place where something was found, or else what was found in all of them as candidates."""
    leading = [place for place in places if place.candidates]
    if len(leading) == 1 and (leading[0].api or leading[0].other):
        return replace(leading[0], candidates=())
    turns = zip_longest(*(place.candidates for place in leading))
    offered = (candidate for turn in turns for candidate in turn if candidate)
    nearest = sorted(offered, key=lambda candidate: candidate.name.lower() in text.lower(), reverse=True)
    return Place(candidates=tuple(nearest[:MOST_CANDIDATES]), is_named=all(place.is_named for place in places))


class _Sweep:
    """Asks many spots whether they hold something, and remembers which accounts gave no answer."""

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self.regions: dict[str, None] = {}
        """Every region asked, in the order of asking."""
        self._silent: dict[Account, UnseenRead] = {}
        self._lost: set[Account] = set()
        """Accounts that are asked nothing more."""

    @property
    def silent(self) -> tuple[UnseenRead, ...]:
        """Why accounts were not searched in full: for each the first read that gave no answer."""
        return tuple(self._silent.values())

    def holding(
        self, spots: Sequence[_Spot], reads: Callable[[str], tuple[Read, ...]], *, is_enough: bool = False
    ) -> list[_Spot]:
        """The spots in which one of the reads finds something, in their order.

        If one find `is_enough`, the spots after those that were asked together with it are not asked any more.
        """
        held: list[_Spot] = []
        for wave in waves(spots, _SPOTS_AT_ONCE):
            asked = [spot for spot in wave if spot.account not in self._lost]
            for spot in asked:
                self.regions[spot.region] = None
                spot.account.expect(*reads(spot.region))
            until = time.monotonic() + self._patience
            for spot in asked:
                # Each answer is looked at, so that none that is late is waited for a second time.
                answers = [self._finds(spot.account, read, until) for read in reads(spot.region)]
                if any(answers):
                    held.append(spot)
            if held and is_enough:
                break
        return held

    def elsewhere(self, searches: Sequence[Search]) -> Iterator[_Spot]:
        """The other regions of each account that may be searched in more than one, the accounts taking turns."""
        wide = [each for each in searches if each.region is None and each.account not in self._lost]
        for search in wide:
            if search.account.regions is None:
                search.account.expect(which_regions(search.first_region))
        until = time.monotonic() + self._patience
        spots = [_Spot(search, region) for search in wide for region in self._regions(search, until)]
        # Most accounts use the same few regions: by region, an id is found the sooner.
        return iter(sorted(spots, key=lambda spot: spot.region))

    def _regions(self, search: Search, until: float) -> Iterator[str]:
        account, asks = search.account, which_regions(search.first_region)
        if account.regions is not None:
            told: Sequence[str] = account.regions
        elif answer := account.glance(asks, until):
            told = regions_told(answer)
        else:
            self._keep_silence(account, asks)
            told = ()
        return (region for region in told if region != search.first_region)

    def _finds(self, account: Account, read: Read, until: float) -> bool:
        answer = account.glance(read, until)
        if answer is None:
            self._keep_silence(account, read)
        return bool(answer)

    def _keep_silence(self, account: Account, read: Read) -> None:
        unseen, result = account.silence(read)
        self._silent.setdefault(account, replace(unseen, account=account.called))
        # What is denied, throttled or broken may answer in another region; a role is the same everywhere, and what
        # keeps silent keeps threads.
        if result.hint is Hint.OTHER_ACCOUNT or result.reason is UnseenReason.NOT_TRIED:
            self._lost.add(account)
