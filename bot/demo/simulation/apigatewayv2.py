"""The listings of HTTP and WebSocket APIs that moto lacks."""

from __future__ import annotations

from typing import Any

from moto.apigatewayv2.models import apigatewayv2_backends

from bot.demo.simulation.operations import Call, answers


@answers("apigatewayv2", "GetAuthorizers")
def get_authorizers(call: Call) -> dict[str, Any]:
    """All authorizers of the API."""
    api = apigatewayv2_backends[call.account][call.region].get_api(call["ApiId"])
    return {"Items": [_capitalised(authorizer.to_json()) for authorizer in api.authorizers.values()]}


def _capitalised(described: dict[str, Any]) -> dict[str, Any]:
    """moto names members as they travel, botocore as they are called; tags and variables stay as they are."""
    return {name[0].upper() + name[1:]: value for name, value in described.items()}
