"""The findings about a stage that is not there."""

from dataclasses import replace

from bot.aws.account import Unseen
from bot.aws.apigateway import RestApi
from bot.aws.routes import match_route
from bot.model import Certainty, Fact, Finding, Phase


def without_stages(api: RestApi) -> Finding:
    """Nothing of the API runs anywhere, so that every request is refused, whatever else is saved. Raises Unseen."""
    try:
        return missing_stage(api) if api.was_ever_deployed else _never_deployed(api, api.deployments_evidence)
    except Unseen:
        # That there is no stage is seen all the same.
        return replace(_never_deployed(api, api.stages_evidence), certainty=Certainty.LIKELY, is_undecided=True)


def _never_deployed(api: RestApi, evidence: tuple[str, ...]) -> Finding:
    stage = api.focus.stage
    lacking = [method.label for method in api.every_method if method.integration is None]
    can_deploy = bool(api.every_method) and not lacking
    facts: dict[str, Fact] = {"api_id": api.id}
    if stage:
        facts["stage"] = stage
    return _finding(
        api,
        "never_deployed",
        facts,
        evidence=evidence,
        remedy={
            "stage_to_make": stage if can_deploy else None,
            "has_methods": bool(api.every_method),
            "lacking": lacking,
            "redeploy": True,
        },
        hides_the_rest=True,
    )


def missing_stage(api: RestApi) -> Finding:
    """The stage called does not exist; without a name, the API has deployments and no stage that runs one."""
    stage = api.focus.stage or ""
    facts: dict[str, Fact] = {"api_id": api.id, "stages": ", ".join(api.stage_names)}
    if stage:
        facts["stage"] = stage
    same = [name for name in api.stage_names if name.lower() == stage.lower()]
    # A URL without its stage has the path's first segment where the stage belongs.
    served = match_route(api.every_method, f"/{stage}{api.focus.path or ''}", api.focus.method) if stage else ()
    return _finding(
        api,
        "stage_missing",
        facts,
        evidence=api.stages_evidence,
        remedy={"nearest": same[0] if same else None, "is_path": served[0].label if served else None},
    )


def _finding(
    api: RestApi,
    cause: str,
    facts: dict[str, Fact],
    evidence: tuple[str, ...],
    remedy: dict[str, object],
    *,
    hides_the_rest: bool = False,
) -> Finding:
    return Finding(
        cause=cause,
        fix=cause,
        phase=Phase.ROUTE,
        certainty=Certainty.PROVEN,
        facts=facts,
        evidence=evidence,
        account=api.account.id,
        region=api.region,
        remedy={"stage": None, **remedy} if "stage" not in facts else remedy,
        hides_the_rest=hides_the_rest,
    )
