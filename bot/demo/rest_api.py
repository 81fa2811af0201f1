"""Describes a simulated REST API: its methods, authorizers and stages."""

import json
from collections.abc import Mapping, Sequence
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
        scopes: Sequence[str] = (),
        backend_method: str = "POST",
        proxy: bool = True,
        region: str | None = None,
    ) -> "Api":
        """A method (`ANY /pets/{id}`) that calls a function: or an ARN as the URI spells it."""
        where = self._put_method(method, authorizer, authorization, scopes)
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
        self,
        name: str,
        calls: "Function | str",
        type: str = "TOKEN",
        credentials: str | None = None,
        *,
        identity: str = "method.request.header.Authorization",
        ttl: int | None = None,
        pattern: str | None = None,
    ) -> "Authorizer":
        """A Lambda authorizer, which takes part in requests only where a method uses it.

        `identity` are its identity sources, `ttl` how many seconds it keeps an answer, `pattern` what a token matches.
        """
        given: dict[str, Any] = {"authorizerCredentials": credentials} if credentials else {}
        given |= {"authorizerResultTtlInSeconds": ttl} if ttl is not None else {}
        given |= {"identityValidationExpression": pattern} if pattern else {}
        made = self._client.create_authorizer(
            restApiId=self.id,
            name=name,
            type=type,
            authorizerUri=self._uri(str(calls), None),
            identitySource=identity,
            **given,
        )
        return Authorizer(made["id"], f"{self.arn}/authorizers/{made['id']}")

    def user_pool_authorizer(self, name: str, *pools: str) -> "Authorizer":
        """An authorizer that accepts the tokens of Cognito user pools, given by their ids."""
        home = f"arn:{self.world.partition}:cognito-idp:{self.world.region}:{self.world.account}:userpool/"
        made = self._client.create_authorizer(
            restApiId=self.id,
            name=name,
            type="COGNITO_USER_POOLS",
            providerARNs=[home + pool for pool in pools],
            identitySource="method.request.header.Authorization",
        )
        return Authorizer(made["id"], f"{self.arn}/authorizers/{made['id']}", "COGNITO_USER_POOLS")

    def drops_authorizer(self, authorizer: "Authorizer") -> "Api":
        """Deletes an authorizer; methods go on naming it."""
        self._client.delete_authorizer(restApiId=self.id, authorizerId=authorizer.id)
        return self

    def policy(self, *statements: Mapping[str, Any]) -> "Api":
        """Saves a resource policy of these statements; each is about every call unless it says otherwise."""
        meant = {"Action": "execute-api:Invoke", "Resource": f"{self.arn}/*"}
        document = {"Version": "2012-10-17", "Statement": [meant | dict(statement) for statement in statements]}
        return self._change(op="replace", path="/policy", value=json.dumps(document))

    def drops_policy(self) -> "Api":
        """Saves the API without a resource policy."""
        return self._change(op="replace", path="/policy", value="")

    def private(self, *endpoints: str) -> "Api":
        """Makes the API private, and associates these VPC endpoints with it."""
        self._change(op="replace", path="/endpointConfiguration/types/EDGE", value="PRIVATE")
        for endpoint in endpoints:
            self._change(op="add", path="/endpointConfiguration/vpcEndpointIds", value=endpoint)
        return self

    def bare(self, method: str) -> "Api":
        """A method without an integration, which nobody can deploy."""
        self._put_method(method, None, "NONE")
        return self

    def saves(self, method: str, **integration: str) -> "Api":
        """Changes members of a method's integration (`uri`, `timeoutInMillis`); each stage runs on as it did."""
        self._client.update_integration(**self._where(method), patchOperations=_replaced(integration))
        return self

    def saves_method(self, method: str, **members: str) -> "Api":
        """Changes members of a method (`authorizationType`, `apiKeyRequired`); each stage runs on as it did."""
        self._client.update_method(**self._where(method), patchOperations=_replaced(members))
        return self

    def saves_authorizer(self, authorizer: "Authorizer", **members: str) -> "Api":
        """Changes members of an authorizer (`identitySource`); each stage runs on as it did."""
        where = {"restApiId": self.id, "authorizerId": authorizer.id}
        self._client.update_authorizer(**where, patchOperations=_replaced(members))
        return self

    def drops(self, method: str) -> "Api":
        """Deletes a method; each stage serves it still."""
        self._client.delete_method(**self._where(method))
        return self

    def responds(self, kind: str, status: str | None = None, **headers: str) -> "Api":
        """Saves a gateway response of this type (`UNAUTHORIZED`); an underscore in a header's name is a hyphen."""
        given = {f"gatewayresponse.header.{name.replace('_', '-')}": f"'{value}'" for name, value in headers.items()}
        more = {"statusCode": status} if status else {}
        self._client.put_gateway_response(restApiId=self.id, responseType=kind, responseParameters=given, **more)
        return self

    def deployed(self, *stages: str) -> "Api":
        """Deploys the API as it stands: to stages that there are, or to none."""
        made = self._client.create_deployment(restApiId=self.id)["id"]
        for stage in stages:
            change = {"op": "replace", "path": "/deploymentId", "value": made}
            self._client.update_stage(restApiId=self.id, stageName=stage, patchOperations=[change])
        return self

    def _where(self, method: str) -> dict[str, str]:
        verb, _, path = method.partition(" ")
        return {"restApiId": self.id, "resourceId": self._resource(path), "httpMethod": verb}

    def _change(self, **operation: str) -> "Api":
        self._client.update_rest_api(restApiId=self.id, patchOperations=[operation])
        return self

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
        self.world.aws.date_deployment(self.world.account, self.world.region, self.id, deployment, self.world.before(7))
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

    def logs(
        self,
        stage: str,
        level: str = "INFO",
        method: str = "* *",
        access_format: str | None = None,
        access_group: str = "access",
    ) -> "Api":
        """Lets a stage write its execution log at a level, for one method (`GET /orders`) or for all.

        With a format it writes an access log as well, into a log group.
        """
        verb, _, path = method.partition(" ")
        changes = {f"/{path.replace('/', '~1')}/{verb}/logging/loglevel": level}
        if access_format is not None:
            destination = f"arn:{self.world.partition}:logs:{self.world.region}:{self.world.account}:log-group:"
            changes |= {
                "/accessLogSettings/destinationArn": destination + access_group,
                "/accessLogSettings/format": access_format,
            }
        operations = [{"op": "replace", "path": path, "value": value} for path, value in changes.items()]
        self._client.update_stage(restApiId=self.id, stageName=stage, patchOperations=operations)
        return self

    def logged(self, stage: str, minutes_ago: float, *lines: str) -> "Api":
        """Lines of a stage's execution log, written so long ago."""
        self.world.log(f"API-Gateway-Execution-Logs_{self.id}/{stage}", minutes_ago, *lines)
        return self

    @property
    def _client(self) -> Any:
        return self.world.client("apigateway")

    def uri(self, calls: "Function | str") -> str:
        """The URI of an integration that calls a function."""
        return self._uri(str(calls), None)

    def _uri(self, function: str, region: str | None) -> str:
        home = region or (function.split(":")[3] if function.startswith("arn:") else self.world.region)
        return f"arn:{self.world.partition}:apigateway:{home}:lambda:path/2015-03-31/functions/{function}/invocations"

    def _put_method(
        self, method: str, authorizer: "Authorizer | None", authorization: str, scopes: Sequence[str] = ()
    ) -> dict[str, str]:
        where = self._where(method)
        if authorizer:
            self._client.put_method(
                **where,
                authorizationType=authorizer.type,
                authorizerId=authorizer.id,
                authorizationScopes=list(scopes),
            )
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


def _replaced(members: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"op": "replace", "path": f"/{name}", "value": value} for name, value in members.items()]


@dataclass(frozen=True)
class Authorizer:
    """An authorizer of an API; `source` is the ARN that it presents to its function."""

    id: str
    source: str
    type: str = "CUSTOM"
    """The authorization type of the methods that use it."""
