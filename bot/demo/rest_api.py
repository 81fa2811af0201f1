"""Describes a simulated REST API: its methods, authorizers and stages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.demo.world import Function, World


@dataclass(frozen=True)
class Api:
    """A REST API."""

    world: "World"
    id: str
    _resources: dict[str, str] = field(repr=False)

    def source(self, method: str = "*", stage: str = "*") -> str:
        """The ARN that a method (`GET /orders/{id}`) presents on a stage; `*` in it stands for any."""
        return f"{self.arn}/{stage}/{method.replace(' ', '', 1)}"

    @property
    def arn(self) -> str:
        """The execute-api ARN of the API alone, without stage, method and path."""
        return f"arn:{self.world.partition}:execute-api:{self.world.region}:{self.world.account}:{self.id}"

    def url(self, stage: str, path: str = "/") -> str:
        """The URL at which a stage is called."""
        suffix = "amazonaws.com.cn" if self.world.partition == "aws-cn" else "amazonaws.com"
        return f"https://{self.id}.execute-api.{self.world.region}.{suffix}/{stage}{path}"

    def method(
        self,
        method: str,
        calls: "Function | str",
        *,
        credentials: str | None = None,
        authorizer: "Authorizer | None" = None,
        authorization: str = "NONE",
        backend_method: str = "POST",
        proxy: bool = True,
        region: str | None = None,
    ) -> "Api":
        """A method (`ANY /pets/{id}`) that calls a function: or an ARN as the URI spells it."""
        where = self._put_method(method, authorizer, authorization)
        given = {"credentials": credentials} if credentials else {}
        self._client.put_integration(
            **where,
            type="AWS_PROXY" if proxy else "AWS",
            integrationHttpMethod=backend_method,
            uri=self._uri(str(calls), region),
            **given,
        )
        return self

    def mock(self, method: str) -> "Api":
        """A method that answers by itself."""
        where = self._put_method(method, None, "NONE")
        self._client.put_integration(**where, type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'})
        return self

    def forwards(self, method: str, url: str, backend_method: str = "GET") -> "Api":
        """A method that passes requests on to an HTTP endpoint."""
        where = self._put_method(method, None, "NONE")
        self._client.put_integration(**where, type="HTTP_PROXY", integrationHttpMethod=backend_method, uri=url)
        return self

    def authorizer(
        self, name: str, calls: "Function | str", type: str = "TOKEN", credentials: str | None = None
    ) -> "Authorizer":
        """A Lambda authorizer, which takes part in requests only where a method uses it."""
        given = {"authorizerCredentials": credentials} if credentials else {}
        made = self._client.create_authorizer(
            restApiId=self.id,
            name=name,
            type=type,
            authorizerUri=self._uri(str(calls), None),
            identitySource="method.request.header.Authorization",
            **given,
        )
        return Authorizer(made["id"], f"{self.arn}/authorizers/{made['id']}")

    def stage(
        self,
        name: str,
        variables: Mapping[str, str] | None = None,
        canary: Mapping[str, str] | None = None,
        logs: str | None = "INFO",
    ) -> "Api":
        """Deploys the API as it stands to a new stage; `canary` are the variables that its canary overrides.

        `logs` is the level of its execution log; None leaves it off.
        """
        deployment = self._client.create_deployment(restApiId=self.id)["id"]
        more: dict[str, Any] = {"variables": dict(variables)} if variables else {}
        if canary is not None:
            more["canarySettings"] = {
                "percentTraffic": 10.0,
                "deploymentId": deployment,
                "stageVariableOverrides": dict(canary),
            }
        self._client.create_stage(restApiId=self.id, stageName=name, deploymentId=deployment, **more)
        if logs:
            self.world.can_log()
            self.logs(name, logs)
        return self

    def logs(self, stage: str, level: str, method: str = "* *") -> "Api":
        """Sets the level of a stage's execution log, for one method (`GET /orders`) or for all."""
        verb, _, path = method.partition(" ")
        setting = f"/{path.replace('/', '~1')}/{verb}/logging/loglevel"
        self._client.update_stage(
            restApiId=self.id, stageName=stage, patchOperations=[{"op": "replace", "path": setting, "value": level}]
        )
        return self

    @property
    def _client(self) -> Any:
        return self.world.client("apigateway")

    def _uri(self, function: str, region: str | None) -> str:
        home = region or (function.split(":")[3] if function.startswith("arn:") else self.world.region)
        return f"arn:{self.world.partition}:apigateway:{home}:lambda:path/2015-03-31/functions/{function}/invocations"

    def _put_method(self, method: str, authorizer: "Authorizer | None", authorization: str) -> dict[str, str]:
        verb, _, path = method.partition(" ")
        where = {"restApiId": self.id, "resourceId": self._resource(path), "httpMethod": verb}
        if authorizer:
            self._client.put_method(**where, authorizationType="CUSTOM", authorizerId=authorizer.id)
        else:
            self._client.put_method(**where, authorizationType=authorization)
        return where

    def _resource(self, path: str) -> str:
        """The id of the resource at a path, made with those above it where it is not there yet."""
        if path not in self._resources:
            above, _, part = path.rpartition("/")
            made = self._client.create_resource(restApiId=self.id, parentId=self._resource(above or "/"), pathPart=part)
            self._resources[path] = made["id"]
        return self._resources[path]


@dataclass(frozen=True)
class Authorizer:
    """An authorizer of an API; `source` is the ARN that it presents to its function."""

    id: str
    source: str
