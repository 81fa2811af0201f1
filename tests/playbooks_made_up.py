"""Playbooks and findings made up for a test: real cards around a function of the test's own."""

from dataclasses import replace
from pathlib import Path

from bot.model import Certainty, Finding, Phase
from bot.playbook import Card, Playbook

PAGE = "https://docs.aws.amazon.com/apigateway/latest/developerguide/welcome.html"


def a_card(*answers, **changes):
    """A card that answers these symptoms, with one cause."""
    described = {
        "target": "rest_api",
        "answers": answers or ("generic-500",),
        "causes": {"some_cause": "some_fix"},
        "fixes": {"some_fix": {"references": [PAGE]}},
    }
    return Card.model_validate(described | changes)


def a_playbook(name, *answers, diagnose=lambda api: iter(()), **changes):
    """A playbook of which only the card and the function are real."""
    return Playbook(name, f"{name} is seen.", Path(name), a_card(*answers, **changes), diagnose)


def a_finding(cause="some_cause", **changes):
    """A proven fault of an integration."""
    finding = Finding(
        cause=cause,
        fix="some_fix",
        phase=Phase.INTEGRATION,
        certainty=Certainty.PROVEN,
        facts={},
        evidence=("e1",),
        account="123456789012",
        region="eu-west-1",
    )
    return replace(finding, **changes)
