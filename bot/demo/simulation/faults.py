"""Faults laid over the simulation: calls denied, throttled, broken, or refused for their credentials."""

from __future__ import annotations

import re
from dataclasses import dataclass

from moto.core.utils import get_service_model
from moto.utilities.utils import get_partition

from bot.demo.simulation.operations import AwsError
from bot.demo.simulation.wire import Signed

EVERY = "*"
# The codes of errors that no service model lists and that every service shares.
_FORBIDDEN = {
    "AccessDenied",
    "AccessDeniedException",
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "SignatureDoesNotMatch",
    "UnauthorizedOperation",
    "UnrecognizedClientException",
}
_REST_JSON = ("rest-json", "json")


@dataclass(slots=True)
class Fault:
    """What happens to calls of one operation or all (`*`), in one region or all, that contain `when`.

    `kind` is `deny`, `throttle`, `fail`, `expired`, `disabled`, or `error` with its own `code` and `message`.
    `times` counts down the calls it still applies to; None is for ever. A `deny` is for want of a statement in a
    `policy` of that kind, or, if `is_explicit`, for one that denies; `policy_arn` is what AWS may add to that.
    """

    kind: str
    service: str
    operation: str
    when: str | None = None
    region: str | None = None
    times: int | None = None
    code: str = ""
    message: str = ""
    status: int | None = None
    policy: str = "identity-based policy"
    is_explicit: bool = False
    policy_arn: str = ""

    def takes(self, signed: Signed) -> bool:
        """Whether the call is one of those; counts it if so."""
        applies = (
            self.service in (EVERY, signed.service)
            and self.operation in (EVERY, signed.operation.name)
            and self.region in (None, signed.region)
            and (self.when is None or self.when in signed.text)
            and self.times != 0
        )
        if applies and self.times is not None:
            self.times -= 1
        return applies

    def error(self, signed: Signed) -> AwsError:
        """The error that the service called would give."""
        protocol = get_service_model(signed.service).protocol
        match self.kind:
            case "deny":
                return _access_denied(signed, self)
            case "throttle":
                return _throttled(signed.service, protocol)
            case "fail":
                return _failed(signed.service)
            case "expired":
                code = "ExpiredTokenException" if protocol in _REST_JSON else "ExpiredToken"
                code = "RequestExpired" if protocol == "ec2" else code
                message = "The security token included in the request is expired"
                return AwsError(code, message, 400 if protocol == "ec2" else 403)
            case "disabled":
                return _unrecognised_client(protocol)
        shapes = get_service_model(signed.service).error_shapes
        modelled = {shape.error_code: shape.metadata.get("error", {}) for shape in shapes}
        status = self.status or modelled.get(self.code, {}).get("httpStatusCode")
        return AwsError(self.code, self.message, status or (403 if self.code in _FORBIDDEN else 400))

    def denial(self, action: str) -> str:
        """What a refusal says of the policy, as "Troubleshoot access denied error messages" of IAM's guide has it."""
        if not self.is_explicit:
            return f"because no {self.policy} allows the {action} action"
        article = "an" if self.policy.startswith("i") else "a"
        return f"with an explicit deny in {article} {self.policy}" + (f": {self.policy_arn}" if self.policy_arn else "")


def _access_denied(signed: Signed, fault: Fault) -> AwsError:
    """The refusal of a caller whom policies do not allow the call, in the service's wording."""
    action, resource = _action(signed), _resource(signed)
    where = f" on resource: {resource}" if resource else ""
    sentence = f"User: {signed.caller.arn} is not authorized to perform: {action}{where} {fault.denial(action)}"
    protocol = get_service_model(signed.service).protocol
    if protocol == "ec2":
        return AwsError("UnauthorizedOperation", f"You are not authorized to perform this operation. {sentence}", 403)
    code = "AccessDeniedException" if protocol in _REST_JSON else "AccessDenied"
    return AwsError(code, sentence, 400 if protocol == "json" else 403)


def _action(signed: Signed) -> str:
    """The IAM action of the call; API Gateway's actions are HTTP verbs on paths."""
    if signed.service in ("apigateway", "apigatewayv2"):
        return f"apigateway:{signed.environ['REQUEST_METHOD']}"
    prefix = get_service_model(signed.service).signing_name
    renamed = {"Invoke": "InvokeFunction"} if signed.service == "lambda" else {}
    return f"{prefix}:{renamed.get(signed.operation.name, signed.operation.name)}"


def _resource(signed: Signed) -> str | None:
    """The resource as the service names it in refusals; None where it names none."""
    partition, region, account = get_partition(signed.region), signed.region, signed.caller.account
    parameters = signed.call().parameters
    match signed.service:
        case "apigateway" | "apigatewayv2":
            return f"arn:{partition}:apigateway:{region}::{signed.environ['PATH_INFO']}"
        case "lambda":
            name = parameters.get("FunctionName")
            if name is None:
                return "*"
            name = re.sub(r"^(arn:[^:]+:lambda:[^:]+:)?(\d{12}:)?(function:)?", "", name)
            return f"arn:{partition}:lambda:{region}:{account}:function:{name}"
        case "iam":
            if "RoleName" in parameters:
                return f"role {parameters['RoleName']}"
            return f"policy {parameters['PolicyArn']}" if "PolicyArn" in parameters else None
        case "sts":
            return parameters.get("RoleArn")
        case "logs":
            return f"arn:{partition}:logs:{region}:{account}:log-group:{parameters.get('logGroupName', '')}:*"
    return None


def _throttled(service: str, protocol: str) -> AwsError:
    if protocol == "ec2":
        return AwsError("RequestLimitExceeded", "Request limit exceeded.", 503)
    if service in ("apigateway", "apigatewayv2"):
        return AwsError("TooManyRequestsException", "Too Many Requests", 429)
    if service == "lambda":
        return AwsError("TooManyRequestsException", "Rate exceeded", 429, Reason="CallerRateLimitExceeded")
    return AwsError("ThrottlingException" if protocol in _REST_JSON else "Throttling", "Rate exceeded", 400)


def _failed(service: str) -> AwsError:
    if service == "lambda":
        return AwsError("ServiceException", "An error occurred and the request cannot be processed.", 500)
    message = "The request processing has failed because of an unknown error, exception or failure."
    return AwsError("InternalFailure", message, 500)


def _unrecognised_client(protocol: str) -> AwsError:
    """What a region that is not enabled for the account answers: it does not know the account's keys."""
    if protocol == "ec2":
        message = "AWS was not able to validate the provided access credentials"
        return AwsError("AuthFailure", message, 401)
    code = "UnrecognizedClientException" if protocol in _REST_JSON else "InvalidClientTokenId"
    return AwsError(code, "The security token included in the request is invalid.", 403)
