"""The types of gateway responses, and where on a request's way each is given.

https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
"""

from collections.abc import Mapping

from bot.model import Phase

RESPONSES: Mapping[str, Phase] = {
    "MISSING_AUTHENTICATION_TOKEN": Phase.ROUTE,
    "RESOURCE_NOT_FOUND": Phase.ROUTE,
    "WAF_FILTERED": Phase.ROUTE,
    "ACCESS_DENIED": Phase.AUTHORIZER,
    "AUTHORIZER_CONFIGURATION_ERROR": Phase.AUTHORIZER,
    "AUTHORIZER_FAILURE": Phase.AUTHORIZER,
    "EXPIRED_TOKEN": Phase.AUTHORIZER,
    "INVALID_SIGNATURE": Phase.AUTHORIZER,
    "UNAUTHORIZED": Phase.AUTHORIZER,
    "INVALID_API_KEY": Phase.USAGE_PLAN,
    "QUOTA_EXCEEDED": Phase.USAGE_PLAN,
    "THROTTLED": Phase.USAGE_PLAN,
    "API_CONFIGURATION_ERROR": Phase.INTEGRATION,
    "INTEGRATION_FAILURE": Phase.INTEGRATION,
    "INTEGRATION_TIMEOUT": Phase.INTEGRATION,
}
"""Types that several parts of the way give (`DEFAULT_4XX`, `BAD_REQUEST_BODY`, …) are not among them.

`ACCESS_DENIED` is the resource policy's as well: who was refused tells them apart.
"""
