"""Reads a policy document, which may be anything, into statements of one shape, or says what is wrong.

Rests on "Grammar of the IAM JSON policy language" (IAM/latest/UserGuide/reference_policies_grammar).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.aws.conditions import Condition
from bot.aws.foreign_json import DEEPEST, AmbiguousKey, TooDeep, made_safe, read_json
from bot.aws.principals import PrincipalEntry, PrincipalKind

ALLOW = "Allow"
DENY = "Deny"
_VERSION_WITH_VARIABLES = "2012-10-17"
_FIRST_VERSION = "2008-10-17"
_STATEMENT_ELEMENTS = frozenset(
    {
        "Sid",
        "Effect",
        "Principal",
        "NotPrincipal",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Condition",
    }
)


class MalformedPolicy(ValueError):
    """A document that is no policy; its text is a sentence for a person."""


@dataclass(frozen=True, slots=True)
class StatementDocument:
    """A statement with every element a tuple.

    `principals` is None where the statement has neither Principal nor NotPrincipal, `resources` likewise. The
    `except_` flags tell the `Not…` elements. `variables` is whether the document's Version knows policy
    variables.
    """

    sid: str | None
    effect: str
    principals: tuple[PrincipalEntry, ...] | None
    except_principals: bool
    actions: tuple[str, ...]
    except_actions: bool
    resources: tuple[str, ...] | None
    except_resources: bool
    conditions: tuple[Condition, ...]
    variables: bool
    unknown_elements: tuple[str, ...]
    raw: Mapping[str, object]


def read_policy(document: object) -> tuple[Mapping[str, object], tuple[StatementDocument, ...]]:
    """A document's mapping and its statements.

    Raises MalformedPolicy, and nothing else.
    """
    mapping = _decoded(document)
    if not isinstance(mapping, Mapping):
        raise MalformedPolicy("A policy document has to be a JSON object.")
    version = mapping.get("Version", _FIRST_VERSION)
    if version not in (_FIRST_VERSION, _VERSION_WITH_VARIABLES):
        raise MalformedPolicy(f"A policy's Version is {_FIRST_VERSION} or {_VERSION_WITH_VARIABLES}.")
    statements = mapping.get("Statement")
    if isinstance(statements, Mapping):
        statements = [statements]
    if not isinstance(statements, list | tuple):
        raise MalformedPolicy("The policy has no Statement, which is an object or a list of objects.")
    variables = version == _VERSION_WITH_VARIABLES
    read = tuple(_statement(each, f"Statement {i}", variables) for i, each in enumerate(statements, start=1))
    return dict(mapping), read


def _decoded(document: object) -> object:
    """The value of a JSON text, also of one escaped once more, with or without its quotation marks; or a safe copy."""
    decoded = document
    try:
        if not isinstance(document, str):
            return made_safe(document)
        for _ in range(3):
            if not isinstance(decoded, str):
                break
            whole = f'"{decoded}"' if decoded.lstrip().startswith('{\\"') else decoded
            decoded = read_json(whole, unique_keys=True, strict=False)
    except AmbiguousKey as error:
        raise MalformedPolicy("The policy document has the same key twice in one object.") from error
    except TooDeep as error:
        raise MalformedPolicy(f"The policy document is nested deeper than {DEEPEST} levels.") from error
    except ValueError as error:
        raise MalformedPolicy("The policy document is not JSON.") from error
    return decoded


def _statement(raw: object, place: str, variables: bool) -> StatementDocument:
    if not isinstance(raw, Mapping) or not all(isinstance(key, str) for key in raw):
        raise MalformedPolicy(f"{place} is not an object.")
    effect, sid = raw.get("Effect"), raw.get("Sid")
    if effect not in (ALLOW, DENY):
        raise MalformedPolicy(f"{place} has an Effect that is neither Allow nor Deny.")
    if not isinstance(sid, str | None):
        raise MalformedPolicy(f"{place} has a Sid that is not text.")
    principal, except_principals = _one_of(raw, "Principal", "NotPrincipal", place)
    actions, except_actions = _one_of(raw, "Action", "NotAction", place)
    resources, except_resources = _one_of(raw, "Resource", "NotResource", place)
    if actions is None:
        raise MalformedPolicy(f"{place} has neither Action nor NotAction.")
    return StatementDocument(
        sid=sid,
        effect=str(effect),
        principals=None if principal is None else _principals(principal, place),
        except_principals=except_principals,
        actions=_texts(actions, f"The Action of {place}"),
        except_actions=except_actions,
        resources=None if resources is None else _texts(resources, f"The Resource of {place}"),
        except_resources=except_resources,
        conditions=_conditions(raw.get("Condition", {}), place, variables),
        variables=variables,
        unknown_elements=tuple(key for key in raw if key not in _STATEMENT_ELEMENTS),
        raw=dict(raw),
    )


def _one_of(raw: Mapping[str, object], element: str, opposite: str, place: str) -> tuple[object, bool]:
    """The value of an element or of its opposite (None without both), and whether it is the opposite's."""
    if element in raw and opposite in raw:
        raise MalformedPolicy(f"{place} has both {element} and {opposite}.")
    found = element if element in raw else opposite
    if found in raw and raw[found] is None:
        raise MalformedPolicy(f"The {found} of {place} is null.")
    return raw.get(found), opposite in raw


def _texts(value: object, what: str) -> tuple[str, ...]:
    values = value if isinstance(value, list | tuple) else [value]
    texts = tuple(each for each in values if isinstance(each, str))
    if len(texts) < len(values):
        raise MalformedPolicy(f"{what} is neither text nor a list of texts.")
    return texts


def _principals(value: object, place: str) -> tuple[PrincipalEntry, ...]:
    """The entries of a Principal element; a text alone counts as a value of `AWS`, as `"*"` does."""
    what = f"The Principal of {place}"
    if not isinstance(value, Mapping):
        value = {PrincipalKind.AWS.value: value}
    if not all(isinstance(kind, str) for kind in value):
        raise MalformedPolicy(f"{what} has a kind that is not text.")
    return tuple(PrincipalEntry(kind, name) for kind, names in value.items() for name in _texts(names, what))


def _conditions(block: object, place: str, variables: bool) -> tuple[Condition, ...]:
    what = f"The Condition of {place}"
    if not isinstance(block, Mapping):
        raise MalformedPolicy(f"{what} is not an object.")
    conditions = []
    for operator, keys in block.items():
        if not isinstance(operator, str) or not isinstance(keys, Mapping):
            raise MalformedPolicy(f"{what} has an operator without keys.")
        for key, values in keys.items():
            if not isinstance(key, str):
                raise MalformedPolicy(f"{what} has a key that is not text.")
            values = values if isinstance(values, list | tuple) else [values]
            expected = tuple(_condition_value(each, what) for each in values)
            conditions.append(Condition(operator, key, expected, variables))
    return tuple(conditions)


def _condition_value(value: object, what: str) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    # Python refuses to write out integers of thousands of digits.
    if isinstance(value, float) or (isinstance(value, int) and value.bit_length() <= 1024):
        return str(value)
    raise MalformedPolicy(f"{what} has a value that is neither text, number nor boolean.")
