"""The same words from another gateway are nobody's symptom here."""

import pytest

from bot.report.elsewhere import is_elsewhere
from bot.report.plain import plain
from bot.report.reading import Reader


@pytest.mark.parametrize(
    "text",
    [
        'our Kong API gateway answers {"message":"Unauthorized"}',
        "Apigee API gateway: 500 Internal server error",
        "Azure API Management returns 403 Forbidden",
        "the Google Cloud API gateway returns 504 Gateway Timeout",
        "Spring Cloud Gateway: 429 Too Many Requests",
        "Traefik as API gateway, CORS error in the browser",
    ],
)
def test_another_gateway_has_no_symptom(text: str, reader: Reader):
    assert is_elsewhere(plain(text))
    assert reader.read(text).symptoms == ()


@pytest.mark.parametrize(
    "text",
    [
        "Cloudflare in front of k3n9x0q2zz.execute-api.eu-west-1.amazonaws.com",
        "server: cloudflare\nx-amz-apigw-id: AbCdEfGhIAMFabc=",
        "behind Kong, AWS API Gateway answers Forbidden",
        "API Gateway answers Forbidden",
        'API Gateway with a JWT authorizer for Azure AD: {"message":"Unauthorized"}',
        'server: cloudflare {"message":"Endpoint request timed out"}',
    ],
)
def test_a_sign_of_ours_outweighs_it(text: str):
    assert not is_elsewhere(plain(text))
