"""The accounts of `kintsugi demo`: each says what happened, builds itself, and tells what a person would paste."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from bot.demo.world import World, document, may_invoke, trust


@dataclass(frozen=True, slots=True)
class Scenario:
    """`build` makes the account and returns what is pasted; `story` tells what happened without the cause."""

    story: str
    build: Callable[[World], str]


def _log(api_id: str, stage: str, function: str, method: str, path: str, *, authorizer: bool = False) -> str:
    """Lines of an execution log, as CloudWatch shows them."""
    request = "(8f0c1b6e-63a2-4d55-9a1f-2f6f6a1c0b7d)"
    last = (
        "Execution failed due to configuration error: Authorizer error"
        if authorizer
        else "Method completed with status: 500"
    )
    return "\n".join(
        (
            f"API-Gateway-Execution-Logs_{api_id}/{stage}",
            f"{request} HTTP Method: {method}, Resource Path: {path}",
            f"{request} Sending request to https://lambda.eu-west-1.amazonaws.com/2015-03-31/functions/{function}/invocations",
            f"{request} Execution failed due to configuration error: Invalid permissions on Lambda function",
            f"{request} {last}",
        )
    )


def _order_desk(world: World) -> str:
    orders = world.function("orders", versions=1, live="1")
    tokens = world.function("tokens")
    api = world.rest_api("order-desk")
    authorizer = api.authorizer("tokens", tokens)
    api.method("GET /orders", orders.at("live"), authorizer=authorizer)
    api.method("ANY /orders/{id}", orders.at("live"), authorizer=authorizer)
    api.stage("prod")
    tokens.allows(authorizer.source)
    orders.allows(api.source())
    return _log(api.id, "prod", str(orders.at("live")), "GET", "/orders")


def _bookings(world: World) -> str:
    bookings = world.function("bookings")
    checker = world.function("visitor-check")
    api = world.rest_api("bookings")
    authorizer = api.authorizer("visitors", checker, type="REQUEST")
    api.method("ANY /{proxy+}", bookings, authorizer=authorizer).stage("v1")
    bookings.allows(api.source())
    checker.allows(api.source("GET /{proxy+}"))
    return _log(api.id, "v1", str(checker), "GET", "/{proxy+}", authorizer=True)


def _invoices(world: World) -> str:
    invoices = world.function("invoices", versions=2, blue="1", green="2")
    role = world.role("invoices-api", trust("apigateway.amazonaws.com"), {"call": may_invoke(invoices.at("blue"))})
    api = world.rest_api("invoices")
    api.method("POST /invoices", invoices.at("${stageVariables.colour}"), credentials=role)
    api.stage("prod", {"colour": "green"})
    return f'{{"message": "Internal server error"}} at {api.url("prod", "/invoices")} since the release at noon'


def _parcels(world: World) -> str:
    parcels = world.function("parcels")
    api = world.rest_api("parcels")
    api.method("GET /parcels/{id}", parcels, backend_method="GET").stage("prod")
    parcels.allows(api.source())
    return api.id


def _gym(world: World) -> str:
    members = world.function("members")
    sessions = world.function("session-check")
    api = world.rest_api("gym")
    gate = api.authorizer("sessions", sessions.allows(api.source()), ttl=300)
    api.method("GET /profile", members.allows(api.source()), authorizer=gate)
    api.method("POST /bookings", members, authorizer=gate).stage("prod")
    statement = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": f"{api.arn}/prod/GET/profile"}
    answer = {"principalId": "member-81", "policyDocument": document(statement)}
    request = "(2f7c1d90-5b1e-4d2a-9f57-0c6d4b8a7e11)"
    api.logged(
        "prod",
        12,
        f"{request} Authorizer result body before parsing: {json.dumps(answer)}",
        f"{request} Using valid authorizer policy for principal: *****r-81",
        f"{request} The client is not authorized to perform this operation.",
        f"{request} HTTP Method: POST, Resource Path: /bookings",
        f"{request} Gateway response type: ACCESS_DENIED with status code: 403",
    )
    said = '{"Message":"User is not authorized to access this resource"}'
    return f"POST {api.url('prod', '/bookings')} answers 403 {said}, but only for some members"


def _trains(world: World) -> str:
    newer = world.function("timetable-v2")
    api = world.rest_api("trains")
    api.method("GET /timetable", world.function_arn("timetable")).stage("prod")
    newer.allows(api.source())
    with world.changed("user/mika", hours=3):
        api.saves("GET /timetable", uri=api.uri(newer))
    return f'GET {api.url("prod", "/timetable")} answers {{"message": "Internal server error"}} since the clean-up'


def _quiet(world: World) -> str:
    catalogue = world.function("catalogue")
    api = world.rest_api("catalogue")
    api.method("GET /items", catalogue).stage("prod")
    catalogue.allows(api.source("GET /items"))
    return api.id


SCENARIOS = {
    "order-desk": Scenario("an order desk answers 500 after its function got an alias", _order_desk),
    "bookings": Scenario("a booking service answers 500 before its own function is even called", _bookings),
    "invoices": Scenario("invoices fail on prod since the stage was pointed at another alias", _invoices),
    "parcels": Scenario("a function works when it is called by hand, and through the API it does not", _parcels),
    "gym": Scenario("members of a gym see their profile, but some of them cannot book", _gym),
    "trains": Scenario("a timetable stays broken although somebody has set it right", _trains),
    "catalogue": Scenario("a catalogue that works: what the answer looks like when nothing is wrong", _quiet),
}
"""By name; the first is the one that `kintsugi demo` shows."""
