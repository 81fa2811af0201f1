"""The reader that users get, with our own cards."""

from pathlib import Path

import pytest

from bot.report.reading import Reader
from bot.report.symptoms import Signatures, SymptomCard, load_symptoms

SYMPTOMS = Path(__file__).parents[2] / "symptoms"


@pytest.fixture(scope="session")
def cards() -> tuple[SymptomCard, ...]:
    return load_symptoms(SYMPTOMS)


@pytest.fixture(scope="session")
def signatures(cards: tuple[SymptomCard, ...]) -> Signatures:
    return Signatures(cards)


@pytest.fixture(scope="session")
def reader(signatures: Signatures) -> Reader:
    return Reader(signatures)
