"""Methods of a REST API and their integrations."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from typing import Any

from moto.apigateway.models import Integration, Method

from bot.demo.simulation.apigateway import backend_of, bad_request, not_found, resource_of
from bot.demo.simulation.operations import Call, answers
from bot.demo.simulation.patches import Entries, Field, Items, Table, apply, truth

# "Call as whoever called me": the one credential that is not a role of the account.
# https://docs.aws.amazon.com/apigateway/latest/api/API_PutIntegration.html
_CALLER_CREDENTIALS = re.compile(r"arn:aws[a-z-]*:iam::\*:user/\*")

_METHOD: Table = {
    "apiKeyRequired": Field("api_key_required", truth),
    "authorizationScopes": Items("authorization_scopes"),
    "authorizationType": Field("authorization_type"),
    "authorizerId": Field("authorizer_id"),
    "operationName": Field("operation_name"),
    "requestModels": Entries("request_models"),
    "requestParameters": Entries("request_parameters", truth),
    "requestValidatorId": Field("request_validator_id"),
}
_REPLACE_REMOVE = ("replace", "remove")
_INTEGRATION: Table = {
    "cacheKeyParameters": Items("cache_key_parameters"),
    "cacheNamespace": Field("cache_namespace"),
    "connectionId": Field("connection_id"),
    "connectionType": Field("connection_type"),
    "contentHandling": Field("content_handling", operations=_REPLACE_REMOVE),
    "credentials": Field("credentials", operations=_REPLACE_REMOVE),
    "httpMethod": Field("http_method"),
    "passthroughBehavior": Field("passthrough_behaviour"),
    "requestParameters": Entries("request_parameters"),
    "requestTemplates": Entries("request_templates"),
    "timeoutInMillis": Field("timeout_in_millis", int),
    "type": Field("integration_type"),
    "uri": Field("uri", operations=_REPLACE_REMOVE),
}


def _method_of(call: Call) -> Method:
    method = resource_of(call).resource_methods.get(call["httpMethod"])
    if method is None:
        raise not_found("Invalid Method identifier specified")
    return method


def described_integration(integration: Integration) -> dict[str, Any]:
    """botocore's Integration."""
    described: dict[str, Any] = integration.to_json()
    return {**described, "connectionId": getattr(integration, "connection_id", None)}


def described_method(method: Method) -> dict[str, Any]:
    """botocore's Method, its integration included."""
    described: dict[str, Any] = method.to_json()
    if method.method_integration:
        described["methodIntegration"] = described_integration(method.method_integration)
    return {**described, "methodResponses": described["methodResponses"] or None}


def put_method_of(
    account: str, region: str, api_id: str, resource_id: str, http_method: str, settings: Mapping[str, Any]
) -> Method:
    """Make or replace a method; `settings` are those of botocore's PutMethodRequest."""
    return backend_of(account, region).put_method(
        api_id,
        resource_id,
        http_method,
        settings["authorizationType"],
        api_key_required=settings.get("apiKeyRequired"),
        request_parameters=settings.get("requestParameters"),
        request_models=settings.get("requestModels"),
        operation_name=settings.get("operationName"),
        authorizer_id=settings.get("authorizerId"),
        authorization_scopes=settings.get("authorizationScopes"),
        request_validator_id=settings.get("requestValidatorId"),
    )


@answers("apigateway", "PutMethod")
def put_method(call: Call) -> dict[str, Any]:
    """Make or replace a method; an authorizer that does not exist is accepted: it may be deleted later too."""
    resource_of(call)
    method = put_method_of(
        call.account, call.region, call["restApiId"], call["resourceId"], call["httpMethod"], call.parameters
    )
    return described_method(method)


@answers("apigateway", "GetMethod")
def get_method(call: Call) -> dict[str, Any]:
    """One method."""
    return described_method(_method_of(call))


@answers("apigateway", "UpdateMethod")
def update_method(call: Call) -> dict[str, Any]:
    """Change a method; what runs changes with the next deployment."""
    method = _method_of(call)
    apply(method, call.get("patchOperations", []), _METHOD)
    return described_method(method)


def put_integration_of(
    account: str, region: str, api_id: str, resource_id: str, http_method: str, settings: Mapping[str, Any]
) -> Integration:
    """Make or replace the integration of a method; `settings` are those of botocore's PutIntegrationRequest."""
    credentials = settings.get("credentials")
    as_caller = bool(credentials and _CALLER_CREDENTIALS.fullmatch(credentials))
    integration = backend_of(account, region).put_integration(
        api_id,
        resource_id,
        http_method,
        settings["type"],
        settings.get("uri"),
        settings.get("integrationHttpMethod"),
        credentials=None if as_caller else credentials,
        request_templates=settings.get("requestTemplates"),
        passthrough_behavior=settings.get("passthroughBehavior", "WHEN_NO_MATCH"),
        tls_config=settings.get("tlsConfig"),
        cache_namespace=settings.get("cacheNamespace", resource_id),
        timeout_in_millis=settings.get("timeoutInMillis", 29000),
        request_parameters=settings.get("requestParameters"),
        content_handling=settings.get("contentHandling"),
        connection_type=settings.get("connectionType"),
    )
    integration.credentials = credentials
    integration.cache_key_parameters = list(settings.get("cacheKeyParameters", []))
    integration.connection_id = settings.get("connectionId")
    return integration


@answers("apigateway", "PutIntegration")
def put_integration(call: Call) -> dict[str, Any]:
    """Make or replace the integration of a method, with AWS's defaults."""
    _method_of(call)
    integration = put_integration_of(
        call.account,
        call.region,
        call["restApiId"],
        call["resourceId"],
        call["httpMethod"],
        call.parameters,
    )
    return described_integration(integration)


def _integration_of(call: Call) -> Integration:
    integration = _method_of(call).method_integration
    if integration is None:
        raise not_found("Invalid Integration identifier specified")
    return integration


@answers("apigateway", "GetIntegration")
def get_integration(call: Call) -> dict[str, Any]:
    """The integration of a method."""
    return described_integration(_integration_of(call))


@answers("apigateway", "UpdateIntegration")
def update_integration(call: Call) -> dict[str, Any]:
    """Change an integration; what runs changes with the next deployment."""
    integration = _integration_of(call)
    patched = copy.copy(integration)
    apply(patched, call.get("patchOperations", []), _INTEGRATION)
    if patched.integration_type != "MOCK" and not patched.uri:
        raise bad_request("Invalid ARN specified in the request")
    vars(integration).update(vars(patched))
    return described_integration(integration)
