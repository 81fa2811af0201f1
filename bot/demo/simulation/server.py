"""`SimulatedAws`: AWS accounts in this process, behind a port of 127.0.0.1 for boto3 and the AWS CLI.

boto3 clients of this very process may be answered without the port: most of a call's time would be HTTP.
"""

from __future__ import annotations

import importlib
import os
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cache, partial
from types import TracebackType
from typing import Any, NamedTuple

import boto3
from botocore.config import Config
from moto.core import DEFAULT_ACCOUNT_ID
from moto.moto_api._internal import mock_random
from moto.moto_api._internal.models import moto_api_backend
from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import make_server
from werkzeug.test import run_wsgi_app

from bot.aws.door import give
from bot.demo.simulation import apigateway_deployments, awslambda, cloudtrail, lambda_policy, logs, wire
from bot.demo.simulation.direct import answers_of
from bot.demo.simulation.faults import EVERY, Fault
from bot.demo.simulation.identity import access_key
from bot.demo.simulation.operations import HANDLERS, SERVICE_ERRORS, AwsError, as_aws_error, known_operation

# Imported for what they add to the table of operations and to moto.
_EXTENSIONS = (
    "apigateway",
    "apigateway_account",
    "apigateway_deployments",
    "apigateway_export",
    "apigateway_methods",
    "apigateway_policy",
    "apigateway_responses",
    "apigateway_stages",
    "apigatewayv2",
    "awslambda",
    "cloudtrail",
    "ec2",
    "iam",
    "lambda_policy",
    "logs",
)
for _extension in _EXTENSIONS:
    importlib.import_module(f"bot.demo.simulation.{_extension}")

# moto's catalogue of machine images, of which nothing here is a subject, would be read anew for each account.
os.environ.setdefault("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")

# Signatures are not checked.
_ANY_KEY = "simulated"


class RecordedCall(NamedTuple):
    """A call as it was received, whatever became of it."""

    service: str
    operation: str
    region: str


class _QuietHandler(MotoRequestHandler):  # type: ignore[misc]  # moto has no types
    """Logs no requests; a crash of the simulation itself is still printed, it is a bug."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


class _Dispatcher(DomainDispatcherApplication):  # type: ignore[misc]  # moto has no types
    """moto's, but lists moto's folders once for each host, not for each call."""

    def __init__(self) -> None:
        super().__init__(create_backend_app)
        self.get_backend_for_host = cache(super().get_backend_for_host)


class SimulatedAws:
    """A simulated AWS, running from construction to `stop()` (or to the end of a `with` block).

    State is that of the process (moto's), so one instance at a time; `reset()` empties it.
    """

    def __init__(self) -> None:
        self.calls: list[RecordedCall] = []
        self._faults: list[Fault] = []
        self._scribe: cloudtrail.Scribe | None = None
        self._session = boto3.Session()
        give(self._session.events, None)  # accounts are built with it
        self.answer_directly(self._session)
        self._clients: dict[tuple[str, str, str], Any] = {}
        # One call at a time: ids are drawn from a seeded source, and handlers check before they write.
        self._turn = threading.RLock()
        self._moto = _Dispatcher()
        self._server = make_server("127.0.0.1", 0, self._serve, threaded=True, request_handler=_QuietHandler)
        serve = partial(self._server.serve_forever, poll_interval=0.05)
        self._thread = threading.Thread(target=serve, name="simulated-aws", daemon=True)
        self.reset()
        self._thread.start()

    def __enter__(self) -> SimulatedAws:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def endpoint(self) -> str:
        """The URL to give as `AWS_ENDPOINT_URL` or `endpoint_url`."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def stop(self) -> None:
        """Close the port; calling it twice is harmless."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()

    def reset(self, seed: int = 42) -> None:
        """Empty every account, forget faults and recorded calls; the same steps give the same ids again."""
        with self._turn:
            moto_api_backend.reset()
            mock_random.seed(seed)
            cloudtrail.forget()
            self.clear_faults()
            self.calls.clear()

    def draw_ids_from(self, seed: int) -> None:
        """Draw ids from here on as after a reset with that seed, whatever was drawn before."""
        with self._turn:
            mock_random.seed(seed)

    def environment(self, account: str = DEFAULT_ACCOUNT_ID, region: str = "eu-west-1") -> dict[str, str]:
        """Environment variables with which boto3 and the AWS CLI reach `account`."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": access_key(account),
            "AWS_SECRET_ACCESS_KEY": _ANY_KEY,
            "AWS_REGION": region,
            "AWS_DEFAULT_REGION": region,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_MAX_ATTEMPTS": "1",
            "AWS_PAGER": "",
        }

    def session(self, account: str = DEFAULT_ACCOUNT_ID, region: str = "eu-west-1") -> boto3.Session:
        """A boto3 session with credentials of `account`, which may write; its clients have to be given `endpoint`."""
        session = boto3.Session(access_key(account), _ANY_KEY, region_name=region)
        give(session.events, None)
        return session

    def answer_directly(self, session: boto3.Session) -> None:
        """Let the clients that a session makes from here on be answered in this process, without a socket between."""
        session.events.register("before-send", answers_of(self._serve))

    def client(self, service: str, account: str = DEFAULT_ACCOUNT_ID, region: str = "eu-west-1") -> Any:
        """A boto3 client for `service` in `account` and `region`, made once; it tries every call once."""
        with self._turn:
            if (service, account, region) not in self._clients:
                self._clients[service, account, region] = self._session.client(
                    service,
                    region_name=region,
                    endpoint_url=self.endpoint,
                    aws_access_key_id=access_key(account),
                    aws_secret_access_key=_ANY_KEY,
                    config=Config(retries={"total_max_attempts": 1}),
                )
            return self._clients[service, account, region]

    # ---- faults

    def deny(self, service: str, operation: str, when: str | None = None, **only: Any) -> None:
        """Refuse the caller: AccessDenied as the service words it.

        Here and below: `operation` is botocore's name (`GetPolicy`) or `*`; `when` is a text that the path,
        query or body must contain; `only` narrows by `region=` and `times=` (how many calls). `policy=`,
        `is_explicit=` and `policy_arn=` word the refusal, as `Fault` says.
        Raises ValueError for an operation that botocore does not know.
        """
        self._add(Fault("deny", service, operation, when, **only))

    def throttle(self, service: str, operation: str, when: str | None = None, **only: Any) -> None:
        """Answer that calls come too fast (429, or 400 from the older protocols)."""
        self._add(Fault("throttle", service, operation, when, **only))

    def fail(self, service: str, operation: str, when: str | None = None, **only: Any) -> None:
        """Answer with an internal error (500)."""
        self._add(Fault("fail", service, operation, when, **only))

    def error(
        self, service: str, operation: str, code: str, message: str, when: str | None = None, **only: Any
    ) -> None:
        """Answer with this error; its HTTP status is the model's, or 403 for refused credentials, or 400."""
        self._add(Fault("error", service, operation, when, code=code, message=message, **only))

    def expire_credentials(self, region: str | None = None) -> None:
        """Refuse every call because its token has expired, each service in its own words."""
        self._add(Fault("expired", EVERY, EVERY, region=region))

    def disable_region(self, region: str) -> None:
        """Answer like a region that is not enabled for the account: it does not know the keys."""
        self._add(Fault("disabled", EVERY, EVERY, region=region))

    def clear_faults(self) -> None:
        """Answer truthfully again."""
        self._faults.clear()

    def _add(self, fault: Fault) -> None:
        if fault.operation != EVERY:
            known_operation(fault.service, fault.operation)
        self._faults.append(fault)

    # ---- what no AWS call can bring about

    def seed_log(self, account: str, region: str, group: str, events: Sequence[tuple[int, str]]) -> None:
        """Put events, each its time in milliseconds since 1970 and its text, into a log group, however old."""
        with self._turn:
            logs.seed_events(account, region, group, events)

    def seed_policy(self, function_arn: str, qualifier: str | None, statement: Mapping[str, Any]) -> None:
        """Put any statement into the resource policy of a function, or of its version or alias, unchecked."""
        lambda_policy.seed(function_arn, qualifier, statement)

    def set_function_state(self, function_arn: str, **state: str) -> None:
        """Make a function report `State`, `StateReason`, `LastUpdateStatus` and the like as given."""
        awslambda.set_state(function_arn, **state)

    @contextmanager
    def written_down(self, at: datetime, by: str, via: str | None = None) -> Iterator[None]:
        """Lets CloudTrail keep what is called in the block: as of then, by that ARN, `via` a service if one called."""
        self._scribe = cloudtrail.Scribe(at, by, via)
        try:
            yield
        finally:
            self._scribe = None

    def date_deployment(self, account: str, region: str, api_id: str, deployment_id: str, when: datetime) -> None:
        """Let a deployment have been made at another moment than the computer's clock shows."""
        with self._turn:
            apigateway_deployments.date(account, region, api_id, deployment_id, when)

    # ---- serving

    def _serve(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        with self._turn:
            signed = wire.read(environ)
            if signed is None:
                unsigned: Iterable[bytes] = self._moto(environ, start_response)
                return unsigned
            self.calls.append(RecordedCall(signed.service, signed.operation.name, signed.region))
            problem = None
            try:
                answer = self._own_answer(signed)
            except SERVICE_ERRORS as error:
                problem = as_aws_error(error)
                answer = wire.error(signed, problem)
            if answer is None:
                answer = self._moto_answer(signed)
            if self._scribe:
                if answer.status >= 400 and problem is None:
                    problem = AwsError("ClientError", "the call failed", answer.status)
                cloudtrail.record(self._scribe, signed.call(), signed.operation, problem)
            headers = [item for item in answer.headers.items() if item[0].lower() != "content-length"]
            start_response(f"{answer.status} .", [*headers, ("Content-Length", str(len(answer.body)))])
            return [answer.body]

    def _own_answer(self, signed: wire.Signed) -> wire.Answer | None:
        """The answer of a fault or of a handler of ours; None leaves it to moto."""
        for fault in self._faults:
            if fault.takes(signed):
                raise fault.error(signed)
        if signed.service == "cloudformation":
            # Imported when it is needed: moto's part of it loads every service, for a second and 90 MB.
            importlib.import_module("bot.demo.simulation.cloudformation")
        handler = HANDLERS.get((signed.service, signed.operation.name))
        return wire.answer(signed, handler(signed.call())) if handler else None

    def _moto_answer(self, signed: wire.Signed) -> wire.Answer:
        """moto's answer; where it has none, it raises or finds no page for the URL."""
        signed.environ["HTTP_X_MOTO_ACCOUNT_ID"] = signed.caller.account
        try:
            body, status, headers = run_wsgi_app(self._moto, signed.environ, buffered=True)
        except NotImplementedError:
            return self._unknown(signed)
        if status.startswith("404") and headers.get("Content-Type", "").startswith("text/html"):
            return self._unknown(signed)
        return wire.Answer(int(status.split()[0]), dict(headers), b"".join(body))

    @staticmethod
    def _unknown(signed: wire.Signed) -> wire.Answer:
        message = f"the simulated account does not implement {signed.service} {signed.operation.name}"
        return wire.error(signed, AwsError("UnknownOperationException", message, 501))
