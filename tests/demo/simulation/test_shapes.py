"""Every operation answered here is called once, and its answer is one that botocore's model allows."""

from __future__ import annotations

import io
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from bot.demo.simulation import wire
from bot.demo.simulation.operations import HANDLERS, answers
from bot.demo.simulation.server import SimulatedAws
from tests.demo.simulation.worlds import Api, Function, uri_of


def test_an_operation_that_botocore_does_not_know_cannot_be_answered() -> None:
    with pytest.raises(ValueError, match="GetPolicies"):
        answers("lambda", "GetPolicies")


@pytest.mark.parametrize("result", [{"Policies": "{}"}, {"Policy": 1}])
def test_an_answer_that_aws_could_not_give_is_refused(result: dict[str, Any]) -> None:
    path = "/2015-03-31/functions/orders/policy"
    request = AWSRequest("GET", f"http://127.0.0.1{path}")
    SigV4Auth(Credentials("AKIASIMU123456789012", "x"), "lambda", "eu-west-1").add_auth(request)
    signed = wire.read(
        {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": path,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "80",
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(),
            "HTTP_AUTHORIZATION": request.headers["Authorization"],
        }
    )
    assert signed is not None
    assert signed.operation.name == "GetPolicy"
    assert wire.answer(signed, {"Policy": "{}"}).status == 200
    with pytest.raises(TypeError, match="GetPolicy"):
        wire.answer(signed, result)


def test_every_operation_answered_here(aws: SimulatedAws, api: Api, function: Function) -> None:
    gateway, functions = aws.client("apigateway"), aws.client("lambda")
    of_api = {"restApiId": api.id}
    of_method = of_api | {"resourceId": api.resource, "httpMethod": "GET"}
    of_stage = of_api | {"stageName": "prod"}
    nothing = {"patchOperations": [{"op": "replace", "path": "/description", "value": "x"}]}
    authorizer = of_api | {
        "authorizerId": gateway.create_authorizer(
            **of_api, name="a", type="REQUEST", authorizerUri=uri_of(function.arn), identitySource="context.apiId"
        )["id"]
    }
    other = gateway.create_deployment(**of_api)["id"]
    grant = {"StatementId": "s", "Action": "lambda:InvokeFunction", "Principal": "apigateway.amazonaws.com"}
    named = {"FunctionName": "orders"}
    aws.seed_log("123456789012", "eu-west-1", "log", [(1, "line")])
    aws.client("logs").filter_log_events(logGroupName="log")
    gateway.get_authorizer(**authorizer)
    gateway.get_authorizers(**of_api)
    gateway.update_authorizer(**authorizer, patchOperations=[{"op": "replace", "path": "/name", "value": "b"}])
    gateway.get_method(**of_method)
    gateway.update_method(**of_method, patchOperations=[{"op": "replace", "path": "/operationName", "value": "x"}])
    gateway.get_integration(**of_method)
    gateway.update_integration(
        **of_method, patchOperations=[{"op": "replace", "path": "/timeoutInMillis", "value": "50"}]
    )
    gateway.get_resource(**of_api, resourceId=api.resource, embed=["methods"])
    gateway.get_resources(**of_api, embed=["methods"])
    gateway.get_rest_api(**of_api)
    gateway.get_rest_apis()
    gateway.update_rest_api(**of_api, **nothing)
    gateway.get_deployment(**of_api, deploymentId=other, embed=["apisummary"])
    gateway.get_deployments(**of_api)
    gateway.delete_deployment(**of_api, deploymentId=other)
    gateway.get_stage(**of_stage)
    gateway.get_stages(**of_api)
    gateway.update_stage(**of_stage, **nothing)
    gateway.get_account()
    gateway.update_account(patchOperations=[{"op": "replace", "path": "/cloudwatchRoleArn", "value": ""}])
    gateway.get_export(**of_stage, exportType="oas30", parameters={"extensions": "integrations,authorizers,apigateway"})
    of_response = {**of_api, "responseType": "UNAUTHORIZED"}
    gateway.put_gateway_response(**of_response, statusCode="403")
    gateway.get_gateway_response(**of_response)
    gateway.get_gateway_responses(**of_api)
    gateway.update_gateway_response(
        **of_response, patchOperations=[{"op": "replace", "path": "/statusCode", "value": "401"}]
    )
    gateway.delete_gateway_response(**of_response)
    gateway.flush_stage_authorizers_cache(**of_stage)
    gateway.flush_stage_cache(**of_stage)
    http = aws.client("apigatewayv2").create_api(Name="http", ProtocolType="HTTP")["ApiId"]
    aws.client("apigatewayv2").get_authorizers(ApiId=http)
    functions.add_permission(**named, **grant)
    functions.get_policy(**named)
    functions.get_resource_policy(ResourceArn=function.arn)
    functions.remove_permission(**named, StatementId="s")
    document = {"Version": "2012-10-17", "Statement": []}
    statement = {"Effect": "Deny", "Principal": "*", "Action": "lambda:*", "Resource": function.arn}
    functions.put_resource_policy(ResourceArn=function.arn, Policy=json.dumps(document | {"Statement": [statement]}))
    functions.delete_resource_policy(ResourceArn=function.arn)
    functions.get_function(**named)
    functions.get_function_configuration(**named)
    functions.list_functions()
    functions.get_alias(**named, Name="live")
    functions.delete_alias(**named, Name="live")
    aws.client("sts").get_caller_identity()
    aws.client("ec2").describe_regions()
    aws.client("cloudtrail").lookup_events()
    assert set(HANDLERS) <= {(call.service, call.operation) for call in aws.calls}


def test_calls_at_once_do_not_lose_each_other(aws: SimulatedAws, function: Function) -> None:
    client = aws.client("lambda")

    def add(number: int) -> None:
        client.add_permission(
            FunctionName="orders",
            StatementId=f"s{number}",
            Action="lambda:InvokeFunction",
            Principal="apigateway.amazonaws.com",
        )

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(40)))
    policy = json.loads(client.get_policy(FunctionName="orders")["Policy"])
    assert {each["Sid"] for each in policy["Statement"]} == {f"s{number}" for number in range(40)}
