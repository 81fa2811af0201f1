"""Resources as a CloudFormation template of the user's own would have to read. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from bot.aws.api_parts import Method, Stage
from bot.aws.apigateway import RestApi

_METHOD = {
    "apiKeyRequired": "ApiKeyRequired",
    "authorizationScopes": "AuthorizationScopes",
    "authorizerId": "AuthorizerId",
    "operationName": "OperationName",
    "requestModels": "RequestModels",
    "requestParameters": "RequestParameters",
    "requestValidatorId": "RequestValidatorId",
}
_INTEGRATION = {
    "type": "Type",
    "httpMethod": "IntegrationHttpMethod",
    "uri": "Uri",
    "credentials": "Credentials",
    "connectionType": "ConnectionType",
    "contentHandling": "ContentHandling",
    "passthroughBehavior": "PassthroughBehavior",
    "requestParameters": "RequestParameters",
    "requestTemplates": "RequestTemplates",
    "cacheKeyParameters": "CacheKeyParameters",
    "responseTransferMode": "ResponseTransferMode",
    "timeoutInMillis": "TimeoutInMillis",
}
_INTEGRATION_RESPONSE = {
    "statusCode": "StatusCode",
    "selectionPattern": "SelectionPattern",
    "responseParameters": "ResponseParameters",
    "responseTemplates": "ResponseTemplates",
    "contentHandling": "ContentHandling",
}
_REST_API = {
    "name": "Name",
    "description": "Description",
    "apiKeySource": "ApiKeySourceType",
    "binaryMediaTypes": "BinaryMediaTypes",
    "disableExecuteApiEndpoint": "DisableExecuteApiEndpoint",
    "minimumCompressionSize": "MinimumCompressionSize",
}
_ENDPOINTS = {"types": "Types", "vpcEndpointIds": "VpcEndpointIds"}
_VPC_ENDPOINT = {
    name: name
    for name in ("VpcId", "ServiceName", "VpcEndpointType", "SubnetIds", "PrivateDnsEnabled", "RouteTableIds")
}
_METHOD_RESPONSE = {
    "statusCode": "StatusCode",
    "responseModels": "ResponseModels",
    "responseParameters": "ResponseParameters",
}

_STAGE = {
    "stageName": "StageName",
    "deploymentId": "DeploymentId",
    "description": "Description",
    "variables": "Variables",
    "cacheClusterEnabled": "CacheClusterEnabled",
    "cacheClusterSize": "CacheClusterSize",
    "clientCertificateId": "ClientCertificateId",
    "documentationVersion": "DocumentationVersion",
    "tracingEnabled": "TracingEnabled",
}
_CANARY = {
    "percentTraffic": "PercentTraffic",
    "deploymentId": "DeploymentId",
    "stageVariableOverrides": "StageVariableOverrides",
    "useStageCache": "UseStageCache",
}
_METHOD_SETTINGS = {
    "loggingLevel": "LoggingLevel",
    "dataTraceEnabled": "DataTraceEnabled",
    "metricsEnabled": "MetricsEnabled",
    "throttlingBurstLimit": "ThrottlingBurstLimit",
    "throttlingRateLimit": "ThrottlingRateLimit",
    "cachingEnabled": "CachingEnabled",
    "cacheTtlInSeconds": "CacheTtlInSeconds",
    "cacheDataEncrypted": "CacheDataEncrypted",
}


def stage_resource(api: RestApi, stage: Stage, keys: Iterable[str], level: str) -> dict[str, Any]:
    """An `AWS::ApiGateway::Stage` as the stage stands, but for the logging level under these keys of its settings.

    A key is AWS's own: `*/*`, or `~1orders/GET` for one method.
    """
    stands = stage.definition
    settings: dict[str, dict[str, Any]] = {
        key: dict(each) for key, each in (stands.get("methodSettings") or {}).items()
    }
    for key in keys:
        settings.setdefault(key, {})["loggingLevel"] = level
    access_log = stands.get("accessLogSettings")
    canary = stands.get("canarySettings")
    properties = {
        "RestApiId": api.id,
        **_renamed(stands, _STAGE),
        "AccessLogSetting": _renamed(access_log, {"destinationArn": "DestinationArn", "format": "Format"})
        if access_log
        else None,
        "CanarySetting": _renamed(canary, _CANARY) if canary else None,
        "MethodSettings": [_method_settings(key, each) for key, each in settings.items()],
        "Tags": [{"Key": key, "Value": value} for key, value in (stands.get("tags") or {}).items()] or None,
    }
    return {"Type": "AWS::ApiGateway::Stage", "Properties": _present(properties)}


def _method_settings(key: str, settings: dict[str, Any]) -> dict[str, Any]:
    path, _, verb = key.rpartition("/")
    return {"ResourcePath": f"/{path.removeprefix('/')}", "HttpMethod": verb, **_renamed(settings, _METHOD_SETTINGS)}


def method_resource(api: RestApi, method: Method, **integration: Any) -> dict[str, Any]:
    """An `AWS::ApiGateway::Method` as the method stands, but for the integration's properties given; None drops one."""
    defined = method.integration.definition if method.integration else {}
    responses = [_renamed(each, _INTEGRATION_RESPONSE) for each in (defined.get("integrationResponses") or {}).values()]
    properties = {
        "RestApiId": api.id,
        "ResourceId": method.resource_id,
        "HttpMethod": method.http_method,
        "AuthorizationType": method.authorization_type,
        **_renamed(method.definition, _METHOD),
        "Integration": _present(
            {**_renamed(defined, _INTEGRATION), "IntegrationResponses": responses or None, **integration}
        ),
        "MethodResponses": [
            _renamed(each, _METHOD_RESPONSE) for each in (method.definition.get("methodResponses") or {}).values()
        ]
        or None,
    }
    return {"Type": "AWS::ApiGateway::Method", "Properties": _present(properties)}


def rest_api_resource(api: RestApi, **properties: Any) -> dict[str, Any]:
    """An `AWS::ApiGateway::RestApi` as the API stands, but for the properties given. Raises Unseen."""
    defined = api.answer.body or {}
    endpoints = _renamed(defined.get("endpointConfiguration") or {}, _ENDPOINTS)
    standing = {**_renamed(defined, _REST_API), "EndpointConfiguration": endpoints or None}
    return {"Type": "AWS::ApiGateway::RestApi", "Properties": _present({**standing, **properties})}


def vpc_endpoint_resource(definition: Mapping[str, Any], **properties: Any) -> dict[str, Any]:
    """An `AWS::EC2::VPCEndpoint` as AWS describes it, but for the properties given."""
    groups = [each["GroupId"] for each in definition.get("Groups") or ()]
    standing = {**_renamed(definition, _VPC_ENDPOINT), "SecurityGroupIds": groups or None}
    return {"Type": "AWS::EC2::VPCEndpoint", "Properties": _present({**standing, **properties})}


def _renamed(definition: Any, names: dict[str, str]) -> dict[str, Any]:
    return {there: definition[here] for here, there in names.items() if definition.get(here) not in (None, {}, [], "")}


def _present(properties: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in properties.items() if value is not None}
