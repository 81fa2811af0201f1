"""Lines that API Gateway writes of whole requests into its logs, about an API of a simulated account."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.aws.access_log import AccessLogFormat
from bot.demo.rest_api import Api

REQUEST = "5c1e7a90-0d3f-4b52-8a31-9f2c6e7d1b04"
EXTENDED = "QmZ1kHg2DoEEaXA="
_EVENT_BYTES = 1_024
ACCESS_FORMAT = json.dumps(
    {
        "rid": "$context.requestId",
        "xid": "$context.extendedRequestId",
        "verb": "$context.httpMethod",
        "route": "$context.resourcePath",
        "code": "$context.status",
        "kind": "$context.error.responseType",
        "why": "$context.error.message",
        "who": "$context.identity.userArn",
        "from": "$context.identity.sourceIp",
        "vpce": "$context.identity.vpceId",
        "guard": "$context.authorizer.error",
        "backend": "$context.integrationErrorMessage",
    }
)
"""A format with keys of a team's own choosing."""


@dataclass(frozen=True)
class Request:
    """A request (`GET /orders/7`) to a stage, of which logs tell."""

    api: Api
    stage: str
    call: str
    id: str = REQUEST
    extended_id: str = EXTENDED

    @property
    def method(self) -> str:
        """The verb."""
        return self.call.partition(" ")[0]

    @property
    def path(self) -> str:
        """The path."""
        return self.call.partition(" ")[2]

    def authorized(self, output: Any, authorizer: str = "a1b2c3", *, is_valid: bool = True) -> tuple[str, ...]:
        """The lines of an authorizer's call that returned this."""
        body = output if isinstance(output, str) else json.dumps(output, separators=(",", ":"))
        first = (
            f"Extended Request Id: {self.extended_id}",
            f"Starting authorizer: {authorizer} for request: {self.id}",
            "Incoming identity: *****************************************Q7kLmA",
            "Endpoint request URI: https://lambda.eu-west-1.amazonaws.com/2015-03-31/functions/"
            f"{self.api.world.function_arn('tokens')}/invocations",
            'Endpoint request body after transformations: {"type":"TOKEN","methodArn":"'
            f'{self.api.arn}/{self.stage}/{self.method}{self.path}"}}',
            f"Authorizer result body before parsing: {body}",
        )
        if not is_valid:
            return (
                *first,
                "Execution failed due to configuration error: Could not parse policy",
                "Gateway response type: AUTHORIZER_CONFIGURATION_ERROR with status code: 500",
            )
        return (
            *first,
            "Using valid authorizer policy for principal: *****er-1",
            "Successfully completed authorizer execution",
        )

    def denied(self, output: Any) -> tuple[str, ...]:
        """The whole log of a request that the authorizer's policy does not let through, cut as the log cuts it."""
        return self.written(
            *self.authorized(output),
            "The client is not authorized to perform this operation.",
            "Gateway response type: ACCESS_DENIED with status code: 403",
            'Gateway response body: {"Message":"User is not authorized to access this resource"}',
        )

    def malformed(self, output: Any) -> tuple[str, ...]:
        """The whole log of a request whose authorizer returned what is no policy."""
        return self.written(*self.authorized(output, is_valid=False))

    def unauthorized(self) -> tuple[str, ...]:
        """The whole log of a request that brought nothing its authorizer could look at."""
        return self.written(
            f"Extended Request Id: {self.extended_id}",
            f"Unauthorized request: {self.id}",
            "Gateway response type: UNAUTHORIZED with status code: 401",
        )

    def refused_by_policy(self, *, explicitly: bool = False) -> tuple[str, ...]:
        """The whole log of a request that the resource policy does not let through."""
        how = " with an explicit deny" if explicitly else ""
        return self.written(
            f"Extended Request Id: {self.extended_id}",
            "User: anonymous is not authorized to perform: execute-api:Invoke on resource: "
            f"arn:aws:execute-api:{self.api.world.region}:********{self.api.world.account[-4:]}:{self.api.id}/"
            f"{self.stage}/{self.method}{self.path}{how}",
            "Gateway response type: ACCESS_DENIED with status code: 403",
        )

    def failed(self, error: str, *, level: str = "INFO", status: int = 500) -> tuple[str, ...]:
        """The log of a request whose execution failed (`configuration error: …`), at a level."""
        if level == "ERROR":
            return self.written(f"Execution failed due to {error}")
        return self.written(
            f"Extended Request Id: {self.extended_id}",
            f"Verifying Usage Plan for request: {self.id}. API Key:  API Stage: {self.api.id}/{self.stage}",
            f"Starting execution for request: {self.id}",
            f"HTTP Method: {self.method}, Resource Path: {self.path}",
            f"Execution failed due to {error}",
            f"Gateway response type: API_CONFIGURATION_ERROR with status code: {status}",
        )

    def served(self) -> tuple[str, ...]:
        """The log of a request that was answered."""
        return self.written(
            f"Extended Request Id: {self.extended_id}",
            f"Starting execution for request: {self.id}",
            f"HTTP Method: {self.method}, Resource Path: {self.path}",
            "Successfully completed execution",
            "Method completed with status: 200",
        )

    def written(self, *messages: str) -> tuple[str, ...]:
        """Messages as events of the log: with the request's id in front, cut at 1,024 bytes."""
        return tuple(_cut(f"({self.id}) {message}") for message in messages)

    def access(self, values: Mapping[str, str], form: str = ACCESS_FORMAT) -> str:
        """The line of the access log; what is not given is not set."""
        given = {
            "requestId": self.id,
            "extendedRequestId": self.extended_id,
            "httpMethod": self.method,
            "resourcePath": self.path,
            **values,
        }
        read = AccessLogFormat.parse(form)
        filled = (
            given.get(name, "-") + literal for name, literal in zip(read.variables, read.literals[1:], strict=True)
        )
        return read.literals[0] + "".join(filled)


def policy(*statements: Mapping[str, Any], principal: str = "user-1") -> dict[str, Any]:
    """What an authorizer returns: a principal and a policy of these statements."""
    return {
        "principalId": principal,
        "policyDocument": {"Version": "2012-10-17", "Statement": [dict(statement) for statement in statements]},
    }


def lets(resource: str | list[str], effect: str = "Allow") -> dict[str, Any]:
    """A statement of such a policy."""
    return {"Action": "execute-api:Invoke", "Effect": effect, "Resource": resource}


def _cut(event: str) -> str:
    data = event.encode()
    mark = " [TRUNCATED]"
    return event if len(data) <= _EVENT_BYTES else data[: _EVENT_BYTES - len(mark)].decode("utf-8", "ignore") + mark
