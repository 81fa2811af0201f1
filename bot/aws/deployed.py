"""What a stage runs, which is what was deployed to it: read from its export, for it may differ from what is saved."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.aws.account import Read
from bot.aws.api_parts import Stage
from bot.aws.apigateway import RestApi
from bot.aws.export import NotAnExport, RunningAuthorizer, RunningMethod, read_export
from bot.aws.policy import MalformedPolicy, Policy
from bot.model import Hint

# Integrations and authorizers as the API reference names them; with "apigateway" come the resource policy and the
# gateway responses, as the console's "Export with API Gateway extensions" brings them: taken from published exports.
_EXTENSIONS = {"extensions": "integrations,authorizers,apigateway"}


@dataclass(frozen=True, slots=True)
class Running:
    """An API as one of its stages runs it; with a canary, what most of the requests meet.

    `policy` is the resource policy, None without one. `gateway_responses` are those that were changed, by type.
    `evidence` are the ids of the reads that show it.
    """

    stage: Stage
    methods: tuple[RunningMethod, ...]
    authorizers: tuple[RunningAuthorizer, ...]
    policy: Policy | None
    gateway_responses: Mapping[str, Mapping[str, Any]]
    api_key_source: str | None
    evidence: tuple[str, ...]

    @property
    def has_canary(self) -> bool:
        """Whether a part of the requests goes to a canary, of which this says nothing."""
        return bool(self.stage.definition.get("canarySettings"))


def expect_running(api: RestApi, stages: Iterable[Stage]) -> None:
    """Starts reading what these stages run."""
    api.account.expect(*(_export(api, stage) for stage in stages if stage.exists))


def running(api: RestApi, stage: Stage) -> Running | None:
    """What the stage runs; None for the console's Test, which runs what is saved. Raises Unseen."""
    if not stage.exists:
        return None
    read = _export(api, stage)
    answer = api.account.known(read)
    try:
        export = read_export(str(answer["body"] or ""))
        policy = Policy.parse(export.policy) if export.policy is not None else None
    except NotAnExport as error:
        raise api.account.leave_open(read) from error
    except MalformedPolicy as error:
        raise api.account.leave_open(read, Hint.MALFORMED_POLICY) from error
    return Running(
        stage=stage,
        methods=export.methods,
        authorizers=export.authorizers,
        policy=policy,
        gateway_responses=export.gateway_responses,
        api_key_source=export.api_key_source,
        evidence=(answer.evidence,),
    )


def _export(api: RestApi, stage: Stage) -> Read:
    return Read.of(
        "apigateway",
        "GetExport",
        api.region,
        restApiId=api.id,
        stageName=stage.name,
        exportType="oas30",
        parameters=_EXTENSIONS,
        accepts="application/json",
    )
