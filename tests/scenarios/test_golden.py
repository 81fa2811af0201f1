"""The reply to each cause in each language, as people read it: `tests/golden/`, written anew by `--update-golden`."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from bot.demo.simulation.server import SimulatedAws
from bot.demo.world import World
from bot.reply.document import markdown
from bot.reply.locales import LANGUAGES
from bot.troubleshooter import Troubleshooter
from tests.conftest import Ask
from tests.scenarios.every import EVERY, name_of
from tests.scenarios.scenario import Scenario

_GOLDEN = Path(__file__).parents[1] / "golden"
SCENARIOS = {name_of(build): build for build in EVERY}
SHOWN_BY = {
    "authorizer_cache_too_narrow": "first_orders_then_items",
    "authorizer_denies": "orders_of_another_tenant",
    "authorizer_fails": "a_checker_with_a_new_library",
    "authorizer_function_inactive": "a_checker_nobody_called_for_weeks",
    "authorizer_function_missing": "a_checker_by_its_arn",
    "authorizer_identity_source_missing": "a_tenant_without_a_name",
    "authorizer_not_attached": "two_of_three_methods_lost_theirs",
    "authorizer_output_malformed": "a_checker_that_returns_nothing",
    "authorizer_permission_condition_unmet": "an_account_next_door",
    "authorizer_permission_denied": "a_checker_shut_to_one_api",
    "authorizer_permission_missing": "tokens_checked_by_a_function",
    "authorizer_permission_on_other_qualifier": "a_checker_with_two_aliases",
    "authorizer_permission_source_arn_mismatch": "methods_open_to_the_authorizer_function",
    "authorizer_permission_wrong_action": "a_checker_with_a_url",
    "authorizer_permission_wrong_principal": "a_function_calls_the_checker",
    "authorizer_policy_too_narrow": "a_reader_who_writes",
    "authorizer_qualifier_missing": "a_checker_at_an_alias",
    "authorizer_role_cannot_invoke": "a_checker_role_for_logs",
    "authorizer_role_missing": "a_checker_with_a_role",
    "authorizer_role_not_assumable": "a_checker_with_a_role_for_functions",
    "call_not_signed": "a_call_from_a_browser",
    "authorizer_token_pattern_rejects": "a_token_without_its_scheme",
    "caller_credentials_passthrough": "signed_calls",
    "caller_not_allowed": "a_developer_in_a_group",
    "change_not_deployed": "a_shop_with_a_newer_function",
    "cross_account_function": "a_function_of_an_unknown_account",
    "execution_logging_off": "a_quiet_account",
    "integration_function_inactive": "a_function_nobody_called_for_weeks",
    "integration_function_missing": "a_function_by_its_arn",
    "integration_method_not_post": "get_all_the_way",
    "integration_missing": "two_routes_begun_and_one_done",
    "integration_permission_condition_unmet": "source_account_of_a_neighbour",
    "integration_permission_denied": "only_one_network",
    "integration_permission_missing": "greedy_path_behind_an_alias",
    "integration_permission_on_other_qualifier": "an_alias_introduced_later",
    "integration_permission_source_arn_mismatch": "a_path_variable",
    "integration_permission_wrong_action": "a_function_with_a_url",
    "integration_permission_wrong_principal": "a_scheduled_function_with_an_api",
    "integration_qualifier_missing": "an_alias_on_one_method",
    "integration_role_cannot_invoke": "a_role_with_a_boundary",
    "integration_role_missing": "a_role_with_a_path",
    "integration_role_not_assumable": "a_role_trusted_for_one_account",
    "jwt_configuration_mismatch": "people_of_the_test_pool",
    "logging_role_missing": "an_account_set_back",
    "logging_role_not_assumable": "a_role_of_a_former_team",
    "never_deployed": "an_api_just_made",
    "permission_unscoped": "open_to_every_api_of_two",
    "private_api_without_policy": "a_service_behind_an_endpoint",
    "resource_policy_denies": "a_laptop_at_home",
    "resource_policy_does_not_allow": "a_caller_next_door",
    "route_missing": "orders_are_sent",
    "stage_missing": "a_stage_in_full",
    "stage_variable_missing": "an_alias_named_by_each_stage",
    "vpc_endpoint_policy_denies": "an_endpoint_for_another_service",
}


@pytest.mark.parametrize("cause", sorted(SHOWN_BY))
def test_reply(cause: str, world: World, ask: Ask, bot: Troubleshooter, request: pytest.FixtureRequest) -> None:
    case = SCENARIOS[SHOWN_BY[cause]](world)
    for language in LANGUAGES:
        reply = ask(case.asks, language, case.region, case.stage, case.accounts)
        assert cause in {mend.finding.cause for mend in (*reply.findings, *reply.advice)}
        timeless = replace(reply, diagnosis=replace(reply.diagnosis, elapsed_milliseconds=0.0))
        written = markdown(timeless, bot.writer.words("reply", language))
        golden = _GOLDEN / f"{cause}.{language}.md"
        if request.config.getoption("--update-golden"):
            golden.write_text(written, "utf-8")
        assert golden.read_text("utf-8") == written, golden.name


def test_every_cause_has_its_golden_reply(bot: Troubleshooter) -> None:
    causes = {cause for playbook in bot.playbooks for cause in playbook.card.causes}
    assert causes == set(SHOWN_BY)
    assert {path.name for path in _GOLDEN.iterdir()} == {
        f"{cause}.{language}.md" for cause in causes for language in LANGUAGES
    }


def test_every_cause_occurs_in_two_accounts(aws: SimulatedAws, bot: Troubleshooter) -> None:
    def expected(build: Scenario) -> set[str]:
        aws.reset()
        case = build(World(aws))
        return {each.cause for each in (*case.finds, *case.advises)}

    occurs = Counter(cause for build in EVERY for cause in expected(build))
    causes = {cause for playbook in bot.playbooks for cause in playbook.card.causes}
    assert {cause for cause in causes if occurs[cause] < 2} == set()
