"""Gateway responses: what API Gateway answers by itself, as it comes and as somebody changed it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from bot.demo.simulation.apigateway import api_of, bad_request, not_found, paged
from bot.demo.simulation.operations import Call, answers
from bot.demo.simulation.patches import Entries, Field, Table, apply

# https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
_STATUS: dict[str, str | None] = {
    "ACCESS_DENIED": "403",
    "API_CONFIGURATION_ERROR": "500",
    "AUTHORIZER_CONFIGURATION_ERROR": "500",
    "AUTHORIZER_FAILURE": "500",
    "BAD_REQUEST_BODY": "400",
    "BAD_REQUEST_PARAMETERS": "400",
    "DEFAULT_4XX": None,
    "DEFAULT_5XX": None,
    "EXPIRED_TOKEN": "403",
    "INTEGRATION_FAILURE": "504",
    "INTEGRATION_TIMEOUT": "504",
    "INVALID_API_KEY": "403",
    "INVALID_SIGNATURE": "403",
    "MISSING_AUTHENTICATION_TOKEN": "403",
    "QUOTA_EXCEEDED": "429",
    "REQUEST_TOO_LARGE": "413",
    "RESOURCE_NOT_FOUND": "404",
    "THROTTLED": "429",
    "UNAUTHORIZED": "401",
    "UNSUPPORTED_MEDIA_TYPE": "415",
    "WAF_FILTERED": "403",
}
_TEMPLATES = {"application/json": '{"message":$context.error.messageString}'}
_RESPONSE: Table = {
    "statusCode": Field("statusCode"),
    "responseParameters": Entries("responseParameters"),
    "responseTemplates": Entries("responseTemplates"),
}


def _kind(call: Call) -> str:
    kind = str(call["responseType"])
    if kind not in _STATUS:
        raise bad_request(f"Invalid gateway response type: {kind}")
    return kind


def _described(call: Call, kind: str) -> dict[str, Any]:
    changed = api_of(call).gateway_responses.get(kind)
    response = changed or {"statusCode": _STATUS[kind], "responseParameters": {}, "responseTemplates": _TEMPLATES}
    return {"responseType": kind, **response, "defaultResponse": changed is None}


@answers("apigateway", "GetGatewayResponses")
def get_gateway_responses(call: Call) -> dict[str, Any]:
    """Every type of response, changed or not; AWS gives them all on one page."""
    return paged(call, [_described(call, kind) for kind in _STATUS])


@answers("apigateway", "GetGatewayResponse")
def get_gateway_response(call: Call) -> dict[str, Any]:
    """One response."""
    return _described(call, _kind(call))


@answers("apigateway", "PutGatewayResponse")
def put_gateway_response(call: Call) -> dict[str, Any]:
    """Change a response; what is not given is as it comes."""
    kind = _kind(call)
    api_of(call).gateway_responses[kind] = {
        "statusCode": call.get("statusCode") or _STATUS[kind],
        "responseParameters": dict(call.get("responseParameters") or {}),
        "responseTemplates": dict(call.get("responseTemplates") or _TEMPLATES),
    }
    return _described(call, kind)


@answers("apigateway", "UpdateGatewayResponse")
def update_gateway_response(call: Call) -> dict[str, Any]:
    """Patch a response, which from then on is none of the defaults."""
    kind = _kind(call)
    described = _described(call, kind)
    draft = SimpleNamespace(**{name: described[name] for name in _RESPONSE})
    apply(draft, call.get("patchOperations", []), _RESPONSE)
    api_of(call).gateway_responses[kind] = vars(draft)
    return _described(call, kind)


@answers("apigateway", "DeleteGatewayResponse")
def delete_gateway_response(call: Call) -> None:
    """Let a response be as it comes again."""
    if api_of(call).gateway_responses.pop(_kind(call), None) is None:
        raise not_found("Gateway response type not defined on api")
