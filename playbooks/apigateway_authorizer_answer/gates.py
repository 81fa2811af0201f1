"""Lambda authorizers as the request in question met them: what they guard, call, and when they last changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from bot.aws.api_parts import Authorizer, Method
from bot.aws.apigateway import RestApi
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

    def method_of(self, request: LoggedRequest | None) -> Method:
        """The method that serves the request, or may serve it. Raises Unseen."""
        return ((self.served(request) if request else ()) or self.methods)[0]

    @cached_property
    def changed(self) -> datetime | None:
        """When the function that answers was last changed. Raises Unseen."""
        return max(self._function_changes(), default=None)

    def _function_changes(self) -> Iterator[datetime]:
        for arn in dict.fromkeys(call.function_arn for call in self.calls):
            owner = self.api.account.neighbour(arn.account) if arn else None
            configuration = Function(owner, arn).known_configuration if arn and owner else None
            moment = _moment(configuration["LastModified"]) if configuration else None
            if moment:
                yield moment

    def is_over(self, request: LoggedRequest) -> bool:
        """The request failed before the function's last change: that is history, not what callers meet today.

        Raises Unseen.
        """
        return request.when is not None and self.changed is not None and request.when < self.changed

    def may_be_over(self, request: LoggedRequest) -> bool:
        """The request failed before its stage got what it runs: that may have brought other settings of the authorizer,
        and most often has not. Raises Unseen.
        """
        return request.when is not None and any(request.when < moment for moment in self._deployments(request.stage))

    def _deployments(self, stage_name: str | None) -> Iterator[datetime]:
        running = {stage.deployment_id for stage in self.api.stages if stage_name in (None, stage.name)}
        for deployment in self.api.deployments:
            moment = _moment(deployment.get("createdDate"))
            if moment and deployment.get("id") in running:
                yield moment


def gates(api: RestApi) -> list[Gate]:
    """The Lambda authorizers of the methods in focus. Raises Unseen."""
    found = [(authorizer, methods) for authorizer, methods in api.authorizers if authorizer.type in LAMBDA_TYPES]
    calls = calls_of(api) if found else ()
    return [
        Gate(api, authorizer, methods, tuple(call for call in calls if call.subject == authorizer))
        for authorizer, methods in found
    ]


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
