"""What a scenario is: a simulated account, a question about it, and the answer that is right."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.demo.world import World


@dataclass(frozen=True)
class Expected:
    """A finding that the answer must hold. `facts` are some of its facts, each with its exact value.

    `cli`, `rollback` and `stack` say whether there are commands, commands to undo them, and a template (`deploy`,
    `merge`); where there are none, the answer must say why.
    """

    cause: str
    facts: Mapping[str, Any]
    certainty: str = "proven"
    scope: str = "asked"
    cli: bool = True
    rollback: bool = True
    stack: str | None = "deploy"


@dataclass(frozen=True)
class Case:
    """What a scenario built, asked and answered rightly.

    `accounts` are entered by the accounts file. `heals`: after all commands the same question finds everything healthy;
    `advice_stays`: but goes on to advise, since what the advice is about is not for a command to decide.
    `stack_stays`: AWS leaves what a stack of the fix has set when the stack is deleted.
    `prints` are texts in the snippets that would be placeholders elsewhere and here are the account's own values;
    `runs` are words that stand in the commands, `says` are texts in the steps. `by_hand` does what the steps say and no
    command can do: it is done after the commands, and cannot be undone.
    """

    asks: str
    finds: tuple[Expected, ...] = ()
    verdict: str = "found"
    advises: tuple[Expected, ...] = ()
    locale: str = "en"
    region: str | None = None
    stage: str | None = None
    accounts: tuple[str, ...] = ()
    heals: bool = True
    advice_stays: bool = False
    stack_stays: bool = False
    prints: tuple[str, ...] = ()
    runs: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    by_hand: Callable[[], object] | None = None


Scenario = Callable[[World], Case]
"""Builds its account in the world given; its name says what the account is, and nothing of what is wrong."""

SCENARIOS: list[Scenario] = []
"""Every scenario, in the order of the modules' import."""


def scenario(build: Scenario) -> Scenario:
    """Adds a scenario to `SCENARIOS`."""
    SCENARIOS.append(build)
    return build


def found(
    cause: str,
    certainty: str = "proven",
    scope: str = "asked",
    *,
    cli: bool = True,
    rollback: bool = True,
    stack: str | None = "deploy",
    **facts: Any,
) -> Expected:
    """A finding to expect, with some of its facts."""
    return Expected(cause, facts, certainty, scope, cli, rollback and cli, stack)


def nothing_wrong(asks: str, *advises: Expected, **more: Any) -> Case:
    """A question about an account in which nothing is wrong."""
    return Case(asks, verdict="healthy", advises=advises, **more)
