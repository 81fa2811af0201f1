"""The types of gateway responses are AWS's own."""

from __future__ import annotations

import botocore.session

from bot.aws.gateway_responses import RESPONSES


def test_every_type_is_one_of_api_gateway() -> None:
    model = botocore.session.Session().get_service_model("apigateway")
    assert set(RESPONSES) <= set(model.shape_for("GatewayResponseType").enum)
