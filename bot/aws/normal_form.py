"""Spells settings alike that mean the same, as saved and as exported: what stays different differs in reality. Pure.

Where it is not known whether two spellings mean the same, they count as one: a difference that is none would have
people deploy for nothing.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from bot.aws.policy import Policy
from bot.aws.policy_document import StatementDocument
from bot.aws.principals import PrincipalEntry

_PROXIES = frozenset({"AWS_PROXY", "HTTP_PROXY"})
_DEFAULT_TIMEOUT_IN_MILLIS = 29_000
_DEFAULT_TTL_IN_SECONDS = 300
_SHORT_FORM = "execute-api:/"
_DEFAULT_TEMPLATE = '{"message":$context.error.messageString}'

Settings = Mapping[str, Any]
"""Settings by the names that API Gateway gives them, with values that can be compared."""


def differing(one: Settings, other: Settings) -> list[str]:
    """The names of the settings that differ."""
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


def integration_settings(definition: Settings) -> Settings:
    """What an integration does with a request, without what has no effect on one of its type."""
    kind = str(definition.get("type") or "").upper()
    settings: dict[str, Any] = {"type": kind, "requestParameters": _map(definition.get("requestParameters"))}
    if kind != "MOCK":
        settings |= {
            "uri": definition.get("uri") or None,
            "httpMethod": str(definition.get("httpMethod") or "").upper(),
            "credentials": definition.get("credentials") or None,
            "timeoutInMillis": _number(definition.get("timeoutInMillis"), _DEFAULT_TIMEOUT_IN_MILLIS),
            "connectionType": str(definition.get("connectionType") or "INTERNET").upper(),
            "connectionId": definition.get("connectionId") or None,
        }
    if kind not in _PROXIES:
        settings |= {
            "passthroughBehavior": str(definition.get("passthroughBehavior") or "WHEN_NO_MATCH").upper(),
            "contentHandling": str(definition.get("contentHandling") or "").upper(),
            "requestTemplates": _map(definition.get("requestTemplates")),
            "responses": _integration_responses(definition.get("integrationResponses")),
        }
    return settings


def _integration_responses(responses: object) -> Mapping[str, Any]:
    """By status; a bare default with status 200, which an export shows where there is no response, is none."""
    read = {
        str(status): {
            "selectionPattern": response.get("selectionPattern") or None,
            "responseParameters": _map(response.get("responseParameters")),
            "responseTemplates": _map(response.get("responseTemplates")),
        }
        for status, response in _map(responses).items()
        if isinstance(response, Mapping)
    }
    return {status: each for status, each in read.items() if status != "200" or any(each.values())}


def authorizer_settings(definition: Settings) -> Settings:
    """How an authorizer decides; `identitySource` is absent where nothing tells it."""
    settings: dict[str, Any] = {
        "type": str(definition.get("type") or "").upper(),
        "authorizerUri": definition.get("authorizerUri") or None,
        "authorizerCredentials": definition.get("authorizerCredentials") or None,
        "authorizerResultTtlInSeconds": _number(
            definition.get("authorizerResultTtlInSeconds"), _DEFAULT_TTL_IN_SECONDS
        ),
        "identityValidationExpression": definition.get("identityValidationExpression") or None,
        "providerARNs": _texts(definition.get("providerARNs")),
    }
    if source := definition.get("identitySource"):
        # Names of headers are the same in every case.
        settings["identitySource"] = frozenset(each.strip().lower() for each in str(source).split(","))
    return settings


def gateway_response_settings(definition: Settings) -> Settings:
    """How a gateway response looks; `statusCode` is absent where it is that of its type."""
    templates = {
        kind: text for kind, text in _map(definition.get("responseTemplates")).items() if text != _DEFAULT_TEMPLATE
    }
    settings: dict[str, Any] = {
        "responseParameters": _map(definition.get("responseParameters")),
        "responseTemplates": templates,
    }
    if status := definition.get("statusCode"):
        settings["statusCode"] = str(status)
    return settings


def policy_statements(policy: Policy | None, api_arn: str) -> frozenset[Any]:
    """What a resource policy says, whatever the order of its statements and what they are called.

    `api_arn` is the execute-api ARN of the API without stage: API Gateway puts it for the `execute-api:` of the short
    form `execute-api:/stage/GET/path`.
    """
    return frozenset(_statement(each.document, api_arn) for each in policy.statements) if policy else frozenset()


def _statement(statement: StatementDocument, api_arn: str) -> tuple[Any, ...]:
    resources = [
        f"{api_arn}/{each.removeprefix(_SHORT_FORM)}" if each.startswith(_SHORT_FORM) else each
        for each in statement.resources or ()
    ]
    return (
        statement.effect,
        statement.except_principals,
        frozenset(map(_principal, statement.principals or ())),
        statement.except_actions,
        frozenset(action.lower() for action in statement.actions),
        statement.except_resources,
        frozenset(resources),
        frozenset(
            (condition.operator.lower(), condition.key.lower(), frozenset(condition.expected))
            for condition in statement.conditions
        ),
    )


def _principal(entry: PrincipalEntry) -> tuple[str, str]:
    parts = entry.id.split(":")
    if entry.kind == "AWS" and len(parts) == 6 and parts[2] == "iam" and parts[5] == "root":
        return entry.kind, parts[4]  # an account is named by its digits or by its root
    return entry.kind, entry.id


def _map(value: object) -> Mapping[str, Any]:
    """A map without the entries that say nothing."""
    return {name: each for name, each in value.items() if each not in (None, "")} if isinstance(value, Mapping) else {}


def _texts(value: object) -> frozenset[str]:
    return frozenset(map(str, value)) if isinstance(value, Iterable) and not isinstance(value, str) else frozenset()


def _number(value: object, default: int) -> int:
    return value if isinstance(value, int) else default
