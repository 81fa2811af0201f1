"""A policy statement's conditions against the context of a request, in three-valued logic.

Rests on these pages of the IAM user guide: "IAM JSON policy elements: Condition operators"
(reference_policies_elements_condition_operators), "Conditions with multiple context keys or values"
(reference_policies_condition-logic-multiple-context-keys-or-values), "Single-valued vs. multivalued context
keys" (reference_policies_condition-single-vs-multi-valued-context-keys), "IAM policy elements: Variables and
tags" (reference_policies_variables).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

import re2

from bot.aws.arn import Pattern, Wildcard, arn_like, matches, pattern_of
from bot.aws.condition_operators import OPERATORS, Fits, Operator


class Truth(IntEnum):
    """Kleene's three values: `min` is AND, `max` is OR."""

    NO = 0
    UNKNOWN = 1
    YES = 2

    @property
    def negated(self) -> "Truth":
        """NOT; UNKNOWN stays."""
        return Truth(2 - self)

    @classmethod
    def of(cls, known: bool) -> "Truth":
        """YES or NO."""
        return cls.YES if known else cls.NO


class Context:
    """What is known of a request's context keys, whose names are case-insensitive.

    A key is present with its values, or unknown, or known to be absent. `unknown` holds names or patterns
    (`*`, `aws:PrincipalTag/*`) of keys that may be present with any value; a key in `values` is known all the
    same.
    """

    __slots__ = ("_unknown", "_values")

    def __init__(self, values: Mapping[str, str | Sequence[str]], unknown: Collection[str] = ()) -> None:
        self._values = {
            key.lower(): (value,) if isinstance(value, str) else tuple(value) for key, value in values.items()
        }
        self._unknown = tuple(pattern.lower() for pattern in unknown)

    def values_of(self, key: str) -> tuple[str, ...] | None:
        """The values of a key: `()` where it is absent, None where it is unknown."""
        key = key.lower()
        if key in self._values:
            return self._values[key]
        return None if any(matches(pattern, key) for pattern in self._unknown) else ()


_VARIABLE = re2.compile(r"\$\{(?:([*?$])|([^{}',]*?)(?:\s*,\s*'([^{}']*)')?\s*)\}")


def expand(text: str, context: Context, *, variables: bool, wildcards: bool) -> Pattern | Truth:
    """A policy's value as a pattern, its policy variables replaced.

    `${*}`, `${?}` and `${$}` are the characters themselves, `${key, 'default'}` has a default. Truth.NO where
    a variable's key is absent and has no default, so that the value fits nothing; Truth.UNKNOWN where the key
    is unknown, has several values, or has a wildcard in its value, of which AWS does not say what it means.
    """
    if not variables or "${" not in text:
        return pattern_of(text) if wildcards else tuple(text)
    pattern: list[str | Wildcard] = []
    position = 0
    for found in _VARIABLE.finditer(text):
        pattern += _tokens(text[position : found.start()], wildcards)
        position = found.end()
        literal, key, default = found.groups()
        if literal:
            pattern.append(literal)
            continue
        values = context.values_of(key.strip()) if ":" in key else None
        if values == () and default is None:
            return Truth.NO
        value = default if values == () else values[0] if values and len(values) == 1 else None
        if value is None or (wildcards and ("*" in value or "?" in value)):
            return Truth.UNKNOWN
        pattern += value
    return pattern + _tokens(text[position:], wildcards)


def _tokens(text: str, wildcards: bool) -> list[str | Wildcard]:
    return [Wildcard(part) if wildcards and part in "*?" else part for part in text]


_NULL_VALUES = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class ConditionMismatch:
    """A condition that is not met (`result` NO) or of which it is not known (UNKNOWN).

    `actual` is what the request has, several values joined by a comma, and None where the key is absent or
    unknown.
    """

    operator: str
    key: str
    expected: tuple[str, ...]
    actual: str | None
    result: Truth


@dataclass(frozen=True, slots=True)
class Condition:
    """One operator, one key, and the values of which one suffices (none may fit, for a negated operator)."""

    operator: str
    key: str
    expected: tuple[str, ...]
    variables: bool
    """Whether the document's Version knows policy variables."""

    def holds(self, context: Context, *, arns_as_strings: bool = False) -> Truth:
        """Whether the condition is met; UNKNOWN also for an operator that is not known.

        `arns_as_strings` compares ARNs as StringLike would, across their components: where that changes the
        answer, it rests on the belief that a trailing `*` does not stand for missing components.
        """
        quantifier, _, name = self.operator.lower().rpartition(":")
        values = context.values_of(self.key)
        if name == "null" and not quantifier:
            return self._is_null(values)
        if_exists = name.endswith("ifexists")
        operator = OPERATORS.get(name.removesuffix("ifexists"))
        if operator is None or quantifier not in ("", "foranyvalue", "forallvalues"):
            return Truth.UNKNOWN
        absent = _without_the_key(quantifier, operator.negated, if_exists)
        if values == ():
            return absent
        if values is None:
            # No value at all fits an empty list; anything else may turn out either way.
            present = Truth.UNKNOWN if self.expected else Truth.of(operator.negated)
            return present if present is absent else Truth.UNKNOWN
        fits = matches if arns_as_strings and operator.fits is arn_like else operator.fits
        each = [self._value_holds(value, operator, fits, context) for value in values]
        any_of, all_of = max(each), min(each)
        if not quantifier:
            # A key with several values asks for a quantifier; without one AWS does not say what happens.
            return any_of if any_of is all_of else Truth.UNKNOWN
        result = any_of if quantifier == "foranyvalue" else all_of
        # AWS calls an empty text an empty set of values, too, without saying when.
        return Truth.UNKNOWN if not any(values) and result is not absent else result

    @property
    def compares_arns(self) -> bool:
        """Whether the operator compares ARNs component by component."""
        name = self.operator.lower().rpartition(":")[2].removesuffix("ifexists")
        operator = OPERATORS.get(name)
        return operator is not None and operator.fits is arn_like

    def mismatch(self, context: Context, result: Truth) -> ConditionMismatch:
        """The condition with what it was compared with."""
        actual = context.values_of(self.key)
        return ConditionMismatch(self.operator, self.key, self.expected, ", ".join(actual) if actual else None, result)

    def _is_null(self, values: tuple[str, ...] | None) -> Truth:
        wanted = [_NULL_VALUES.get(text.lower()) for text in self.expected]
        if values is None or None in wanted:
            return Truth.YES if {True, False} <= set(wanted) else Truth.UNKNOWN
        return Truth.of((values == ()) in wanted)

    def _value_holds(self, value: str, operator: Operator, fits: Fits, context: Context) -> Truth:
        found = Truth.NO
        for text in self.expected:
            pattern = expand(
                text, context, variables=self.variables and operator.variables, wildcards=operator.wildcards
            )
            if isinstance(pattern, Truth):
                # Without its variable a value fits nothing; what then holds for "is not", AWS leaves open.
                found = max(found, Truth.UNKNOWN if operator.negated else pattern)
                continue
            fitting = fits(pattern, value)
            found = max(found, Truth.UNKNOWN if fitting is None else Truth.of(fitting))
        return found.negated if operator.negated else found


def _without_the_key(quantifier: str, negated: bool, if_exists: bool) -> Truth:
    """What a condition is worth where its key is absent."""
    if quantifier == "forallvalues":
        return Truth.YES
    if quantifier == "foranyvalue":
        # AWS's pages contradict what is seen of ForAnyValue with IfExists.
        return Truth.UNKNOWN if if_exists else Truth.NO
    return Truth.of(negated or if_exists)
