"""Resources as a CloudFormation template of the user's own would have to read. Pure."""

from typing import Any

from bot.aws.apigateway import Method, RestApi

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
_METHOD_RESPONSE = {
    "statusCode": "StatusCode",
    "responseModels": "ResponseModels",
    "responseParameters": "ResponseParameters",
}


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


def _renamed(definition: Any, names: dict[str, str]) -> dict[str, Any]:
    return {there: definition[here] for here, there in names.items() if definition.get(here) not in (None, {}, [], "")}


def _present(properties: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in properties.items() if value is not None}
