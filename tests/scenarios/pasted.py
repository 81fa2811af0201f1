"""Texts as people paste them, about an API of a simulated account."""

from __future__ import annotations

import json

from bot.demo.rest_api import Api
from bot.demo.world import Function

_REQUEST = "7d0f1e7c-3a52-4f0e-9a3c-2a0c1f3bb0a1"
NOT_PERMITTED = "Execution failed due to configuration error: Invalid permissions on Lambda function"
AUTHORIZER_FAILED = "Execution failed due to configuration error: Authorizer error"
ROLE_REFUSED = (
    "Execution failed due to configuration error: API Gateway does not have permission to assume the provided role"
)
INTERNAL_ERROR = '{"message": "Internal server error"}'


def execution_log(api: Api, stage: str, request: str, error: str = NOT_PERMITTED) -> str:
    """Lines of the execution log of one request (`GET /orders/7`)."""
    verb, _, path = request.partition(" ")
    lines = [
        "Extended Request Id: JKZsWGbpjoEF6Vw=",
        f"Verifying Usage Plan for request: {_REQUEST}. API Key:  API Stage: {api.id}/{stage}",
        f"HTTP Method: {verb}, Resource Path: {path}",
        error,
        "Method completed with status: 500",
    ]
    return "\n".join(f"({_REQUEST}) {line}" for line in lines)


def access_log(api: Api, stage: str, request: str, error: str = "Invalid permissions on Lambda function") -> str:
    """A line of an access log in JSON, under the names that teams give its fields."""
    verb, _, path = request.partition(" ")
    line = {
        "requestId": _REQUEST,
        "apiId": api.id,
        "stage": stage,
        "httpMethod": verb,
        "path": path,
        "status": "500",
        "integrationErrorMessage": error,
    }
    return json.dumps(line)


def console_test(api: Api, request: str) -> str:
    """The log of the console's Test feature."""
    verb, _, path = request.partition(" ")
    return (
        f"Execution log for request {_REQUEST}\n"
        f"Fri Nov 20 09:12:44 UTC 2026 : Starting execution for request: {_REQUEST}\n"
        f"Fri Nov 20 09:12:44 UTC 2026 : HTTP Method: {verb}, Resource Path: {path}\n"
        f"Fri Nov 20 09:12:44 UTC 2026 : {NOT_PERMITTED}\n"
        f"{api.arn}/null/{verb}{path}"
    )


def caller_refused(caller: str, function: Function) -> str:
    """What the log holds where a function is called as the API's caller."""
    return (
        f"Execution failed due to configuration error: API Gateway: AccessDeniedException: User: {caller} "
        f"is not authorized to perform: lambda:InvokeFunction on resource: {function}"
    )
