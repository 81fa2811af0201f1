"""A listing in pages, put together to a whole: whatever ends it early, what was seen of it counts for nothing."""

import time
from collections.abc import Iterable, Iterator
from typing import Any, Protocol

from botocore.exceptions import ClientError, PaginationError

from bot.aws.account import DEADLINE
from bot.aws.error_codes import Meaning, meaning_of

MOST_PAGES = 200
"""A listing that goes on for ever has to end some time; no account has so many pages of anything that is listed."""

GOES_ON = ("NextToken", "nextToken", "NextMarker", "Marker", "position")
"""The members by which the last page is told from the others: each names where the next one begins."""


class NotWhole(Exception):
    """A listing did not come to its end, so that what it lacks may exist all the same. The message says why."""


class Pages(Protocol):
    """As much of botocore's `PageIterator` as is used."""

    @property
    def result_keys(self) -> Iterable[Any]:
        """The members in which the items are, as compiled JMESPath expressions."""

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Asks for page after page. Raises what botocore raises."""


def whole_listing(pages: Pages) -> dict[str, Any]:
    """The items of all pages, by their member. Raises NotWhole, and what botocore raises of a page.

    An empty page with a token is not the last. A token given twice, or pages without end, never come to one; of a
    listing that is gone on a later page nobody knows what it was.
    """
    members: list[str] = [key.expression for key in pages.result_keys]
    whole: dict[str, Any] = {member: [] for member in members}
    number, page = 0, dict[str, Any]()
    try:
        for number, page in enumerate(pages, 1):
            for member in members:
                whole[member] += page.get(member) or []
            if any(map(page.get, GOES_ON)):
                _check_that_another_may_be_asked_for(number)
    except PaginationError as error:
        raise NotWhole(f"the listing does not end: {error}") from error
    except ClientError as error:
        if number and meaning_of(error.response.get("Error", {}).get("Code", "")) is Meaning.ABSENT:
            raise NotWhole(f"what is listed was gone after {number} pages: {error}") from error
        raise
    if page.get("IsTruncated"):
        raise NotWhole(f"the listing broke off after {number} pages: it names no next one")
    return whole


def _check_that_another_may_be_asked_for(number: int) -> None:
    if number >= MOST_PAGES:
        raise NotWhole(f"the listing had not ended after {number} pages")
    if time.monotonic() >= DEADLINE.get():
        raise NotWhole(f"no time was left after {number} pages of the listing")
