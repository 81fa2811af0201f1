"""Deployments: each keeps what the API was when it was deployed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from moto.apigateway.models import Deployment, RestAPI
from moto.apigateway.utils import ApigwDeploymentIdentifier

from bot.demo.simulation.apigateway import api_of, backend_of, bad_request, paged
from bot.demo.simulation.apigateway_export import Snapshot, snapshot
from bot.demo.simulation.apigateway_stages import deploy_to_stage, known_deployment
from bot.demo.simulation.operations import Call, answers


class FrozenDeployment(Deployment):  # type: ignore[misc]  # moto has no types
    """A deployment that keeps what it deployed."""

    def __init__(self, deployment_id: str, description: str, frozen: Snapshot) -> None:
        super().__init__(deployment_id, None, description)
        self.snapshot = frozen


def deploy(api: RestAPI, description: str | None = None) -> FrozenDeployment:
    """Freeze the API; raises BadRequestException where it has no methods, or one without integration."""
    methods = [method for resource in api.resources.values() for method in resource.resource_methods.values()]
    if not methods:
        raise bad_request("The REST API doesn't contain any methods")
    if any(method.method_integration is None for method in methods):
        raise bad_request("No integration defined for method")
    identifier = ApigwDeploymentIdentifier(api.account_id, api.region_name, stage_name="")
    deployment = FrozenDeployment(identifier.generate(list(api.deployments)), description or "", snapshot(api))
    api.deployments[deployment.id] = deployment
    return deployment


def _deployment(deployment: Deployment, embed: list[str]) -> dict[str, Any]:
    summary = deployment.snapshot.summary() if "apisummary" in embed else None
    return {
        "id": deployment.id,
        "description": deployment.description or None,
        "createdDate": deployment.created_date,
        "apiSummary": summary,
    }


def date(account: str, region: str, api_id: str, deployment_id: str, when: datetime) -> None:
    """Give a deployment another date; raises KeyError where there is none."""
    backend_of(account, region).apis[api_id].deployments[deployment_id].created_date = int(when.timestamp())


@answers("apigateway", "CreateDeployment")
def create_deployment(call: Call) -> dict[str, Any]:
    """Freeze the API, and let a stage run it if one is named."""
    api = api_of(call)
    deployment = deploy(api, call.get("description"))
    if call.get("stageName"):
        deploy_to_stage(api, deployment.id, call["stageName"], call.parameters)
    return _deployment(deployment, [])


@answers("apigateway", "GetDeployment")
def get_deployment(call: Call) -> dict[str, Any]:
    """One deployment, with the summary of what it froze if asked for."""
    return _deployment(known_deployment(api_of(call), call["deploymentId"]), call.get("embed", []))


@answers("apigateway", "GetDeployments")
def get_deployments(call: Call) -> dict[str, Any]:
    """A page of the deployments, newest first."""
    return paged(call, [_deployment(each, []) for each in reversed(api_of(call).deployments.values())])


@answers("apigateway", "DeleteDeployment")
def delete_deployment(call: Call) -> None:
    """Forget a deployment that no stage runs."""
    api = api_of(call)
    known_deployment(api, call["deploymentId"])
    for stage in api.stages.values():
        if call["deploymentId"] in (stage.deployment_id, (stage.canary or {}).get("deploymentId")):
            raise bad_request("Active stages pointing to this deployment must be moved or deleted")
    del api.deployments[call["deploymentId"]]
