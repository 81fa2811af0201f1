"""CloudFormation's REST APIs, methods, deployments and stages."""

from __future__ import annotations

import json

from moto.apigateway.models import RestAPI
from moto.core.common_models import CloudFormationModel

from bot.demo.simulation.apigateway import backend_of, find_api, make_api
from bot.demo.simulation.apigateway_deployments import deploy
from bot.demo.simulation.apigateway_methods import put_integration_of, put_method_of
from bot.demo.simulation.apigateway_stages import deploy_to_stage, make_stage
from bot.demo.simulation.stack_resource import (
    Properties,
    StackResource,
    lowered,
    names,
    refuse_extraneous,
)


class RestApiResource(StackResource, CloudFormationModel):  # type: ignore[misc]  # moto has no types
    """A REST API, without an OpenAPI body."""

    type_name = "AWS::ApiGateway::RestApi"
    known = names("ApiKeySourceType Description DisableExecuteApiEndpoint EndpointConfiguration Name Policy Tags")
    attributes = ("RestApiId", "RootResourceId")

    def make(self, name: str) -> str:
        """Make the API."""
        wanted = self.properties
        settings = {
            "name": name,
            **lowered(wanted),
            "apiKeySource": wanted.get("ApiKeySourceType"),
            "endpointConfiguration": lowered(wanted.get("EndpointConfiguration", {})) or None,
            "policy": json.dumps(wanted["Policy"], default=str) if "Policy" in wanted else None,
            "tags": {tag["Key"]: tag["Value"] for tag in wanted.get("Tags", [])} or None,
        }
        return str(make_api(self.account, self.region, settings).id)

    def unmake(self) -> None:
        """Delete the API."""
        backend_of(self.account, self.region).delete_rest_api(self.physical_id)

    def attribute(self, name: str) -> str:
        """The id of the API or of its root resource."""
        api = find_api(self.account, self.region, self.physical_id)
        return str(api.id if name == "RestApiId" else api.root_resource_id)


class MethodResource(StackResource, CloudFormationModel):  # type: ignore[misc]  # moto has no types
    """A method and its integration."""

    type_name = "AWS::ApiGateway::Method"
    known = names(
        "ApiKeyRequired AuthorizationScopes AuthorizationType AuthorizerId HttpMethod "
        "Integration MethodResponses OperationName RequestModels RequestParameters "
        "RequestValidatorId ResourceId RestApiId"
    )

    def make(self, name: str) -> str:
        """Put the method, its responses and its integration."""
        wanted = self.properties
        api_id, resource_id, verb = wanted["RestApiId"], wanted["ResourceId"], wanted["HttpMethod"]
        find_api(self.account, self.region, api_id)
        settings = {"authorizationType": "NONE", **lowered(wanted)}
        method = put_method_of(self.account, self.region, api_id, resource_id, verb, settings)
        for response in wanted.get("MethodResponses", []):
            method.create_response(
                str(response["StatusCode"]),
                response.get("ResponseModels"),
                response.get("ResponseParameters"),
            )
        if "Integration" in wanted:
            integration = lowered(wanted["Integration"])
            put_integration_of(self.account, self.region, api_id, resource_id, verb, integration)
        return f"{api_id}|{resource_id}|{verb}"

    def unmake(self) -> None:
        """Delete the method."""
        backend_of(self.account, self.region).delete_method(*self.physical_id.split("|"))


class DeploymentResource(StackResource, CloudFormationModel):  # type: ignore[misc]  # moto has no types
    """A deployment, and the stage that runs it where one is named."""

    type_name = "AWS::ApiGateway::Deployment"
    known = names("Description RestApiId StageName StageDescription")
    attributes = ("DeploymentId",)

    def make(self, name: str) -> str:
        """Deploy the API."""
        api = find_api(self.account, self.region, self.properties["RestApiId"])
        deployment = deploy(api, self.properties.get("Description"))
        if "StageName" in self.properties:
            settings = lowered(self.properties.get("StageDescription", {}))
            refuse_extraneous(settings, {"variables", "description"}, "#/StageDescription")
            settings["stageDescription"] = settings.get("description")
            deploy_to_stage(api, deployment.id, self.properties["StageName"], settings)
        return str(deployment.id)

    def unmake(self) -> None:
        """Forget the deployment unless a stage runs it still."""
        api = find_api(self.account, self.region, self.properties["RestApiId"])
        if all(stage.deployment_id != self.physical_id for stage in api.stages.values()):
            api.deployments.pop(self.physical_id, None)

    def attribute(self, name: str) -> str:
        """The deployment's id."""
        return self.physical_id


class StageResource(StackResource, CloudFormationModel):  # type: ignore[misc]  # moto has no types
    """A stage that runs a deployment; updated in place while its name stays."""

    type_name = "AWS::ApiGateway::Stage"
    known = names(
        "CacheClusterEnabled CacheClusterSize CanarySetting DeploymentId Description "
        "RestApiId StageName Tags TracingEnabled Variables"
    )

    def make(self, name: str) -> str:
        """Make the stage, or let the one that this resource made run what is wanted now."""
        wanted = lowered(self.properties)
        wanted["tags"] = {tag["Key"]: tag["Value"] for tag in wanted.get("tags", [])} or None
        if "canarySetting" in wanted:
            wanted["canarySettings"] = lowered(wanted["canarySetting"])
        wanted.setdefault("stageName", name)
        return str(make_stage(self._api(), wanted).name)

    def change(self, name: str, properties: Properties) -> StackResource:
        """Replace the stage's settings by those of the template."""
        self.unmake()
        return type(self)(self.account, self.region, name, properties)

    def unmake(self) -> None:
        """Delete the stage."""
        self._api().stages.pop(self.physical_id, None)

    def _api(self) -> RestAPI:
        return find_api(self.account, self.region, self.properties["RestApiId"])
