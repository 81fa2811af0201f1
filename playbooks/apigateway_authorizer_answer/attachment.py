"""Methods that use an authorizer that is no longer there, or none although their kind does."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from bot.aws.api_parts import Authorizer, Method
from bot.aws.apigateway import RestApi
from bot.aws.authorizers import COGNITO, LAMBDA_TYPES
from bot.aws.cloudformation import method_resource
from bot.model import Certainty, Finding, Phase

_TYPES = {"CUSTOM": LAMBDA_TYPES, COGNITO: (COGNITO,)}
_PREFLIGHT = "OPTIONS"
# A function that reads what an authorizer adds to a request, and finds nothing: in Python, in Node.js.
_FOUND_NO_IDENTITY = re.compile(
    r"KeyError: '(?:authorizer|claims|principalId)'"
    r"|Cannot read propert(?:y '(?:claims|principalId|authorizer)' of undefined"
    r"|ies of undefined \(reading '(?:claims|principalId|authorizer)'\))"
)


def deleted(api: RestApi) -> Iterator[Finding]:
    """One finding for each authorizer that methods name and the API does not have. Raises Unseen."""
    naming: dict[str, list[Method]] = {}
    for method in api.methods:
        if method.authorizer_id and method.authorization_type in _TYPES:
            naming.setdefault(method.authorizer_id, []).append(method)
    known = {authorizer.id for authorizer in api.every_authorizer} if naming else set()
    for id, methods in sorted(naming.items()):
        if id not in known:
            wanted = {kind for method in methods for kind in _TYPES[method.authorization_type]}
            fitting = [authorizer for authorizer in api.every_authorizer if authorizer.type in wanted]
            is_one_kind = len({method.authorization_type for method in methods}) == 1
            yield _finding(api, methods, fitting if is_one_kind else [], Certainty.PROVEN, named=id)


def detached(api: RestApi) -> Iterator[Finding]:
    """The method asked about, where its function looks for a caller's identity that only the siblings get.

    A method without authorizer may be meant to be public: nothing is said of it unless the failure itself shows that
    an authorizer is expected, and every other method has the same one. Raises Unseen.
    """
    if api.focus.path is None or len(api.methods) != 1 or not _FOUND_NO_IDENTITY.search(api.incident.text):
        return
    method = api.methods[0]
    siblings = [each for each in api.every_method if each != method and each.http_method != _PREFLIGHT]
    used = {each.authorizer_id for each in siblings}
    if method.authorizer_id or method.http_method == _PREFLIGHT or len(used) != 1:
        return
    fitting = [authorizer for authorizer in api.every_authorizer if authorizer.id in used]
    if fitting:
        yield _finding(api, [method], fitting, Certainty.LIKELY, named="")


def _finding(
    api: RestApi, methods: Sequence[Method], fitting: Sequence[Authorizer], certainty: Certainty, named: str
) -> Finding:
    gate = fitting[0] if len(fitting) == 1 else None
    stages = {stage.name: stage.deployment_id for stage in api.stages if stage.exists and not stage.is_canary}
    settings = _settings(gate) if gate else {}
    remedy: dict[str, Any] = {
        "gate": gate.id if gate else None,
        "gate_name": gate.name if gate else "",
        "fitting": [f"{authorizer.name} ({authorizer.id})" for authorizer in fitting],
        "named": named,
        "changed": [_change(method, settings) for method in methods],
        "resource_ids": sorted({method.resource_id for method in methods}),
        "stages_to_deploy": stages,
        "other_stages": [name for name in api.stage_names if name not in stages],
        "resources": {
            f"Method{position}": _attached(api, method, settings) for position, method in enumerate(methods, 1)
        }
        if gate
        else {},
    }
    return Finding(
        cause="authorizer_not_attached",
        fix="authorizer_not_attached",
        phase=Phase.AUTHORIZER,
        certainty=certainty,
        facts={
            "api_id": api.id,
            "methods": ", ".join(method.label for method in methods),
            "authorization_type": methods[0].authorization_type,
            "authorizer_id": named,
        },
        # A method's authorizer that is missing from the list of authorizers shows only with that list.
        evidence=tuple(dict.fromkeys((*api.evidence_of(*methods), *api.evidence_of_authorizers))),
        account=api.account.id,
        region=api.region,
        remedy=remedy,
    )


def _settings(gate: Authorizer) -> dict[str, str]:
    kind = COGNITO if gate.type == COGNITO else "CUSTOM"
    return {"authorizationType": kind, "authorizerId": gate.id}


def _change(method: Method, settings: dict[str, str]) -> dict[str, Any]:
    changed = {name: value for name, value in settings.items() if method.definition.get(name) != value}
    before = {"authorizationType": method.authorization_type, "authorizerId": method.authorizer_id}
    return {
        "resource_id": method.resource_id,
        "http_method": method.http_method,
        "set": [_patch(name, value) for name, value in changed.items()],
        "undo": [_patch(name, before[name] or "") for name in changed],
    }


def _patch(name: str, value: str) -> dict[str, str]:
    return {"op": "replace", "path": f"/{name}", "value": value}


def _attached(api: RestApi, method: Method, settings: dict[str, str]) -> dict[str, Any]:
    resource = method_resource(api, method)
    resource["Properties"] |= {
        "AuthorizationType": settings["authorizationType"],
        "AuthorizerId": settings["authorizerId"],
    }
    return resource
