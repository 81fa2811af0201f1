"""Tells two answers about one question apart: what was mended between them, what remains, and what is new."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.model import Diagnosis, Fact, Finding, Scope, UnseenRead, Verdict

_SAME = ("stage", "variable", "canary", "called")
_SAME_ENDINGS = ("_id", "_arn")
_OF_WHAT_WAS_CALLED = "source_arn"
"""Names a method of several, and another one where these change."""
_OVERLAPPING = ("methods", "stages")
"""Lists that get shorter as one after the other is mended."""
_NAMES_A_CHANGE = "changed_"
_HISTORY = "LookupEvents"


@dataclass(frozen=True, slots=True)
class Comparison:
    """What became of the findings of an earlier answer, each as it was then (`mended`, `unknown`) or is now.

    `unknown` are gone as well, but the later answer did not look where they were found, or could not. `blind` tells
    that it could not see as much as the earlier one, so that nothing at all counts as mended.
    """

    mended: tuple[Finding, ...] = ()
    remaining: tuple[Finding, ...] = ()
    new: tuple[Finding, ...] = ()
    unknown: tuple[Finding, ...] = ()
    blind: bool = False


def compared(before: Diagnosis, after: Diagnosis) -> Comparison:
    """What the later of two answers says of what the earlier one found. Advice is left out."""
    pairs = _pairs(before.findings, after.findings)
    gone = [finding for number, finding in enumerate(before.findings) if number not in pairs]
    blind = _is_blind(before, after)
    mended = tuple(finding for finding in gone if not blind and _was_looked_for(finding, before, after))
    return Comparison(
        mended=mended,
        remaining=tuple(after.findings[number] for number in pairs.values()),
        new=tuple(finding for number, finding in enumerate(after.findings) if number not in pairs.values()),
        unknown=tuple(finding for finding in gone if finding not in mended),
        blind=blind,
    )


def _pairs(before: tuple[Finding, ...], after: tuple[Finding, ...]) -> dict[int, int]:
    """The places of findings in both that need the same mend. What is quite the same is paired before what changed."""
    pairs: dict[int, int] = {}
    for are_paired in (_are_equal, _need_the_same_mend):
        for number, finding in enumerate(before):
            if number not in pairs:
                free = (place for place in range(len(after)) if place not in pairs.values())
                match = next((place for place in free if are_paired(finding, after[place])), None)
                if match is not None:
                    pairs[number] = match
    return dict(sorted(pairs.items()))


def _are_equal(one: Finding, other: Finding) -> bool:
    return _is_alike(one, other) and _lasting(one) == _lasting(other)


def _lasting(finding: Finding) -> dict[str, Fact]:
    return {name: fact for name, fact in finding.facts.items() if not name.startswith(_NAMES_A_CHANGE)}


def _need_the_same_mend(one: Finding, other: Finding) -> bool:
    """The same cause in the same thing. A fact may list several things, of which some may have been mended."""
    told = dict(_identifying(one))
    return _is_alike(one, other) and all(told.get(name, things) & things for name, things in _identifying(other))


def _is_alike(one: Finding, other: Finding) -> bool:
    return (one.playbook, one.cause, one.account, one.region) == (
        other.playbook,
        other.cause,
        other.account,
        other.region,
    )


def _identifying(finding: Finding) -> Iterator[tuple[str, frozenset[str]]]:
    """The facts that tell which thing is at fault: others describe it, and change with what else is in the account."""
    for name, fact in finding.facts.items():
        is_telling = name in (*_SAME, *_OVERLAPPING) or name.endswith(_SAME_ENDINGS)
        if is_telling and name != _OF_WHAT_WAS_CALLED and fact != "":
            yield name, frozenset(str(fact).split(", "))


def _is_blind(before: Diagnosis, after: Diagnosis) -> bool:
    """Whether the later answer met a closed door that the earlier one did not, or found nothing for closed doors."""
    seen_then = {_door(read) for read in before.unseen}
    closed = {_door(read) for read in after.unseen if read.operation != _HISTORY}
    return after.verdict not in (Verdict.FOUND, Verdict.HEALTHY) or not closed <= seen_then


def _door(read: UnseenRead) -> tuple[str, str, str]:
    return read.action, read.operation, read.resource


def _was_looked_for(finding: Finding, before: Diagnosis, after: Diagnosis) -> bool:
    """Whether the later answer would hold the finding if it were still so."""
    if _asked(before) != _asked(after) or finding.playbook not in after.examined:
        return False
    if finding.scope is Scope.ELSEWHERE and any(found.scope is Scope.ASKED for found in after.findings):
        # Where something is found in the part asked about, the rest is not looked at.
        return False
    # Findings are held back that another one makes idle, or whose fix it makes dangerous (bot.diagnosis).
    return not after.findings or not (finding.puts_live or any(found.hides_the_rest for found in after.findings))


def _asked(diagnosis: Diagnosis) -> tuple[object, ...]:
    """What the playbooks go by: another symptom has other playbooks tried, another caller is let in or not."""
    report = diagnosis.report
    symptoms = frozenset(sighting.symptom for sighting in report.symptoms)
    who = (report.caller, report.source_ip, report.vpc_endpoint, report.sent)
    return diagnosis.target, symptoms, dict(report.ids), *who
