"""Policy documents with one change in them, as small as it can be: what others wrote stays as they wrote it. Pure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from ipaddress import ip_address
from typing import Any

from bot.aws.arn import Pattern, Wildcard, matches, pattern_of
from bot.aws.conditions import Condition
from bot.aws.policy import Policy, Statement
from bot.aws.policy_document import ALLOW

Document = dict[str, Any]
_ADDRESSES = frozenset({"aws:sourceip", "aws:vpcsourceip"})
_PLACES = frozenset({"aws:sourcevpce", "aws:sourcevpc"})
_EXEMPTING = frozenset({"notipaddress", "stringnotequals", "stringnotequalsignorecase", "stringnotlike"})
"""Operators of a Deny whose values are those that it lets through."""


def with_statement(policy: Policy, statement: Mapping[str, Any]) -> Document:
    """A copy of a policy's document, with one statement more at its end."""
    return with_statements(policy.document, [*_listed(policy.document), statement])


def with_statements(document: Mapping[str, Any], statements: Sequence[Mapping[str, Any]]) -> Document:
    """A copy of a document, with these statements instead of its own."""
    copy: Document = json.loads(json.dumps(dict(document)))
    copy["Statement"] = [dict(statement) for statement in statements]
    return copy


def one_address(address: str) -> str | None:
    """The range that holds this address alone; None for what is no address."""
    # Python takes an IPv6 address with a zone of the caller's choosing behind it; no policy does.
    if "%" in address:
        return None
    try:
        return f"{address}/{ip_address(address).max_prefixlen}"
    except ValueError:
        return None


def with_exemption(
    policy: Policy, denying: Statement, resource: str, everything: str, known: Mapping[str, object]
) -> Document | None:
    """The document with one call let past a Deny: where its only conditions list what is let through.

    `resource` is the call's ARN, `everything` the pattern of all that the policy can be asked about, and `known` the
    context of the call. A Deny about more than the call is parted into one about everything else, which says what it
    said, and one about the call, with one value more. None where that cannot be expressed.
    """
    widened = _widened(denying, known)
    resources = denying.document.resources
    if widened is None or resources is None or denying.document.except_resources:
        return None
    statements = _listed(policy.document)
    place = statements.index(denying.raw)
    if set(resources) == {resource}:
        return with_statements(policy.document, [*statements[:place], widened, *statements[place + 1 :]])
    if not any(_covers(each, everything) for each in resources):
        return None
    rest = {("NotResource" if name == "Resource" else name): value for name, value in denying.raw.items()}
    rest["NotResource"] = resource
    widened["Resource"] = resource
    if denying.sid:
        widened["Sid"] = _free_sid(denying.sid, statements)
    return with_statements(policy.document, [*statements[:place], rest, widened, *statements[place + 1 :]])


def principal_for_everyone(policy: Policy | None) -> Any:
    """How an Allow statement of the policy spells "everyone"; None where none does."""
    for statement in policy.statements if policy else ():
        entries = statement.document.principals or ()
        names_everyone = any(entry.is_everyone for entry in entries) and not statement.document.except_principals
        if statement.effect == ALLOW and names_everyone:
            return statement.raw["Principal"]
    return None


def lets_in_everyone(policy: Policy | None) -> bool:
    """Whether an Allow statement of the policy is for everyone and has no condition."""
    if policy is None:
        return False
    unconditional = tuple(statement for statement in policy.statements if not statement.conditions)
    return principal_for_everyone(replace(policy, statements=unconditional)) is not None


def _listed(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    statements = document.get("Statement", [])
    return list(statements) if isinstance(statements, list | tuple) else [statements]


def _covers(pattern: str, everything: str) -> bool:
    """Whether a Resource takes in all that `everything` does: its `*` is fit by a `*` only."""
    text: Pattern = pattern_of(everything)
    stand_ins = ("".join("\ufffe" * size if isinstance(part, Wildcard) else part for part in text) for size in (1, 2))
    whole = pattern if not pattern.startswith("execute-api:/") else _written_out(pattern, everything)
    return all(matches(whole, each) for each in stand_ins)


def _written_out(pattern: str, everything: str) -> str:
    return everything.removesuffix("/*") + pattern.removeprefix("execute-api:")


def _widened(denying: Statement, known: Mapping[str, object]) -> Document | None:
    """The statement with the call's own value among those that its only condition lets through."""
    if len(denying.conditions) != 1:
        return None
    (condition,) = denying.conditions
    value = _value(condition, known)
    if value is None:
        return None
    statement: Document = json.loads(json.dumps(dict(denying.raw)))
    keys = statement["Condition"][condition.operator]
    before = keys[condition.key]
    keys[condition.key] = [*(before if isinstance(before, list) else [before]), value]
    return statement


def _value(condition: Condition, known: Mapping[str, object]) -> str | None:
    key, operator = condition.key.lower(), condition.operator.lower().removesuffix("ifexists")
    actual = next((value for name, value in known.items() if name.lower() == key), None)
    if operator not in _EXEMPTING or not isinstance(actual, str):
        return None
    if key in _ADDRESSES:
        return one_address(actual) if operator == "notipaddress" else None
    return actual if key in _PLACES and operator != "notipaddress" else None


def _free_sid(sid: str, statements: Sequence[Mapping[str, Any]]) -> str:
    taken = {each.get("Sid") for each in statements}
    number = 2
    while f"{sid}{number}" in taken:
        number += 1
    return f"{sid}{number}"
