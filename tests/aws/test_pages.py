"""A listing is whole or no answer: every paged read, and every way in which its second page may go wrong."""

from __future__ import annotations

import time
from typing import Any

import botocore.session
import pytest
from botocore.exceptions import ReadTimeoutError

from bot.aws.account import DEADLINE, Read, Result
from bot.aws.live import _PAGE_BY_PAGE
from bot.aws.pages import GOES_ON, MOST_PAGES
from bot.aws.reads import READS
from bot.model import Outcome, UnseenReason
from tests.aws.tapes import REGION
from tests.aws.test_live import Wire, answered, live_on, refused

_BOTOCORE = botocore.session.get_session()
_TOKENS = {"nexttoken", "position", "marker", "nextmarker"}


def _gives_tokens(service: str, operation: str) -> bool:
    shape = _BOTOCORE.get_service_model(service).operation_model(operation).output_shape
    return any(member.lower() in _TOKENS for member in (shape.members if shape else ()))


PAGED = [call for call in READS if _gives_tokens(*call) and call not in _PAGE_BY_PAGE]
"""Every read whose answers come in pages: found by what its answers hold, not by what botocore calls a paginator."""
_TIMES_OUT = ReadTimeoutError(endpoint_url="https://nowhere.invalid")


def _page(service: str, operation: str, number: int | None, token: str | None) -> tuple[Any, dict[str, Any]]:
    """An answer with one item, none if the number is None, and the token of the next page, if there is one."""
    pages = _BOTOCORE.get_paginator_model(service).get_paginator(operation)
    more = {pages["more_results"]: token is not None} if "more_results" in pages else {}
    following = {pages["output_token"]: token} if token else {}
    return answered(**{pages["result_key"]: [] if number is None else [{"item": number}]}, **more, **following)


def _listed(service: str, operation: str, *answers: Any) -> tuple[Result, Wire]:
    model = _BOTOCORE.get_service_model(service).operation_model(operation)
    required = {
        name: ["x"] if model.input_shape.members[name].type_name == "list" else "x"
        for name in model.input_shape.required_members
    }
    wire = Wire(*answers)
    return live_on(wire)(Read.of(service, operation, REGION, **required)), wire


def _items(service: str, operation: str, result: Result) -> Any:
    assert result.body is not None
    return result.body[_BOTOCORE.get_paginator_model(service).get_paginator(operation)["result_key"]]


@pytest.mark.parametrize("call", PAGED, ids="-".join)
def test_pages_are_put_together_though_one_of_them_is_empty(call: tuple[str, str]) -> None:
    pages = (_page(*call, 1, "a"), _page(*call, None, "b"), _page(*call, 2, "c"), _page(*call, None, None))
    result, wire = _listed(*call, *pages)
    assert (result.outcome, len(wire.sent)) == (Outcome.FOUND, 4)
    assert _items(*call, result) == [{"item": 1}, {"item": 2}]


@pytest.mark.parametrize("call", PAGED, ids="-".join)
@pytest.mark.parametrize(
    ("second", "outcome", "reason"),
    [
        (refused("AccessDeniedException", status=403), Outcome.DENIED, UnseenReason.DENIED),
        (refused("TooManyRequestsException", status=429), Outcome.FAILED, UnseenReason.THROTTLED),
        (refused("InternalFailure", status=400), Outcome.FAILED, UnseenReason.FAILED),
        (refused("ResourceNotFoundException", status=404), Outcome.FAILED, UnseenReason.FAILED),
        (_TIMES_OUT, Outcome.FAILED, UnseenReason.NOT_TRIED),
    ],
    ids=["denied", "throttled", "failed", "gone", "late"],
)
def test_without_its_second_page_a_listing_is_no_answer(
    call: tuple[str, str], second: Any, outcome: Outcome, reason: UnseenReason
) -> None:
    result, _ = _listed(*call, _page(*call, 1, "a"), second)
    assert (result.outcome, result.reason, result.body) == (outcome, reason, None)
    assert not result.credentials_rejected


@pytest.mark.parametrize("call", PAGED, ids="-".join)
@pytest.mark.parametrize("is_new", [False, True], ids=["same-token", "new-tokens"])
def test_pages_without_end_come_to_one(call: tuple[str, str], is_new: bool) -> None:
    endless = [_page(*call, None, f"t{number if is_new else 0}") for number in range(MOST_PAGES + 1)]
    result, wire = _listed(*call, *endless)
    assert (result.outcome, result.reason, result.body) == (Outcome.FAILED, UnseenReason.FAILED, None)
    assert len(wire.sent) == (MOST_PAGES if is_new else 2)
    assert not result.credentials_rejected


def test_a_listing_that_says_there_is_more_and_not_where_is_not_whole() -> None:
    broken_off = answered(PolicyNames=["a"], IsTruncated=True)
    result, _ = _listed("iam", "ListRolePolicies", broken_off)
    assert (result.outcome, result.body) == (Outcome.FAILED, None)


def test_no_page_is_asked_for_once_the_question_s_time_is_over() -> None:
    call = ("iam", "ListRolePolicies")
    over = DEADLINE.set(time.monotonic())
    try:
        result, wire = _listed(*call, _page(*call, 1, "a"), _page(*call, 2, None))
    finally:
        DEADLINE.reset(over)
    assert (result.outcome, len(wire.sent)) == (Outcome.FAILED, 1)


@pytest.mark.parametrize("call", PAGED[:1], ids="-".join)
def test_as_many_pages_as_may_be_asked_for_are_whole_where_the_last_says_so(call: tuple[str, str]) -> None:
    pages = [_page(*call, number, f"t{number}") for number in range(1, MOST_PAGES)]
    result, wire = _listed(*call, *pages, _page(*call, MOST_PAGES, None))
    assert (result.outcome, len(wire.sent), len(_items(*call, result))) == (Outcome.FOUND, MOST_PAGES, MOST_PAGES)


@pytest.mark.parametrize("call", PAGED[:1], ids="-".join)
def test_a_last_page_that_came_just_in_time_counts(call: tuple[str, str]) -> None:
    over = DEADLINE.set(time.monotonic())
    try:
        result, _ = _listed(*call, _page(*call, 1, None))
    finally:
        DEADLINE.reset(over)
    assert (result.outcome, _items(*call, result)) == (Outcome.FOUND, [{"item": 1}])


@pytest.mark.parametrize("call", PAGED, ids="-".join)
def test_of_every_paged_read_it_is_known_how_the_last_page_is_told(call: tuple[str, str]) -> None:
    assert _BOTOCORE.get_paginator_model(call[0]).get_paginator(call[1])["output_token"] in GOES_ON


def test_every_paged_read_is_one_of_botocore_s_paginators() -> None:
    assert len(PAGED) > 10
    for service, operation in PAGED:
        assert _BOTOCORE.get_paginator_model(service).get_paginator(operation)["result_key"]
