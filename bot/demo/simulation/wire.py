"""Reading signed AWS requests off the wire, and writing answers and errors in the protocol of the service."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from botocore.validate import ParamValidator
from moto.core.model import OperationModel
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import Request, determine_request_protocol
from moto.core.routing import get_service_router
from moto.core.serialize import get_serializer_class
from moto.core.utils import get_service_model
from werkzeug.exceptions import NotFound

from bot.demo.simulation.identity import caller_of
from bot.demo.simulation.operations import AwsError, Call, Caller, without_none

# The credential scope names the service that signs; most are called like botocore's service.
_SERVICE_OF_SIGNING_NAME = {
    "monitoring": "cloudwatch",
    "tagging": "resourcegroupstaggingapi",
    "elasticloadbalancing": "elbv2",
    "states": "stepfunctions",
}
_SCOPE = re.compile(r"AWS4-HMAC-SHA256 Credential=([^/,]+)/\d{8}/([a-z0-9-]+)/([a-z0-9-]+)/aws4_request")
REQUEST_ID = "7d9bb6a4-2c0e-4a55-9c1f-5a3c1b7f0e21"


@dataclass(frozen=True, slots=True)
class Signed:
    """A signed request: who asks which operation of which service and region, still unparsed."""

    environ: dict[str, Any]
    body: bytes
    service: str
    region: str
    operation: OperationModel
    path_parameters: Mapping[str, Any]
    access_key: str
    caller: Caller

    @property
    def text(self) -> str:
        """Path, query and body, to search in."""
        path = self.environ.get("PATH_INFO", "")
        return f"{path}?{self.environ.get('QUERY_STRING', '')} {self.body.decode('utf-8', 'replace')}"

    def request(self) -> Request:
        """A fresh request object over the body, which can be read once only."""
        return Request({**self.environ, "wsgi.input": io.BytesIO(self.body)})

    def call(self) -> Call:
        """The call with its parameters parsed by botocore's model of the operation."""
        request, service_model = self.request(), get_service_model(self.service)
        protocol = determine_request_protocol(service_model, request.content_type)
        parameters = PROTOCOL_PARSERS[protocol](self.operation, map_type=dict).parse(
            {
                "method": request.method,
                "values": request.values,
                "headers": request.headers,
                "body": request.data,
                "url_path": request.path,
                "url_params": self.path_parameters,
            }
        )
        return Call(self.service, self.operation.name, self.region, self.caller, parameters)


def read(environ: dict[str, Any]) -> Signed | None:
    """The signed request in `environ`, whose body stays readable; None if it is unsigned or no operation."""
    scope = _SCOPE.match(environ.get("HTTP_AUTHORIZATION", ""))
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    if scope is None:
        return None
    key, region, signing_name = scope.groups()
    service = _SERVICE_OF_SIGNING_NAME.get(signing_name, signing_name)
    if service == "apigateway" and environ.get("PATH_INFO", "").startswith("/v2/"):
        service = "apigatewayv2"  # both sign as apigateway
    try:
        operation, path_parameters = get_service_router(service).match(
            Request({**environ, "wsgi.input": io.BytesIO(body)})
        )
    except NotFound:
        return None
    caller = caller_of(key, region)
    return Signed(environ, body, service, region, operation, path_parameters, key, caller)


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP response."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def answer(signed: Signed, result: Mapping[str, Any] | None) -> Answer:
    """`result` serialised by botocore's output shape; raises TypeError where AWS could not answer so."""
    output, shape = without_none(result or {}), signed.operation.output_shape
    if shape is not None:
        report = ParamValidator().validate(output, shape)
        if report.has_errors():
            raise TypeError(f"{signed.service} {signed.operation.name}: {report.generate_report()}")
    service_model = get_service_model(signed.service)
    serializer = get_serializer_class(signed.service, service_model.protocol)
    written = serializer(operation_model=signed.operation).serialize(output)
    body = written["body"]
    headers = {name: str(value) for name, value in written["headers"].items()}
    return Answer(written["status_code"], headers, body if isinstance(body, bytes) else body.encode())


def error(signed: Signed, problem: AwsError) -> Answer:
    """The error as the service's protocol writes it."""
    protocol = get_service_model(signed.service).protocol
    headers = {"x-amzn-RequestId": REQUEST_ID}
    if protocol in ("query", "ec2", "rest-xml"):
        code, message = escape(problem.code), escape(problem.message)
        if protocol == "ec2":
            text = (
                f"<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors>"
                f"<RequestID>{REQUEST_ID}</RequestID></Response>"
            )
        else:
            fault = "Sender" if problem.status < 500 else "Receiver"
            text = (
                f"<ErrorResponse><Error><Type>{fault}</Type><Code>{code}</Code><Message>{message}</Message>"
                f"</Error><RequestId>{REQUEST_ID}</RequestId></ErrorResponse>"
            )
        return Answer(problem.status, {**headers, "Content-Type": "text/xml"}, text.encode())
    headers |= {"Content-Type": "application/json", "x-amzn-ErrorType": problem.code}
    document = {**problem.members, "message": problem.message}
    if protocol == "json":
        document["__type"] = problem.code
    return Answer(problem.status, headers, json.dumps(document).encode())
