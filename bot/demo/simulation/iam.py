"""The few AWS-managed policies that a simulated account knows; moto would load all or none."""

from __future__ import annotations

from typing import Any

from moto.iam.models import AWSManagedPolicy, IAMBackend

_LOGS = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]


def _policy(path: str, version: str, created: str, updated: str, *statements: dict[str, Any]) -> dict[str, Any]:
    return {
        "Path": path,
        "DefaultVersionId": version,
        "CreateDate": f"{created}T00:00:00+00:00",
        "UpdateDate": f"{updated}T00:00:00+00:00",
        "Document": {"Version": "2012-10-17", "Statement": list(statements)},
    }


def _allow(actions: list[str] | str, resource: list[str] | str = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": actions, "Resource": resource, **more}


# https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
# Of AWSLambda_FullAccess the reading of other services is left out.
AWS_MANAGED = {
    "AdministratorAccess": _policy("/", "v1", "2015-02-06", "2015-02-06", _allow("*")),
    "AmazonAPIGatewayPushToCloudWatchLogs": _policy(
        "/service-role/",
        "v1",
        "2015-11-11",
        "2015-11-11",
        _allow(
            [
                *_LOGS,
                "logs:DescribeLogGroups",
                "logs:DescribeLogStreams",
                "logs:GetLogEvents",
                "logs:FilterLogEvents",
            ]
        ),
    ),
    "AWSLambdaBasicExecutionRole": _policy("/service-role/", "v1", "2015-04-09", "2015-04-09", _allow(_LOGS)),
    "AWSLambdaRole": _policy(
        "/service-role/", "v1", "2015-02-06", "2015-02-06", _allow(["lambda:InvokeFunction"], ["*"])
    ),
    "AWSLambda_FullAccess": _policy(
        "/",
        "v7",
        "2020-11-17",
        "2026-02-12",
        _allow(["lambda:*", "logs:DescribeLogGroups", "iam:ListRoles"]),
        _allow("iam:PassRole", Condition={"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}),
    ),
}


def _aws_policies(backend: IAMBackend) -> list[AWSManagedPolicy]:
    return [
        AWSManagedPolicy.from_data(name, backend.account_id, backend.region_name, policy)
        for name, policy in AWS_MANAGED.items()
    ]


IAMBackend._init_aws_policies = _aws_policies
