"""Deployments freeze an API; stages keep their settings, run what was deployed, and may have a canary."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest

from bot.demo.simulation.server import SimulatedAws
from bot.demo.world import World
from tests.demo.simulation.worlds import Api, Function, refused, uri_of

VARIABLES = {"alias": "live", "table": "orders"}
CANARY = {"percentTraffic": 10.0, "stageVariableOverrides": {"alias": "next"}, "useStageCache": False}


def stage_of(aws: SimulatedAws, api: Api) -> dict[str, Any]:
    found: dict[str, Any] = aws.client("apigateway").get_stage(restApiId=api.id, stageName="prod")
    del found["ResponseMetadata"]
    return found


def update(aws: SimulatedAws, api: Api, **operation: str) -> None:
    aws.client("apigateway").update_stage(
        restApiId=api.id,
        stageName="prod",
        patchOperations=[{("from" if k == "source" else k): v for k, v in operation.items()}],
    )


def export_of(aws: SimulatedAws, api: Api, **parameters: str) -> dict[str, Any]:
    exported = aws.client("apigateway").get_export(
        restApiId=api.id, stageName="prod", exportType="oas30", parameters=parameters
    )
    document: dict[str, Any] = json.loads(exported["body"].read())
    return document


def test_a_new_deployment_keeps_the_settings_of_its_stage(aws: SimulatedAws, api: Api) -> None:
    client = aws.client("apigateway")
    World(aws).can_log()
    update(aws, api, op="replace", path="/*/*/logging/loglevel", value="ERROR")
    update(aws, api, op="replace", path="/accessLogSettings/destinationArn", value="arn:aws:logs:x")
    update(aws, api, op="replace", path="/canarySettings/percentTraffic", value="5")
    before = stage_of(aws, api)
    deployment = client.create_deployment(restApiId=api.id, stageName="prod", variables={"more": "1"})["id"]
    after = stage_of(aws, api)
    assert after["deploymentId"] == deployment != before["deploymentId"]
    assert after["variables"] == VARIABLES | {"more": "1"}
    assert after["methodSettings"]["*/*"]["loggingLevel"] == "ERROR"
    for member in ("methodSettings", "accessLogSettings", "canarySettings", "createdDate"):
        assert after[member] == before[member]


def test_a_deployment_can_make_its_stage(aws: SimulatedAws, api: Api) -> None:
    client = aws.client("apigateway")
    deployment = client.create_deployment(restApiId=api.id, stageName="test", variables={"a": "b"})["id"]
    made = client.get_stage(restApiId=api.id, stageName="test")
    assert (made["deploymentId"], made["variables"]) == (deployment, {"a": "b"})
    assert isinstance(made["createdDate"], datetime)
    stages = client.get_stages(restApiId=api.id)["item"]
    only = client.get_stages(restApiId=api.id, deploymentId=deployment)["item"]
    assert ([each["stageName"] for each in stages], [each["stageName"] for each in only]) == (
        ["prod", "test"],
        ["test"],
    )


def test_an_api_with_an_unfinished_method_is_not_deployed(aws: SimulatedAws, api: Api) -> None:
    client = aws.client("apigateway")
    client.put_method(restApiId=api.id, resourceId=api.root, httpMethod="GET", authorizationType="NONE")
    error = refused(client.create_deployment, restApiId=api.id)["Error"]
    assert (error["Code"], error["Message"]) == ("BadRequestException", "No integration defined for method")
    empty = client.create_rest_api(name="empty")["id"]
    error = refused(client.create_deployment, restApiId=empty)["Error"]
    assert error["Message"] == "The REST API doesn't contain any methods"


def test_a_stage_runs_what_was_deployed(aws: SimulatedAws, api: Api, function: Function) -> None:
    client = aws.client("apigateway")
    where = {"restApiId": api.id, "resourceId": api.resource, "httpMethod": "GET"}
    change = [{"op": "replace", "path": "/uri", "value": uri_of(f"{function.arn}:live")}]
    client.update_integration(**where, patchOperations=change)

    def running() -> str:
        method = export_of(aws, api, extensions="integrations")["paths"]["/orders"]["get"]
        return str(method["x-amazon-apigateway-integration"]["uri"])

    assert running() == uri_of(function.arn)
    client.create_deployment(restApiId=api.id, stageName="prod")
    assert running() == uri_of(f"{function.arn}:live")
    update(aws, api, op="replace", path="/deploymentId", value=api.deployment)
    assert running() == uri_of(function.arn)


def test_an_export(aws: SimulatedAws, api: Api, function: Function) -> None:
    client = aws.client("apigateway")
    authorizer = client.create_authorizer(
        restApiId=api.id,
        name="token",
        type="TOKEN",
        authorizerUri=uri_of(function.arn),
        identitySource="method.request.header.Authorization",
    )["id"]
    where = {"restApiId": api.id, "resourceId": api.root, "httpMethod": "ANY"}
    client.put_method(**where, authorizationType="CUSTOM", authorizerId=authorizer)
    client.put_integration(**where, type="MOCK")
    client.create_deployment(restApiId=api.id, stageName="prod")
    bare, full = export_of(aws, api), export_of(aws, api, extensions="integrations,authorizers")
    assert full["openapi"] == "3.0.1"
    assert full["info"]["title"] == "shop"
    assert full["servers"][0]["variables"]["basePath"]["default"] == "/prod"
    assert full["paths"]["/orders"]["get"]["x-amazon-apigateway-integration"]["type"] == "aws_proxy"
    assert full["paths"]["/"]["x-amazon-apigateway-any-method"]["security"] == [{"token": []}]
    assert full["components"]["securitySchemes"]["token"] == {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "x-amazon-apigateway-authtype": "custom",
        "x-amazon-apigateway-authorizer": {
            "type": "token",
            "authorizerUri": uri_of(function.arn),
            "authorizerResultTtlInSeconds": 300,
        },
    }
    assert "x-amazon-apigateway-integration" not in bare["paths"]["/orders"]["get"]
    assert "x-amazon-apigateway-authorizer" not in bare["components"]["securitySchemes"]["token"]
    swagger = client.get_export(restApiId=api.id, stageName="prod", exportType="swagger")["body"].read()
    assert json.loads(swagger)["swagger"] == "2.0"
    error = refused(client.get_export, restApiId=api.id, stageName="none", exportType="oas30")["Error"]
    assert error["Message"] == "Invalid stage identifier specified"


def test_a_deployment_tells_what_it_froze(aws: SimulatedAws, api: Api) -> None:
    client = aws.client("apigateway")
    where = {"restApiId": api.id, "deploymentId": api.deployment}
    assert "apiSummary" not in client.get_deployment(**where)
    summary = client.get_deployment(**where, embed=["apisummary"])["apiSummary"]
    assert summary == {"/orders": {"GET": {"authorizationType": "NONE", "apiKeyRequired": False}}}
    newer = client.create_deployment(restApiId=api.id)["id"]
    assert [each["id"] for each in client.get_deployments(restApiId=api.id)["items"]] == [newer, api.deployment]
    assert refused(client.delete_deployment, **where)["Error"]["Code"] == "BadRequestException"
    client.delete_deployment(restApiId=api.id, deploymentId=newer)
    refused(client.get_deployment, restApiId=api.id, deploymentId=newer)


def test_stage_variables_are_replaced_and_removed(aws: SimulatedAws, api: Api) -> None:
    update(aws, api, op="replace", path="/variables/alias", value="next")
    update(aws, api, op="remove", path="/variables/table")
    assert stage_of(aws, api)["variables"] == {"alias": "next"}


@pytest.mark.parametrize(
    ("op", "path"),
    [("add", "/variables/x"), ("replace", "/colour"), ("replace", "/canarySettings/x"), ("copy", "/variables")],
)
def test_a_patch_that_a_stage_does_not_take(aws: SimulatedAws, api: Api, op: str, path: str) -> None:
    error = refused(update, aws=aws, api=api, op=op, path=path, value="x")["Error"]
    assert error["Code"] == "BadRequestException"
    assert stage_of(aws, api)["variables"] == VARIABLES


@pytest.mark.parametrize(
    ("name", "value"),
    [("a-b", "x"), ("a:b", "x"), ("a", ""), ("a", "$(x)"), ("a", "a b"), ("a", "\u00e9"), ("a", "<!here>")],
)
def test_what_no_stage_variable_may_be_called_or_hold(aws: SimulatedAws, api: Api, name: str, value: str) -> None:
    before, client = stage_of(aws, api), aws.client("apigateway")
    for path in ("/variables", "/canarySettings/stageVariableOverrides"):
        refused(update, aws=aws, api=api, op="replace", path=f"{path}/{name}", value=value)
    given = {"restApiId": api.id, "variables": {name: value}}
    refused(client.create_deployment, **given, stageName="prod")
    error = refused(client.create_stage, **given, stageName="new", deploymentId=before["deploymentId"])["Error"]
    assert error["Code"] == "BadRequestException"
    assert stage_of(aws, api) == before


def test_a_deployment_that_does_not_exist(aws: SimulatedAws, api: Api) -> None:
    error = refused(update, aws=aws, api=api, op="replace", path="/deploymentId", value="nope")["Error"]
    assert error["Message"] == "Invalid Deployment identifier specified"
    refused(aws.client("apigateway").create_stage, restApiId=api.id, stageName="x", deploymentId="nope")


def test_a_canary_is_made_with_the_stage(aws: SimulatedAws, api: Api) -> None:
    client = aws.client("apigateway")
    second = client.create_deployment(restApiId=api.id)["id"]
    client.create_stage(
        restApiId=api.id,
        stageName="beta",
        deploymentId=api.deployment,
        canarySettings=CANARY | {"deploymentId": second},
    )
    expected = CANARY | {"deploymentId": second}
    listed = {stage["stageName"]: stage for stage in client.get_stages(restApiId=api.id)["item"]}
    assert client.get_stage(restApiId=api.id, stageName="beta")["canarySettings"] == expected
    assert listed["beta"]["canarySettings"] == expected
    assert "canarySettings" not in listed["prod"]


def test_a_canary_release(aws: SimulatedAws, api: Api) -> None:
    client = aws.client("apigateway")
    second = client.create_deployment(restApiId=api.id, stageName="prod", canarySettings=CANARY)["id"]
    stage = stage_of(aws, api)
    assert stage["deploymentId"] == api.deployment
    assert stage["canarySettings"] == CANARY | {"deploymentId": second}
    update(aws, api, op="replace", path="/canarySettings/stageVariableOverrides/alias", value="beta")
    update(aws, api, op="replace", path="/canarySettings/stageVariableOverrides/extra", value="1")
    update(aws, api, op="remove", path="/canarySettings/stageVariableOverrides/extra")
    update(aws, api, op="replace", path="/canarySettings/percentTraffic", value="0.0")
    assert stage_of(aws, api)["canarySettings"]["stageVariableOverrides"] == {"alias": "beta"}
    update(aws, api, op="copy", source="/canarySettings/stageVariableOverrides", path="/variables")
    update(aws, api, op="copy", source="/canarySettings/deploymentId", path="/deploymentId")
    update(aws, api, op="remove", path="/canarySettings")
    promoted = stage_of(aws, api)
    assert promoted["variables"] == VARIABLES | {"alias": "beta"}
    assert promoted["deploymentId"] == second
    assert "canarySettings" not in promoted


def test_caches_are_flushed_where_there_is_a_stage(aws: SimulatedAws, api: Api) -> None:
    client = aws.client("apigateway")
    client.flush_stage_authorizers_cache(restApiId=api.id, stageName="prod")
    client.flush_stage_cache(restApiId=api.id, stageName="prod")
    refused(client.flush_stage_cache, restApiId=api.id, stageName="none")
