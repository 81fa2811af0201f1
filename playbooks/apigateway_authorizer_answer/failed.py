"""What an authorizer's function tells itself of its failures."""

from bot.aws.account import Unseen
from bot.aws.excerpts import excerpt
from bot.aws.execution_log import LoggedRequest
from bot.aws.function_logs import FunctionErrors, function_errors
from bot.aws.functions import Function
from bot.model import Fact

from .gates import Gate

_SAYS_NO = "Unauthorized"
"""The error with which an authorizer refuses a caller; it is no failure."""


def why_it_failed(gate: Gate, request: LoggedRequest, reason: str, error: str) -> dict[str, Fact]:
    """The facts of a failure that a request's log shows, filled up with what the function's own log tells."""
    error = excerpt(error) if error else ""
    try:
        function = function_of(gate)
        if function is None:
            return {"reason": reason, "error": error}
        limit = _time_limit(function)
        if not error and (errors := function_errors(function, request)):
            error = (errors.crashes or errors.lines)[-1]
            reason = "timeout" if reason == "unknown" and errors.timed_out else reason
    except Unseen:
        # What the function says besides is no part of the proof.
        return {"reason": "unknown" if reason == "timeout" else reason, "error": error}
    return _facts(reason, error, limit)


def own_failure(gate: Gate, request: LoggedRequest | None) -> tuple[dict[str, Fact], FunctionErrors] | None:
    """What the function's own log shows of a failure since its last change, at the time of a request or of late.

    Says so where that log may not be read. Raises Unseen.
    """
    function = function_of(gate)
    errors = function_errors(function, request) if function else None
    if function is None or errors is None:
        return None
    crashes = [line for line in errors.crashes if _SAYS_NO not in line]
    if not crashes:
        if errors.gap and errors.gap.why is None:
            errors.require()
        return None
    if errors.newest and gate.changed and errors.newest < gate.changed:
        return None
    return _facts("timeout" if errors.timed_out else "error", crashes[-1], _time_limit(function)), errors


def function_of(gate: Gate) -> Function | None:
    """The function that the authorizer calls, where its account can be looked into. Raises Unseen."""
    for call in gate.calls:
        owner = gate.api.account.neighbour(call.function_arn.account) if call.function_arn else None
        if owner and call.function_arn:
            return Function(owner, call.function_arn)
    return None


def _time_limit(function: Function) -> int | None:
    """In seconds. Raises Unseen."""
    limit = function.configuration["Timeout"] if function.configuration else None
    return limit if isinstance(limit, int) else None


def _facts(reason: str, error: str, limit: int | None) -> dict[str, Fact]:
    if limit is None:
        return {"reason": "error" if reason == "timeout" else reason, "error": error}
    return {"reason": reason, "error": error, "timeout_seconds": limit}
