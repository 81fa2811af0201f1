"""Where the stages of a REST API write their logs, as far as they can be read.

https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
"""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.aws.access_log import AccessLogFormat
from bot.aws.account import Unseen
from bot.aws.api_parts import Method, Stage
from bot.aws.apigateway import RestApi
from bot.aws.arn import Arn

OFF, INFO = "OFF", "INFO"


@dataclass(frozen=True, slots=True)
class Destination:
    """A log group that a stage writes to; `format` if it is the access log. `level` is the execution log's."""

    stage: str
    log_group: str
    format: AccessLogFormat | None = None
    level: str = OFF


def execution_log_group(api: RestApi, stage: Stage) -> str:
    """The log group of a stage's execution log; a canary has its own beneath it."""
    name = f"API-Gateway-Execution-Logs_{api.id}/{stage.name}"
    return f"{name}/Canary" if stage.is_canary else name


def destinations(api: RestApi) -> tuple[Destination, ...]:
    """The log groups that hold something of the requests in focus: access logs first, which say most in a line.

    Raises Unseen where the stages cannot be seen.
    """
    stages = [stage for stage in api.stages if stage.exists]
    methods = _methods(api)
    access = (found for stage in stages if (found := _access_log(stage)))
    execution = (
        Destination(stage.name, execution_log_group(api, stage), level=level)
        for stage in stages
        if (level := _level(stage, methods)) != OFF
    )
    return tuple(dict.fromkeys((*access, *execution)))


def _methods(api: RestApi) -> tuple[Method, ...]:
    try:
        return api.methods
    except Unseen:
        return ()


def _level(stage: Stage, methods: tuple[Method, ...]) -> str:
    """The level at which most is written of any of the methods."""
    levels = {stage.log_level(method) for method in methods} or {stage.log_level()}
    return next((level for level in (INFO, "ERROR") if level in levels), OFF)


def _access_log(stage: Stage) -> Destination | None:
    settings = stage.definition.get("accessLogSettings") or {}
    group = _log_group(str(settings.get("destinationArn") or ""))
    form = AccessLogFormat.parse(str(settings.get("format") or ""))
    return Destination(stage.name, group, form) if group and form.variables else None


def _log_group(destination: str) -> str | None:
    """The name of a log group; None for a delivery stream, whose records cannot be read."""
    arn = Arn.parse(destination)
    if arn is None or arn.service != "logs" or not arn.resource.startswith("log-group:"):
        return None
    return next(_parts(arn.resource.removeprefix("log-group:")), None)


def _parts(resource: str) -> Iterator[str]:
    yield from filter(None, resource.split(":"))
