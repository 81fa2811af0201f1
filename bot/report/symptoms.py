"""What a text shows: cards of signatures from the content folders, all matched in one pass, most decisive first."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

import re2
import yaml

from bot.model import Sighting
from bot.report.onepass import BadPattern, OnePass
from bot.report.redact import redact

_LONGEST_EXCERPT = 200
_NEARBY = 1_000
"""How far around an occurrence, in bytes of UTF-8, `unless` is searched."""
_MOST_OCCURRENCES = 200
"""How many occurrences of one signature are looked at before it counts as ruled out by what surrounds it."""

# {"message":"…"}, {'message': '…'}, {message: '…'}, {"message"=>"…"}, {message=…}: JSON, and as languages print it.
_BODY = r"(?:[\"'][Mm]essage[\"'] ?(?::|=>) ?[\"']|[{{,] ?[Mm]essage(?: ?: ?[\"']|=))(?:{message})[\"'}},]"

_SLUG = re2.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class BadSymptom(ValueError):
    """A symptom card that cannot be used. The message names the file and the remedy."""


@dataclass(frozen=True, slots=True)
class Signature:
    """One way in which a symptom shows. All regular expressions are RE2's and see the text as one line.

    That line has single spaces, straight quotes, half-width punctuation and no escapes (`bot.report.plain`).
    """

    pattern: str
    """In a card it may be written as `body`, what the message of an error's body says, in whatever notation."""
    examples: tuple[str, ...]
    """Texts that show it."""
    counterexamples: tuple[str, ...] = ()
    """Texts that look alike and do not: `not` in the file."""
    requires: str | None = None
    """Has to stand somewhere in the text as well."""
    without: str | None = None
    """Must stand nowhere in the text."""
    unless: str | None = None
    """A longer phrase: an occurrence of the pattern that lies within one of it does not count."""


@dataclass(frozen=True, slots=True)
class SymptomCard:
    """A symptom and its signatures. The lower the rank (0 to 100), the more decisive the symptom."""

    symptom: str
    rank: int
    signatures: tuple[Signature, ...]


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
    try:
        return _card(file.stem, content)
    except BadSymptom as bad:
        raise BadSymptom(f"{file}: {bad}. Mend or remove that entry.") from bad


# Checked by hand and not by pydantic, which would double the time that `kintsugi read` takes to start.
def _card(slug: str, content: object) -> SymptomCard:
    _require(_SLUG.fullmatch(slug) is not None, "the file's name is the symptom: lower-case words joined by hyphens")
    fields = _mapping(content, {"rank", "signatures"}, "the file")
    rank, signatures = fields.get("rank"), fields.get("signatures")
    is_rank = isinstance(rank, int) and not isinstance(rank, bool) and 0 <= rank <= 100
    _require(is_rank, "rank: a whole number from 0 to 100")
    _require(isinstance(signatures, list) and bool(signatures), "signatures: a list of at least one")
    listed = enumerate(signatures or [])
    return SymptomCard(slug, rank or 0, tuple(_signature(each, f"signatures.{i}") for i, each in listed))


def _signature(content: object, where: str) -> Signature:
    conditions = ("requires", "without", "unless")
    fields = _mapping(content, {"pattern", "body", "examples", "not", *conditions}, where)
    pattern = fields.get("pattern")
    if isinstance(fields.get("body"), str):
        _require(pattern is None, f"{where}: a pattern or a body, not both")
        pattern = _BODY.format(message=fields["body"])
    _require(isinstance(pattern, str) and len(pattern) >= 3, f"{where}.pattern: a regular expression of three or more")
    examples = _texts(fields.get("examples"), f"{where}.examples")
    _require(bool(examples), f"{where}.examples: at least one text that shows it")
    for name in conditions:
        _require(isinstance(fields.get(name, ""), str), f"{where}.{name}: a regular expression")
    return Signature(
        pattern=str(pattern),
        examples=examples,
        counterexamples=_texts(fields.get("not", []), f"{where}.not"),
        **{name: fields.get(name) for name in conditions},
    )


def _mapping(content: object, known: set[str], where: str) -> dict[str, Any]:
    _require(isinstance(content, dict), f"{where}: a mapping of {', '.join(sorted(known))}")
    fields: dict[str, Any] = dict(content)  # type: ignore[call-overload]
    stray = fields.keys() - known
    _require(not stray, f"{where}: knows no {', '.join(map(str, stray))}, only {', '.join(sorted(known))}")
    return fields


def _texts(content: object, where: str) -> tuple[str, ...]:
    _require(isinstance(content, list) and all(isinstance(each, str) for each in content), f"{where}: a list of texts")
    return tuple(content)  # type: ignore[arg-type]


def _require(holds: bool, what: str) -> None:
    if not holds:
        raise BadSymptom(what)


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
    return any(str(bad).startswith(repr(value)) for s in card.signatures for value in astuple(s))


def excerpt(text: bytes, start: int, end: int) -> str:
    """What stands between two positions of a plain text, without secrets, at most 200 characters."""
    cut = text[start : min(end, start + 4 * _LONGEST_EXCERPT)].decode("utf-8", "ignore").strip()
    return redact(cut)[0][:_LONGEST_EXCERPT].rstrip()
