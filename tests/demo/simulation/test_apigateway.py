"""REST APIs: listings and their pages, policies, methods, integrations, authorizers and their patches."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from bot.demo.simulation.server import SimulatedAws
from tests.demo.simulation.worlds import Api, Function, make_function, refused, uri_of

POLICY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"}],
}
ROLE = "arn:aws:iam::123456789012:role/invoker"


def patch(op: str, path: str, value: str | None = None) -> list[dict[str, str]]:
    operation = {"op": op, "path": path}
    return [operation if value is None else operation | {"value": value}]


@pytest.mark.parametrize("method", ["get_rest_api", "get_stages", "get_resources", "get_authorizers"])
def test_an_unknown_api(aws: SimulatedAws, method: str) -> None:
    response = refused(getattr(aws.client("apigateway"), method), restApiId="abc123")
    assert response["Error"]["Code"] == "NotFoundException"
    assert response["Error"]["Message"] == "Invalid API identifier specified 123456789012:abc123"
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 404


def test_the_policy_is_escaped_once_more(aws: SimulatedAws) -> None:
    client = aws.client("apigateway")
    made = client.create_rest_api(name="private", policy=json.dumps(POLICY))
    policy = client.get_rest_api(restApiId=made["id"])["policy"]
    assert policy.startswith('{\\"Version\\"')
    everything = f"arn:aws:execute-api:{client.meta.region_name}:123456789012:{made['id']}/*"
    assert everything.replace("/", "\\/") in policy
    written_out = [statement | {"Resource": everything} for statement in POLICY["Statement"]]
    assert json.loads(json.loads(f'"{policy}"')) == POLICY | {"Statement": written_out}
    assert client.get_rest_apis()["items"][0]["policy"] == policy == made["policy"]


@pytest.mark.parametrize(
    "text", ["no JSON", "[]", '{"Statement": 7}', json.dumps({"Statement": [{"Effect": "Allow", "Action": "*"}]})]
)
def test_what_is_no_policy_is_not_saved(aws: SimulatedAws, text: str) -> None:
    client = aws.client("apigateway")
    assert refused(client.create_rest_api, name="x", policy=text)["Error"]["Code"] == "BadRequestException"
    assert client.get_rest_apis()["items"] == []
    api = client.create_rest_api(name="x", policy=json.dumps(POLICY))["id"]
    patched = patch("replace", "/policy", text)
    assert (
        "Invalid policy document"
        in refused(client.update_rest_api, restApiId=api, patchOperations=patched)["Error"]["Message"]
    )
    assert "policy" in client.get_rest_api(restApiId=api)


def test_an_empty_text_removes_the_policy(aws: SimulatedAws) -> None:
    client = aws.client("apigateway")
    api = client.create_rest_api(name="x", policy=json.dumps(POLICY))["id"]
    assert "policy" not in client.update_rest_api(restApiId=api, patchOperations=patch("replace", "/policy", ""))
    assert "policy" not in client.get_rest_api(restApiId=api)


def test_an_api_without_policy_has_no_such_member(aws: SimulatedAws) -> None:
    assert "policy" not in aws.client("apigateway").create_rest_api(name="open")


def test_settings_of_an_api_can_be_changed_back(aws: SimulatedAws) -> None:
    client = aws.client("apigateway")
    id_ = client.create_rest_api(name="a", endpointConfiguration={"types": ["EDGE"]})["id"]
    path = "/disableExecuteApiEndpoint"
    on = client.update_rest_api(restApiId=id_, patchOperations=patch("replace", path, "true"))
    off = client.update_rest_api(restApiId=id_, patchOperations=patch("replace", path, "false"))
    assert (on["disableExecuteApiEndpoint"], off["disableExecuteApiEndpoint"]) == (True, False)
    path = "/endpointConfiguration/types/EDGE"
    moved = client.update_rest_api(restApiId=id_, patchOperations=patch("replace", path, "PRIVATE"))
    path = "/endpointConfiguration/vpcEndpointIds"
    linked = client.update_rest_api(restApiId=id_, patchOperations=patch("add", path, "vpce-1"))
    assert moved["endpointConfiguration"]["types"] == ["PRIVATE"]
    assert linked["endpointConfiguration"]["vpcEndpointIds"] == ["vpce-1"]
    error = refused(client.update_rest_api, restApiId=id_, patchOperations=patch("add", "/colour", "red"))["Error"]
    assert error["Code"] == "BadRequestException"


def test_apis_come_in_pages(aws: SimulatedAws) -> None:
    client = aws.client("apigateway")
    for number in range(27):
        client.create_rest_api(name=f"api{number}")
    first = client.get_rest_apis()
    second = client.get_rest_apis(position=first["position"])
    assert (len(first["items"]), len(second["items"])) == (25, 2)
    assert "position" not in second
    pages = client.get_paginator("get_rest_apis").paginate(PaginationConfig={"PageSize": 10})
    assert [api["name"] for page in pages for api in page["items"]] == [f"api{number}" for number in range(27)]
    assert refused(client.get_rest_apis, position="nonsense")["Error"]["Code"] == "BadRequestException"


def test_resources_name_their_methods_but_embed_them_on_request_only(aws: SimulatedAws, api: Api) -> None:
    client = aws.client("apigateway")
    plain = {item["path"]: item for item in client.get_resources(restApiId=api.id)["items"]}
    full = {item["path"]: item for item in client.get_resources(restApiId=api.id, embed=["methods"])["items"]}
    assert plain["/orders"]["resourceMethods"] == {"GET": {}}
    assert "resourceMethods" not in plain["/"]
    assert full["/orders"]["resourceMethods"]["GET"]["methodIntegration"]["httpMethod"] == "POST"


def test_resources_come_in_pages(aws: SimulatedAws, api: Api) -> None:
    client = aws.client("apigateway")
    for number in range(30):
        client.create_resource(restApiId=api.id, parentId=api.root, pathPart=f"p{number}")
    pages = list(client.get_paginator("get_resources").paginate(restApiId=api.id, PaginationConfig={"PageSize": 15}))
    assert [len(page["items"]) for page in pages] == [15, 15, 2]
    assert len(client.get_resources(restApiId=api.id, limit=500)["items"]) == 32


def test_an_unknown_authorizer_is_accepted(aws: SimulatedAws, api: Api) -> None:
    client = aws.client("apigateway")
    where = {"restApiId": api.id, "resourceId": api.resource}
    client.put_method(**where, httpMethod="POST", authorizationType="CUSTOM", authorizerId="gone42")
    assert client.get_method(**where, httpMethod="POST")["authorizerId"] == "gone42"
    assert refused(client.get_method, **where, httpMethod="PUT")["Error"]["Code"] == "NotFoundException"
    assert refused(client.get_integration, **where, httpMethod="POST")["Error"]["Code"] == "NotFoundException"


def test_an_integration_has_the_defaults_of_aws(aws: SimulatedAws, api: Api, function: Function) -> None:
    integration = aws.client("apigateway").get_integration(restApiId=api.id, resourceId=api.resource, httpMethod="GET")
    del integration["ResponseMetadata"]
    assert integration == {
        "type": "AWS_PROXY",
        "httpMethod": "POST",
        "uri": uri_of(function.arn),
        "passthroughBehavior": "WHEN_NO_MATCH",
        "timeoutInMillis": 29000,
        "cacheNamespace": api.resource,
        "cacheKeyParameters": [],
    }


def integration_of(aws: SimulatedAws, api: Api) -> dict[str, Any]:
    found: dict[str, Any] = aws.client("apigateway").get_integration(
        restApiId=api.id, resourceId=api.resource, httpMethod="GET"
    )
    return found


@pytest.mark.parametrize(
    ("member", "value", "read"),
    [
        ("uri", "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/x/invocations", str),
        ("httpMethod", "GET", str),
        ("credentials", ROLE, str),
        ("credentials", "arn:aws:iam::*:user/*", str),
        ("timeoutInMillis", "5000", int),
        ("passthroughBehavior", "NEVER", str),
        ("cacheNamespace", "other", str),
        ("connectionType", "VPC_LINK", str),
        ("connectionId", "link1", str),
    ],
)
def test_an_integration_is_patched(aws: SimulatedAws, api: Api, member: str, value: str, read: type) -> None:
    where = {"restApiId": api.id, "resourceId": api.resource, "httpMethod": "GET"}
    operations = patch("replace", f"/{member}", value)
    answered = aws.client("apigateway").update_integration(**where, patchOperations=operations)
    assert answered[member] == integration_of(aws, api)[member] == read(value)


@pytest.mark.parametrize("operations", [patch("remove", "/credentials"), patch("replace", "/credentials", "")])
def test_credentials_are_removed(aws: SimulatedAws, api: Api, operations: list[dict[str, str]]) -> None:
    client, where = aws.client("apigateway"), {"restApiId": api.id, "resourceId": api.resource, "httpMethod": "GET"}
    client.update_integration(**where, patchOperations=patch("replace", "/credentials", ROLE))
    client.update_integration(**where, patchOperations=operations)
    assert "credentials" not in integration_of(aws, api)


def test_request_parameters_are_patched_one_by_one(aws: SimulatedAws, api: Api) -> None:
    client, where = aws.client("apigateway"), {"restApiId": api.id, "resourceId": api.resource, "httpMethod": "GET"}
    path = "/requestParameters/integration.request.header.X"
    client.update_integration(**where, patchOperations=patch("add", path, "'async'"))
    assert integration_of(aws, api)["requestParameters"] == {"integration.request.header.X": "'async'"}
    client.update_integration(**where, patchOperations=patch("remove", path))
    assert integration_of(aws, api).get("requestParameters", {}) == {}
    template = "/requestTemplates/application~1json"
    client.update_integration(**where, patchOperations=patch("add", template, "{}"))
    assert integration_of(aws, api)["requestTemplates"] == {"application/json": "{}"}


@pytest.mark.parametrize(
    "operations",
    [
        patch("replace", "/colour", "red"),
        patch("add", "/uri", "x"),
        patch("copy", "/uri"),
        patch("replace", "/uri/x", "y"),
    ],
)
def test_an_unknown_path_or_operation_is_refused(aws: SimulatedAws, api: Api, operations: list[dict[str, str]]) -> None:
    where = {"restApiId": api.id, "resourceId": api.resource, "httpMethod": "GET"}
    error = refused(aws.client("apigateway").update_integration, **where, patchOperations=operations)["Error"]
    assert error["Code"] == "BadRequestException"
    assert error["Message"].startswith(f"Invalid patch path  '{operations[0]['path']}' specified for op")


def test_a_role_of_another_account_is_refused(aws: SimulatedAws, api: Api, function: Function) -> None:
    error = refused(
        aws.client("apigateway").put_integration,
        restApiId=api.id,
        resourceId=api.resource,
        httpMethod="GET",
        type="AWS_PROXY",
        integrationHttpMethod="POST",
        uri=uri_of(function.arn),
        credentials="arn:aws:iam::222222222222:role/theirs",
    )["Error"]
    assert error["Message"] == "Cross-account pass role is not allowed."


def test_the_callers_credentials_are_accepted(aws: SimulatedAws, api: Api, function: Function) -> None:
    where = {"restApiId": api.id, "resourceId": api.resource, "httpMethod": "GET"}
    aws.client("apigateway").put_integration(
        **where,
        type="AWS_PROXY",
        integrationHttpMethod="POST",
        uri=uri_of(function.arn),
        credentials="arn:aws:iam::*:user/*",
    )
    assert integration_of(aws, api)["credentials"] == "arn:aws:iam::*:user/*"


def test_a_method_is_patched(aws: SimulatedAws, api: Api) -> None:
    client, where = aws.client("apigateway"), {"restApiId": api.id, "resourceId": api.resource, "httpMethod": "GET"}
    operations = [
        *patch("replace", "/authorizationType", "CUSTOM"),
        *patch("replace", "/authorizerId", "abc"),
        *patch("replace", "/apiKeyRequired", "true"),
        *patch("add", "/requestParameters/method.request.header.X", "true"),
    ]
    client.update_method(**where, patchOperations=operations)
    method = client.get_method(**where)
    assert (method["authorizationType"], method["authorizerId"], method["apiKeyRequired"]) == ("CUSTOM", "abc", True)
    assert method["requestParameters"] == {"method.request.header.X": True}
    refused(client.update_method, **where, patchOperations=patch("replace", "/nothing", "x"))


@pytest.fixture
def authorizer(aws: SimulatedAws, api: Api, function: Function) -> str:
    made = aws.client("apigateway").create_authorizer(
        restApiId=api.id,
        name="token",
        type="TOKEN",
        authorizerUri=uri_of(function.arn),
        authorizerCredentials=ROLE,
        identitySource="method.request.header.Authorization",
        identityValidationExpression="^Bearer .+$",
    )
    return str(made["id"])


def test_an_authorizer_keeps_what_it_was_made_of(
    aws: SimulatedAws, api: Api, function: Function, authorizer: str
) -> None:
    found = aws.client("apigateway").get_authorizer(restApiId=api.id, authorizerId=authorizer)
    del found["ResponseMetadata"]
    assert found == {
        "id": authorizer,
        "name": "token",
        "type": "TOKEN",
        "authType": "custom",
        "authorizerUri": uri_of(function.arn),
        "authorizerCredentials": ROLE,
        "identitySource": "method.request.header.Authorization",
        "identityValidationExpression": "^Bearer .+$",
        "authorizerResultTtlInSeconds": 300,
    }
    assert aws.client("apigateway").get_authorizers(restApiId=api.id)["items"] == [found]


@pytest.mark.parametrize(
    "operations", [patch("remove", "/authorizerCredentials"), patch("replace", "/authorizerCredentials", "")]
)
def test_an_authorizers_credentials_are_removed(
    aws: SimulatedAws, api: Api, authorizer: str, operations: list[dict[str, str]]
) -> None:
    client = aws.client("apigateway")
    client.update_authorizer(restApiId=api.id, authorizerId=authorizer, patchOperations=operations)
    found = client.get_authorizer(restApiId=api.id, authorizerId=authorizer)
    assert "authorizerCredentials" not in found


def test_an_authorizer_is_patched(aws: SimulatedAws, api: Api, authorizer: str) -> None:
    client, where = aws.client("apigateway"), {"restApiId": api.id, "authorizerId": authorizer}
    operations = [
        *patch("replace", "/authorizerUri", "arn:aws:apigateway:x"),
        *patch("replace", "/authorizerCredentials", ROLE),
        *patch("replace", "/authorizerResultTtlInSeconds", "0"),
    ]
    client.update_authorizer(**where, patchOperations=operations)
    found = client.get_authorizer(**where)
    assert found["authorizerUri"] == "arn:aws:apigateway:x"
    assert (found["authorizerCredentials"], found["authorizerResultTtlInSeconds"]) == (ROLE, 0)
    refused(client.update_authorizer, **where, patchOperations=patch("replace", "/colour", "red"))
    assert refused(client.get_authorizer, restApiId=api.id, authorizerId="x")["Error"]["Code"] == "NotFoundException"


def test_an_api_in_china(aws: SimulatedAws) -> None:
    account, region = "333333333333", "cn-north-1"
    function = make_function(aws, account=account, region=region)
    client = aws.client("apigateway", account, region)
    made = client.create_rest_api(name="shop")
    where = {"restApiId": made["id"], "resourceId": made["rootResourceId"], "httpMethod": "GET"}
    client.put_method(**where, authorizationType="NONE")
    uri = uri_of(function.arn, region, "aws-cn")
    role = f"arn:aws-cn:iam::{account}:role/invoker"
    client.put_integration(**where, type="AWS_PROXY", integrationHttpMethod="POST", uri=uri, credentials=role)
    client.create_deployment(restApiId=made["id"], stageName="prod")
    export = client.get_export(restApiId=made["id"], stageName="prod", exportType="oas30")["body"].read()
    assert client.get_integration(**where)["credentials"] == role
    assert f"{made['id']}.execute-api.cn-north-1.amazonaws.com.cn" in json.loads(export)["servers"][0]["url"]


def test_authorizers_of_an_http_api(aws: SimulatedAws) -> None:
    client = aws.client("apigatewayv2")
    api = client.create_api(Name="http", ProtocolType="HTTP")["ApiId"]
    client.create_authorizer(
        ApiId=api, AuthorizerType="JWT", IdentitySource=["$request.header.Authorization"], Name="jwt"
    )
    assert [each["Name"] for each in client.get_authorizers(ApiId=api)["Items"]] == ["jwt"]
    assert client.get_integrations(ApiId=api)["Items"] == []
    assert refused(client.get_authorizers, ApiId="none")["Error"]["Code"] == "NotFoundException"


def test_an_http_api_has_an_id_as_long_as_aws_s(aws: SimulatedAws) -> None:
    client = aws.client("apigatewayv2")
    cors, tags = {"AllowOrigins": ["https://acme.test"], "MaxAge": 60}, {"team": "shop"}
    made = client.create_api(Name="http", ProtocolType="HTTP", CorsConfiguration=cors, Tags=tags)
    seen = client.get_api(ApiId=made["ApiId"])
    assert re.fullmatch("[a-z0-9]{10}", made["ApiId"])
    assert f"//{made['ApiId']}." in made["ApiEndpoint"]
    for each in (made, seen):
        assert (each["Name"], each["CorsConfiguration"], each["Tags"]) == ("http", cors, tags)
    assert [each["ApiId"] for each in client.get_apis()["Items"]] == [made["ApiId"]]
    assert refused(client.create_api, Name="x", ProtocolType="SMTP")["Error"]["Code"] == "BadRequestException"


def test_a_refused_patch_changes_nothing(aws: SimulatedAws, api: Api, function: Function) -> None:
    where = {"restApiId": api.id, "resourceId": api.resource, "httpMethod": "GET"}
    operations = [*patch("replace", "/credentials", ROLE), *patch("replace", "/uri", "")]
    error = refused(aws.client("apigateway").update_integration, **where, patchOperations=operations)["Error"]
    assert error["Message"] == "Invalid ARN specified in the request"
    assert "credentials" not in integration_of(aws, api)
