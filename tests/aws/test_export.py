"""An export as API Gateway writes it, read as methods, authorizers and policy; and whatever stands in its place."""

import json

import pytest

from bot.aws.export import NotAnExport, read_export

URI = "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:123456789012:function:f"
POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}]}
EXPORT = {
    "openapi": "3.0.1",
    "info": {"title": "orders", "version": "2026-01-01T00:00:00Z"},
    "paths": {
        "/orders/{id}": {
            "parameters": [{"name": "id", "in": "path"}],
            "get": {
                "responses": {"200": {"description": "200 response"}},
                "security": [{"guard": ["b", "a"]}, {"api_key": []}],
                "x-amazon-apigateway-integration": {
                    "type": "aws_proxy",
                    "httpMethod": "POST",
                    "uri": URI,
                    "passthroughBehavior": "when_no_match",
                    "responses": {"default": {"statusCode": "200"}, "4\\d{2}": {"statusCode": "400"}},
                },
            },
            "x-amazon-apigateway-any-method": {
                "security": [{"sigv4": []}],
                "x-amazon-apigateway-integration": {"type": "mock"},
            },
            "options": {"responses": {}},
            "put": {"security": [{"elsewhere": []}]},
        }
    },
    "components": {
        "securitySchemes": {
            "api_key": {"type": "apiKey", "name": "x-api-key", "in": "header"},
            "sigv4": {
                "type": "apiKey",
                "name": "Authorization",
                "in": "header",
                "x-amazon-apigateway-authtype": "awsSigv4",
            },
            "guard": {
                "type": "apiKey",
                "name": "X-Token",
                "in": "header",
                "x-amazon-apigateway-authtype": "custom",
                "x-amazon-apigateway-authorizer": {
                    "type": "token",
                    "authorizerUri": URI,
                    "authorizerResultTtlInSeconds": 0,
                },
            },
        }
    },
    "x-amazon-apigateway-policy": POLICY,
    "x-amazon-apigateway-api-key-source": "HEADER",
    "x-amazon-apigateway-gateway-responses": {"UNAUTHORIZED": {"statusCode": 401}},
}


def methods(document=EXPORT):
    return {method.label: method for method in read_export(json.dumps(document)).methods}


def test_methods_are_spelled_as_the_console_does():
    assert list(methods()) == ["ANY /orders/{id}", "GET /orders/{id}", "OPTIONS /orders/{id}", "PUT /orders/{id}"]


def test_who_may_call_a_method():
    told = {
        label: (each.authorization_type, each.authorizer, each.api_key_required) for label, each in methods().items()
    }
    assert told == {
        "ANY /orders/{id}": ("AWS_IAM", None, False),
        "GET /orders/{id}": ("CUSTOM", "guard", True),
        "OPTIONS /orders/{id}": ("NONE", None, False),
        "PUT /orders/{id}": (None, None, False),
    }
    assert methods()["GET /orders/{id}"].scopes == ("a", "b")


def test_an_integration_is_spelled_as_it_is_saved():
    integration = methods()["GET /orders/{id}"].integration
    assert (integration.type, integration.http_method, integration.uri) == ("AWS_PROXY", "POST", URI)
    assert integration.definition["passthroughBehavior"] == "WHEN_NO_MATCH"
    patterns = {code: each["selectionPattern"] for code, each in integration.definition["integrationResponses"].items()}
    assert patterns == {"200": None, "400": "4\\d{2}"}
    assert methods()["OPTIONS /orders/{id}"].integration is None


def test_an_authorizer_has_its_header_as_identity_source():
    (guard,) = read_export(json.dumps(EXPORT)).authorizers
    assert (guard.name, guard.type, guard.uri) == ("guard", "TOKEN", URI)
    assert guard.settings["identitySource"] == "method.request.header.X-Token"


def test_what_stands_beside_the_paths():
    export = read_export(json.dumps(EXPORT))
    assert export.policy == POLICY
    assert export.gateway_responses == {"UNAUTHORIZED": {"statusCode": 401}}
    assert export.api_key_source == "HEADER"


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"paths": []}', "[" * 100_000, "swagger: 2.0"])
def test_what_is_no_export(text):
    with pytest.raises(NotAnExport):
        read_export(text)


def _variations(value):
    """The document with each of its parts, however deep, replaced by something of another shape."""
    if isinstance(value, dict):
        for name, part in value.items():
            for other in (None, 7, "text", [], {}, [[]], [None], {"x": None}):
                yield {**value, name: other}
            for varied in _variations(part):
                yield {**value, name: varied}


def test_no_shape_of_a_document_breaks_the_reading():
    for document in _variations(EXPORT):
        try:
            read_export(json.dumps(document))
        except NotAnExport:
            assert not isinstance(document["paths"], dict)


def test_what_it_says_can_be_written_out():
    policy = read_export('{"paths": {}, "x-amazon-apigateway-policy": {"Id": "\\ud800"}}').policy
    assert policy == {"Id": "\ufffd"}
