"""CloudFormation's REST APIs, methods, deployments and stages."""

from __future__ import annotations

import json
from typing import Any

from moto.apigateway.models import RestAPI
from moto.core.common_models import CloudFormationModel

from bot.demo.simulation.apigateway import backend_of, find_api
from bot.demo.simulation.apigateway_deployments import deploy
from bot.demo.simulation.apigateway_methods import put_integration_of
from bot.demo.simulation.apigateway_stages import deploy_to_stage, make_stage
from bot.demo.simulation.operations import AwsError
from bot.demo.simulation.stack_resource import StackResource, lowered, names


class RestApiResource(StackResource, CloudFormationModel):  # type: ignore[misc]
    """A REST API, without an OpenAPI body."""

    type_name = "AWS::ApiGateway::RestApi"
    known = names("ApiKeySourceType Description DisableExecuteApiEndpoint EndpointConfiguration Name Policy Tags")
    attributes = ("RestApiId", "RootResourceId")

    def make(self, name: str) -> str:
        """Make the API."""
        wanted = self.properties
        api: RestAPI = backend_of(self.account, self.region).create_rest_api(
            name=wanted.get("Name", name),
            description=wanted.get("Description"),
            api_key_source=wanted.get("ApiKeySourceType"),
            endpoint_configuration=lowered(wanted.get("EndpointConfiguration", {})) or None,
            policy=json.dumps(wanted["Policy"], default=str) if "Policy" in wanted else None,
            disable_execute_api_endpoint=wanted.get("DisableExecuteApiEndpoint"),
            tags={tag["Key"]: tag["Value"] for tag in wanted.get("Tags", [])} or None,
        )
        return str(api.id)

    def unmake(self) -> None:
        """Delete the API."""
        backend_of(self.account, self.region).delete_rest_api(self.physical_id)

    def attribute(self, name: str) -> str:
        """The id of the API or of its root resource."""
        api = find_api(self.account, self.region, self.physical_id)
        return str(api.id if name == "RestApiId" else api.root_resource_id)


class MethodResource(StackResource, CloudFormationModel):  # type: ignore[misc]
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
        method = backend_of(self.account, self.region).put_method(
            api_id,
            resource_id,
            verb,
            wanted.get("AuthorizationType", "NONE"),
            api_key_required=wanted.get("ApiKeyRequired"),
            request_parameters=wanted.get("RequestParameters"),
            request_models=wanted.get("RequestModels"),
            operation_name=wanted.get("OperationName"),
            authorizer_id=wanted.get("AuthorizerId"),
            authorization_scopes=wanted.get("AuthorizationScopes"),
            request_validator_id=wanted.get("RequestValidatorId"),
        )
        for response in wanted.get("MethodResponses", []):
            method.create_response(
                str(response["StatusCode"]),
                response.get("ResponseModels"),
                response.get("ResponseParameters"),
            )
        if "Integration" in wanted:
            settings = lowered(wanted["Integration"])
            put_integration_of(self.account, self.region, api_id, resource_id, verb, settings)
        return f"{api_id}|{resource_id}|{verb}"

    def unmake(self) -> None:
        """Delete the method."""
        backend_of(self.account, self.region).delete_method(*self.physical_id.split("|"))


class DeploymentResource(StackResource, CloudFormationModel):  # type: ignore[misc]
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
            if unknown := sorted(set(settings) - {"variables", "description"}):
                raise AwsError("ValidationError", f"#/StageDescription: extraneous key [{unknown[0]}] is not permitted")
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


class StageResource(StackResource, CloudFormationModel):  # type: ignore[misc]
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

    @classmethod
    def update_from_cloudformation_json(
        cls,
        original_resource: StackResource,
        new_resource_name: str,
        cloudformation_json: dict[str, Any],
        account_id: str,
        region_name: str,
    ) -> StackResource:
        """Replace the stage's settings by those of the template."""
        original_resource.unmake()
        return cls(account_id, region_name, new_resource_name, cloudformation_json["Properties"])

    def unmake(self) -> None:
        """Delete the stage."""
        self._api().stages.pop(self.physical_id, None)

    def _api(self) -> RestAPI:
        return find_api(self.account, self.region, self.properties["RestApiId"])
