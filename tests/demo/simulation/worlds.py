"""Small worlds to put into the simulated AWS, and the expectation that a call is refused."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from botocore.exceptions import ClientError

from bot.demo.simulation.server import SimulatedAws

ACCOUNT = "123456789012"
REGION = "eu-west-1"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "apigateway.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}


class Function(NamedTuple):
    """A function with version 1 and the alias `live`."""

    name: str
    arn: str


def make_function(aws: SimulatedAws, name: str = "orders", account: str = ACCOUNT, region: str = REGION) -> Function:
    """Make the function and the role that it needs."""
    iam = aws.client("iam", account, region)
    iam.create_role(RoleName=f"{name}-role", AssumeRolePolicyDocument=json.dumps(TRUST))
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("index.py", "")
    client = aws.client("lambda", account, region)
    made = client.create_function(
        FunctionName=name,
        Runtime="python3.12",
        Role=iam.get_role(RoleName=f"{name}-role")["Role"]["Arn"],
        Handler="index.handler",
        Code={"ZipFile": code.getvalue()},
    )
    client.publish_version(FunctionName=name)
    client.create_alias(FunctionName=name, Name="live", FunctionVersion="1")
    return Function(name, made["FunctionArn"])


class Api(NamedTuple):
    """A REST API with GET /orders, integrated with the function, deployed to `prod`."""

    id: str
    root: str
    resource: str
    deployment: str


def uri_of(function_arn: str, region: str = REGION, partition: str = "aws") -> str:
    """The integration URI of a function."""
    return f"arn:{partition}:apigateway:{region}:lambda:path/2015-03-31/functions/{function_arn}/invocations"


def make_api(aws: SimulatedAws, function_arn: str, **stage: Any) -> Api:
    """Make the API; `stage` are more arguments of CreateStage."""
    client = aws.client("apigateway")
    created = client.create_rest_api(name="shop")
    resource = client.create_resource(restApiId=created["id"], parentId=created["rootResourceId"], pathPart="orders")[
        "id"
    ]
    where = {"restApiId": created["id"], "resourceId": resource, "httpMethod": "GET"}
    client.put_method(**where, authorizationType="NONE")
    client.put_integration(**where, type="AWS_PROXY", integrationHttpMethod="POST", uri=uri_of(function_arn))
    deployment = client.create_deployment(restApiId=created["id"])["id"]
    client.create_stage(restApiId=created["id"], stageName="prod", deploymentId=deployment, **stage)
    return Api(created["id"], created["rootResourceId"], resource, deployment)


def refused(call: Callable[..., Any], **parameters: Any) -> dict[str, Any]:
    """The response of a call that must fail."""
    with pytest.raises(ClientError) as failure:
        call(**parameters)
    response: dict[str, Any] = failure.value.response
    return response
