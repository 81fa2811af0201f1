"""Stages, which run a deployment, and a second one as canary."""

from __future__ import annotations

import copy
import re
import time
from collections.abc import Callable, Mapping
from typing import Any

from moto.apigateway.models import Deployment, RestAPI, Stage

from bot.demo.simulation.apigateway import api_of, bad_request, not_found
from bot.demo.simulation.apigateway_account import check_can_log
from bot.demo.simulation.operations import AwsError, Call, answers
from bot.demo.simulation.patches import Entries, Field, Table, apply, refusal, truth

_STAGE: Table = {
    "cacheClusterEnabled": Field("cache_cluster_enabled", truth),
    "cacheClusterSize": Field("cache_cluster_size"),
    "clientCertificateId": Field("client_certificate_id"),
    "deploymentId": Field("deployment_id"),
    "description": Field("description"),
    "documentationVersion": Field("documentation_version"),
    "tracingEnabled": Field("tracing_enabled", truth),
    "variables": Entries("variables", operations=("replace", "remove")),
}
# https://docs.aws.amazon.com/apigateway/latest/api/API_CreateStage.html
_VARIABLE_NAME = re.compile(r"\w+", re.ASCII)
_VARIABLE_VALUE = re.compile(r"[A-Za-z0-9._~:/?#&=,-]+")
_LOGS: Table = {"accessLogSettings": Entries("access_log_settings", operations=("replace", "add", "remove"))}
# Members of canarySettings and how their text is read.
_CANARY: dict[str, Callable[[str], Any]] = {"percentTraffic": float, "useStageCache": truth, "deploymentId": str}
_OVERRIDES = "stageVariableOverrides"


class RunningStage(Stage):  # type: ignore[misc]  # moto has no types
    """A stage with what moto's lacks: a canary, dates, a client certificate."""

    def __init__(self, name: str, deployment_id: str, **settings: Any) -> None:
        super().__init__(name, deployment_id, **settings)
        self.canary: dict[str, Any] | None = None
        self.client_certificate_id: str | None = None
        self.documentation_version: str | None = None
        self.created = self.updated = int(time.time())

    def to_json(self) -> dict[str, Any]:
        """botocore's Stage."""
        described: dict[str, Any] = super().to_json()
        return {
            **described,
            "canarySettings": self.canary,
            "clientCertificateId": self.client_certificate_id,
            "documentationVersion": self.documentation_version,
            "tracingEnabled": bool(self.tracing_enabled),
            "cacheClusterStatus": described.get("cacheClusterStatus", "NOT_AVAILABLE"),
            "description": described["description"] or None,
            "variables": self.variables or None,
            "createdDate": self.created,
            "lastUpdatedDate": self.updated,
        }


def _canary(settings: Mapping[str, Any], deployment_id: str) -> dict[str, Any]:
    return {
        "percentTraffic": float(settings.get("percentTraffic", 0.0)),
        "deploymentId": settings.get("deploymentId", deployment_id),
        _OVERRIDES: checked_variables(settings.get(_OVERRIDES)) or None,
        "useStageCache": bool(settings.get("useStageCache", False)),
    }


def checked_variables(variables: Mapping[str, str] | None) -> dict[str, str]:
    """A copy of stage variables; raises BadRequestException for what no variable may be called or hold."""
    for name, value in (variables or {}).items():
        if not _VARIABLE_NAME.fullmatch(name):
            raise bad_request(f"Invalid stage variable name: {name}.  Please use names with only word characters.")
        if not _VARIABLE_VALUE.fullmatch(value):
            raise bad_request(
                f"Invalid stage variable value: {value}.  Please use values with alphanumeric characters and the "
                "symbols ' ', -', '.', '_', ':', '/', '?', '&', '=', and ','."
            )
    return dict(variables or {})


def known_deployment(api: RestAPI, deployment_id: str) -> Deployment:
    """The deployment; raises NotFoundException."""
    if deployment_id not in api.deployments:
        raise not_found("Invalid Deployment identifier specified")
    return api.deployments[deployment_id]


def deploy_to_stage(api: RestAPI, deployment_id: str, stage_name: str, settings: Mapping[str, Any]) -> RunningStage:
    """Let the stage run the deployment: a stage that exists keeps all its settings, else it is made.

    With `canarySettings` only the canary of the stage runs it. `settings` are those of CreateDeploymentRequest.
    """
    stage: RunningStage | None = api.stages.get(stage_name)
    canary, variables = settings.get("canarySettings"), checked_variables(settings.get("variables"))
    if stage is None:
        if canary is not None:
            raise bad_request("Canary settings cannot be specified when creating a new stage with a deployment")
        stage = api.stages[stage_name] = RunningStage(stage_name, deployment_id)
        stage.description = settings.get("stageDescription") or ""
    elif canary is not None:
        stage.canary = _canary(canary, deployment_id)
    else:
        stage.deployment_id = deployment_id
    if canary is None:
        stage.variables = {**stage.variables, **variables}
    stage.updated = int(time.time())
    return stage


def make_stage(api: RestAPI, settings: Mapping[str, Any]) -> RunningStage:
    """Make a stage from the settings of a CreateStageRequest; raises ConflictException, NotFoundException."""
    name = settings["stageName"]
    if name in api.stages:
        raise AwsError("ConflictException", "Stage already exists", 409)
    known_deployment(api, settings["deploymentId"])
    stage = RunningStage(
        name,
        settings["deploymentId"],
        variables=checked_variables(settings.get("variables")),
        description=settings.get("description") or "",
        cacheClusterEnabled=settings.get("cacheClusterEnabled", False),
        cacheClusterSize=settings.get("cacheClusterSize"),
        tags=settings.get("tags"),
        tracing_enabled=settings.get("tracingEnabled"),
    )
    if settings.get("canarySettings") is not None:
        stage.canary = _canary(settings["canarySettings"], stage.deployment_id)
    api.stages[name] = stage
    return stage


@answers("apigateway", "CreateStage")
def create_stage(call: Call) -> dict[str, Any]:
    """Make a stage that runs a deployment."""
    return make_stage(api_of(call), call.parameters).to_json()


def _stage_of(call: Call) -> RunningStage:
    stage: RunningStage | None = api_of(call).stages.get(call["stageName"])
    if stage is None:
        raise not_found("Invalid stage identifier specified")
    return stage


@answers("apigateway", "GetStage")
def get_stage(call: Call) -> dict[str, Any]:
    """One stage."""
    return _stage_of(call).to_json()


@answers("apigateway", "GetStages")
def get_stages(call: Call) -> dict[str, Any]:
    """All stages, or those that run one deployment."""
    deployment = call.get("deploymentId")
    stages = api_of(call).stages.values()
    return {"item": [stage.to_json() for stage in stages if deployment in (None, stage.deployment_id)]}


@answers("apigateway", "UpdateStage")
def update_stage(call: Call) -> dict[str, Any]:
    """Change a stage, its canary included: `remove` drops the canary, `copy` promotes it."""
    api, stage = api_of(call), _stage_of(call)
    draft = copy.deepcopy(stage)
    for operation in call.get("patchOperations", []):
        if operation.get("path", "").endswith("/logging/loglevel") and operation.get("value") != "OFF":
            check_can_log(call.account, call.region)
        _change(api, draft, operation)
    draft.updated = int(time.time())
    stage.__dict__.update(draft.__dict__)
    return stage.to_json()


def _change(api: RestAPI, stage: RunningStage, operation: Mapping[str, str]) -> None:
    op, path, value = operation.get("op", ""), operation.get("path", ""), operation.get("value", "")
    parts = path.split("/")[1:]
    if op == "copy":
        _promote(stage, operation.get("from", ""), path)
    elif parts[0] == "canarySettings":
        _change_canary(api, stage, op, parts[1:], value, path)
    elif parts[0] == "accessLogSettings":
        if op == "remove" and len(parts) == 1:
            stage.access_log_settings = None
        else:
            apply(stage, [operation], _LOGS)
    elif len(parts) == 4 and (setting := stage._method_settings_translations("/".join(parts[2:]))):
        if op != "replace":
            raise refusal(op, path, ["/*/*/" + "/".join(parts[2:])])
        stage._patch_method_setting("/".join(parts[:2]), "/".join(parts[2:]), value)
        stage.method_settings["/".join(parts[:2])].setdefault(setting, value)
    elif len(parts) == 2 and op == "remove" and path.removeprefix("/") in stage.method_settings:
        del stage.method_settings[path.removeprefix("/")]
    else:
        if path == "/deploymentId":
            known_deployment(api, value)
        apply(stage, [operation], _STAGE)
        if parts[0] == "variables":
            checked_variables(stage.variables)


def _promote(stage: RunningStage, source: str, target: str) -> None:
    """Copy from the canary, as documented for promoting it: the deployment, or the variables it overrides."""
    canary = stage.canary or {}
    match source, target:
        case "/canarySettings/deploymentId", "/deploymentId" if stage.canary:
            stage.deployment_id = canary["deploymentId"]
        case ("/canarySettings/stageVariableOverrides", "/variables") if stage.canary:
            stage.variables = {**stage.variables, **(canary[_OVERRIDES] or {})}
        case _:
            raise refusal("copy", target, ["/deploymentId", "/variables"])


def _change_canary(api: RestAPI, stage: RunningStage, op: str, parts: list[str], value: str, path: str) -> None:
    match parts, op:
        case [], "remove":
            stage.canary = None
            return
        case [name], "replace" if name in _CANARY:
            if name == "deploymentId":
                known_deployment(api, value)
            change: dict[str, Any] = {name: _CANARY[name](value)}
        case [overrides, name], "replace" | "remove" if overrides == _OVERRIDES:
            variables = dict((stage.canary or {}).get(_OVERRIDES) or {})
            variables.pop(name, None) if op == "remove" else variables.update({name: value})
            change = {_OVERRIDES: checked_variables(variables) or None}
        case _:
            possible = [f"/canarySettings/{name}" for name in (*_CANARY, f"{_OVERRIDES}/<name>")]
            raise refusal(op, path, [*possible, "/canarySettings"])
    stage.canary = {**(stage.canary or _canary({}, stage.deployment_id)), **change}
