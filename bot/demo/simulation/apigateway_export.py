"""What a deployment froze, and its export as an OpenAPI document with API Gateway's extensions."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from moto.apigateway.models import RestAPI
from moto.utilities.utils import get_partition

from bot.demo.simulation.apigateway import api_of, bad_request, described_authorizer, not_found
from bot.demo.simulation.apigateway_methods import described_method
from bot.demo.simulation.operations import Call, answers, without_none

_ANY = "x-amazon-apigateway-any-method"
# Members whose values are constants, which the document spells in lower case.
_LOWER_CASE = ("type", "passthroughBehavior")
_NOT_EXPORTED = ("integrationResponses",)
_AUTHORIZER_MEMBERS = (
    "authorizerCredentials",
    "authorizerResultTtlInSeconds",
    "authorizerUri",
    "identitySource",
    "identityValidationExpression",
    "providerARNs",
)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What stood when the API was deployed: methods by path, authorizers by id, changed gateway responses by type.

    `policy` is JSON text, None without one.
    """

    methods: dict[str, dict[str, Any]]
    authorizers: dict[str, dict[str, Any]]
    gateway_responses: dict[str, dict[str, Any]]
    policy: str | None
    api_key_source: str | None

    def summary(self) -> dict[str, Any]:
        """botocore's apiSummary of a Deployment."""
        return {
            path: {
                verb: {name: method.get(name) for name in ("authorizationType", "apiKeyRequired")}
                for verb, method in methods.items()
            }
            for path, methods in self.methods.items()
            if methods
        }


def snapshot(api: RestAPI) -> Snapshot:
    """Freeze the API as it is saved now."""
    methods = {
        resource.get_path(): {
            verb: without_none(described_method(method)) for verb, method in resource.resource_methods.items()
        }
        for resource in api.resources.values()
    }
    authorizers = {id_: without_none(described_authorizer(each)) for id_, each in api.authorizers.items()}
    # Through JSON and back, so that nothing is shared with what may be changed afterwards.
    frozen = json.loads(json.dumps([methods, authorizers, api.gateway_responses]))
    return Snapshot(*frozen, policy=api.policy or None, api_key_source=api.api_key_source)


@answers("apigateway", "GetExport")
def get_export(call: Call) -> dict[str, Any]:
    """Export what the stage runs (not what is saved), as JSON.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-export-api.html
    """
    if call["exportType"] not in ("oas30", "swagger"):
        raise bad_request(f"No API exporter for type '{call['exportType']}'")
    api = api_of(call)
    stage = api.stages.get(call["stageName"])
    if stage is None:
        raise not_found("Invalid stage identifier specified")
    deployment = api.deployments[stage.deployment_id]
    version = datetime.fromtimestamp(deployment.created_date, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    extensions = {part.strip() for part in (call.get("parameters") or {}).get("extensions", "").split(",")}
    write = _openapi if call["exportType"] == "oas30" else _swagger
    suffix = ".cn" if get_partition(call.region) == "aws-cn" else ""
    host = f"{api.id}.execute-api.{call.region}.amazonaws.com{suffix}"
    document = write(api.name, version, host, call["stageName"], *_contents(deployment.snapshot, extensions))
    if extensions & {"integrations", "apigateway"}:
        document |= _settings(deployment.snapshot)
    return {
        "contentType": "application/octet-stream",
        "contentDisposition": f'attachment; filename="{call["exportType"]}_{version}.json"',
        "body": json.dumps(document, indent=2).encode(),
    }


def _openapi(
    title: str, version: str, host: str, stage: str, paths: dict[str, Any], schemes: dict[str, Any]
) -> dict[str, Any]:
    server = {"url": f"https://{host}/{{basePath}}", "variables": {"basePath": {"default": f"/{stage}"}}}
    document = {"openapi": "3.0.1", "info": {"title": title, "version": version}, "servers": [server]}
    return {**document, "paths": paths, "components": {"securitySchemes": schemes}}


def _swagger(
    title: str, version: str, host: str, stage: str, paths: dict[str, Any], schemes: dict[str, Any]
) -> dict[str, Any]:
    where = {"host": host, "basePath": f"/{stage}", "schemes": ["https"]}
    document = {"swagger": "2.0", "info": {"version": version, "title": title}, **where}
    return {**document, "paths": paths, "securityDefinitions": schemes}


def _settings(frozen: Snapshot) -> dict[str, Any]:
    """What the document says of the API as a whole; of gateway responses only those that were changed."""
    responses = {kind: _gateway_response(each) for kind, each in frozen.gateway_responses.items()}
    settings = {
        "x-amazon-apigateway-api-key-source": frozen.api_key_source if frozen.api_key_source != "HEADER" else None,
        "x-amazon-apigateway-gateway-responses": responses or None,
        "x-amazon-apigateway-policy": json.loads(frozen.policy) if frozen.policy else None,
    }
    return without_none(settings)


def _gateway_response(response: dict[str, Any]) -> dict[str, Any]:
    members = {name: value for name, value in response.items() if value}
    return {**members, "statusCode": int(members["statusCode"])} if "statusCode" in members else members


def _contents(frozen: Snapshot, extensions: set[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The paths, and the security schemes of those authorizers that a method uses."""
    integrations = bool(extensions & {"integrations", "apigateway"})
    paths: dict[str, Any] = {}
    used: dict[str, Any] = {}
    for path, methods in frozen.methods.items():
        for verb, method in methods.items():
            exported: dict[str, Any] = {"responses": _responses(method)}
            if scheme := _scheme(method, frozen, detailed=bool(extensions & {"authorizers", "apigateway"})):
                name, definition = scheme
                used[name] = definition
                exported["security"] = [{name: method.get("authorizationScopes", [])}]
            if method.get("apiKeyRequired"):
                used["api_key"] = {"type": "apiKey", "name": "x-api-key", "in": "header"}
                exported["security"] = [*exported.get("security", []), {"api_key": []}]
            if integrations and "methodIntegration" in method:
                exported["x-amazon-apigateway-integration"] = _integration(method["methodIntegration"])
            paths.setdefault(path, {})[_ANY if verb == "ANY" else verb.lower()] = exported
    return paths, used


def _responses(method: dict[str, Any]) -> dict[str, Any]:
    return {code: {"description": f"{code} response"} for code in method.get("methodResponses", {})}


def _scheme(method: dict[str, Any], frozen: Snapshot, *, detailed: bool) -> tuple[str, dict[str, Any]] | None:
    header = {"type": "apiKey", "in": "header"}
    if method["authorizationType"] == "AWS_IAM":
        return "sigv4", {**header, "name": "Authorization", "x-amazon-apigateway-authtype": "awsSigv4"}
    authorizer = frozen.authorizers.get(method.get("authorizerId", ""))
    if authorizer is None:
        return None
    token_header = authorizer.get("identitySource", "").removeprefix("method.request.header.")
    name = "Unused" if authorizer["type"] == "REQUEST" else token_header
    definition = {**header, "name": name, "x-amazon-apigateway-authtype": authorizer["authType"]}
    if detailed:
        members = {member: authorizer[member] for member in _AUTHORIZER_MEMBERS if member in authorizer}
        if authorizer["type"] == "TOKEN":
            members.pop("identitySource", None)
        definition["x-amazon-apigateway-authorizer"] = {"type": authorizer["type"].lower(), **members}
    return authorizer["name"], definition


def _integration(integration: dict[str, Any]) -> dict[str, Any]:
    exported = {
        name: value.lower() if name in _LOWER_CASE else value
        for name, value in integration.items()
        if name not in _NOT_EXPORTED and value not in ([], {})
    }
    responses = {
        response.get("selectionPattern") or "default": {
            name: value for name, value in response.items() if name != "selectionPattern" and value
        }
        for response in integration.get("integrationResponses", {}).values()
    }
    return {**exported, "responses": responses or {"default": {"statusCode": "200"}}}
