"""Accounts in which a stage runs something else than what is saved, or something that only looks so."""

from __future__ import annotations

from bot.demo.rest_api import Api
from bot.demo.world import World, trust
from tests.scenarios.caller_access import refused, session_of, shop
from tests.scenarios.pasted import AUTHORIZER_FAILED, INTERNAL_ERROR, NOT_PERMITTED, access_log, execution_log
from tests.scenarios.scenario import Case, Expected, found, nothing_wrong, scenario

_NO_TOKEN = '{"message":"Missing Authentication Token"}'
_SHUT = {"Effect": "Deny", "Principal": "*"}
_OPEN = {"Effect": "Allow", "Principal": "*"}
_FORBIDDEN = '{"message":"Forbidden"}'
_TO_ANYBODY = "anybody who can reach the API may call `GET /orders`"
_ENDS = "The saved API has no resource policy"
_GOES_LIVE = "The saved resource policy goes live"
_SHUTS_OUT = "The API as it is saved refuses calls"


def _lags(stage: str = "prod", scope: str = "asked", **facts: str) -> Expected:
    return found("change_not_deployed", scope=scope, stack=None, stages=stage, **facts)


def _shop(world: World) -> Api:
    """An API with one method, whose function lets it in."""
    orders, api = world.function("orders"), world.rest_api("shop")
    orders.allows(api.source())
    return api.method("GET /orders", orders)


# ---- changes that act once they are deployed


@scenario
def a_shop_with_a_newer_function(world: World) -> Case:
    api, newer = _shop(world).stage("prod"), world.function("orders-2")
    newer.allows(api.source())
    api.saves("GET /orders", uri=api.uri(newer))
    finds = _lags(changed="GET /orders integration.uri", methods="GET /orders")
    return Case(f"{api.url('prod', '/orders')} {INTERNAL_ERROR}", (finds,))


@scenario
def a_shop_with_less_patience(world: World) -> Case:
    api = _shop(world).stage("dev").stage("prod").saves("GET /orders", timeoutInMillis="5000")
    changed = "GET /orders integration.timeoutInMillis"
    return Case(api.id, (_lags("dev", changed=changed), _lags("prod", changed=changed)))


@scenario
def a_shop_with_two_ways_in(world: World) -> Case:
    api = _shop(world).stage("prod").mock("POST /orders")
    finds = _lags(changed="POST /orders added", methods="POST /orders")
    return Case(f"$ curl -X POST {api.url('prod', '/orders')}\n{_NO_TOKEN}", (finds,))


@scenario
def a_shop_with_a_page_for_each_order(world: World) -> Case:
    api = _shop(world).mock("ANY /{proxy+}").stage("prod").mock("GET /orders/{id}")
    return Case(api.url("prod", "/orders/7"), (_lags(changed="GET /orders/{id} added"),))


@scenario
def a_shop_for_everybody(world: World) -> Case:
    api = world.rest_api("shop")
    orders = world.function("orders").allows(api.source())
    api.method("GET /orders", orders, authorization="AWS_IAM").stage("prod")
    api.saves_method("GET /orders", authorizationType="NONE")
    finds = _lags(changed="GET /orders authorizationType")
    return Case(f"{api.url('prod', '/orders')} {_NO_TOKEN}", (finds,), says=(_TO_ANYBODY,))


@scenario
def a_shop_with_a_doorman(world: World) -> Case:
    api = _shop(world).stage("prod")
    gate = api.authorizer("session", world.function("session").allows(api.source()))
    world.function("door").allows(gate.source)
    api.saves_authorizer(gate, authorizerUri=api.uri(world.function_arn("door")))
    api.saves_method("GET /orders", authorizationType="CUSTOM", authorizerId=gate.id)
    return Case(api.id, (_lags(changed="GET /orders authorizationType"),))


@scenario
def a_doorman_who_forgets_at_once(world: World) -> Case:
    api, session = world.rest_api("accounts"), world.function("session")
    accounts = world.function("accounts").allows(api.source())
    gate = api.authorizer("session", session)
    session.allows(gate.source)
    api.method("GET /me", accounts, authorizer=gate).method("GET /you", accounts, authorizer=gate).stage("prod")
    api.saves_authorizer(gate, authorizerResultTtlInSeconds="0", identitySource="method.request.header.X-Session")
    changed = "authorizer session authorizerResultTtlInSeconds, authorizer session identitySource"
    return Case(api.id, (_lags(changed=changed, methods="GET /me, GET /you"),))


@scenario
def a_doorman_at_another_address(world: World) -> Case:
    api, session, door = world.rest_api("accounts"), world.function("session"), world.function("door")
    gate = api.authorizer("session", session, type="REQUEST")
    for function in (session, door):
        function.allows(gate.source)
    accounts = world.function("accounts").allows(api.source())
    api.method("GET /me", accounts, authorizer=gate).stage("prod")
    api.saves_authorizer(gate, authorizerUri=api.uri(door))
    question = execution_log(api, "prod", "GET /me", f"{NOT_PERMITTED}\n{AUTHORIZER_FAILED}")
    return Case(question, (_lags(changed="authorizer session authorizerUri", methods="GET /me"),))


@scenario
def a_shop_with_keys(world: World) -> Case:
    api = _shop(world).stage("prod").saves_method("GET /orders", apiKeyRequired="true")
    return Case(api.id, (_lags(changed="GET /orders apiKeyRequired"),))


@scenario
def a_shop_with_new_rules(world: World) -> Case:
    api = _shop(world).policy(_OPEN, _SHUT | {"Condition": {"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}}})
    api.stage("prod").policy(_OPEN)
    return Case(api.id, (_lags(changed="resource policy"),), says=(_GOES_LIVE, _TO_ANYBODY))


@scenario
def a_shop_with_its_first_rules(world: World) -> Case:
    api = _shop(world).stage("dev").policy(_OPEN).stage("prod")
    return Case(
        f"I changed the resource policy in API Gateway but the change has not taken effect: {api.url('dev')}",
        (_lags("dev", changed="resource policy"),),
    )


@scenario
def a_shop_with_its_own_words(world: World) -> Case:
    api = _shop(world).stage("prod").responds("UNAUTHORIZED", Access_Control_Allow_Origin="*")
    api.responds("DEFAULT_5XX", status="503")
    changed = "gateway response DEFAULT_5XX, gateway response UNAUTHORIZED"
    return Case(api.id, (_lags(changed=changed),))


@scenario
def a_shop_that_closes_a_counter(world: World) -> Case:
    api = _shop(world).mock("GET /returns").stage("prod").drops("GET /returns")
    return Case(api.id, (_lags(changed="GET /returns removed"),))


@scenario
def a_shop_that_changed_hands(world: World) -> Case:
    api = world.rest_api("shop")
    orders = world.function("orders")
    api.method("GET /orders", orders).stage("prod").policy(_OPEN)
    source = api.source("GET /orders", "prod")
    finds = (_lags(changed="resource policy"), found("integration_permission_missing", methods="GET /orders"))
    return Case(api.id, finds, prints=(source,))


@scenario
def a_shop_half_way_to_a_newer_function(world: World) -> Case:
    api, newer = _shop(world).stage("prod"), world.function("orders-2")
    newer.allows(api.source())
    api.saves("GET /orders", uri=api.uri(newer), httpMethod="GET")
    return Case(api.id, (found("integration_method_not_post", stack="merge", methods="GET /orders"),))


# ---- what runs lets the request pass, whatever is saved


@scenario
def a_shop_about_to_ask_for_signatures(world: World) -> Case:
    api = _shop(world).stage("prod").saves_method("GET /orders", authorizationType="AWS_IAM")
    return nothing_wrong(f"{api.url('prod', '/orders')} {_NO_TOKEN}")


@scenario
def a_shop_about_to_shut(world: World) -> Case:
    api = _shop(world).stage("prod").policy(_OPEN, _SHUT)
    return nothing_wrong(f"{api.url('prod', '/orders')} {INTERNAL_ERROR}")


# ---- a resource policy that is saved and does not run


def _from(network: str) -> dict[str, object]:
    return {"Condition": {"IpAddress": {"aws:SourceIp": network}}}


def _shop_about_to_shut(world: World) -> Api:
    return _shop(world).policy(_OPEN).stage("prod").policy(_OPEN, _SHUT)


@scenario
def a_shop_about_to_shut_that_refused_somebody(world: World) -> Case:
    api = _shop_about_to_shut(world)
    return nothing_wrong(refused(api, "GET /prod/orders", ending=" with an explicit deny in a resource-based policy"))


@scenario
def a_shop_about_to_shut_that_says_no(world: World) -> Case:
    api = _shop_about_to_shut(world)
    return Case(f"GET {api.url('prod', '/orders')} 403 {_FORBIDDEN}", verdict="could_not_check")


@scenario
def a_shop_about_to_shut_in_a_checkup(world: World) -> Case:
    return nothing_wrong(_shop_about_to_shut(world).id)


@scenario
def a_shop_about_to_serve_its_own(world: World) -> Case:
    api = _shop(world).policy(_OPEN).stage("prod").policy({"Effect": "Allow", "Principal": {"AWS": world.account}})
    return nothing_wrong(refused(api, "GET /prod/orders"))


@scenario
def a_shop_about_to_serve_one_network(world: World) -> Case:
    return nothing_wrong(_shop(world).policy(_OPEN).stage("prod").policy(_OPEN | _from("192.0.2.0/24")).id)


@scenario
def a_shop_about_to_forget_whom_it_lets_in(world: World) -> Case:
    role = world.role("batch", trust("ec2.amazonaws.com"))
    api = shop(world).policy({"Effect": "Allow", "Principal": {"AWS": role}}).stage("prod").drops_policy()
    return nothing_wrong(refused(api, "GET /prod/orders", session_of(role)))


@scenario
def an_inner_shop_about_to_forget_whom_it_lets_in(world: World) -> Case:
    api = _shop(world).private(world.vpc_endpoint()).policy(_OPEN).stage("prod").drops_policy()
    return Case(f"GET {api.url('prod', '/orders')} {_FORBIDDEN}", verdict="could_not_check")


@scenario
def an_inner_shop_in_a_checkup(world: World) -> Case:
    api = _shop(world).private(world.vpc_endpoint()).policy(_OPEN).stage("prod").drops_policy()
    return nothing_wrong(api.id)


@scenario
def a_shop_about_to_shut_with_a_newer_function(world: World) -> Case:
    api, newer = _shop_about_to_shut(world), world.function("orders-2")
    newer.allows(api.source())
    api.saves("GET /orders", uri=api.uri(newer))
    finds = found("change_not_deployed", cli=False, stack=None, changed="GET /orders integration.uri")
    return Case(f"{api.url('prod', '/orders')} {INTERNAL_ERROR}", (finds,), heals=False, says=(_SHUTS_OUT,))


@scenario
def a_shop_that_waits_to_shut(world: World) -> Case:
    api = _shop_about_to_shut(world)
    return Case(
        f"I changed the resource policy in API Gateway but the change has not taken effect: {api.url('prod')}",
        (_lags(changed="resource policy"),),
        heals=False,
        says=(_SHUTS_OUT,),
    )


@scenario
def a_shop_that_moved_to_another_network(world: World) -> Case:
    api = _shop(world).policy(_OPEN | _from("192.0.2.0/24")).stage("prod").policy(_OPEN | _from("198.51.100.0/24"))
    return Case(api.id, (_lags(changed="resource policy"),), says=(_GOES_LIVE,))


@scenario
def a_shop_that_opens_again(world: World) -> Case:
    api = _shop(world).policy(_OPEN, _SHUT).stage("prod").policy(_OPEN)
    question = refused(api, "GET /prod/orders", ending=" with an explicit deny in a resource-based policy")
    return Case(question, (_lags(changed="resource policy"),), says=(_GOES_LIVE, _TO_ANYBODY))


@scenario
def a_shop_without_its_rules(world: World) -> Case:
    api = _shop(world).policy(_OPEN | _from("192.0.2.0/24")).stage("prod").drops_policy()
    return Case(refused(api, "GET /prod/orders"), (_lags(changed="resource policy"),), says=(_ENDS, _TO_ANYBODY))


@scenario
def a_shop_that_asks_only_where_from(world: World) -> Case:
    api = shop(world).policy(_OPEN | _from("192.0.2.0/24")).stage("prod")
    api.saves_method("GET /orders", authorizationType="NONE")
    finds = _lags(changed="GET /orders authorizationType")
    return Case(api.id, (finds,), says=("callers need no authorization for `GET /orders` any more",))


# ---- what needs no deployment, and what is only spelled otherwise


@scenario
def a_shop_run_by_hand(world: World) -> Case:
    orders, api = world.function("orders"), world.rest_api("shop")
    api.method("GET /orders", orders).responds("THROTTLED", status="503").policy(_OPEN).stage("prod", {"table": "a"})
    orders.allows(api.source())
    world.client("apigateway").update_stage(
        restApiId=api.id,
        stageName="prod",
        patchOperations=[
            {"op": "replace", "path": "/variables/table", "value": "b"},
            {"op": "replace", "path": "/*/*/logging/loglevel", "value": "INFO"},
            {"op": "replace", "path": "/*/*/throttling/rateLimit", "value": "5"},
        ],
    )
    return nothing_wrong(api.id)


@scenario
def rules_written_anew(world: World) -> Case:
    api, account = _shop(world), world.account
    mine = {"Effect": "Allow", "Principal": {"AWS": [f"arn:aws:iam::{account}:root"]}}
    api.policy(mine | {"Sid": "Mine"}, _OPEN | {"Resource": "execute-api:/prod/GET/orders"}).stage("prod")
    api.policy(
        {"Resource": [f"{api.arn}/prod/GET/orders"], "Principal": {"AWS": "*"}, "Effect": "Allow"},
        {"Principal": {"AWS": account}, "Effect": "Allow", "Action": ["execute-api:invoke"]},
    )
    return nothing_wrong(api.id)


@scenario
def a_change_taken_back(world: World) -> Case:
    api = _shop(world).stage("prod").saves("GET /orders", timeoutInMillis="5000")
    return nothing_wrong(api.saves("GET /orders", timeoutInMillis="29000").id)


@scenario
def a_change_that_is_tried_on_some(world: World) -> Case:
    api = _shop(world).stage("prod", canary={"table": "next"})
    return nothing_wrong(api.id)


@scenario
def a_change_elsewhere(world: World) -> Case:
    api = _shop(world).stage("dev").mock("POST /orders").stage("prod")
    return nothing_wrong(api.url("prod", "/orders"))


@scenario
def another_name_for_the_doorman(world: World) -> Case:
    api, session = world.rest_api("accounts"), world.function("session")
    gate = api.authorizer("session", session)
    session.allows(gate.source)
    api.method("GET /me", world.function("accounts").allows(api.source()), authorizer=gate).stage("prod")
    return nothing_wrong(api.saves_authorizer(gate, name="doorman").id)


@scenario
def a_function_that_fails_behind_a_newer_route(world: World) -> Case:
    api = _shop(world).stage("prod").mock("GET /returns")
    question = access_log(api, "prod", "GET /orders", "Invalid permissions on Lambda function")
    return nothing_wrong(question)
