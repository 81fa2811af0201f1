"""What is saved otherwise than it runs is told, and nothing that only seems so."""

import json

import pytest

from bot.aws.account import Unseen
from bot.aws.apigateway import Focus
from bot.aws.deployed import running
from bot.aws.drift import changes, response_changes
from bot.model import Phase
from tests.aws.tapes import API, DENIED, Tape, api_of, found, function_arn, method, record_api, uri_of

PETS = function_arn("pets")
SCHEMES = {
    "guard": {
        "type": "apiKey",
        "name": "Authorization",
        "in": "header",
        "x-amazon-apigateway-authtype": "custom",
        "x-amazon-apigateway-authorizer": {"type": "token", "authorizerUri": uri_of(PETS)},
    },
    "api_key": {"type": "apiKey", "name": "x-api-key", "in": "header"},
    "strange": {"type": "apiKey"},
}
GUARD = {
    "id": "a1",
    "name": "guard",
    "type": "TOKEN",
    "authorizerUri": uri_of(PETS),
    "identitySource": "method.request.header.Authorization",
    "authorizerResultTtlInSeconds": 300,
}


EXTENSIONS = {"extensions": "integrations,authorizers,apigateway"}


def runs(*security, **integration):
    called = {"type": "aws_proxy", "httpMethod": "POST", "uri": uri_of(PETS), **integration}
    return {"security": list(security), "x-amazon-apigateway-integration": called}


def whole(saved, paths, focus=None, authorizers=(GUARD,), responses=(), summary=None, **document):
    prod = {"stageName": "prod", "deploymentId": "d1"}
    tape = record_api(Tape(), saved, stages=(prod,), authorizers=authorizers)
    body = json.dumps({"paths": paths, "components": {"securitySchemes": SCHEMES}, **document})
    of_export = {"exportType": "oas30", "parameters": EXTENSIONS, "accepts": "application/json"}
    tape.holds("apigateway", "GetExport", found(body=body), restApiId=API, stageName="prod", **of_export)
    result = found(items=list(responses)) if responses is not None else DENIED
    tape.holds("apigateway", "GetGatewayResponses", result, restApiId=API)
    deployment = {"restApiId": API, "deploymentId": "d1", "embed": ["apisummary"]}
    tape.holds("apigateway", "GetDeployment", DENIED if summary is None else found(apiSummary=summary), **deployment)
    api = api_of(tape, focus)
    return api, running(api, api.stages[0])


def told(*given, **more):
    return [change.what for change in changes(*whole(*given, **more))]


def test_what_runs_as_it_is_saved_has_no_changes():
    saved = {"GET /pets": method(PETS, "a1"), "ANY /": method(PETS)}
    paths = {"/pets": {"get": runs({"guard": []})}, "/": {"x-amazon-apigateway-any-method": runs()}}
    assert told(saved, paths) == []


def test_methods_come_and_go():
    api, deployed = whole({"GET /pets": method(PETS)}, {"/pets": {"post": runs()}})
    come, go = changes(api, deployed)
    assert (come.what, come.phase, come.is_removal) == ("GET /pets added", Phase.ROUTE, False)
    assert (go.what, go.methods, go.is_removal) == ("POST /pets removed", ("POST /pets",), True)


def test_a_method_that_cannot_be_deployed_is_no_change():
    assert told({"GET /pets": method()}, {}) == []


@pytest.mark.parametrize(
    ("saved", "deployed", "what"),
    [
        (method(PETS), runs({"guard": []}), "GET /pets authorizationType"),
        (method(PETS), runs(uri="arn:x"), "GET /pets integration.uri"),
        (method(PETS), runs({"api_key": []}), None),
        (method(PETS), runs({"unknown": []}), None),
        (method(PETS, "gone"), runs({"guard": []}), None),
    ],
)
def test_changes_of_a_method(saved, deployed, what):
    found_now = told({"GET /pets": saved}, {"/pets": {"get": deployed}})
    assert what is None or found_now == [what]
    assert "GET /pets apiKeyRequired" in found_now or {"api_key": []} not in deployed["security"]
    assert "GET /pets authorizationType" not in found_now or {"unknown": []} not in deployed["security"]


def test_changes_of_an_authorizer_name_its_methods():
    saved = {"GET /pets": method(PETS, "a1"), "PUT /pets": method(PETS, "a1")}
    paths = {"/pets": {"get": runs({"guard": []}), "put": runs({"guard": []})}}
    api, deployed = whole(saved, paths, authorizers=({**GUARD, "authorizerResultTtlInSeconds": 5},))
    (change,) = changes(api, deployed)
    assert change.what == "authorizer guard authorizerResultTtlInSeconds"
    assert (change.methods, change.phase) == (("GET /pets", "PUT /pets"), Phase.AUTHORIZER)


def test_another_name_of_the_same_authorizer_is_no_change():
    saved, paths = {"GET /pets": method(PETS, "a1")}, {"/pets": {"get": runs({"guard": []})}}
    assert told(saved, paths, authorizers=({**GUARD, "name": "doorman"},)) == []
    other = {**GUARD, "name": "doorman", "authorizerUri": "arn:x"}
    assert told(saved, paths, authorizers=(other,)) == ["GET /pets authorizer"]


def test_only_what_serves_the_path_in_focus_counts():
    saved = {"GET /pets/{id}": method(PETS), "ANY /{proxy+}": method(PETS), "GET /": method(PETS)}
    paths = {"/{proxy+}": {"x-amazon-apigateway-any-method": runs(uri="arn:x")}}
    assert told(saved, paths, Focus(path="/pets/7", method="GET")) == [
        "GET /pets/{id} added",
        "ANY /{proxy+} integration.uri",
    ]


def test_a_policy_that_only_runs():
    policy = {"Version": "2012-10-17", "Statement": []}
    deny = {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}
    assert told({}, {}, **{"x-amazon-apigateway-policy": policy}) == []
    assert told({}, {}, **{"x-amazon-apigateway-policy": {**policy, "Statement": [deny]}}) == ["resource policy"]


def test_gateway_responses_that_differ():
    listed = (
        {"responseType": "UNAUTHORIZED", "statusCode": "401", "defaultResponse": True},
        {"responseType": "THROTTLED", "statusCode": "503", "defaultResponse": False},
        {"responseType": "DEFAULT_4XX", "responseParameters": {"a": "b"}, "defaultResponse": False},
    )
    runs_now = {"x-amazon-apigateway-gateway-responses": {"UNAUTHORIZED": {}, "THROTTLED": {"statusCode": 503}}}
    differ = [change.what for change in response_changes(*whole({}, {}, responses=listed, **runs_now))]
    assert differ == ["gateway response DEFAULT_4XX", "gateway response UNAUTHORIZED"]


def test_gateway_responses_that_nobody_may_see():
    with pytest.raises(Unseen):
        list(response_changes(*whole({}, {}, responses=None)))


def in_summary(authorization, key):
    return {"/pets": {"GET": {"authorizationType": authorization, "apiKeyRequired": key}}}


SIGNED = {**method(PETS), "authorizationType": "AWS_IAM", "apiKeyRequired": True}


@pytest.mark.parametrize(
    ("summary", "what"),
    [
        (in_summary("NONE", False), ["authorizationType", "apiKeyRequired"]),
        (in_summary("AWS_IAM", True), []),
        (in_summary("AWS_IAM", False), ["apiKeyRequired"]),
        ({"/pets": {}}, []),
        ({}, []),
        (None, []),
    ],
)
def test_what_an_export_leaves_unsaid_is_asked_of_the_deployment(summary, what):
    changed = told({"GET /pets": SIGNED}, {"/pets": {"get": runs()}}, summary=summary)
    assert changed == [f"GET /pets {each}" for each in what]
