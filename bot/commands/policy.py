"""`kintsugi policy`: the IAM policy of everything the bot may read, and the role with it that lets the bot in."""

import json
import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Any

import typer

from bot.commands.options import Status, fail

_DESCRIPTION = "What Kintsugi may read, and nothing else."
_AN_HOUR = 3_600
_LOG_GROUP = re.compile(r"[A-Za-z0-9._/#*?-]{1,512}")
"""https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html, and IAM's wildcards."""


class PolicyForm(StrEnum):
    """How the policy is printed."""

    JSON = "json"
    CLOUDFORMATION = "cloudformation"


class Partition(StrEnum):
    """A part of AWS with accounts and ARNs of its own."""

    AWS = "aws"
    CHINA = "aws-cn"
    GOVCLOUD = "aws-us-gov"


def policy(
    form: Annotated[
        PolicyForm,
        typer.Option("--format", help="The policy itself, or a template of a role with it, for every partition."),
    ] = PolicyForm.JSON,
    partition: Annotated[Partition, typer.Option(help="Where the account of a policy in JSON is.")] = Partition.AWS,
    log_groups: Annotated[
        list[str] | None,
        typer.Option("--log-group", metavar="NAME", help="Let it read only this log group; * and ? are wildcards."),
    ] = None,
) -> None:
    """Print the least-privilege IAM policy that the bot needs: reads only."""
    from bot.aws.reads import policy_document

    groups = log_groups or ["*"]
    for name in groups:
        if not _LOG_GROUP.fullmatch(name):
            fail(
                f"--log-group {name!r} is no name of a log group: letters, digits, . - _ / # and wildcards",
                Status.USAGE,
            )
    if form is PolicyForm.JSON:
        typer.echo(json.dumps(policy_document(partition.value, log_groups=groups), indent=2))
        return
    import yaml

    typer.echo(yaml.safe_dump(_template(groups), sort_keys=False, width=120), nl=False)


def _template(log_groups: Sequence[str]) -> dict[str, Any]:
    """A stack with the role that an entry of the accounts file names, in whatever account and partition it is deployed.

    An external id is no secret: whoever may see the role sees it, so it is not hidden here either.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html
    """
    from bot.aws.accounts_file import SHORTEST_RANDOM_ID

    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": _DESCRIPTION,
        "Parameters": {
            "BotPrincipal": {
                "Type": "String",
                "Description": "Who may enter: the ARN of Kintsugi's own role or user, not its whole account.",
                "AllowedPattern": r"^arn:aws[a-z-]*:iam::[0-9]{12}:(role|user)/[\w+=,.@/-]+$",
            },
            "ExternalId": {
                "Type": "String",
                "Description": "The same as external_id in Kintsugi's accounts file; a random one for each account.",
                "AllowedPattern": rf"^[\w+=,.@:/-]{{{SHORTEST_RANDOM_ID},1224}}$",
            },
            "RoleName": {
                "Type": "String",
                "Default": "kintsugi-reads",
                "AllowedPattern": r"^[\w+=,.@-]{1,64}$",
            },
        },
        "Resources": {
            "Role": {
                "Type": "AWS::IAM::Role",
                "Properties": {
                    "RoleName": {"Ref": "RoleName"},
                    "Description": _DESCRIPTION,
                    "MaxSessionDuration": _AN_HOUR,
                    "AssumeRolePolicyDocument": {
                        "Version": "2012-10-17",
                        "Statement": [
                            {
                                "Effect": "Allow",
                                "Principal": {"AWS": {"Ref": "BotPrincipal"}},
                                "Action": "sts:AssumeRole",
                                "Condition": {"StringEquals": {"sts:ExternalId": {"Ref": "ExternalId"}}},
                            }
                        ],
                    },
                    "Policies": [{"PolicyName": "reads", "PolicyDocument": _document(log_groups)}],
                },
            }
        },
        "Outputs": {
            "RoleArn": {
                "Description": "What to give as role_arn in Kintsugi's accounts file.",
                "Value": {"Fn::GetAtt": ["Role", "Arn"]},
            }
        },
    }


def _document(log_groups: Sequence[str]) -> dict[str, Any]:
    """The policy of the account in which the stack is deployed."""
    from bot.aws.reads import policy_document

    document = policy_document("${AWS::Partition}", "${AWS::AccountId}", log_groups=log_groups)
    for statement in document["Statement"]:
        statement["Resource"] = [{"Fn::Sub": arn} if "${" in arn else arn for arn in statement["Resource"]]
    return document
