"""Reads the export of a stage: an OpenAPI document with API Gateway's extensions, as methods, authorizers and policy.

The document is AWS's, but what stands in it is the users': it is read whatever its shape, and a part that cannot be
read is left out rather than guessed.
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions.html
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.aws.api_parts import Integration
from bot.aws.foreign_json import read_json

_ANY = "x-amazon-apigateway-any-method"
_VERBS = {verb.lower(): verb for verb in ("GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH")} | {_ANY: "ANY"}
_AUTHORIZATION = {"awssigv4": "AWS_IAM", "custom": "CUSTOM", "cognito_user_pools": "COGNITO_USER_POOLS"}
# Constants, which the document spells in lower case.
_CONSTANTS = ("type", "passthroughBehavior", "connectionType", "contentHandling")
_NO_AUTHORIZATION = "NONE"


class NotAnExport(ValueError):
    """The text is no OpenAPI document."""


@dataclass(frozen=True, slots=True)
class RunningMethod:
    """A method as a stage runs it: `authorizer` is the authorizer's name, for its id is not exported.

    `authorization_type` is None where the document does not tell it. The integration is spelled as GetResources does.
    """

    path: str
    http_method: str
    authorization_type: str | None
    authorizer: str | None
    api_key_required: bool
    integration: Integration | None
    scopes: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """How a person names it: `GET /pets/{id}`."""
        return f"{self.http_method} {self.path}"


@dataclass(frozen=True, slots=True)
class RunningAuthorizer:
    """An authorizer as a stage runs it; only those that a method uses are exported.

    `settings` are the members of GetAuthorizers that the document tells; None where it tells none.
    """

    name: str
    type: str
    uri: str | None
    credentials: str | None
    settings: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Export:
    """What stands in the document. `policy` is the document of the resource policy, None without one."""

    methods: tuple[RunningMethod, ...] = ()
    authorizers: tuple[RunningAuthorizer, ...] = ()
    policy: Mapping[str, Any] | None = None
    gateway_responses: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Those that somebody changed, by their type (`DEFAULT_4XX`)."""
    api_key_source: str | None = None


def read_export(text: str) -> Export:
    """What an export says. Raises NotAnExport where it is no such document."""
    try:
        document = read_json(text)
    except ValueError as error:
        raise NotAnExport(str(error)) from error
    if not isinstance(document, dict) or not isinstance(document.get("paths"), dict):
        raise NotAnExport("it has no paths")
    schemes = _schemes(document)
    policy = document.get("x-amazon-apigateway-policy")
    responses = _map(document.get("x-amazon-apigateway-gateway-responses"))
    source = document.get("x-amazon-apigateway-api-key-source")
    return Export(
        methods=tuple(sorted(_methods(document, schemes), key=lambda method: (method.path, method.http_method))),
        authorizers=tuple(_authorizer(name, each) for name, each in sorted(schemes.items()) if _is_authorizer(each)),
        policy=policy if isinstance(policy, dict) else None,
        gateway_responses={kind: each for kind, each in responses.items() if isinstance(each, dict)},
        api_key_source=source.upper() if isinstance(source, str) else None,
    )


def _map(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _schemes(document: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    listed = _map(document.get("components")).get("securitySchemes") or document.get("securityDefinitions")
    return {name: scheme for name, scheme in _map(listed).items() if isinstance(scheme, dict)}


def _methods(document: Mapping[str, Any], schemes: Mapping[str, Mapping[str, Any]]) -> Iterator[RunningMethod]:
    for path, operations in document["paths"].items():
        for verb, operation in _map(operations).items():
            if verb in _VERBS and isinstance(operation, dict):
                yield _method(path, _VERBS[verb], {"security": document.get("security"), **operation}, schemes)


def _method(
    path: str, verb: str, operation: Mapping[str, Any], schemes: Mapping[str, Mapping[str, Any]]
) -> RunningMethod:
    required = _map(operation.get("x-amazon-apigateway-auth")).get("type")
    authorization: str | None = required.upper() if isinstance(required, str) else _NO_AUTHORIZATION
    authorizer: str | None = None
    scopes: tuple[str, ...] = ()
    key = False
    listed = operation.get("security")
    for requirement in listed if isinstance(listed, list) else ():
        for name, given in _map(requirement).items():
            scheme = schemes.get(name, {})
            if _is_api_key(scheme):
                key = True
                continue
            authorization = _authorization_of(scheme)
            if _is_authorizer(scheme):
                authorizer = name
                scopes = tuple(sorted(map(str, given))) if isinstance(given, list) else ()
    integration = operation.get("x-amazon-apigateway-integration")
    return RunningMethod(
        path=path,
        http_method=verb,
        authorization_type=authorization,
        authorizer=authorizer,
        api_key_required=key,
        integration=_integration(integration) if isinstance(integration, dict) else None,
        scopes=scopes,
    )


def _authorization_of(scheme: Mapping[str, Any]) -> str | None:
    kind = scheme.get("x-amazon-apigateway-authtype")
    known = _AUTHORIZATION.get(kind.lower()) if isinstance(kind, str) else None
    return known or ("CUSTOM" if "x-amazon-apigateway-authorizer" in scheme else None)


def _is_authorizer(scheme: Mapping[str, Any]) -> bool:
    return _authorization_of(scheme) in ("CUSTOM", "COGNITO_USER_POOLS")


def _is_api_key(scheme: Mapping[str, Any]) -> bool:
    return scheme.get("type") == "apiKey" and not any(name.startswith("x-amazon-apigateway-auth") for name in scheme)


def _authorizer(name: str, scheme: Mapping[str, Any]) -> RunningAuthorizer:
    told = scheme.get("x-amazon-apigateway-authorizer")
    settings = dict(told) if isinstance(told, dict) else None
    kind = _text((settings or {}).get("type")) or ""
    if settings is not None:
        settings["type"] = kind.upper()
        header = _text(scheme.get("name"))
        if "identitySource" not in settings and header and header != "Unused":
            # An authorizer with one header as identity source has the header as its scheme's name.
            settings["identitySource"] = f"method.request.header.{header}"
    return RunningAuthorizer(
        name=name,
        type=kind.upper(),
        uri=_text((settings or {}).get("authorizerUri")),
        credentials=_text((settings or {}).get("authorizerCredentials")),
        settings=settings,
    )


def _integration(exported: Mapping[str, Any]) -> Integration:
    members = {
        name: value.upper() if name in _CONSTANTS and isinstance(value, str) else value
        for name, value in exported.items()
        if name != "responses"
    }
    responses = {
        str(response.get("statusCode")): {**response, "selectionPattern": None if pattern == "default" else pattern}
        for pattern, response in _map(exported.get("responses")).items()
        if isinstance(response, dict)
    }
    definition = {**members, "integrationResponses": responses}
    return Integration(
        type=_text(members.get("type")) or "",
        uri=_text(members.get("uri")),
        http_method=_text(members.get("httpMethod")),
        credentials=_text(members.get("credentials")),
        definition=definition,
    )
