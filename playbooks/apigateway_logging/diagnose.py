"""API Gateway writes no execution log: it has no role for that, may not use it, or a stage is not set to log."""

from collections.abc import Iterator

from bot.aws.account import as_far_as_seen
from bot.aws.apigateway import RestApi
from bot.aws.logging_role import LoggingRole
from bot.model import Finding

from .role import RoleMend, mend_of
from .silent import advice, silent_stages

_ABOUT_THE_ROLE = "logging-role-missing"


def diagnose(api: RestApi) -> Iterator[Finding]:
    """What keeps the stages that are set to log from logging; then those that are not set to."""
    stages = [stage for stage in api.stages if stage.exists and not stage.is_canary]
    if not stages:
        return
    role, mend = LoggingRole(api), None
    logging = [stage for stage in stages if any(stage.log_level(method) != "OFF" for method in (None, *api.methods))]
    is_a_fault = bool(logging) or _ABOUT_THE_ROLE in api.incident.symptoms
    with as_far_as_seen():
        mend = mend_of(role, logging or stages, is_a_fault=is_a_fault)
    if mend and is_a_fault:
        yield _finding(api, mend, [stage.name for stage in logging or stages])
    if silent := silent_stages(api, stages):
        yield advice(api, silent, None if is_a_fault else mend)


def _finding(api: RestApi, mend: RoleMend, stages: list[str]) -> Finding:
    return mend.finding(api, {"api_id": api.id, "stages": ", ".join(stages)})
