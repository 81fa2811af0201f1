"""Everything the bot may ask AWS. What is not listed here cannot be called, and the bot's IAM policy is this list."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from bot.aws.arn import arn_like

_API = "arn:{partition}:apigateway:{region}::"
_FUNCTION = "arn:{partition}:lambda:{region}:{account}:function:{name}"
_ROLE = ("arn:{partition}:iam::{account}:role/{role}", "arn:{partition}:iam::{account}:role/*/{role}")
_USER = ("arn:{partition}:iam::{account}:user/{user}", "arn:{partition}:iam::{account}:user/*/{user}")
_GROUP = ("arn:{partition}:iam::{account}:group/{group}", "arn:{partition}:iam::{account}:group/*/{group}")
_LOG_GROUP = "arn:{partition}:logs:{region}:{account}:log-group:{logGroupName}:*"
_POLICY = "{PolicyArn}"


@dataclass(frozen=True, slots=True)
class Permission:
    """The IAM action that allows a read, and the ARNs it acts on with the read's own parameters in braces.

    `resources` is `("*",)` only where IAM knows no resource for the action.
    """

    action: str
    resources: tuple[str, ...]


READS: Mapping[tuple[str, str], Permission] = {
    ("apigateway", "GetRestApi"): Permission("apigateway:GET", (_API + "/restapis/{restApiId}",)),
    ("apigateway", "GetRestApis"): Permission("apigateway:GET", (_API + "/restapis",)),
    ("apigateway", "GetResources"): Permission("apigateway:GET", (_API + "/restapis/{restApiId}/resources",)),
    ("apigateway", "GetStages"): Permission("apigateway:GET", (_API + "/restapis/{restApiId}/stages",)),
    ("apigateway", "GetAuthorizers"): Permission("apigateway:GET", (_API + "/restapis/{restApiId}/authorizers",)),
    ("apigateway", "GetGatewayResponses"): Permission(
        "apigateway:GET", (_API + "/restapis/{restApiId}/gatewayresponses",)
    ),
    ("apigateway", "GetDeployments"): Permission("apigateway:GET", (_API + "/restapis/{restApiId}/deployments",)),
    ("apigateway", "GetDeployment"): Permission(
        "apigateway:GET", (_API + "/restapis/{restApiId}/deployments/{deploymentId}",)
    ),
    ("apigateway", "GetExport"): Permission(
        "apigateway:GET", (_API + "/restapis/{restApiId}/stages/{stageName}/exports/{exportType}",)
    ),
    ("apigateway", "GetAccount"): Permission("apigateway:GET", (_API + "/account",)),
    ("apigateway", "GetBasePathMappings"): Permission(
        "apigateway:GET", (_API + "/domainnames/{domainName}/basepathmappings",)
    ),
    ("apigatewayv2", "GetApi"): Permission("apigateway:GET", (_API + "/apis/{ApiId}",)),
    ("apigatewayv2", "GetApis"): Permission("apigateway:GET", (_API + "/apis",)),
    ("lambda", "GetFunctionConfiguration"): Permission(
        "lambda:GetFunctionConfiguration", (_FUNCTION, _FUNCTION + ":*")
    ),
    ("lambda", "GetPolicy"): Permission("lambda:GetPolicy", (_FUNCTION, _FUNCTION + ":*")),
    ("lambda", "ListAliases"): Permission("lambda:ListAliases", (_FUNCTION,)),
    ("lambda", "ListVersionsByFunction"): Permission("lambda:ListVersionsByFunction", (_FUNCTION,)),
    ("iam", "GetRole"): Permission("iam:GetRole", _ROLE),
    ("iam", "ListRolePolicies"): Permission("iam:ListRolePolicies", _ROLE),
    ("iam", "GetRolePolicy"): Permission("iam:GetRolePolicy", _ROLE),
    ("iam", "ListAttachedRolePolicies"): Permission("iam:ListAttachedRolePolicies", _ROLE),
    ("iam", "GetPolicy"): Permission("iam:GetPolicy", (_POLICY,)),
    ("iam", "GetPolicyVersion"): Permission("iam:GetPolicyVersion", (_POLICY,)),
    ("iam", "GetUser"): Permission("iam:GetUser", _USER),
    ("iam", "ListUserPolicies"): Permission("iam:ListUserPolicies", _USER),
    ("iam", "GetUserPolicy"): Permission("iam:GetUserPolicy", _USER),
    ("iam", "ListAttachedUserPolicies"): Permission("iam:ListAttachedUserPolicies", _USER),
    ("iam", "ListGroupsForUser"): Permission("iam:ListGroupsForUser", _USER),
    ("iam", "ListGroupPolicies"): Permission("iam:ListGroupPolicies", _GROUP),
    ("iam", "GetGroupPolicy"): Permission("iam:GetGroupPolicy", _GROUP),
    ("iam", "ListAttachedGroupPolicies"): Permission("iam:ListAttachedGroupPolicies", _GROUP),
    ("logs", "FilterLogEvents"): Permission("logs:FilterLogEvents", (_LOG_GROUP,)),
    ("cloudtrail", "LookupEvents"): Permission("cloudtrail:LookupEvents", ("*",)),
    ("ec2", "DescribeVpcEndpoints"): Permission("ec2:DescribeVpcEndpoints", ("*",)),
    ("sts", "GetCallerIdentity"): Permission("sts:GetCallerIdentity", ("*",)),
    ("ec2", "DescribeRegions"): Permission("ec2:DescribeRegions", ("*",)),
}
"""By boto3's service name and the API's operation. A rule such as `Get*` would let in `GetSecretValue`."""

API_IDS = dict.fromkeys(("restApiId", "ApiId"), "?" * 10)
"""Every API has an id of ten characters. An asterisk would mean whatever lies below an API as well."""
_POLICY_ARNS = ("arn:{partition}:iam::{account}:policy/*", "arn:{partition}:iam::aws:policy/*")


WITHHELD = frozenset({"includeValue", "includeValues", "unmask"})
"""Parameters that no read is sent with: for API Gateway the values of API keys, for logs what a policy masked."""


def drop_secrets(service: str, answer: dict[str, Any]) -> None:
    """Takes out of an answer what nobody here needs: functions' environment variables, which may hold any secret."""
    if service == "lambda":
        for configuration in (answer, *answer.get("Versions", ())):
            configuration.pop("Environment", None)


def resources_of(
    service: str, operation: str, parameters: Mapping[str, Any], partition: str, account: str, region: str
) -> tuple[str, ...]:
    """The ARNs that one read acts on, as IAM names them: what a grant for just this read would list."""
    function = str(parameters.get("FunctionName", "*"))
    values = {
        **{name: str(value) for name, value in parameters.items()},
        "partition": partition,
        "account": account,
        "region": region,
        "name": function.split(":")[6] if function.startswith("arn:") else function,
        "role": str(parameters.get("RoleName", "*")),
        "user": str(parameters.get("UserName", "*")),
        "group": str(parameters.get("GroupName", "*")),
    }
    return tuple(template.format_map(values) for template in READS[(service, operation)].resources)


def grant(action: str, resources: Iterable[str]) -> dict[str, Any]:
    """The IAM statement that would allow a read that was denied."""
    listed = list(widest(set(resources)))
    return {"Effect": "Allow", "Action": action, "Resource": listed[0] if len(listed) == 1 else listed}


def policy_document(
    partition: str, account: str = "*", region: str = "*", log_groups: Sequence[str] = ("*",)
) -> dict[str, Any]:
    """The least-privilege IAM policy of everything the bot may read, one statement for each set of resources.

    `log_groups` are names, or patterns of them, to which reading logs is narrowed: stages log where they like.
    """
    names = _Anything(API_IDS, partition=partition, account=account, region=region)
    by_action: dict[str, set[str]] = {}
    for permission in READS.values():
        for template in permission.resources:
            for arn in _POLICY_ARNS if template == _POLICY else _each_named(template, log_groups):
                by_action.setdefault(permission.action, set()).add(arn.format_map(names))
    listed = sorted((widest(resources), action) for action, resources in by_action.items())
    statements = []
    for resources, group in groupby(listed, key=lambda pair: pair[0]):
        actions = [action for _, action in group]
        statements.append(
            {
                "Sid": _sid(actions),
                "Effect": "Allow",
                "Action": actions,
                "Resource": list(resources),
            }
        )
    return {"Version": "2012-10-17", "Statement": statements}


def _each_named(template: str, log_groups: Sequence[str]) -> Iterator[str]:
    return (template.replace("{logGroupName}", name) for name in (log_groups if template == _LOG_GROUP else ("*",)))


def _sid(actions: list[str]) -> str:
    """The statement's first action, which no other statement has: IAM wants ids that differ."""
    service, _, first = actions[0].partition(":")
    return f"{service.capitalize()}{first}"


def widest(resources: set[str]) -> tuple[str, ...]:
    """Of these ARNs those that no other covers, sorted: a wildcard means slashes and colons, too."""
    return tuple(sorted(each for each in resources if not any(arn_like(other, each) for other in resources - {each})))


class _Anything(dict[str, str]):
    def __missing__(self, _: str) -> str:
        return "*"
