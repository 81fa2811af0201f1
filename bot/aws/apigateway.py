"""A REST API as the console shows it, and the part of it that a question is about."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from bot.aws.account import Account, Answer, Read, Unseen
from bot.aws.api_parts import Authorizer, Method, Stage, authorizer_of, method_of, stages_of
from bot.aws.policy import MalformedPolicy, Policy
from bot.aws.routes import match_route
from bot.model import Hint, Incident

TEST_STAGE = "test-invoke-stage"
"""The stage name under which the console's Test feature calls a function; an API without stages is called so only."""


@dataclass(frozen=True, slots=True)
class Focus:
    """The part of an API that was asked about; None stands for all. `path` is as in `bot.model.Target`."""

    stage: str | None = None
    method: str | None = None
    path: str | None = None
    authorizer: str | None = None
    incident: Incident = field(default_factory=Incident)
    """What the question tells of the failing request; it narrows nothing."""
    is_elsewhere: bool = field(default=False, compare=False)
    """What was asked about has been looked at already, and nothing was found there."""

    @property
    def whole(self) -> "Focus":
        """The same question about the whole API."""
        return Focus(incident=self.incident)

    @property
    def elsewhere(self) -> "Focus":
        """The whole API, looked at because nothing was found in what was asked about."""
        return replace(self.whole, is_elsewhere=True)


class RestApi:
    """A REST API, or the part of it in focus: what is out of focus does not occur in it."""

    def __init__(self, account: Account, region: str, id: str, focus: Focus | None = None) -> None:
        self.account = account
        self.region = region
        self.id = id
        self.focus = focus or Focus()

    def expect(self) -> None:
        """Starts every read that tells what the API is made of."""
        self.account.expect(self._api, self._stages, self._resources, self._authorizers)

    def expect_calls(self) -> None:
        """Starts only the reads that tell what the API calls."""
        self.account.expect(self._resources, self._stages, self._authorizers)

    def focused(self, focus: Focus) -> "RestApi":
        """The same API, seen no wider than the focus."""
        return RestApi(self.account, self.region, self.id, focus)

    @property
    def answer(self) -> Answer:
        """What GetRestApi says of an API that exists. Raises Unseen."""
        return self.account.known(self._api)

    @cached_property
    def exists(self) -> bool:
        """Whether there is such a REST API in this account and region: any read tells. Raises Unseen if none does."""
        reads = (self._api, self._resources, self._stages, self._authorizers)
        closed: Unseen | None = None
        for read in reads:
            try:
                is_there = bool(self.account.read(read))
            except Unseen as unseen:
                closed = closed or unseen
                continue
            if not is_there and any(map(self.account.glance, reads)):
                raise self.account.leave_open(read, Hint.CONTRADICTED)
            return is_there
        assert closed is not None  # every read was answered or unseen
        raise closed

    @property
    def name(self) -> str:
        """The name people gave it. Raises Unseen."""
        return str(self.answer["name"] or self.id)

    @property
    def arn(self) -> str:
        """The execute-api ARN of the API alone, without stage, method and path. Raises Unseen."""
        return f"arn:{self.account.partition}:execute-api:{self.region}:{self.account.id}:{self.id}"

    @property
    def incident(self) -> Incident:
        """What the question tells of the failing request."""
        return self.focus.incident

    @cached_property
    def policy(self) -> Policy | None:
        """The resource policy as it is saved; None without one. Raises Unseen."""
        document = self.answer["policy"]
        if not document:
            return None
        try:
            return Policy.parse(str(document))
        except MalformedPolicy as error:
            raise self.account.leave_open(self._api, Hint.MALFORMED_POLICY) from error

    def undecided(self, why: Hint | None = None) -> Unseen:
        """The error to raise where the API was read, and its settings decide nothing."""
        return self.account.leave_open(self._api, why)

    @property
    def is_private(self) -> bool:
        """It can be called through VPC endpoints only. Raises Unseen."""
        return "PRIVATE" in (self._endpoints.get("types") or [])

    @property
    def vpc_endpoint_ids(self) -> tuple[str, ...]:
        """The VPC endpoints that are associated with it; a private API may be called through others as well.

        Raises Unseen.
        """
        return tuple(self._endpoints.get("vpcEndpointIds") or ())

    @property
    def _endpoints(self) -> Mapping[str, Any]:
        return self.answer["endpointConfiguration"] or {}

    @cached_property
    def stages(self) -> tuple[Stage, ...]:
        """The stages in focus, each followed by its canary. Raises Unseen.

        An API without stages can be called by the console's Test feature only, which is then its stage.
        """
        if self.focus.stage == TEST_STAGE or not self.stage_names:
            return (Stage(TEST_STAGE, {}, exists=False),)
        described = self.account.known(self._stages)["item"] or []
        wanted = [stage for stage in described if self.focus.stage in (None, stage["stageName"])]
        return tuple(stage for each in wanted for stage in stages_of(each))

    @property
    def stage_names(self) -> tuple[str, ...]:
        """Every stage of the API, in focus or not, in AWS's order. Raises Unseen."""
        return tuple(stage["stageName"] for stage in self.account.known(self._stages)["item"] or [])

    @cached_property
    def methods(self) -> tuple[Method, ...]:
        """The methods in focus, by path and verb. Raises Unseen."""
        focus = self.focus
        if focus.path is not None:
            found = match_route(self.every_method, focus.path, focus.method, self.stage_names)
            return tuple(found)
        if focus.authorizer is not None:
            return tuple(method for method in self.every_method if method.authorizer_id == focus.authorizer)
        return self.every_method

    @cached_property
    def every_method(self) -> tuple[Method, ...]:
        """Every method of the API, in focus or not, by path and verb. Raises Unseen."""
        found = [
            method_of(resource, verb, definition)
            for resource in self.account.known(self._resources)["items"] or []
            for verb, definition in (resource.get("resourceMethods") or {}).items()
        ]
        return tuple(sorted(found, key=lambda method: (method.path, method.http_method)))

    @cached_property
    def authorizers(self) -> tuple[tuple[Authorizer, tuple[Method, ...]], ...]:
        """The authorizers that methods in focus use, each with those methods. Raises Unseen.

        An authorizer that no method uses takes part in no request; where there is no other, none has to be seen.
        """
        using: dict[str, list[Method]] = {}
        for method in self.methods:
            if method.authorizer_id:
                using.setdefault(method.authorizer_id, []).append(method)
        known = {authorizer.id: authorizer for authorizer in self.every_authorizer} if using else {}
        return tuple((known[id], tuple(methods)) for id, methods in sorted(using.items()) if id in known)

    @cached_property
    def every_authorizer(self) -> tuple[Authorizer, ...]:
        """Every authorizer of the API. Raises Unseen."""
        return tuple(map(authorizer_of, self.account.known(self._authorizers)["items"] or []))

    @property
    def was_ever_deployed(self) -> bool:
        """Whether there is a deployment, run by a stage or not. Raises Unseen."""
        return bool(self.deployments)

    @property
    def deployments(self) -> tuple[Mapping[str, Any], ...]:
        """Every deployment as AWS describes it, run by a stage or not. Raises Unseen."""
        return tuple(self.account.known(self._deployments)["items"] or [])

    @property
    def stages_evidence(self) -> tuple[str, ...]:
        """The id of the read that shows which stages there are. Raises Unseen."""
        return (self.account.read(self._stages).evidence,)

    @property
    def deployments_evidence(self) -> tuple[str, ...]:
        """The ids of the reads that show the deployments and the stages. Raises Unseen."""
        return (*self.stages_evidence, self.account.read(self._deployments).evidence)

    @property
    def resources_evidence(self) -> tuple[str, ...]:
        """The id of the read that shows which methods there are. Raises Unseen."""
        return (self.account.read(self._resources).evidence,)

    def evidence_of(self, *subjects: "Method | Authorizer | Stage | RestApi") -> tuple[str, ...]:
        """The ids of the reads that show these parts of the API, or the API's own settings."""
        reads = {Stage: self._stages, Method: self._resources, Authorizer: self._authorizers, RestApi: self._api}
        return tuple(dict.fromkeys(self.account.read(reads[type(subject)]).evidence for subject in subjects))

    @property
    def evidence_of_authorizers(self) -> tuple[str, ...]:
        """The id of the read that lists the authorizers, be there any or not. Raises Unseen."""
        return (self.account.read(self._authorizers).evidence,)

    @property
    def _api(self) -> Read:
        return self._read("GetRestApi")

    @property
    def _stages(self) -> Read:
        return self._read("GetStages")

    @property
    def _deployments(self) -> Read:
        return self._read("GetDeployments")

    @property
    def _resources(self) -> Read:
        return self._read("GetResources", embed=["methods"])

    @property
    def _authorizers(self) -> Read:
        return self._read("GetAuthorizers")

    def _read(self, operation: str, **parameters: Any) -> Read:
        return Read.of("apigateway", operation, self.region, restApiId=self.id, **parameters)
