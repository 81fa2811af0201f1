"""Whether the IAM statement that an answer offers closes the gap it names: judged by policy evaluation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

import botocore.session

from bot.aws.account import Read, Result
from bot.aws.policy import EVERYTHING_ELSE, Access, Policy, Principal, Request, evaluate
from bot.aws.reads import READS, grant, resources_of
from bot.model import Diagnosis, UnseenRead

_BOTOCORE = botocore.session.get_session()


def closes_the_gap(unseen: UnseenRead, read: Read, whole: Diagnosis, told: Mapping[Read, Result]) -> bool:
    """The grant allows the call that was denied and not the same one on another thing.

    The statements that the other reads would need do not allow it.
    """
    account = next((each.account for each in whole.evidence if each.account), None) or "*"
    partition = _BOTOCORE.get_partition_for_region(read.region)
    action = f"{_prefix(read.service)}:{_verb(read)}"
    resource = resource_of(read, partition, _owner(read, whole) or account)
    others = [
        grant(
            READS[each.service, each.operation].action,
            resources_of(
                each.service, each.operation, each.arguments, partition, _owner(each, whole) or account, each.region
            ),
        )
        for each in told
    ]
    rest = [each for each in others if each != dict(unseen.grant or {})]
    allows_it = _allows([unseen.grant], action, resource)
    allows_more = resource != "*" and _allows([unseen.grant], action, _another(read, resource))
    return allows_it and not allows_more and not (rest and _allows(rest, action, resource))


def resource_of(read: Read, partition: str, account: str) -> str:
    """What IAM checks the call against, from AWS's own models: a path of API Gateway, or the thing that is named."""
    given = read.arguments
    match read.service:
        case "apigateway" | "apigatewayv2":
            return f"arn:{partition}:apigateway:{read.region}::{_path(read).removeprefix('/v2')}"
        case "lambda":
            parts = [given["FunctionName"], *([given["Qualifier"]] if "Qualifier" in given else [])]
            return f"arn:{partition}:lambda:{read.region}:{account}:function:{':'.join(parts)}"
        case "iam" if "PolicyArn" in given:
            return str(given["PolicyArn"])
        case "iam":
            kind = next(noun for noun in ("Role", "User", "Group") if f"{noun}Name" in given)
            return f"arn:{partition}:iam::{account}:{kind.lower()}/some/path/{given[f'{kind}Name']}"
        case "logs":
            return f"arn:{partition}:logs:{read.region}:{account}:log-group:{given['logGroupName']}:log-stream:"
    return "*"


def _owner(read: Read, whole: Diagnosis) -> str:
    """The account of which it was asked; empty if it was not."""
    for each in whole.evidence:
        if (each.operation, each.region, each.parameters) == (read.operation, read.region, read.arguments):
            return each.account or "*"
    return ""


def _another(read: Read, resource: str) -> str:
    """The same kind of thing under another name."""
    named = next((name for name in map(str, read.arguments.values()) if name in resource), resource)
    return resource.replace(named, f"{named}-x")


def _path(read: Read) -> str:
    operation = _BOTOCORE.get_service_model(read.service).operation_model(read.operation)
    shape = operation.input_shape
    members = shape.members.items() if shape else ()
    spelled = {
        member.serialization.get("name", name): read.arguments[name]
        for name, member in members
        if name in read.arguments
    }
    return str(operation.http["requestUri"].split("?")[0].format_map(spelled))


def _prefix(service: str) -> str:
    return "apigateway" if service == "apigatewayv2" else service


def _verb(read: Read) -> str:
    if not read.service.startswith("apigateway"):
        return read.operation
    return str(_BOTOCORE.get_service_model(read.service).operation_model(read.operation).http["method"])


@cache
def _principal() -> Principal:
    return Principal.aws("arn:aws:iam::123456789012:role/kintsugi")


def _allows(statements: Iterable[Mapping[str, Any] | None], action: str, resource: str) -> bool:
    policy = Policy.parse({"Version": "2012-10-17", "Statement": list(_given(statements))})
    request = Request(principal=_principal(), action=action, resource=resource, unknown=EVERYTHING_ELSE)
    return evaluate([policy], request).verdict is Access.ALLOWED


def _given(statements: Iterable[Mapping[str, Any] | None]) -> Iterator[dict[str, Any]]:
    for statement in statements:
        assert statement is not None
        yield dict(statement)
