"""Documents of an account without the secrets in them."""

import pytest

from bot.model import REDACTED
from bot.report.secret_values import without_secrets

BEARER = "'Bearer hunter2hunter2hunter2'"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("dbPassword", "hunter2hunter2"),
        ("dbPassword", "*Hunter2, with a blank"),
        ("integration.request.header.Authorization", BEARER),
        ("integration.request.header.x-api-key", "'hunter2'"),
        ("JWT_SECRET", "short"),
        ("/variables/dbPassword", "hunter2hunter2"),
    ],
)
def test_a_value_goes_for_its_name_wherever_that_stands(name, value):
    assert without_secrets({name: value}) == {name: REDACTED}
    assert without_secrets({"Tags": [{"Key": name, "Value": value}]}) == {"Tags": [{"Key": name, "Value": REDACTED}]}
    assert without_secrets({"a": ({name: [value]},)}) == {"a": ({name: [REDACTED]},)}
    patch = {"op": "replace", "path": name, "value": value}
    assert without_secrets([patch]) == [{**patch, "value": REDACTED}]


def test_a_value_goes_for_what_it_says_and_so_does_a_name():
    assert without_secrets({"uri": "https://ann:hunter2@example.com/x"}) == {
        "uri": f"https://ann:{REDACTED}@example.com/x"
    }
    assert without_secrets({"AKIAIOSFODNN7EXAMPLE": 1}) == {REDACTED: 1}
    template = '{"password": "hunter2", "user": "$context.authorizer.user"}'
    assert without_secrets({"application/json": template}) == {
        "application/json": template.replace("hunter2", REDACTED)
    }


@pytest.mark.parametrize(
    "document",
    [
        {"AuthorizationType": "CUSTOM", "ApiKeyRequired": True, "AuthorizationScopes": ["a/b"]},
        {"ApiKeySourceType": "HEADER", "Credentials": "arn:aws:iam::111122223333:role/orders"},
        {"integration.request.header.Authorization": "method.request.header.Authorization"},
        {"method.request.header.x-api-key": False, "method.response.header.Set-Cookie": True},
        {"Action": "secretsmanager:GetSecretValue", "Resource": "arn:aws:secretsmanager:eu-west-1:1:secret:db-AbCdEf"},
        {"Variables": {"dbPassword": "{{resolve:secretsmanager:db}}", "table": "orders"}, "timeout": 29, "none": None},
        {"header": "Authorization", "identity_source": "method.request.header.Authorization"},
        {"StatusCode": "200", "SelectionPattern": ".*password.*"},
    ],
)  # fmt: skip
def test_what_is_no_secret_comes_back_as_it_is(document):
    assert without_secrets(document) == document
