"""All scenarios, gathered."""

from __future__ import annotations

import importlib
from pathlib import Path

from tests.scenarios.scenario import SCENARIOS, Scenario

for _module in sorted(Path(__file__).parent.glob("*.py")):
    if not _module.name.startswith(("_", "test_")):
        importlib.import_module(f"tests.scenarios.{_module.stem}")

EVERY: tuple[Scenario, ...] = tuple(SCENARIOS)


def name_of(scenario: Scenario) -> str:
    """The scenario's name, which is its id in a test run."""
    return scenario.__name__
