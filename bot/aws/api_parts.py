"""What a REST API is made of: stages, methods with their integrations, authorizers, as AWS describes them. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage as it serves requests; a stage with a canary is two, the second with the canary's variables laid over.

    `exists` is False only for the console's Test stage.
    """

    name: str
    variables: Mapping[str, str]
    is_canary: bool = False
    exists: bool = True
    deployment_id: str | None = None
    """What the stage runs now."""
    definition: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)
    """AWS's own description; empty for the console's Test stage."""

    def log_level(self, method: "Method | None" = None) -> str:
        """`OFF`, `ERROR` or `INFO`: what the execution log holds of a method, or of those without own settings.

        https://docs.aws.amazon.com/apigateway/latest/api/API_MethodSetting.html
        """
        settings = self.definition.get("methodSettings") or {}
        own = f"{method.path.replace('/', '~1')}/{method.http_method}" if method else "*/*"
        found = settings.get(own) or settings.get("*/*") or {}
        return str(found.get("loggingLevel") or "OFF")


@dataclass(frozen=True, slots=True)
class Integration:
    """What a method does with a request: `http_method` is the backend's, `credentials` a role or passthrough ARN."""

    type: str
    uri: str | None
    http_method: str | None
    credentials: str | None
    definition: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Method:
    """A method of a resource: `http_method` may be `ANY`, `path` is the resource's template, `definition` AWS's own."""

    resource_id: str
    path: str
    http_method: str
    authorization_type: str
    authorizer_id: str | None
    integration: Integration | None
    definition: Mapping[str, Any]

    @property
    def label(self) -> str:
        """How a person names it: `GET /pets/{id}`."""
        return f"{self.http_method} {self.path}"


@dataclass(frozen=True, slots=True)
class Authorizer:
    """An authorizer; `uri` and `credentials` stand only with a Lambda authorizer (`TOKEN`, `REQUEST`)."""

    id: str
    name: str
    type: str
    uri: str | None
    credentials: str | None
    definition: Mapping[str, Any]


def stages_of(stage: Mapping[str, Any]) -> Iterable[Stage]:
    """A stage of GetStages, and its canary where it has one."""
    base = Stage(
        stage["stageName"], stage.get("variables") or {}, deployment_id=stage.get("deploymentId"), definition=stage
    )
    yield base
    canary = stage.get("canarySettings")
    if canary:
        overrides = canary.get("stageVariableOverrides") or {}
        yield replace(base, variables={**base.variables, **overrides}, is_canary=True)


def method_of(resource: Mapping[str, Any], verb: str, definition: Mapping[str, Any]) -> Method:
    """A method of a resource of GetResources, under its verb."""
    integration = definition.get("methodIntegration")
    return Method(
        resource_id=resource["id"],
        path=resource["path"],
        http_method=verb,
        authorization_type=definition.get("authorizationType") or "NONE",
        authorizer_id=definition.get("authorizerId"),
        integration=integration_of(integration) if integration else None,
        definition=definition,
    )


def integration_of(definition: Mapping[str, Any]) -> Integration:
    """A method's integration as GetResources embeds it."""
    return Integration(
        type=definition.get("type") or "",
        uri=definition.get("uri"),
        http_method=definition.get("httpMethod"),
        credentials=definition.get("credentials") or None,
        definition=definition,
    )


def authorizer_of(definition: Mapping[str, Any]) -> Authorizer:
    """An authorizer of GetAuthorizers."""
    return Authorizer(
        id=definition["id"],
        name=definition.get("name") or definition["id"],
        type=definition.get("type") or "",
        uri=definition.get("authorizerUri"),
        credentials=definition.get("authorizerCredentials") or None,
        definition=definition,
    )
