"""The table of operations answered here instead of by moto, and what their handlers receive and raise."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import UnknownServiceError
from moto.core.exceptions import ServiceException, _RESTError
from moto.core.utils import get_service_model


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose credentials signed a call."""

    account: str
    arn: str
    user_id: str


@dataclass(frozen=True, slots=True)
class Call:
    """One call as AWS understands it; `parameters` have the names and types of botocore's input shape."""

    service: str
    operation: str
    region: str
    caller: Caller
    parameters: Mapping[str, Any]

    @property
    def account(self) -> str:
        """The account whose resources are called."""
        return self.caller.account

    def __getitem__(self, name: str) -> Any:
        """A required parameter."""
        return self.parameters[name]

    def get(self, name: str, default: Any = None) -> Any:
        """An optional parameter."""
        return self.parameters.get(name, default)


class AwsError(Exception):
    """An error that AWS answers with; `status` is the HTTP status, `members` further members of the error."""

    def __init__(self, code: str, message: str, status: int = 400, **members: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.members = members


# What our handlers and moto's backends raise to say that a call failed.
SERVICE_ERRORS = (AwsError, ServiceException, _RESTError)


def as_aws_error(problem: Exception) -> AwsError:
    """One of SERVICE_ERRORS, as ours; moto has two families, which put code and status into different places."""
    if isinstance(problem, AwsError):
        return problem
    if isinstance(problem, ServiceException):
        return AwsError(problem.code, problem.message)
    if isinstance(problem, _RESTError):
        return AwsError(problem.error_type, problem.message, problem.code)
    raise TypeError(f"no error of a service: {problem!r}")


Handler = Callable[[Call], Mapping[str, Any] | None]

HANDLERS: dict[tuple[str, str], Handler] = {}


def answers(service: str, *operations: str) -> Callable[[Handler], Handler]:
    """Register the decorated handler for these operations; a name that botocore does not know is refused."""
    for operation in operations:
        known_operation(service, operation)

    def register(handler: Handler) -> Handler:
        for operation in operations:
            HANDLERS[service, operation] = handler
        return handler

    return register


def known_operation(service: str, operation: str) -> None:
    """Raise ValueError unless botocore's model of `service` has `operation`."""
    try:
        names = get_service_model(service).operation_names
    except UnknownServiceError:
        raise ValueError(f"botocore has no service {service!r}") from None
    if operation not in names:
        raise ValueError(f"{service} has no operation {operation!r}")


def without_none(value: Any) -> Any:
    """`value` without the members that are None: AWS leaves out what is not set."""
    if isinstance(value, Mapping):
        return {name: without_none(member) for name, member in value.items() if member is not None}
    if isinstance(value, list):
        return [without_none(item) for item in value]
    return value
