"""Where an API was found is asked first when its id comes up again, and forgotten when it is not there any more."""

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from bot.aws.across_accounts import locate_across
from bot.aws.locate import PATIENCE_SECONDS, Place, Search, locate, reads_of_kinds
from bot.model import Spot


class Whereabouts(Protocol):
    """Remembers where APIs are, by their ids. Never raises: what cannot be remembered is looked for again."""

    def recall(self, api_id: str) -> Spot | None:
        """Where it was found last, however long ago."""
        ...

    def remember(self, api_id: str, spot: Spot) -> None:
        """It was found there."""
        ...

    def forget(self, api_id: str) -> None:
        """It is not there any more."""
        ...


class Forgetful:
    """Remembers nothing."""

    def recall(self, api_id: str) -> Spot | None:
        """Nothing."""
        return None

    def remember(self, api_id: str, spot: Spot) -> None:
        """Nothing."""

    def forget(self, api_id: str) -> None:
        """Nothing."""


def locate_again(searches: Sequence[Search], whereabouts: Whereabouts) -> Place:
    """As `locate_across`, beginning where the id was found before, if that is among the accounts to look into."""
    api_id = searches[0].ids.get("api_id")
    if api_id is None:
        return locate_across(searches)
    spot = whereabouts.recall(api_id)
    if spot and (search := _search_at(spot, searches, api_id, whereabouts)):
        return locate(search)
    place = locate_across(searches)
    found = place.api or place.other
    if found and (at := _spot_of(place)) != spot:
        whereabouts.remember(api_id, at)
    return place


def _search_at(spot: Spot, searches: Sequence[Search], api_id: str, whereabouts: Whereabouts) -> Search | None:
    """The search of that spot alone, if the API is still there. Raises Unseen."""
    search = _search_in(spot.account, searches)
    if search is None or search.region not in (None, spot.region):
        return None
    account, reads = search.account, reads_of_kinds(spot.region, api_id)
    if account.regions is not None and spot.region not in account.regions:
        return None
    # Asked first: what is read in another account where the API is shows whoever may not ask about it that it is there.
    if account.id != spot.account:
        return None
    account.expect(*reads)
    until = time.monotonic() + PATIENCE_SECONDS
    answers = [account.glance(read, until) for read in reads]
    if any(answers):
        return replace(search, region=spot.region)
    if None not in answers:
        whereabouts.forget(api_id)
    return None


def _search_in(account_id: str, searches: Sequence[Search]) -> Search | None:
    """The search of that account, or else of the one of which AWS has not told yet whose it is."""
    by_id = {search.account.known_id: search for search in searches}
    return by_id.get(account_id) or by_id.get(None)


def _spot_of(place: Place) -> Spot:
    if place.api:
        return Spot(place.api.account.id, place.api.region)
    assert place.other is not None  # one of the two was found
    return Spot(place.other.account, place.other.region)
