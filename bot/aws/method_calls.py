"""The calls of an API's methods that a question is about, as policies are asked about them.

Rests on "Control access for invoking an API"
(developerguide/api-gateway-control-access-using-iam-policies-to-invoke-api).
"""

from dataclasses import dataclass

from bot.aws.api_parts import Method, Stage
from bot.aws.apigateway import RestApi
from bot.aws.arn import Pattern, Wildcard, execute_api_invoke_arn, overlap
from bot.aws.callers import Caller
from bot.aws.policy import EVERYTHING_ELSE, Principal, Request
from bot.aws.routes import serves

INVOKE = "execute-api:Invoke"
_MEANINGFUL = frozenset("*?$")


@dataclass(frozen=True, slots=True)
class Call:
    """One method on one stage, as it was called: `verb` and `path` are the request's where the question tells them."""

    api: RestApi
    stage: Stage
    method: Method
    verb: str | None = None
    path: str | None = None

    @property
    def resource(self) -> str:
        """The ARN that policies are asked about, with `*` for what the question leaves open. Raises Unseen."""
        return _as_text(self.open_resource)

    @property
    def open_resource(self) -> Pattern:
        """The same ARN as a pattern. Raises Unseen."""
        return self._pattern(self.verb, self.path or self.method.path)

    @property
    def grantable(self) -> str | None:
        """The ARN under which to allow the call: with its path's variables open, if no other method serves such paths.

        A greedy variable is never left open. None where the question does not tell so much. Raises Unseen.
        """
        is_greedy = "+}" in self.method.path
        widest = self._pattern(self.verb, self.path if is_greedy and self.path else self.method.path)
        others = (each for each in self.api.every_method if each != self.method and not self._stands_back(each))
        is_its_own = not any(overlap(widest, self._of_method(other)) for other in others)
        allowed = widest if is_its_own and not is_greedy else self.open_resource
        variables = self.method.path.count("{") if allowed is widest else 0
        # In a policy, characters of a path that was pasted would mean more than themselves.
        says_what_it_means = _MEANINGFUL.isdisjoint(allowed) and allowed.count(Wildcard.MANY) == variables
        return _as_text(allowed) if says_what_it_means else None

    def _stands_back(self, other: Method) -> bool:
        """Another method that serves, of the same resource, only what this one does not."""
        return other.path == self.method.path and other.http_method == "ANY"

    def _of_method(self, method: Method) -> Pattern:
        return self._pattern(None if method.http_method == "ANY" else method.http_method, method.path)

    def _pattern(self, verb: str | None, path: str) -> Pattern:
        account = self.api.account
        head = execute_api_invoke_arn(
            account.partition, self.api.region, account.id, self.api.id, self.stage.name, "", ""
        ).removesuffix("/")
        pattern: list[str | Wildcard] = [*head, *(verb or [Wildcard.MANY])]
        for segment in path.removeprefix("/").split("/"):
            is_open = path == self.method.path or path != self.path
            is_variable = segment.startswith("{") and segment.endswith("}")
            pattern += ["/", *([Wildcard.MANY] if is_open and is_variable else segment)]
        return tuple(pattern)

    def request(self, caller: Caller, principal: Principal | None) -> Request:
        """What is asked of a policy. Raises Unseen."""
        return Request(
            principal=principal,
            action=INVOKE,
            resource=self.resource,
            context=caller.context(principal),
            unknown=EVERYTHING_ELSE,
            open_resource=self.open_resource,
        )


def _as_text(pattern: Pattern) -> str:
    return "".join(part.value if isinstance(part, Wildcard) else part for part in pattern)


def calls_asked(api: RestApi) -> tuple[Call, ...]:
    """The calls that the question is about: each method in focus on each stage in focus. Raises Unseen.

    The console's Test feature, which no policy stops, is none.
    """
    stages = {stage.name: stage for stage in reversed(api.stages) if stage.exists}
    return tuple(
        Call(api, stage, method, _verb(api, method), path_asked(api, method))
        for stage in reversed(stages.values())
        for method in api.methods
    )


def _verb(api: RestApi, method: Method) -> str | None:
    return method.http_method if method.http_method != "ANY" else api.focus.method


def path_asked(api: RestApi, method: Method) -> str:
    """The path asked for, without the stage that people leave in it; the method's template where none is told.

    Where a variable takes a stage's name as well, the first segment is that stage, unless the text has it twice, as a
    URL would. Raises Unseen.
    """
    asked = (api.focus.path or "").partition("?")[0]
    first, _, rest = asked.strip("/").partition("/")
    candidates = [asked]
    if first in api.stage_names:
        is_stage = not method.path.startswith(f"/{first}") and f"/{first}{asked}" not in api.incident.text
        candidates.insert(0 if is_stage else 1, f"/{rest}")
    return next((each for each in candidates if each and serves(method.path, each)), method.path)
