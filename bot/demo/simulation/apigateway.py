"""REST APIs, their resources and authorizers, as API Gateway reports and changes them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from moto.apigateway.models import APIGatewayBackend, Authorizer, Resource, RestAPI, apigateway_backends

from bot.demo.simulation.apigateway_policy import check_policy, save_policy
from bot.demo.simulation.operations import AwsError, Call, answers
from bot.demo.simulation.pages import page
from bot.demo.simulation.patches import Field, Items, Table, apply, truth

_REST_API: Table = {
    "apiKeySource": Field("api_key_source"),
    "binaryMediaTypes": Items("binaryMediaTypes"),
    "description": Field("description"),
    "disableExecuteApiEndpoint": Field("disableExecuteApiEndpoint", truth),
    "minimumCompressionSize": Field("minimum_compression_size", int),
    "name": Field("name"),
}
_AUTHORIZER: Table = {
    "authType": Field("auth_type"),
    "authorizerCredentials": Field("authorizer_credentials", operations=("replace", "remove")),
    "authorizerResultTtlInSeconds": Field("authorizer_result_ttl", int),
    "authorizerUri": Field("authorizer_uri", operations=("replace", "remove")),
    "identitySource": Field("identity_source", operations=("replace", "remove")),
    "identityValidationExpression": Field("identity_validation_expression", operations=("replace", "remove")),
    "name": Field("name"),
    "providerARNs": Items("provider_arns"),
    "type": Field("type"),
}


def not_found(message: str) -> AwsError:
    """API Gateway's NotFoundException."""
    return AwsError("NotFoundException", message, 404)


def bad_request(message: str) -> AwsError:
    """API Gateway's BadRequestException."""
    return AwsError("BadRequestException", message)


def backend_of(account: str, region: str) -> APIGatewayBackend:
    """Where moto keeps the APIs of the account and region."""
    return apigateway_backends[account][region]


def find_api(account: str, region: str, api_id: str) -> RestAPI:
    """The API; raises NotFoundException, which names the account, as AWS's does."""
    api = backend_of(account, region).apis.get(api_id)
    if api is None:
        raise not_found(f"Invalid API identifier specified {account}:{api_id}")
    return api


def api_of(call: Call) -> RestAPI:
    """The API that the call names."""
    return find_api(call.account, call.region, call["restApiId"])


def resource_of(call: Call) -> Resource:
    """The resource that the call names; raises NotFoundException."""
    resource = api_of(call).resources.get(call["resourceId"])
    if resource is None:
        raise not_found("Invalid Resource identifier specified")
    return resource


def paged(call: Call, items: Sequence[Any]) -> dict[str, Any]:
    """One page of `items`: 25 unless `limit` says otherwise, never above 500."""
    limit = min(int(call.get("limit") or 25), 500)
    some, position = page(items, limit, call.get("position"), bad_request("Invalid position parameter"))
    return {"items": list(some), "position": position}


# ---- REST APIs


def rest_api(api: RestAPI) -> dict[str, Any]:
    """botocore's RestApi.

    AWS gives the policy as JSON whose quotes and slashes are escaped once more, without the quotes around it.
    """
    described: dict[str, Any] = api.to_dict()
    if api.policy:
        described["policy"] = json.dumps(api.policy)[1:-1].replace("/", "\\/")
    return {**described, "binaryMediaTypes": described["binaryMediaTypes"] or None}


def make_api(account: str, region: str, settings: Mapping[str, Any]) -> RestAPI:
    """Make an API with nothing but the root resource; `settings` are those of botocore's CreateRestApiRequest."""
    check_policy(settings.get("policy"))
    created = backend_of(account, region).create_rest_api(
        name=settings["name"],
        description=settings.get("description"),
        api_key_source=settings.get("apiKeySource"),
        endpoint_configuration=settings.get("endpointConfiguration"),
        tags=settings.get("tags"),
        policy=None,
        minimum_compression_size=settings.get("minimumCompressionSize"),
        disable_execute_api_endpoint=settings.get("disableExecuteApiEndpoint"),
    )
    save_policy(created, settings.get("policy"))
    created.version = settings.get("version")
    created.binaryMediaTypes = settings.get("binaryMediaTypes") or []
    return created


@answers("apigateway", "CreateRestApi")
def create_rest_api(call: Call) -> dict[str, Any]:
    """Make an API with nothing but the root resource."""
    return rest_api(make_api(call.account, call.region, call.parameters))


@answers("apigateway", "GetRestApi")
def get_rest_api(call: Call) -> dict[str, Any]:
    """One API."""
    return rest_api(api_of(call))


@answers("apigateway", "GetRestApis")
def get_rest_apis(call: Call) -> dict[str, Any]:
    """A page of the APIs of the region."""
    return paged(call, [rest_api(api) for api in backend_of(call.account, call.region).apis.values()])


@answers("apigateway", "UpdateRestApi")
def update_rest_api(call: Call) -> dict[str, Any]:
    """Change an API's settings; endpoint types are replaced one by one, VPC endpoints added and removed."""
    api = api_of(call)
    for operation in call.get("patchOperations", []):
        if operation.get("path", "").startswith("/endpointConfiguration/"):
            _change_endpoints(api, operation)
        elif (operation.get("path"), operation["op"]) == ("/policy", "replace"):
            save_policy(api, operation.get("value"))
        else:
            apply(api, [operation], _REST_API)
    return rest_api(api)


def _change_endpoints(api: RestAPI, operation: dict[str, str]) -> None:
    endpoints = {name: list(values) for name, values in api.endpoint_configuration.items()}
    match operation["path"].split("/")[2:], operation["op"]:
        case ["types", replaced], "replace" if replaced in endpoints["types"]:
            endpoints["types"] = [operation["value"] if t == replaced else t for t in endpoints["types"]]
        case ["vpcEndpointIds"], "add":
            endpoints.setdefault("vpcEndpointIds", []).append(operation["value"])
        case ["vpcEndpointIds"], "remove" if operation["value"] in endpoints.get("vpcEndpointIds", []):
            endpoints["vpcEndpointIds"].remove(operation["value"])
        case _:
            raise bad_request(f"Invalid patch path  '{operation['path']}' specified for op '{operation['op']}'.")
    api.endpoint_configuration = endpoints


# ---- resources


def described_resource(resource: Resource, *, embed_methods: bool) -> dict[str, Any]:
    """botocore's Resource; without embedding, its methods are named but empty."""
    described: dict[str, Any] = resource.to_dict()
    if not embed_methods and "resourceMethods" in described:
        described["resourceMethods"] = {method: {} for method in described["resourceMethods"]}
    return described


@answers("apigateway", "GetResources")
def get_resources(call: Call) -> dict[str, Any]:
    """A page of the API's resources."""
    embed = "methods" in call.get("embed", [])
    resources = api_of(call).resources.values()
    return paged(call, [described_resource(resource, embed_methods=embed) for resource in resources])


@answers("apigateway", "GetResource")
def get_resource(call: Call) -> dict[str, Any]:
    """One resource."""
    return described_resource(resource_of(call), embed_methods="methods" in call.get("embed", []))


# ---- authorizers


def _authorizer_of(call: Call) -> Authorizer:
    authorizer = api_of(call).authorizers.get(call["authorizerId"])
    if authorizer is None:
        raise not_found("Invalid Authorizer identifier specified")
    return authorizer


def described_authorizer(authorizer: Authorizer) -> dict[str, Any]:
    """botocore's Authorizer; AWS reports an authType that follows from the type."""
    cognito = authorizer.type == "COGNITO_USER_POOLS"
    described: dict[str, Any] = authorizer.to_json()
    return {"authType": "cognito_user_pools" if cognito else "custom", **described}


@answers("apigateway", "CreateAuthorizer")
def create_authorizer(call: Call) -> dict[str, Any]:
    """Make an authorizer."""
    api_of(call)
    authorizer = backend_of(call.account, call.region).create_authorizer(
        call["restApiId"],
        call["name"],
        call["type"],
        provider_arns=call.get("providerARNs"),
        auth_type=call.get("authType"),
        authorizer_uri=call.get("authorizerUri"),
        authorizer_credentials=call.get("authorizerCredentials"),
        identity_source=call.get("identitySource"),
        authorizer_result_ttl=call.get("authorizerResultTtlInSeconds", 300),
    )
    authorizer.identity_validation_expression = call.get("identityValidationExpression")
    return described_authorizer(authorizer)


@answers("apigateway", "GetAuthorizer")
def get_authorizer(call: Call) -> dict[str, Any]:
    """One authorizer."""
    return described_authorizer(_authorizer_of(call))


@answers("apigateway", "GetAuthorizers")
def get_authorizers(call: Call) -> dict[str, Any]:
    """A page of the API's authorizers."""
    return paged(call, [described_authorizer(each) for each in api_of(call).authorizers.values()])


@answers("apigateway", "UpdateAuthorizer")
def update_authorizer(call: Call) -> dict[str, Any]:
    """Change an authorizer; an empty or removed member is gone from the answer."""
    authorizer = _authorizer_of(call)
    apply(authorizer, call.get("patchOperations", []), _AUTHORIZER)
    return described_authorizer(authorizer)


@answers("apigateway", "FlushStageAuthorizersCache", "FlushStageCache")
def flush_cache(call: Call) -> None:
    """There is no cache to flush, but there must be a stage."""
    if call["stageName"] not in api_of(call).stages:
        raise not_found("Invalid stage identifier specified")
