"""Every way in which a REST API calls a Lambda function: a method's integration or an authorizer, on one stage."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import re2

from bot.aws.account import as_far_as_seen
from bot.aws.api_parts import Authorizer, Method, Stage
from bot.aws.apigateway import RestApi
from bot.aws.arn import (
    Arn,
    FunctionArn,
    authorizer_source_arn,
    execute_api_source_arn,
    lambda_arn_of_integration_uri,
)
from bot.aws.functions import Function
from bot.aws.iam import Role
from bot.aws.invoke_permission import invoke_request
from bot.aws.policy import Request
from bot.model import Fact, Phase

_STAGE_VARIABLE = re2.compile(r"\$\{stageVariables\.([A-Za-z0-9_]+)\}")
_LAMBDA_AUTHORIZERS = frozenset({"TOKEN", "REQUEST"})
_ACCOUNT_DIGITS = 12
_CALLER_PASSTHROUGH = re2.compile(r"arn:[^:]+:iam::\*:user/\*")


@dataclass(frozen=True, slots=True)
class Invocation:
    """One call that API Gateway makes: by `subject` on `stage`, stage variables filled in.

    `function` is the ARN called as the URI spells it, `credentials` the ARN of a role, if there is one; each is None
    where `missing_variables` leave it open. `methods` are those that fail if the call fails.
    `follows_stage`: the URI holds a stage variable, so that another stage may call another function.
    """

    api: RestApi
    subject: Method | Authorizer
    methods: tuple[Method, ...]
    stage: Stage
    function: str | None
    credentials: str | None
    missing_variables: tuple[str, ...]
    follows_stage: bool

    @property
    def kind(self) -> str:
        """`integration` or `authorizer`: how causes that exist for both begin."""
        return "authorizer" if isinstance(self.subject, Authorizer) else "integration"

    @property
    def identity(self) -> tuple[str, ...]:
        """What tells this call from every other of its API: who makes it, and on which stage."""
        subject = self.subject
        if isinstance(subject, Authorizer):
            return subject.id, self.stage.name, str(self.stage.is_canary)
        return subject.resource_id, subject.http_method, self.stage.name, str(self.stage.is_canary)

    @property
    def phase(self) -> Phase:
        """Where on its way a request makes this call."""
        return Phase.AUTHORIZER if isinstance(self.subject, Authorizer) else Phase.INTEGRATION

    @property
    def rests_on_function_policy(self) -> bool:
        """The policy of the function called decides, and it is known which function that is."""
        return self.function_arn is not None and self.credentials is None and not self.missing_variables

    @property
    def uses_caller_credentials(self) -> bool:
        """The function is called as whoever called the API (`arn:aws:iam::*:user/*`)."""
        return self.credentials is not None and _CALLER_PASSTHROUGH.fullmatch(self.credentials) is not None

    @property
    def role(self) -> str | None:
        """The ARN of the role that API Gateway assumes for the call, if it assumes one."""
        return None if self.uses_caller_credentials else self.credentials

    @property
    def function_arn(self) -> FunctionArn | None:
        """The function called, where the ARN is one that can be called; `$LATEST` is the function itself."""
        arn = FunctionArn.parse(self.function) if self.function else None
        if arn and len(arn.account) != _ACCOUNT_DIGITS:
            return None  # a leading zero got lost: there is no such account
        return arn.unqualified if arn and arn.qualifier == "$LATEST" else arn

    @property
    def evidence(self) -> tuple[str, ...]:
        """The ids of the reads that show this call. Raises Unseen."""
        stage = (self.stage,) if self.stage.exists else ()
        return self.api.evidence_of(self.subject, *stage)

    def request_to(self, function: FunctionArn) -> Request:
        """What this call asks of the policy of a function."""
        return invoke_request(function, self.source_arn(), self.api.account.id)

    def source_arn(self, stage: str | None = None) -> str:
        """What API Gateway presents as `aws:SourceArn` on this stage, or on the stage given (`*` for every one)."""
        account = self.api.account
        api = (account.partition, self.api.region, account.id, self.api.id)
        if isinstance(self.subject, Authorizer):
            return authorizer_source_arn(*api, self.subject.id)
        return execute_api_source_arn(*api, stage or self.stage.name, self.subject.http_method, self.subject.path)


def expect_invocations(api: RestApi) -> None:
    """Starts reading the functions and roles that the calls in focus lead to, without waiting. Raises Unseen."""
    found = calls_of(api)
    for function in dict.fromkeys(call.function_arn for call in found):
        owner = api.account.neighbour(function.account) if function else None
        if function and owner:
            Function(owner, function).expect()
    for role in _roles(api, found):
        role.expect()


def invocations(api: RestApi) -> tuple[Invocation, ...]:
    """The calls that the part of the API in focus makes: authorizers first, as a request meets them. Raises Unseen.

    Functions and roles that they lead to are being read when this returns.
    """
    expect_invocations(api)
    found = calls_of(api)
    for role in _roles(api, found):
        # Waits for what is under way with the functions' policies, which are needed next in any case.
        with as_far_as_seen():
            role.expect_documents()
    return found


def _roles(api: RestApi, calls: Sequence[Invocation]) -> list[Role]:
    """The roles of the API's own account that calls are made with."""
    return [
        Role(api.account, role)
        for role in dict.fromkeys(call.role for call in calls)
        if role and (arn := Arn.parse(role)) and arn.account == api.account.id
    ]


def calls_of(api: RestApi) -> tuple[Invocation, ...]:
    """The same calls, with nothing read of what they lead to. Raises Unseen."""
    return (*_of_authorizers(api), *_of_integrations(api))


def common_facts(calls: Sequence[Invocation]) -> dict[str, Fact]:
    """What every finding about calls says: the API, its methods and stages, and the authorizer if one makes them."""
    first = calls[0]
    facts: dict[str, Fact] = {
        "api_id": first.api.id,
        "methods": ", ".join(method_labels(calls)),
        "stages": ", ".join(dict.fromkeys(call.stage.name for call in calls)),
    }
    if isinstance(first.subject, Authorizer):
        facts |= {"authorizer_id": first.subject.id, "authorizer_name": first.subject.name}
    return facts


def method_labels(calls: Sequence[Invocation]) -> list[str]:
    """The methods that fail if the calls do, as people name them."""
    return list(dict.fromkeys(method.label for call in calls for method in call.methods))


def deployments(calls: Sequence[Invocation]) -> dict[str, Any]:
    """`stages` to deploy to once their integration is changed: name to what runs there now; `other_stages` have it too.

    Raises Unseen.
    """
    stages = {call.stage.name: call.stage.deployment_id for call in calls if call.stage.exists}
    return {
        "stages_to_deploy": stages,
        "other_stages": [name for name in calls[0].api.stage_names if name not in stages],
    }


def by_kind(calls: Sequence[Invocation]) -> list[list[Invocation]]:
    """Calls parted into authorizers' and integrations', as a request meets them; neither part is empty."""
    parts: dict[str, list[Invocation]] = {}
    for call in sorted(calls, key=lambda call: call.phase.position):
        parts.setdefault(call.kind, []).append(call)
    return list(parts.values())


def beyond_focus(calls: Sequence[Invocation]) -> list[Invocation]:
    """The same calls with all the methods they serve, then the API's others, in focus or not. Raises Unseen."""
    given = {call.identity for call in calls}
    return sorted(
        calls_of(calls[0].api.focused(calls[0].api.focus.whole)),
        key=lambda call: call.identity not in given,
    )


def _of_authorizers(api: RestApi) -> Iterator[Invocation]:
    for authorizer, methods in api.authorizers:
        if authorizer.type in _LAMBDA_AUTHORIZERS and authorizer.uri:
            yield from _calls(api, authorizer, methods, authorizer.uri, authorizer.credentials)


def _of_integrations(api: RestApi) -> Iterator[Invocation]:
    for method in api.methods:
        integration = method.integration
        if integration and integration.uri:
            yield from _calls(api, method, (method,), integration.uri, integration.credentials)


def _calls(
    api: RestApi,
    subject: Method | Authorizer,
    methods: tuple[Method, ...],
    uri: str,
    credentials: str | None,
) -> Iterator[Invocation]:
    called = lambda_arn_of_integration_uri(uri)
    if called is None:
        return
    for stage in api.stages:
        function, missing = _fill_in(called, stage)
        role, missing_in_role = _fill_in(credentials or "", stage)
        # The console's Test asks for stage variables each time: none is missing there, and none is known.
        if not stage.exists and (missing or missing_in_role):
            continue
        yield Invocation(
            api=api,
            subject=subject,
            methods=methods,
            stage=stage,
            function=None if missing else function,
            credentials=None if missing_in_role else role or None,
            missing_variables=(*missing, *missing_in_role),
            follows_stage=function != called or bool(missing),
        )


def _fill_in(text: str, stage: Stage) -> tuple[str, tuple[str, ...]]:
    missing = tuple(dict.fromkeys(name for name in _STAGE_VARIABLE.findall(text) if not stage.variables.get(name)))
    return _STAGE_VARIABLE.sub(lambda found: stage.variables.get(found[1], found[0]), text), missing
