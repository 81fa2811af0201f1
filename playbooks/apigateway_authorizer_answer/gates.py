"""Lambda authorizers as the request in question met them: what they guard, call, and when they last changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from bot.aws.account import Read
from bot.aws.api_parts import Authorizer, Method
from bot.aws.apigateway import RestApi
from bot.aws.arn import execute_api_invoke_arn
from bot.aws.authorizers import LAMBDA_TYPES
from bot.aws.execution_log import LoggedRequest
from bot.aws.functions import Function
from bot.aws.invocations import Invocation, calls_of
from bot.aws.routes import match_route


@dataclass(frozen=True)
class Gate:
    """A Lambda authorizer with the methods in focus that it guards, and the calls it makes on the stages in focus."""

    api: RestApi
    authorizer: Authorizer
    methods: tuple[Method, ...]
    calls: tuple[Invocation, ...]

    @property
    def function_arn(self) -> str:
        """Its function, as it is called."""
        return ", ".join(dict.fromkeys(str(call.function_arn or call.function) for call in self.calls if call.function))

    def guards(self, request: LoggedRequest) -> bool:
        """Whether it was this authorizer that the request met. Raises Unseen."""
        if request.authorizer_id is not None:
            return request.authorizer_id == self.authorizer.id
        if request.path is None:
            return len(self.methods) == len(self.api.methods)
        return bool(self.served(request))

    def served(self, request: LoggedRequest) -> tuple[Method, ...]:
        """The methods with this authorizer that serve the request; none where its log names no path. Raises Unseen."""
        if request.path is None:
            return ()
        found = match_route(self.api.every_method, request.path, request.method, self.api.stage_names)
        return tuple(method for method in found if method.authorizer_id == self.authorizer.id)

    @cached_property
    def changed(self) -> datetime | None:
        """When what answers was last changed: the function's code, or what a stage in focus runs. Raises Unseen."""
        moments = [*self._function_changes(), *self._deployments()]
        return max(moments, default=None)

    def _function_changes(self) -> Iterator[datetime]:
        for arn in dict.fromkeys(call.function_arn for call in self.calls):
            owner = self.api.account.neighbour(arn.account) if arn else None
            configuration = Function(owner, arn).configuration if arn and owner else None
            moment = _moment(configuration["LastModified"]) if configuration else None
            if moment:
                yield moment

    def _deployments(self) -> Iterator[datetime]:
        answer = self.api.account.read(Read.of("apigateway", "GetDeployments", self.api.region, restApiId=self.api.id))
        running = {stage.deployment_id for stage in self.api.stages}
        for deployment in (answer["items"] or []) if answer else []:
            moment = _moment(deployment.get("createdDate"))
            if moment and deployment.get("id") in running:
                yield moment

    def is_over(self, request: LoggedRequest) -> bool:
        """The request failed before the last change: that is history, not what callers meet today. Raises Unseen."""
        return request.when is not None and self.changed is not None and request.when < self.changed


def gates(api: RestApi) -> list[Gate]:
    """The Lambda authorizers of the methods in focus. Raises Unseen."""
    found = [(authorizer, methods) for authorizer, methods in api.authorizers if authorizer.type in LAMBDA_TYPES]
    calls = calls_of(api) if found else ()
    return [
        Gate(api, authorizer, methods, tuple(call for call in calls if call.subject == authorizer))
        for authorizer, methods in found
    ]


def called_arn(api: RestApi, request: LoggedRequest | None) -> str:
    """The ARN for which the request asked to be let in; empty where its path is not known. Raises Unseen."""
    focus = api.focus
    path = request.path if request else None
    if path is None or "{" in path:
        path = focus.path
    verb = (request.method if request else None) or focus.method or next(iter(_verbs(api)), None)
    if path is None or "{" in path or verb is None:
        return ""
    return _arn(api, request, verb, path)


def pattern_of(api: RestApi, method: Method) -> str:
    """The ARN of a method, with `*` where a caller chooses. Raises Unseen."""
    verb = "*" if method.http_method == "ANY" else method.http_method
    parts = ("*" if part.startswith("{") else part for part in method.path.split("/"))
    return _arn(api, None, verb, "/".join(parts))


def _verbs(api: RestApi) -> set[str]:
    verbs = {method.http_method for method in api.methods}
    return verbs if len(verbs) == 1 and "ANY" not in verbs else set()


def _arn(api: RestApi, request: LoggedRequest | None, verb: str, path: str) -> str:
    stage = (request.stage if request else None) or api.focus.stage or api.stages[0].name
    account = api.account
    return execute_api_invoke_arn(account.partition, api.region, account.id, api.id, stage, verb, path)


def _moment(value: object) -> datetime | None:
    """A time as AWS's services give it: a datetime, or ISO 8601."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if not isinstance(value, datetime):
        return None
    return value if value.tzinfo else value.replace(tzinfo=UTC)
