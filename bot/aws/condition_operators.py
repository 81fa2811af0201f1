"""The operators that a policy's conditions may use, each with its way to compare one value with another.

Rests on "IAM JSON policy elements: Condition operators"
(UserGuide/reference_policies_elements_condition_operators).
"""

import base64
import binascii
import ipaddress
import operator as compare
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import re2

from bot.aws.arn import Pattern, arn_like, matches

Fits = Callable[[Pattern, str], bool | None]
"""Whether a context value fits a policy's value; None where either cannot be understood."""


def _in_any_case(pattern: Pattern, given: str) -> bool:
    return matches(pattern, given, ignore_case=True)


def _typed(read: Callable[[str], Any], test: Callable[[Any, Any], bool]) -> Fits:
    """A test of values that have a type; `read` gives None for a text that is none of that type."""

    def fits(pattern: Pattern, given: str) -> bool | None:
        wanted_value, given_value = read("".join(map(str, pattern))), read(given)
        return None if wanted_value is None or given_value is None else test(given_value, wanted_value)

    return fits


_NUMBER = re2.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
_W3C_DATE = re2.compile(
    r"[0-9]{4}(-[0-9]{2}(-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?(Z|[+-][0-9]{2}:[0-9]{2}))?)?)?"
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _number(text: str) -> Decimal | None:
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def _date(text: str) -> Decimal | None:
    """Seconds since the epoch of an epoch time or of one of W3C's ISO 8601 forms.

    Four digits alone could be either, and are understood as neither.
    """
    if not _W3C_DATE.fullmatch(text):
        return _number(text)
    if len(text) == 4:
        return None
    try:
        moment = datetime.fromisoformat(text if len(text) > 7 else f"{text}-01")
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return Decimal(str((moment - _EPOCH).total_seconds()))


def _boolean(text: str) -> bool | None:
    return {"true": True, "false": False}.get(text.lower())


def _bytes(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def _network(text: str) -> _Network | None:
    address, slash, prefix = text.partition("/")
    if "%" in address or (slash and not (prefix.isascii() and prefix.isdigit())):
        return None
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def _within(given: _Network, wanted: _Network) -> bool:
    if isinstance(given, ipaddress.IPv4Network):
        return isinstance(wanted, ipaddress.IPv4Network) and given.subnet_of(wanted)
    return isinstance(wanted, ipaddress.IPv6Network) and given.subnet_of(wanted)


@dataclass(frozen=True, slots=True)
class Operator:
    """How one value is compared; a negated operator is met where the comparison fails for every value."""

    fits: Fits
    negated: bool = False
    variables: bool = False
    wildcards: bool = False


def _operators() -> dict[str, Operator]:
    table = {
        "StringEquals": Operator(matches, variables=True),
        "StringNotEquals": Operator(matches, negated=True, variables=True),
        "StringEqualsIgnoreCase": Operator(_in_any_case, variables=True),
        "StringNotEqualsIgnoreCase": Operator(_in_any_case, negated=True, variables=True),
        "StringLike": Operator(matches, variables=True, wildcards=True),
        "StringNotLike": Operator(matches, negated=True, variables=True, wildcards=True),
        "Bool": Operator(_typed(_boolean, compare.eq)),
        "BinaryEquals": Operator(_typed(_bytes, compare.eq)),
        "IpAddress": Operator(_typed(_network, _within)),
        "NotIpAddress": Operator(_typed(_network, _within), negated=True),
    }
    for name in ("Arn{}Equals", "Arn{}Like"):
        table[name.format("")] = Operator(arn_like, variables=True, wildcards=True)
        table[name.format("Not")] = Operator(arn_like, negated=True, variables=True, wildcards=True)
    for kind, read in (("Numeric", _number), ("Date", _date)):
        table[f"{kind}Equals"] = Operator(_typed(read, compare.eq))
        table[f"{kind}NotEquals"] = Operator(_typed(read, compare.eq), negated=True)
        table[f"{kind}LessThan"] = Operator(_typed(read, compare.lt))
        table[f"{kind}LessThanEquals"] = Operator(_typed(read, compare.le))
        table[f"{kind}GreaterThan"] = Operator(_typed(read, compare.gt))
        table[f"{kind}GreaterThanEquals"] = Operator(_typed(read, compare.ge))
    return {name.lower(): operator for name, operator in table.items()}


OPERATORS = _operators()
"""Every operator by its name in lower case, but for `Null`, which compares nothing."""
