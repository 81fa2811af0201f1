"""What a stage runs is not what was saved, or there is no such stage, route or integration at all."""

from collections.abc import Iterator

from bot.aws.account import as_far_as_seen
from bot.aws.apigateway import TEST_STAGE, RestApi
from bot.aws.deployed import Running, expect_running, running
from bot.aws.drift import expect_saved
from bot.model import Finding, Phase

from .methods import missing_integration, missing_route
from .scope import DEPLOYING, may_lack_a_deployment, may_lack_a_route, parts_at_stake
from .stages import missing_stage, without_stages
from .undeployed import not_deployed


def expect(api: RestApi) -> None:
    """What every stage in focus runs, if a deployment can matter at all. Raises Unseen."""
    parts = parts_at_stake(api.incident)
    if parts and api.focus.stage != TEST_STAGE and not api.focus.is_elsewhere:
        expect_saved(api, responses=Phase.RESPONSE in parts)
        expect_running(api, api.stages)


def diagnose(api: RestApi) -> Iterator[Finding]:
    """The stage first, then the route, then whether the stage runs what is saved of it.

    None of these says anything of a request that went elsewhere.
    """
    if api.focus.stage == TEST_STAGE or api.focus.is_elsewhere:
        return
    if not api.stage_names:
        if api.focus.stage or may_lack_a_deployment(api.incident):
            yield without_stages(api)
        return
    if api.focus.stage and api.focus.stage not in api.stage_names:
        yield missing_stage(api)
        return
    parts = parts_at_stake(api.incident)
    if parts:
        yield from _what_runs(api, parts)


def _what_runs(api: RestApi, parts: frozenset[Phase]) -> Iterator[Finding]:
    expect_saved(api, responses=Phase.RESPONSE in parts)
    expect_running(api, api.stages)
    lagging: list[Finding] = []
    with as_far_as_seen():
        deployed = list(_running(api))
        if may_lack_a_route(api) and (finding := missing_route(api, deployed)):
            yield finding
        lagging = [finding for runs in deployed if (finding := not_deployed(api, runs, parts))]
    waits = bool(lagging) or DEPLOYING in api.incident.symptoms
    lacking = None
    if waits or Phase.ROUTE in parts:
        # While a method lacks its integration nothing at all can be deployed.
        lacking = missing_integration(api, among=api.every_method if waits else api.methods)
    yield from [lacking] if lacking else lagging


def _running(api: RestApi) -> Iterator[Running]:
    for stage in api.stages:
        if not stage.is_canary and (runs := running(api, stage)):
            yield runs
