"""What a text shows: cards of signatures from the content folders, all matched in one pass, most decisive first."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.model import Sighting
from bot.report.onepass import BadPattern, OnePass
from bot.report.redact import redact

_LONGEST_EXCERPT = 200
_NEARBY = 1_000
"""How far around an occurrence, in bytes of UTF-8, `unless` is searched."""
_MOST_OCCURRENCES = 200
"""How many occurrences of one signature are looked at before it counts as ruled out by what surrounds it."""

SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"


class BadSymptom(ValueError):
    """A symptom card that cannot be used. The message names the file and the remedy."""


class Signature(BaseModel):
    """One way in which a symptom shows. All regular expressions are RE2's and see the text as one line.

    That line has single spaces, straight quotes, half-width punctuation and no escapes (`bot.report.plain`).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    pattern: str = Field(min_length=3)
    examples: tuple[str, ...] = Field(min_length=1)
    """Texts that show it."""
    counterexamples: tuple[str, ...] = Field(default=(), alias="not")
    """Texts that look alike and do not."""
    requires: str | None = None
    """Has to stand somewhere in the text as well."""
    without: str | None = None
    """Must stand nowhere in the text."""
    unless: str | None = None
    """A longer phrase: an occurrence of the pattern that lies within one of it does not count."""


class SymptomCard(BaseModel):
    """A symptom and its signatures. The lower the rank, the more decisive the symptom."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    symptom: str = Field(pattern=SLUG)
    rank: int = Field(ge=0, le=100)
    signatures: tuple[Signature, ...] = Field(min_length=1)


def load_symptoms(folder: Path) -> tuple[SymptomCard, ...]:
    """The cards `folder/<slug>.yaml`, in the order of their names.

    Raises `BadSymptom` for a file that is no card; a folder that does not exist holds none.
    """
    return tuple(_load(file) for file in sorted(folder.glob("*.yaml")))


def _load(file: Path) -> SymptomCard:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        content = yaml.load(file.read_bytes(), Loader=loader)  # noqa: S506 - both are safe loaders
    except (OSError, yaml.YAMLError) as trouble:
        raise BadSymptom(f"{file}: cannot be read as YAML: {trouble}") from trouble
    if not isinstance(content, dict):
        raise BadSymptom(f"{file}: holds no mapping; write `rank:` and `signatures:`.")
    try:
        card = SymptomCard.model_validate({"symptom": file.stem, **content})
    except ValidationError as invalid:
        first = invalid.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise BadSymptom(f"{file}: {where}: {first['msg']}. Mend or remove that entry.") from invalid
    if card.symptom != file.stem:
        raise BadSymptom(f"{file}: calls itself {card.symptom}; leave `symptom:` out, the file's name says it.")
    return card


@dataclass(frozen=True, slots=True)
class Sight:
    """A sighting and where in the plain text it stands, in bytes."""

    sighting: Sighting
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Rule:
    """A signature as positions in the set of all patterns; -1 stands for a condition that is not made."""

    symptom: str
    pattern: int
    requires: int
    without: int
    unless: str | None


class Signatures:
    """All signatures of all cards, compiled once. Several cards may speak of one symptom."""

    def __init__(self, cards: Sequence[SymptomCard]) -> None:
        """Raises `BadSymptom` if a pattern is none that RE2 accepts."""
        patterns: dict[str, int] = {}

        def number(pattern: str | None) -> int:
            return -1 if pattern is None else patterns.setdefault(pattern, len(patterns))

        self._ranks: dict[str, int] = {}
        rules = []
        for card in cards:
            self._ranks[card.symptom] = min(card.rank, self._ranks.get(card.symptom, card.rank))
            rules += [
                _Rule(
                    card.symptom,
                    number(signature.pattern),
                    number(signature.requires),
                    number(signature.without),
                    signature.unless,
                )
                for signature in card.signatures
            ]
        self._rules = tuple(rules)
        try:
            self._patterns = OnePass(tuple(patterns))
            self._phrases = {rule.unless: OnePass((rule.unless,)) for rule in rules if rule.unless}
        except BadPattern as bad:
            blamed = ", ".join(sorted({card.symptom for card in cards if _uses(card, bad)}))
            raise BadSymptom(
                f"{blamed}: RE2 does not accept the pattern {bad}. It knows neither look-around nor back-references."
            ) from bad

    def sights(self, text: bytes) -> tuple[Sight, ...]:
        """The symptoms that a plain text shows, each where it shows first, most decisive first.

        Symptoms of one rank come in the order in which they stand in the text.
        """
        present = self._patterns.which(text)
        first: dict[str, Sight] = {}
        for rule in self._rules:
            if rule.pattern not in present or rule.without in present:
                continue
            if rule.requires >= 0 and rule.requires not in present:
                continue
            span = self._first_occurrence(rule, text)
            if span and (rule.symptom not in first or span[0] < first[rule.symptom].start):
                first[rule.symptom] = Sight(Sighting(rule.symptom, excerpt(text, *span)), *span)
        return tuple(sorted(first.values(), key=lambda s: (self._ranks[s.sighting.symptom], s.start)))

    def _first_occurrence(self, rule: _Rule, text: bytes) -> tuple[int, int] | None:
        for number, match in enumerate(self._patterns.locate(rule.pattern, text)):
            if number == _MOST_OCCURRENCES:
                return None
            start, end = match.span()
            if rule.unless and self._lies_within(rule.unless, text, start, end):
                continue
            return start, end
        return None

    def _lies_within(self, phrase: str, text: bytes, start: int, end: int) -> bool:
        # Not in the common pass: such phrases bridge gaps, and two open gaps multiply the automaton's states.
        window = max(0, start - _NEARBY), min(len(text), end + _NEARBY)
        around = self._phrases[phrase].locate(0, text, *window)
        return any(match.start() <= start and end <= match.end() for match in around)


def _uses(card: SymptomCard, bad: BadPattern) -> bool:
    return any(str(bad).startswith(repr(value)) for s in card.signatures for value in s.model_dump().values())


def excerpt(text: bytes, start: int, end: int) -> str:
    """What stands between two positions of a plain text, without secrets, at most 200 characters."""
    cut = text[start : min(end, start + 4 * _LONGEST_EXCERPT)].decode("utf-8", "ignore").strip()
    return redact(cut)[0][:_LONGEST_EXCERPT].rstrip()
