"""All scenarios, gathered."""

from __future__ import annotations

import importlib

from tests.scenarios.scenario import SCENARIOS, Scenario

_MODULES = (
    "integration_permissions",
    "integration_statements",
    "authorizer_permissions",
    "targets",
    "roles",
    "shared_roles",
    "callers",
    "several",
    "across_accounts",
    "questions",
    "open_questions",
    "healthy",
    "decoys",
)
for _module in _MODULES:
    importlib.import_module(f"tests.scenarios.{_module}")

EVERY: tuple[Scenario, ...] = tuple(SCENARIOS)


def name_of(scenario: Scenario) -> str:
    """The scenario's name, which is its id in a test run."""
    return scenario.__name__
