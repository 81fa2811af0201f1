"""An API's resource policy, checked and written out as API Gateway saves it."""

from __future__ import annotations

import json
from typing import Any

from moto.apigateway.models import RestAPI
from moto.utilities.utils import get_partition

from bot.aws.policy_document import MalformedPolicy, read_policy
from bot.demo.simulation.operations import AwsError

_SHORT = "execute-api:/"
_REFUSED = "Invalid policy document. Please check the policy syntax and ensure that Principals are valid."


def check_policy(text: str | None) -> None:
    """Raise BadRequestException for a text that is no resource policy: each statement names whom it is about."""
    if not text:
        return
    try:
        _, statements = read_policy(json.loads(text))
    except (ValueError, MalformedPolicy) as malformed:
        raise AwsError("BadRequestException", _REFUSED) from malformed
    if any(each.principals is None or each.resources is None for each in statements):
        raise AwsError("BadRequestException", _REFUSED)


def save_policy(api: RestAPI, text: str | None) -> None:
    """Keep a policy, its resources written out (`execute-api:/prod/*`); an empty text removes the one there is.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies-examples.html
    """
    check_policy(text)
    api.policy = json.dumps(_written_out(api, json.loads(text))) if text else None


def _written_out(api: RestAPI, document: dict[str, Any]) -> dict[str, Any]:
    listed = document["Statement"] if isinstance(document["Statement"], list) else [document["Statement"]]
    own = f"arn:{get_partition(api.region_name)}:execute-api:{api.region_name}:{api.account_id}:{api.id}/"
    for statement in listed:
        for element in ("Resource", "NotResource"):
            named = statement.get(element)
            if isinstance(named, str):
                statement[element] = _long(named, own)
            elif named:
                statement[element] = [_long(each, own) for each in named]
    return document


def _long(resource: str, own: str) -> str:
    return own + resource.removeprefix(_SHORT) if resource.startswith(_SHORT) else resource
