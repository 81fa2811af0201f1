"""What is saved of an API, compared with what one of its stages runs: most changes act only once they are deployed.

https://docs.aws.amazon.com/apigateway/latest/developerguide/updating-api.html
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.aws.account import Read, Unseen
from bot.aws.api_parts import Authorizer, Method
from bot.aws.apigateway import RestApi
from bot.aws.deployed import Running
from bot.aws.export import RunningMethod
from bot.aws.normal_form import (
    authorizer_settings,
    differing,
    gateway_response_settings,
    integration_settings,
    policy_statements,
)
from bot.aws.routes import match_route
from bot.model import Phase

# What of an integration decides whether its backend can be called at all.
_DECIDES_THE_CALL = frozenset({"type", "uri", "httpMethod", "credentials", "connectionType", "connectionId"})
AUTHORIZER = "authorizer "
"""How `Change.what` begins where it is an authorizer's setting; its name and the setting follow."""
_AUTHORIZATION, _API_KEY = "authorizationType", "apiKeyRequired"
_UNASKED = {_AUTHORIZATION: "NONE", _API_KEY: False}
"""What a deployment's summary says of a method that asks for nothing."""
_Route = tuple[str, str]
"""A method by its path and verb."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is saved otherwise than it runs.

    `what` names it in API Gateway's own words: `GET /orders integration.uri`, `resource policy`. `methods` are the
    labels of those it concerns, none if all. `is_removal`: a method that runs still and is saved no longer.
    `may_break`: if what is saved is wrong, then calls fail that now succeed. `running` is what decides now, where that
    tells which errors can come of it: an authorization type, `key` or `policy`; empty where nothing does.
    """

    what: str
    phase: Phase
    methods: tuple[str, ...] = ()
    is_removal: bool = False
    may_break: bool = True
    running: str = ""
    rests_on_silence: bool = False
    """That it runs otherwise is told only by the export's saying nothing of it."""


def expect_saved(api: RestApi, *, responses: bool) -> None:
    """Starts the read that only the comparison needs: that of the gateway responses."""
    if responses:
        api.account.expect(_gateway_responses(api))


def changes(api: RestApi, running: Running) -> Iterator[Change]:
    """What differs in the routes and methods in focus, in who may call them, and in the resource policy.

    Raises Unseen at what cannot be seen, after what can.
    """
    routes = _routes_in_focus(api, running)
    saved = {(each.path, each.http_method): each for each in api.every_method}
    runs = {(each.path, each.http_method): each for each in running.methods}
    for route in routes:
        for change in _route_changes(saved.get(route), runs.get(route)):
            if not change.rests_on_silence or _is_in_summary(api, running, route, change):
                yield change
    if any(saved[route].authorizer_id for route in routes if route in saved):
        yield from _authorizer_changes(api, running, [saved[route] for route in routes if route in saved], runs)
    if running.api_key_source and running.api_key_source != (api.answer["apiKeySource"] or "HEADER"):
        yield Change("apiKeySource", Phase.USAGE_PLAN, running="key")
    if policy_statements(api.policy, api.arn) != policy_statements(running.policy, api.arn):
        # Without a policy everybody may call an API, but nobody a private one.
        decides = running.policy is not None or api.is_private
        yield Change("resource policy", Phase.RESOURCE_POLICY, running="policy" if decides else "")


def _is_in_summary(api: RestApi, running: Running, route: _Route, change: Change) -> bool:
    """Whether the summary of the deployment says, too, that the method asks for nothing; no where it cannot be seen."""
    path, verb = route
    read = Read.of(
        "apigateway",
        "GetDeployment",
        api.region,
        restApiId=api.id,
        deploymentId=running.stage.deployment_id,
        embed=["apisummary"],
    )
    member = change.what.rpartition(" ")[2]
    try:
        summary = api.account.known(read)["apiSummary"] or {}
    except Unseen:
        return False
    return bool((summary.get(path, {}).get(verb) or {}).get(member) == _UNASKED[member])


def response_changes(api: RestApi, running: Running) -> Iterator[Change]:
    """The gateway responses that differ. Raises Unseen."""
    listed = api.account.known(_gateway_responses(api))["items"] or []
    saved = {
        str(each.get("responseType")): gateway_response_settings(each)
        for each in listed
        if not each.get("defaultResponse")
    }
    runs = {kind: gateway_response_settings(each) for kind, each in running.gateway_responses.items()}
    for kind in sorted(saved.keys() | runs.keys()):
        told_both = "statusCode" in saved.get(kind, {}) and "statusCode" in runs.get(kind, {})
        names = [
            name for name in differing(saved.get(kind, {}), runs.get(kind, {})) if name != "statusCode" or told_both
        ]
        if names or (kind in saved) != (kind in runs):
            yield Change(f"gateway response {kind}", Phase.RESPONSE, may_break=False)


def _gateway_responses(api: RestApi) -> Read:
    return Read.of("apigateway", "GetGatewayResponses", api.region, restApiId=api.id)


def _routes_in_focus(api: RestApi, running: Running) -> list[_Route]:
    """The routes that serve what was asked about: as saved, and as the stage runs it, which may be others."""
    focus = api.focus
    runs: tuple[RunningMethod, ...] = running.methods
    if focus.path is not None:
        runs = match_route(runs, focus.path, focus.method, api.stage_names)
    elif focus.authorizer is not None:
        name = next((each.name for each in api.every_authorizer if each.id == focus.authorizer), None)
        runs = tuple(method for method in runs if method.authorizer == name)
    saved = {(method.path, method.http_method) for method in api.methods}
    return sorted(saved | {(method.path, method.http_method) for method in runs})


def _route_changes(saved: Method | None, runs: RunningMethod | None) -> Iterator[Change]:
    if saved is None:
        if runs is not None:
            yield Change(f"{runs.label} removed", Phase.ROUTE, (runs.label,), is_removal=True)
        return
    label = (saved.label,)
    if saved.integration is None:
        return  # cannot be deployed as it stands
    if runs is None:
        yield Change(f"{saved.label} added", Phase.ROUTE, label)
        return
    if runs.authorization_type not in (None, saved.authorization_type):
        yield Change(
            f"{saved.label} {_AUTHORIZATION}",
            Phase.AUTHORIZER,
            label,
            running=runs.authorization_type or "",
            rests_on_silence=runs.authorization_type == "NONE",
        )
    if saved.authorization_type == runs.authorization_type == "COGNITO_USER_POOLS":
        scopes = saved.definition.get("authorizationScopes") or ()
        if sorted(map(str, scopes)) != sorted(runs.scopes):
            yield Change(f"{saved.label} authorizationScopes", Phase.AUTHORIZER, label, running="COGNITO_USER_POOLS")
    if bool(saved.definition.get("apiKeyRequired")) != runs.api_key_required:
        yield Change(
            f"{saved.label} {_API_KEY}",
            Phase.USAGE_PLAN,
            label,
            running="key" if runs.api_key_required else "",
            rests_on_silence=not runs.api_key_required,
        )
    if runs.integration is not None:
        one, other = (
            integration_settings(saved.integration.definition),
            integration_settings(runs.integration.definition),
        )
        for name in differing(one, other):
            may_break = name in _DECIDES_THE_CALL
            yield Change(f"{saved.label} integration.{name}", Phase.INTEGRATION, label, may_break=may_break)


def _authorizer_changes(
    api: RestApi, running: Running, methods: list[Method], runs: Mapping[_Route, RunningMethod]
) -> Iterator[Change]:
    known = {authorizer.id: authorizer for authorizer in api.every_authorizer}
    deployed = {authorizer.name: authorizer for authorizer in running.authorizers}
    users: dict[str, list[str]] = {}
    for method in methods:
        before = runs.get((method.path, method.http_method))
        mine = known.get(method.authorizer_id or "")
        if before is None or mine is None or before.authorization_type != method.authorization_type:
            continue
        if before.authorizer == mine.name:
            users.setdefault(mine.id, []).append(method.label)
        elif before.authorizer and _differing(mine, deployed[before.authorizer].settings):
            decides = before.authorization_type or ""
            yield Change(f"{method.label} authorizer", Phase.AUTHORIZER, (method.label,), running=decides)
    for id, labels in users.items():
        for name in _differing(known[id], deployed[known[id].name].settings):
            decides = "COGNITO_USER_POOLS" if known[id].type == "COGNITO_USER_POOLS" else "CUSTOM"
            yield Change(f"{AUTHORIZER}{known[id].name} {name}", Phase.AUTHORIZER, tuple(labels), running=decides)


def _differing(saved: Authorizer, exported: Mapping[str, object] | None) -> list[str]:
    """The settings that differ; those that the export does not tell are taken for the same."""
    if exported is None:
        return []
    one, other = authorizer_settings(saved.definition), authorizer_settings(exported)
    untold = one.keys() ^ other.keys()
    return [name for name in differing(one, other) if name not in untold]
