"""A recorded account: what each read answers, which reads were made, and the objects of the real types around it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future
from typing import Any

from bot.aws.account import Account, Inquiry, Read, Result
from bot.aws.apigateway import Focus, RestApi
from bot.model import Outcome, UnseenReason

ACCOUNT = "123456789012"
REGION = "eu-west-1"
API = "a1b2c3d4e5"
ABSENT = Result(Outcome.ABSENT, error="NotFoundException: there is none")
DENIED = Result(Outcome.DENIED, error="AccessDenied: not you", reason=UnseenReason.DENIED)
THROTTLED = Result(Outcome.FAILED, error="TooManyRequestsException: slow down", reason=UnseenReason.THROTTLED)


def found(**body: Any) -> Result:
    """A response with these members."""
    return Result(Outcome.FOUND, body=body)


class Tape:
    """A `Source` that plays back what was recorded; what was not recorded is answered with `otherwise`."""

    def __init__(self, otherwise: Result = ABSENT) -> None:
        self._answers: dict[Read, Result] = {}
        self._otherwise = otherwise
        self.asked: list[Read] = []

    def holds(self, service: str, operation: str, result: Result, region: str = REGION, **parameters: Any) -> Tape:
        """Records an answer."""
        self._answers[Read.of(service, operation, region, **parameters)] = result
        return self

    def __call__(self, read: Read) -> Result:
        self.asked.append(read)
        return self._answers.get(read, self._otherwise)

    @property
    def operations(self) -> list[str]:
        """The operations asked, in their order."""
        return [read.operation for read in self.asked]


class AtOnce(Executor):
    """Does what it is given before it returns, so that the order of reads is the order of asking."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


class Never(Executor):
    """Begins everything (or, if it is `busy`, nothing) and comes to no end by itself."""

    def __init__(self, *, busy: bool = False) -> None:
        self._busy = busy
        self.under_way: list[Future[Any]] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        if not self._busy:
            future.set_running_or_notify_cancel()
        self.under_way.append(future)
        return future


def in_time() -> float:
    """A deadline that no test reaches."""
    return time.monotonic() + 600


def over() -> float:
    """A deadline that has passed."""
    return time.monotonic() - 1


def account_of(
    tape: Tape,
    neighbour: Callable[[str], Account | None] = lambda _: None,
    id: str | None = ACCOUNT,
    partition: str = "aws",
    region: str = REGION,
) -> Account:
    """An account whose answers are those of the tape."""
    return Account(Inquiry(AtOnce(), in_time()), tape, region, partition, id, neighbour)


def function_arn(name: str, qualifier: str | None = None, account: str = ACCOUNT) -> str:
    """The ARN of a function in the region of the tests."""
    arn = f"arn:aws:lambda:{REGION}:{account}:function:{name}"
    return f"{arn}:{qualifier}" if qualifier else arn


def uri_of(function: str) -> str:
    """The URI with which an integration or an authorizer calls a function."""
    return f"arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/{function}/invocations"


def integration(function: str, credentials: str | None = None, http_method: str = "POST") -> dict[str, Any]:
    """A proxy integration with a function, as GetResources embeds it."""
    given = {"credentials": credentials} if credentials else {}
    return {"type": "AWS_PROXY", "httpMethod": http_method, "uri": uri_of(function), **given}


def method(function: str | None = None, authorizer: str | None = None, **of_integration: Any) -> dict[str, Any]:
    """A method as GetResources embeds it; without a function it has no integration."""
    defined: dict[str, Any] = {"authorizationType": "CUSTOM" if authorizer else "NONE"}
    if authorizer:
        defined["authorizerId"] = authorizer
    if function:
        defined["methodIntegration"] = integration(function, **of_integration)
    return defined


def record_api(
    tape: Tape,
    methods: Mapping[str, Mapping[str, Any]],
    stages: tuple[Mapping[str, Any], ...] = ({"stageName": "prod"},),
    authorizers: tuple[Mapping[str, Any], ...] = (),
    id: str = API,
    region: str = REGION,
) -> Tape:
    """Records a REST API; `methods` are keyed as people name them: `GET /pets/{id}`."""
    paths = dict.fromkeys(label.partition(" ")[2] for label in methods)
    items = [
        {
            "id": f"r{number}",
            "path": path,
            "resourceMethods": {
                label.partition(" ")[0]: defined
                for label, defined in methods.items()
                if label.partition(" ")[2] == path
            },
        }
        for number, path in enumerate(paths)
    ]
    tape.holds("apigateway", "GetRestApi", found(id=id, name="pets"), region, restApiId=id)
    tape.holds("apigateway", "GetResources", found(items=items), region, restApiId=id, embed=["methods"])
    tape.holds("apigateway", "GetStages", found(item=list(stages)), region, restApiId=id)
    return tape.holds("apigateway", "GetAuthorizers", found(items=list(authorizers)), region, restApiId=id)


def api_of(tape: Tape, focus: Focus | None = None, **of_account: Any) -> RestApi:
    """The recorded REST API."""
    return RestApi(account_of(tape, **of_account), REGION, API, focus)


def statement(sid: str = "invoke", source: str | None = None, **members: Any) -> dict[str, Any]:
    """A statement as add-permission writes it for API Gateway."""
    condition = {"Condition": {"ArnLike": {"AWS:SourceArn": source}}} if source else {}
    written = {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"Service": "apigateway.amazonaws.com"},
        "Action": "lambda:InvokeFunction",
        "Resource": function_arn("pets"),
    }
    return {**written, **condition, **members}


def policy_text(*statements: Mapping[str, Any]) -> str:
    """A policy document as GetPolicy of Lambda gives it: JSON in a string."""
    return json.dumps({"Version": "2012-10-17", "Id": "default", "Statement": list(statements)}, separators=(",", ":"))


def record_function(
    tape: Tape, name: str, *statements: Mapping[str, Any], qualifier: str | None = None, **state: Any
) -> Tape:
    """Records a function that is there, at a qualifier, with a policy of these statements if there are any."""
    configuration = found(FunctionName=name, State="Active", **state)
    tape.holds("lambda", "GetFunctionConfiguration", configuration, FunctionName=name, Qualifier=qualifier)
    if statements:
        policy = found(Policy=policy_text(*statements))
        tape.holds("lambda", "GetPolicy", policy, FunctionName=name, Qualifier=qualifier)
    return tape
