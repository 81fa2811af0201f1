"""What is said where logs show no failure."""

from __future__ import annotations

import pytest

from bot.aws.apigateway import Focus, RestApi
from bot.aws.authorizer_output import read_authorizer_output
from bot.aws.execution_log import LoggedRequest
from bot.aws.logged_failures import FailingRequests, LogGap, would_be_read
from bot.model import Hint, Incident, Phase, UnseenReason
from tests.aws.tapes import API, DENIED, Tape, api_of, method, record_api

_TOLD = Incident(symptoms=("explicit_deny",))


@pytest.fixture
def api() -> RestApi:
    return api_of(record_api(Tape(DENIED), {"GET /pets": method()}), Focus(incident=_TOLD))


def hints(api: RestApi) -> list[Hint | None]:
    return [each.hint for each in api.account.inquiry.unseen]


def test_failures_are_told_apart_by_where_they_happened(api: RestApi) -> None:
    early, late = LoggedRequest(phase=Phase.AUTHORIZER), LoggedRequest(phase=Phase.INTEGRATION)
    found = FailingRequests(api, (early, late))
    assert found
    assert list(found) == [early, late]
    assert found.at(Phase.INTEGRATION, Phase.RESPONSE) == (late,)


def test_a_gap_is_said_once_it_is_required(api: RestApi) -> None:
    found = FailingRequests(api, gaps=(LogGap(would_be_read(api), Hint.NOT_LOGGED),))
    assert hints(api) == []
    found.require()
    found.require()
    found.require_authorizer_output()
    assert hints(api) == [Hint.NOT_LOGGED]


def test_a_refused_read_is_reported_as_refused(api: RestApi) -> None:
    read = would_be_read(api)
    api.account.glance(read)
    FailingRequests(api, gaps=(LogGap(read, None),)).require()
    (unseen,) = api.account.inquiry.unseen
    assert unseen.reason is UnseenReason.DENIED
    assert unseen.resource.endswith(f":log-group:API-Gateway-Execution-Logs_{API}/prod:*")


@pytest.mark.parametrize(("logs_authorizers", "why"), [(True, Hint.NOT_IN_THE_LOG), (False, Hint.NOT_LOGGED)])
def test_an_output_that_is_not_logged_is_said_to_be_missing(api: RestApi, logs_authorizers: bool, why: Hint) -> None:
    found = FailingRequests(api, (LoggedRequest(phase=Phase.AUTHORIZER),), logs_authorizers=logs_authorizers)
    found.require_authorizer_output()
    assert hints(api) == [why]


def test_an_output_that_is_there_leaves_nothing_open(api: RestApi) -> None:
    request = LoggedRequest(phase=Phase.AUTHORIZER, authorizer_output=read_authorizer_output("{}"))
    FailingRequests(api, (request,)).require_authorizer_output()
    assert hints(api) == []


def test_a_check_up_leaves_nothing_open() -> None:
    api = api_of(record_api(Tape(), {"GET /pets": method()}))
    FailingRequests(api).require_authorizer_output()
    assert hints(api) == []
