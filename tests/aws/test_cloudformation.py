"""A method as a template of its owner's would have to read: as it stands, but for what is given."""

import json

import pytest
from cfnlint.api import lint_all

from bot.aws.cloudformation import method_resource, rest_api_resource, stage_resource, vpc_endpoint_resource
from tests.aws.tapes import API, Tape, api_of, found, function_arn, method, record_api, uri_of

PETS = function_arn("pets")
FULL = {
    "httpMethod": "GET",
    "authorizationType": "CUSTOM",
    "authorizerId": "au12",
    "apiKeyRequired": True,
    "requestParameters": {"method.request.path.id": True},
    "requestModels": {},
    "methodResponses": {"200": {"statusCode": "200", "responseParameters": {"method.response.header.X": False}}},
    "methodIntegration": {
        "type": "AWS",
        "httpMethod": "GET",
        "uri": uri_of(PETS),
        "credentials": "arn:aws:iam::123456789012:role/caller",
        "passthroughBehavior": "WHEN_NO_MATCH",
        "timeoutInMillis": 29000,
        "cacheNamespace": "r0",
        "cacheKeyParameters": ["method.request.path.id"],
        "responseTransferMode": "BUFFERED",
        "requestTemplates": {"application/json": "{}"},
        "integrationResponses": {"200": {"statusCode": "200", "responseTemplates": {"application/json": ""}}},
    },
}


def resource(defined, **integration):
    api = api_of(record_api(Tape(), {"GET /pets/{id}": defined}))
    return method_resource(api, api.methods[0], **integration)


def test_everything_that_stands_there_stays():
    made = resource(FULL)
    assert made["Type"] == "AWS::ApiGateway::Method"
    assert made["Properties"] == {
        "RestApiId": API,
        "ResourceId": "r0",
        "HttpMethod": "GET",
        "AuthorizationType": "CUSTOM",
        "AuthorizerId": "au12",
        "ApiKeyRequired": True,
        "RequestParameters": {"method.request.path.id": True},
        "Integration": {
            "Type": "AWS",
            "IntegrationHttpMethod": "GET",
            "Uri": uri_of(PETS),
            "Credentials": "arn:aws:iam::123456789012:role/caller",
            "PassthroughBehavior": "WHEN_NO_MATCH",
            "TimeoutInMillis": 29000,
            "RequestTemplates": {"application/json": "{}"},
            "CacheKeyParameters": ["method.request.path.id"],
            "ResponseTransferMode": "BUFFERED",
            "IntegrationResponses": [{"StatusCode": "200", "ResponseTemplates": {"application/json": ""}}],
        },
        "MethodResponses": [{"StatusCode": "200", "ResponseParameters": {"method.response.header.X": False}}],
    }


def test_what_is_given_replaces_and_none_drops():
    before, after = resource(FULL), resource(FULL, IntegrationHttpMethod="POST", Credentials=None)
    del before["Properties"]["Integration"]["Credentials"]
    before["Properties"]["Integration"]["IntegrationHttpMethod"] = "POST"
    assert after == before


def test_what_is_not_there_is_not_written():
    made = resource(method(PETS))["Properties"]
    assert set(made) == {"RestApiId", "ResourceId", "HttpMethod", "AuthorizationType", "Integration"}
    assert set(made["Integration"]) == {"Type", "IntegrationHttpMethod", "Uri"}


def test_the_cache_namespace_that_aws_makes_up_is_not_written():
    assert "CacheNamespace" not in resource(FULL)["Properties"]["Integration"]


@pytest.mark.parametrize("defined", [FULL, method(PETS)])
def test_it_passes_the_linter_in_a_template(defined):
    template = {"Resources": {"Method": resource(defined, IntegrationHttpMethod="POST")}}
    assert [fault for fault in lint_all(json.dumps(template)) if fault.rule.severity != "informational"] == []


POLICY = {"Version": "2012-10-17", "Statement": []}


def test_an_api_as_it_stands_but_for_its_policy():
    tape = record_api(Tape(), {"GET /": method(PETS)})
    described = {
        "id": API,
        "name": "pets",
        "apiKeySource": "HEADER",
        "binaryMediaTypes": None,
        "policy": "{}",
        "endpointConfiguration": {"types": ["PRIVATE"], "vpcEndpointIds": ["vpce-0a1b2c3d4e5f60718"]},
    }
    tape.holds("apigateway", "GetRestApi", found(**described), restApiId=API)
    resource = rest_api_resource(api_of(tape), Policy=POLICY)
    assert resource["Properties"] == {
        "Name": "pets",
        "ApiKeySourceType": "HEADER",
        "EndpointConfiguration": {"Types": ["PRIVATE"], "VpcEndpointIds": ["vpce-0a1b2c3d4e5f60718"]},
        "Policy": POLICY,
    }


def test_an_endpoint_as_it_stands_but_for_its_policy():
    described = {
        "VpcEndpointId": "vpce-1",
        "VpcId": "vpc-1",
        "ServiceName": "com.amazonaws.eu-west-1.execute-api",
        "VpcEndpointType": "Interface",
        "SubnetIds": [],
        "Groups": [{"GroupId": "sg-1", "GroupName": "web"}],
        "PolicyDocument": "{}",
    }
    assert vpc_endpoint_resource(described, PolicyDocument=POLICY)["Properties"] == {
        "VpcId": "vpc-1",
        "ServiceName": "com.amazonaws.eu-west-1.execute-api",
        "VpcEndpointType": "Interface",
        "SecurityGroupIds": ["sg-1"],
        "PolicyDocument": POLICY,
    }


A_STAGE = {
    "stageName": "prod",
    "deploymentId": "d1",
    "variables": {"alias": "live"},
    "tracingEnabled": True,
    "cacheClusterEnabled": False,
    "accessLogSettings": {
        "destinationArn": "arn:aws:logs:eu-west-1:123456789012:log-group:a",
        "format": "$context.requestId",
    },
    "canarySettings": {"percentTraffic": 10.0, "deploymentId": "d2", "stageVariableOverrides": {"alias": "next"}},
    "methodSettings": {
        "*/*": {
            "loggingLevel": "OFF",
            "metricsEnabled": True,
            "throttlingBurstLimit": 5000,
            "throttlingRateLimit": 1e4,
        },
        "~1pets~1{id}/GET": {"loggingLevel": "ERROR", "dataTraceEnabled": False},
    },
    "tags": {"team": "pets"},
}


def a_stage(keys, **changes):
    api = api_of(record_api(Tape(), {"GET /pets": method(PETS)}, stages=[{**A_STAGE, **changes}]))
    return stage_resource(api, api.stages[0], keys, "INFO")


def test_a_stage_is_as_it_stands_but_for_the_level():
    stage = a_stage(["*/*"])
    everything, own = stage["Properties"].pop("MethodSettings")
    assert everything == {
        "ResourcePath": "/*",
        "HttpMethod": "*",
        "LoggingLevel": "INFO",
        "MetricsEnabled": True,
        "ThrottlingBurstLimit": 5000,
        "ThrottlingRateLimit": 1e4,
    }
    assert own == {
        "ResourcePath": "/~1pets~1{id}",
        "HttpMethod": "GET",
        "LoggingLevel": "ERROR",
        "DataTraceEnabled": False,
    }
    assert stage["Properties"] == {
        "RestApiId": API,
        "StageName": "prod",
        "DeploymentId": "d1",
        "Variables": {"alias": "live"},
        "TracingEnabled": True,
        "CacheClusterEnabled": False,
        "Tags": [{"Key": "team", "Value": "pets"}],
        "AccessLogSetting": {
            "DestinationArn": A_STAGE["accessLogSettings"]["destinationArn"],
            "Format": "$context.requestId",
        },
        "CanarySetting": {"PercentTraffic": 10.0, "DeploymentId": "d2", "StageVariableOverrides": {"alias": "next"}},
    }
    template = json.dumps({"Resources": {"Stage": a_stage(["*/*"])}})
    assert [fault for fault in lint_all(template) if fault.rule.severity != "informational"] == []


def test_settings_that_a_stage_lacks_are_added():
    stage = a_stage(["~1/GET"], methodSettings={})
    assert stage["Properties"]["MethodSettings"] == [
        {"ResourcePath": "/~1", "HttpMethod": "GET", "LoggingLevel": "INFO"}
    ]
