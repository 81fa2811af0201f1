"""`kintsugi policy`: the IAM policy of everything the bot may read."""

import json
from enum import StrEnum
from typing import Annotated

import typer


class PolicyForm(StrEnum):
    """How the policy is printed."""

    JSON = "json"
    CLOUDFORMATION = "cloudformation"


def policy(
    form: Annotated[PolicyForm, typer.Option("--format", help="How it is printed.")] = PolicyForm.JSON,
) -> None:
    """Print the least-privilege IAM policy that the bot needs: reads only."""
    from bot.aws.reads import policy_document

    if form is PolicyForm.JSON:
        typer.echo(json.dumps(policy_document("aws"), indent=2))
        return
    import yaml

    typer.echo(yaml.safe_dump(_template(), sort_keys=False), nl=False)


def _template() -> dict[str, object]:
    """A stack that makes the policy, in whatever partition it is deployed."""
    from bot.aws.reads import policy_document

    document = policy_document("${AWS::Partition}")
    for statement in document["Statement"]:
        statement["Resource"] = [arn if "${" not in arn else {"Fn::Sub": arn} for arn in statement["Resource"]]
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "What Kintsugi may read, and nothing else.",
        "Resources": {
            "KintsugiReads": {
                "Type": "AWS::IAM::ManagedPolicy",
                "Properties": {"Description": "What Kintsugi may read, and nothing else.", "PolicyDocument": document},
            }
        },
        "Outputs": {"PolicyArn": {"Value": {"Ref": "KintsugiReads"}}},
    }
