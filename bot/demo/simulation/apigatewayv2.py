"""What moto lacks of HTTP and WebSocket APIs: ids as long as AWS's, and listings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moto.apigateway.utils import create_id
from moto.apigatewayv2.exceptions import UnknownProtocol
from moto.apigatewayv2.models import ApiGatewayV2Backend, apigatewayv2_backends

from bot.demo.simulation.operations import Call, answers


@answers("apigatewayv2", "CreateApi")
def create_api(call: Call) -> dict[str, Any]:
    """The new API, under an id of ten characters; moto's have eight."""
    if call["ProtocolType"] not in ("HTTP", "WEBSOCKET"):
        raise UnknownProtocol
    backend, cors = _backend(call), call.get("CorsConfiguration")
    made = backend.create_api(
        api_key_selection_expression=call.get("ApiKeySelectionExpression"),
        cors_configuration=cors and {name[0].lower() + name[1:]: value for name, value in cors.items()},
        description=call.get("Description"),
        disable_schema_validation=call.get("DisableSchemaValidation"),
        disable_execute_api_endpoint=call.get("DisableExecuteApiEndpoint"),
        name=call["Name"],
        protocol_type=call["ProtocolType"],
        route_selection_expression=call.get("RouteSelectionExpression"),
        tags={},
        version=call.get("Version"),
    )
    short, made.api_id = made.api_id, create_id()
    made.api_endpoint = made.api_endpoint.replace(short, made.api_id)
    made.arn = made.arn.replace(short, made.api_id)
    backend.apis[made.api_id] = backend.apis.pop(short)
    backend.tag_resource(made.arn, call.get("Tags", {}))
    described = made.to_json()
    return _capitalised(described) | {"CorsConfiguration": cors and _capitalised(described["corsConfiguration"])}


@answers("apigatewayv2", "GetAuthorizers")
def get_authorizers(call: Call) -> dict[str, Any]:
    """All authorizers of the API."""
    api = _backend(call).get_api(call["ApiId"])
    return {"Items": [_capitalised(authorizer.to_json()) for authorizer in api.authorizers.values()]}


def _backend(call: Call) -> ApiGatewayV2Backend:
    return apigatewayv2_backends[call.account][call.region]


def _capitalised(described: Mapping[str, Any]) -> dict[str, Any]:
    """moto names members as they travel, botocore as they are called; tags and variables stay as they are."""
    return {name[0].upper() + name[1:]: value for name, value in described.items()}
