"""The findings about a route that nobody defined, and about a method that leads nowhere."""

from collections.abc import Iterable

from bot.aws.api_parts import Method
from bot.aws.apigateway import RestApi
from bot.aws.deployed import Running
from bot.aws.routes import match_route, nearest_routes
from bot.model import Certainty, Finding, Phase


def missing_route(api: RestApi, deployed: Iterable[Running]) -> Finding | None:
    """The path and method called are neither saved nor run by a stage. Raises Unseen."""
    path, verb = api.focus.path, api.focus.method
    if path is None or api.methods:
        return None
    deployed = tuple(deployed)
    if any(match_route(runs.methods, path, verb, api.stage_names) for runs in deployed):
        return None
    known = {(method.path, method.http_method): method for method in api.every_method}
    routes = list(known) + [
        (method.path, method.http_method)
        for runs in deployed
        for method in runs.methods
        if (method.path, method.http_method) not in known
    ]
    nearest = nearest_routes(dict.fromkeys(routes), path, verb)
    called = f"{verb} {path}" if verb else path
    return Finding(
        cause="route_missing",
        fix="route_missing",
        phase=Phase.ROUTE,
        certainty=Certainty.PROVEN,
        facts={"api_id": api.id, "called": called, "nearest": ", ".join(f"{verb} {path}" for path, verb in nearest)},
        evidence=tuple(dict.fromkeys((*api.resources_evidence, *(id for runs in deployed for id in runs.evidence)))),
        account=api.account.id,
        region=api.region,
        remedy={
            "is_verb": bool(match_route(api.every_method, path, None, api.stage_names)),
            "greedy": next((there for there, _ in nearest if there.endswith("+}") and _is_parent(path, there)), None),
        },
    )


def _is_parent(path: str, template: str) -> bool:
    return template.rpartition("/")[0].strip("/") == path.strip("/")


def missing_integration(api: RestApi, among: Iterable[Method]) -> Finding | None:
    """Methods saved without an integration, if there is one among those given. Raises Unseen.

    They answer nothing, and API Gateway refuses to deploy an API that has one: all are named, for all are in the way.
    """
    if all(method.integration for method in among):
        return None
    lacking = [method for method in api.every_method if method.integration is None]
    return Finding(
        cause="integration_missing",
        fix="integration_missing",
        phase=Phase.INTEGRATION,
        certainty=Certainty.PROVEN,
        facts={"api_id": api.id, "methods": ", ".join(method.label for method in lacking)},
        evidence=api.resources_evidence,
        account=api.account.id,
        region=api.region,
        remedy={"count": len(lacking), "resource_ids": sorted({method.resource_id for method in lacking})},
    )
