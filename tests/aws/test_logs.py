"""Which failures are found in the logs of an API's stages, and what is said where none can be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.aws.account import Account, Inquiry, Source, Unseen
from bot.aws.apigateway import Focus, RestApi
from bot.aws.bounds import Bounds
from bot.aws.log_search import any_of
from bot.aws.logged_failures import FAILURES
from bot.aws.logs import FailingRequests, failing_requests
from bot.demo.rest_api import Api
from bot.demo.simulation.server import SimulatedAws
from bot.demo.world import ACCOUNT, World
from bot.model import Hint, Incident, Phase, UnseenReason
from tests.aws.tapes import in_time
from tests.scenarios.logged import ACCESS_FORMAT, Request, lets, policy

OTHER = "0b8f6a54-7d11-4c58-9c0e-1f4de2a7c3b9"
TOLD = Incident(symptoms=("explicit_deny",))

Look = Callable[..., FailingRequests]


@pytest.fixture
def api(world: World) -> Api:
    orders, tokens = world.function("orders"), world.function("tokens")
    made = world.rest_api("orders")
    guard = made.authorizer("guard", tokens)
    made.method("GET /orders/{id}", orders, authorizer=guard).method("POST /orders", orders, authorizer=guard)
    world.can_log()
    return made.stage("prod", logs=None)


@pytest.fixture
def look(live: Source, environment: dict[str, str]) -> Iterator[Look]:
    """Searches for failures; each call is a question of its own unless it is given an account."""
    with ThreadPoolExecutor(4) as pool:

        def search(
            api: Api,
            incident: Incident = TOLD,
            bounds: Bounds | None = None,
            account: Account | None = None,
            **focus: str,
        ) -> FailingRequests:
            account = account or Account(Inquiry(pool, in_time(), bounds), live, "eu-west-1", "aws", ACCOUNT)
            return failing_requests(RestApi(account, "eu-west-1", api.id, Focus(**focus, incident=incident)))

        yield search


def denied(api: Api, call: str = "GET /orders/7", id: str = OTHER) -> tuple[str, ...]:
    request = Request(api, "prod", call, id=id, extended_id=f"{id[:11]}AEFw=")
    return request.denied(policy(lets(f"{api.arn}/prod/GET/other")))


def unseen(found: FailingRequests) -> list[tuple[UnseenReason, Hint | None]]:
    found.require()
    return [(each.reason, each.hint) for each in found.api.account.inquiry.unseen]


def test_a_check_up_reads_no_logs(api: Api, look: Look, aws: SimulatedAws) -> None:
    api.logs("prod").logged("prod", 5, *denied(api))
    found = look(api, Incident())
    assert not found
    assert unseen(found) == []
    assert "FilterLogEvents" not in [call.operation for call in aws.calls]


def test_the_newest_failures_are_found_with_all_their_lines(api: Api, look: Look) -> None:
    api.logs("prod").logged("prod", 40, *denied(api))
    api.logged("prod", 30, *Request(api, "prod", "GET /orders/8", id="1" * 8 + OTHER[8:]).served())
    newest = Request(api, "prod", "POST /orders")
    api.logged("prod", 5, *newest.failed("configuration error: Invalid permissions on Lambda function"))
    found = look(api)
    assert [request.request_id for request in found] == [newest.id, OTHER]
    assert [request.phase for request in found] == [Phase.INTEGRATION, Phase.AUTHORIZER]
    (denial,) = found.with_authorizer_output
    assert denial.authorizer_output
    assert denial.authorizer_output.principal_id == "user-1"
    assert (denial.method, denial.path, denial.stage, denial.api_id) == ("GET", "/orders/7", "prod", api.id)
    assert denial.evidence in [each.id for each in found.api.account.inquiry.evidence]
    assert not found.are_asked_about
    assert unseen(found) == []


def test_only_the_method_asked_about_counts(api: Api, look: Look) -> None:
    api.logs("prod").logged("prod", 9, *denied(api)).logged(
        "prod", 5, *denied(api, "POST /orders", "2" * 8 + OTHER[8:])
    )
    found = look(api, method="GET", path="/orders/7")
    assert [request.request_id for request in found] == [OTHER]


def test_older_failures_are_found_by_looking_farther_back(api: Api, look: Look) -> None:
    api.logs("prod").logged("prod", 600, *denied(api))
    assert look(api)
    search = look(api, bounds=Bounds(log_minutes=30, log_minutes_at_most=120))
    assert not search
    assert unseen(search) == [(UnseenReason.NOT_SUPPORTED, Hint.NOT_IN_THE_LOG)]


@pytest.mark.parametrize("name", ["request_id", "extended_request_id"])
def test_a_request_is_found_by_either_of_its_ids(api: Api, look: Look, name: str) -> None:
    request = Request(api, "prod", "GET /orders/7")
    api.logs("prod").logged("prod", 500, *request.denied(policy(lets("*", "Deny")))).logged("prod", 2, *denied(api))
    id = request.id if name == "request_id" else request.extended_id
    found = look(api, Incident(**{name: id}))
    assert [each.request_id for each in found] == [request.id]
    assert found.requests[0].authorizer_output
    assert found.are_asked_about


def test_what_is_pasted_is_not_read_again(api: Api, look: Look, aws: SimulatedAws) -> None:
    api.logs("prod")
    text = "\n".join(denied(api))
    found = look(api, Incident(symptoms=("explicit_deny",), text=text))
    assert [request.request_id for request in found] == [OTHER]
    assert found.are_asked_about
    assert "FilterLogEvents" not in [call.operation for call in aws.calls]


def test_an_access_log_in_a_format_of_its_own_tells_as_well(api: Api, look: Look) -> None:
    api.logs("prod", "OFF", access_format=ACCESS_FORMAT)
    request = Request(api, "prod", "GET /orders/7")
    values = {
        "status": "403",
        "error.responseType": "ACCESS_DENIED",
        "error.message": "User: anonymous is not authorized to perform: execute-api:Invoke on resource: x",
        "identity.sourceIp": "198.51.100.7",
    }
    api.world.log("access", 7, request.access(values), Request(api, "prod", "GET /orders/8").access({"status": "200"}))
    (found,) = look(api)
    assert (found.phase, found.status, found.refused_principal) == (Phase.RESOURCE_POLICY, 403, "anonymous")
    assert found.access["identity.sourceIp"] == "198.51.100.7"


def test_a_pasted_line_of_the_access_log_is_read_with_the_stage_s_format(api: Api, look: Look) -> None:
    api.logs("prod", "OFF", access_format=ACCESS_FORMAT)
    line = Request(api, "prod", "GET /orders/7").access({"status": "403", "error.responseType": "INVALID_API_KEY"})
    (found,) = look(api, Incident(symptoms=("explicit_deny",), text=f"why?\n2026-11-20T09:00:00 access {line}"))
    assert (found.phase, found.path, found.evidence) == (Phase.USAGE_PLAN, "/orders/7", None)


def test_both_logs_of_one_request_are_one(api: Api, look: Look) -> None:
    api.logs("prod", "INFO", access_format=ACCESS_FORMAT)
    request = Request(api, "prod", "GET /orders/7")
    api.logged("prod", 7, *request.denied(policy(lets("*", "Deny"))))
    api.world.log("access", 7, request.access({"status": "403", "error.responseType": "ACCESS_DENIED"}))
    (found,) = look(api)
    assert found.authorizer_output
    assert found.access["status"] == "403"


def test_two_requests_to_which_their_caller_gave_one_id_are_two(api: Api, look: Look) -> None:
    api.logs("prod", "INFO", access_format=ACCESS_FORMAT)
    api.logged("prod", 5, *denied(api))
    other = Request(api, "prod", "GET /orders/8", id=OTHER, extended_id="Zm9yZ2VkAAAAAAA=")
    api.world.log("access", 5, other.access({"status": "403", "authorizer.error": "x"}))
    assert [each.authorizer_failure for each in look(api)] == ["x", None]


def test_without_any_log_the_reply_can_say_so(api: Api, look: Look, aws: SimulatedAws) -> None:
    found = look(api)
    assert found.api.account.inquiry.unseen == ()
    assert unseen(found) == [(UnseenReason.NOT_SUPPORTED, Hint.NOT_LOGGED)]
    (open_question,) = found.api.account.inquiry.unseen
    assert open_question.resource.endswith(f":log-group:API-Gateway-Execution-Logs_{api.id}/prod:*")
    assert "FilterLogEvents" not in [call.operation for call in aws.calls]


def test_a_delivery_stream_cannot_be_read(api: Api, look: Look) -> None:
    stream = "arn:aws:firehose:eu-west-1:123456789012:deliverystream/amazon-apigateway-x"
    operations = [
        {"op": "replace", "path": "/accessLogSettings/destinationArn", "value": stream},
        {"op": "replace", "path": "/accessLogSettings/format", "value": ACCESS_FORMAT},
    ]
    api.world.client("apigateway").update_stage(restApiId=api.id, stageName="prod", patchOperations=operations)
    assert unseen(look(api)) == [(UnseenReason.NOT_SUPPORTED, Hint.NOT_LOGGED)]


def test_a_log_group_that_is_not_there_yet(api: Api, look: Look) -> None:
    api.logs("prod")
    assert unseen(look(api)) == [(UnseenReason.NOT_SUPPORTED, Hint.NOT_IN_THE_LOG)]


def test_a_denied_log_is_a_gap_only_where_it_is_required(api: Api, look: Look, aws: SimulatedAws) -> None:
    api.logs("prod").logged("prod", 5, *denied(api))
    aws.deny("logs", "FilterLogEvents")
    found = look(api)
    assert not found
    assert found.api.account.inquiry.unseen == ()
    assert unseen(found) == [(UnseenReason.DENIED, None)]
    (refused,) = found.api.account.inquiry.unseen
    assert refused.grant
    assert refused.action == "logs:FilterLogEvents"
    assert [call.operation for call in aws.calls].count("FilterLogEvents") == 1


def test_no_calls_are_made_where_the_settings_allow_none(api: Api, look: Look, aws: SimulatedAws) -> None:
    api.logs("prod").logged("prod", 5, *denied(api))
    found = look(api, bounds=Bounds(log_calls=0))
    assert unseen(found) == [(UnseenReason.NOT_SUPPORTED, Hint.LOGS_NOT_READ)]
    assert "FilterLogEvents" not in [call.operation for call in aws.calls]


@pytest.mark.parametrize("bounds", [Bounds(log_calls=1), Bounds(log_bytes=100)])
def test_the_bounds_end_a_search_and_what_was_found_stays(api: Api, look: Look, bounds: Bounds) -> None:
    api.logs("prod").logged("prod", 5, *denied(api))
    found = look(api, bounds=bounds)
    assert [request.request_id for request in found] == [OTHER]
    assert found.requests[0].client_refused
    (search,) = found.api.account.inquiry.log_searches.values()
    assert (search.pages, search.is_cut) == (1, True)


def test_what_was_searched_is_remembered_once(api: Api, look: Look) -> None:
    api.logs("prod").logged("prod", 5, *denied(api))
    found = look(api)
    again = look(api, account=found.api.account)
    assert again.requests == found.requests
    (search,) = found.api.account.inquiry.log_searches.values()
    assert search.log_group == f"API-Gateway-Execution-Logs_{api.id}/prod"
    assert (search.minutes, search.pages, search.is_cut) == (60, 2, False)
    assert search.events > 5


def test_at_the_level_error_an_authorizer_output_is_not_logged(api: Api, look: Look) -> None:
    api.logs("prod", "ERROR")
    request = Request(api, "prod", "GET /orders/7")
    api.logged("prod", 5, *request.failed("configuration error: Authorizer error", level="ERROR"))
    found = look(api)
    assert not found.logs_authorizers
    assert [each.phase for each in found] == [Phase.AUTHORIZER]
    found.require()
    assert found.api.account.inquiry.unseen == ()
    found.require_authorizer_output()
    assert [each.hint for each in found.api.account.inquiry.unseen] == [Hint.NOT_LOGGED]


def test_throttled_requests_are_no_failure_of_this_kind(api: Api, look: Look) -> None:
    request = Request(api, "prod", "GET /orders/7")
    api.logs("prod").logged("prod", 5, *request.written("Gateway response type: THROTTLED with status code: 429"))
    assert not look(api)


def test_stages_that_cannot_be_seen_are_no_healthy_stages(api: Api, look: Look, aws: SimulatedAws) -> None:
    aws.deny("apigateway", "GetStages")
    with pytest.raises(Unseen):
        look(api)


def test_other_failures_in_the_log_are_not_this_one(api: Api, look: Look) -> None:
    api.logs("prod").logged("prod", 5, *denied(api, "POST /orders"))
    found = look(api, method="GET", path="/orders/7")
    assert not found
    assert unseen(found) == [(UnseenReason.NOT_SUPPORTED, Hint.NOT_IN_THE_LOG)]


def test_of_very_many_failures_the_newest_are_found(api: Api, look: Look) -> None:
    many = [f"({number:08x}{OTHER[8:]}) Execution failed due to {'x' * 900}" for number in range(5_000)]
    api.logs("prod").logged("prod", 50, *many).logged("prod", 2, *denied(api))
    found = look(api, bounds=Bounds(log_calls=5))
    assert [request.request_id for request in found] == [OTHER]
    assert found.with_authorizer_output
    (search,) = found.api.account.inquiry.log_searches.values()
    assert search.is_cut


def test_patterns_are_no_longer_than_aws_takes_them() -> None:
    ids = [f"{number:08x}{OTHER[8:]}" for number in range(16)]
    assert max(len(any_of(*FAILURES)), len(any_of(*ids))) <= 1_024
