"""Lambda functions as AWS reports them: names and qualifiers, missing ones, states, pages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from moto.awslambda.exceptions import UnknownFunctionException
from moto.awslambda.models import LambdaBackend, LambdaFunction, lambda_backends
from moto.utilities.utils import get_partition

from bot.demo.simulation.operations import AwsError, Call, answers
from bot.demo.simulation.pages import page

LATEST = "$LATEST"
_NAME = re.compile(
    r"(?:arn:(?P<partition>[a-z-]+):lambda:(?P<region>[a-z0-9-]+):)?(?:(?P<account>\d{12}):)?(?:function:)?"
    r"(?P<name>[A-Za-z0-9_.-]+)(?::(?P<qualifier>\$LATEST|[A-Za-z0-9_-]+))?"
)
# Reported with a function when seeded; the members of botocore's FunctionConfiguration.
_STATE_MEMBERS = (
    "State",
    "StateReason",
    "StateReasonCode",
    "LastUpdateStatus",
    "LastUpdateStatusReason",
    "LastUpdateStatusReasonCode",
    "LastModified",
)


@dataclass(frozen=True, slots=True)
class Reference:
    """A function as a call names it; `qualifier` is None for the function itself."""

    partition: str
    region: str
    account: str
    name: str
    qualifier: str | None = None

    @property
    def function_arn(self) -> str:
        """The ARN without qualifier."""
        return f"arn:{self.partition}:lambda:{self.region}:{self.account}:function:{self.name}"

    @property
    def arn(self) -> str:
        """The ARN as called."""
        return f"{self.function_arn}:{self.qualifier}" if self.qualifier else self.function_arn

    @property
    def backend(self) -> LambdaBackend:
        """Where moto keeps the functions of the account and region."""
        return lambda_backends[self.account][self.region]


def refer(name: str, qualifier: str | None, region: str, account: str) -> Reference:
    """Read a `FunctionName` in any of its forms (name, partial or full ARN, with or without qualifier).

    Raises InvalidParameterValueException where it contradicts `qualifier` or names another region.
    """
    if (parts := _NAME.fullmatch(name)) is None:
        raise AwsError("ValidationException", f"1 validation error detected: Value '{name}' at 'functionName' failed")
    if parts["qualifier"] and qualifier and parts["qualifier"] != qualifier:
        raise AwsError(
            "InvalidParameterValueException",
            "The derived qualifier from the function name does not match the specified qualifier.",
        )
    if parts["region"] and parts["region"] != region:
        raise AwsError(
            "InvalidParameterValueException",
            f"Functions from '{parts['region']}' are not reachable in this region ('{region}')",
        )
    return Reference(
        get_partition(region),
        region,
        parts["account"] or account,
        parts["name"],
        parts["qualifier"] or qualifier,
    )


def referred(call: Call) -> Reference:
    """The function that the call names; raises AccessDeniedException for one of another account."""
    reference = refer(call["FunctionName"], call.get("Qualifier"), call.region, call.account)
    if reference.account != call.account:
        action = f"lambda:{call.operation}"
        raise AwsError(
            "AccessDeniedException",
            f"User: {call.caller.arn} is not authorized to perform: {action} on resource: {reference.arn} "
            f"because no resource-based policy allows the {action} action",
            403,
        )
    return reference


def latest(reference: Reference) -> LambdaFunction:
    """The function itself; raises ResourceNotFoundException."""
    try:
        function = reference.backend.get_function(reference.name)
    except UnknownFunctionException:
        raise not_found(f"Function not found: {reference.arn}") from None
    return function


def not_found(message: str) -> AwsError:
    """Lambda's ResourceNotFoundException."""
    return AwsError("ResourceNotFoundException", message, 404, Type="User")


def qualified(reference: Reference) -> LambdaFunction:
    """The version that the reference leads to, through an alias or not; raises ResourceNotFoundException."""
    latest(reference)
    try:
        return reference.backend.get_function(reference.name, reference.qualifier)
    except UnknownFunctionException:
        raise not_found(f"Function not found: {reference.arn}") from None


def _configuration(reference: Reference) -> dict[str, Any]:
    """botocore's FunctionConfiguration: the ARN says what was asked for, the version what it leads to."""
    function = qualified(reference)
    version = str(function.version) if ":" in function.function_arn.split(":function:")[1] else LATEST
    configuration = {**function.get_configuration(), "Version": version, "FunctionArn": reference.arn}
    return configuration | getattr(latest(reference), "simulated_state", {})


@answers("lambda", "GetFunctionConfiguration")
def get_function_configuration(call: Call) -> dict[str, Any]:
    """The configuration, under the ARN of the alias where one was asked for."""
    return _configuration(referred(call))


@answers("lambda", "GetFunction")
def get_function(call: Call) -> dict[str, Any]:
    """The configuration with code and concurrency; the waiters `function-active-v2`, `-updated-v2` poll it."""
    reference = referred(call)
    function = qualified(reference)
    answer = {**function.get_code(), "Configuration": _configuration(reference)}
    if latest(reference).reserved_concurrency is not None:
        answer["Concurrency"] = {"ReservedConcurrentExecutions": latest(reference).reserved_concurrency}
    return answer


@answers("lambda", "ListFunctions")
def list_functions(call: Call) -> dict[str, Any]:
    """Pages of at most 50 functions."""
    backend = lambda_backends[call.account][call.region]
    functions = list(backend.list_functions(call.get("FunctionVersion")))
    invalid = AwsError("InvalidParameterValueException", "Invalid marker")
    some, marker = page(functions, min(int(call.get("MaxItems", 50)), 50), call.get("Marker"), invalid)
    return {
        "NextMarker": marker,
        "Functions": [
            {**function.get_configuration(), **getattr(function, "simulated_state", {})} for function in some
        ],
    }


@answers("lambda", "GetAlias")
def get_alias(call: Call) -> dict[str, Any]:
    """One alias; what is missing is named by the alias's own ARN."""
    reference = refer(call["FunctionName"], call["Name"], call.region, call.account)
    latest(reference)
    aliases = {alias.name: alias for alias in reference.backend.list_aliases(reference.name)}
    if call["Name"] not in aliases:
        raise not_found(f"Cannot find alias arn: {reference.arn}")
    answer: dict[str, Any] = aliases[call["Name"]].to_json()
    return answer


def by_arn(function_arn: str) -> Reference:
    """The reference that a full ARN spells out; raises ValueError for anything else."""
    parts = _NAME.fullmatch(function_arn)
    if parts is None or not parts["region"] or not parts["account"]:
        raise ValueError(f"not the ARN of a function: {function_arn!r}")
    return refer(function_arn, None, parts["region"], parts["account"])


def set_state(function_arn: str, **state: str) -> None:
    """Make the function report these members of its state from now on; raises ValueError for others."""
    if unknown := set(state) - set(_STATE_MEMBERS):
        raise ValueError(f"not members of a function's state: {sorted(unknown)}")
    _seed_state(latest(by_arn(function_arn)), state)


def _seed_state(function: LambdaFunction, state: Mapping[str, str]) -> None:
    function.simulated_state = {**getattr(function, "simulated_state", {}), **state}
