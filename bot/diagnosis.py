"""Tries playbooks on a target, narrow first, and keeps what they found apart from what could not be seen."""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from bot.aws.account import Unseen
from bot.aws.apigateway import Focus, RestApi
from bot.model import (
    Certainty,
    Finding,
    Hint,
    Phase,
    Progress,
    SavedChange,
    Scope,
    UnseenRead,
    UnseenReason,
    Verdict,
    Watch,
)
from bot.playbook import Plan, Playbook

log = logging.getLogger(__name__)


class CannotDiagnose(Exception):
    """No diagnosis can be made at all: the message says what is in the way and what to do about it."""


@dataclass(frozen=True, slots=True)
class Found:
    """What the playbooks say of one target: faults, advice, which playbooks broke, and which were tried in order."""

    findings: tuple[Finding, ...] = ()
    advice: tuple[Finding, ...] = ()
    broken: tuple[UnseenRead, ...] = ()
    examined: tuple[str, ...] = ()


Count = Callable[[int, int], None]
"""Hears how many playbooks are tried by now, and how many are to be tried as far as is known."""


@dataclass(slots=True)
class _Tally:
    """How many playbooks are tried, of how many."""

    tell: Count
    done: int = 0
    total: int = 0

    def add(self, done: int = 0, total: int = 0) -> None:
        self.done += done
        self.total += total
        self.tell(self.done, self.total)


def diagnose(api: RestApi, focus: Focus, plan: Plan, tell: Count = lambda done, total: None) -> Found:
    """What is wrong in the part of the API that was asked about; only if nothing is, in the whole API.

    A focus on something that the API does not have leads straight to the whole. A fault hides what a request would meet
    behind it, so that where one is found, the playbooks about later parts of the way are tried as well.
    """
    tally = _Tally(tell)
    asked = _try_all(api.focused(focus), plan.answering, Scope.ASKED, tally)
    if asked.findings:
        return _joined(asked, _try_all(api.focused(focus), _beneath(asked, plan.others), Scope.ASKED, tally))
    if focus == focus.whole:
        return asked
    found = _try_all(api.focused(focus.elsewhere), plan.answering, Scope.ELSEWHERE, tally)
    nearer = [replace(advice, scope=Scope.ELSEWHERE) for advice in asked.advice]
    farther = [advice for advice in found.advice if advice not in nearer]
    return replace(
        found,
        advice=(*asked.advice, *farther),
        broken=tuple(dict.fromkeys((*asked.broken, *found.broken))),
        examined=tuple(name for name in found.examined if name in asked.examined),
    )


def undisturbed(watch: Watch) -> Watch:
    """The same watch, let go once it raises: whoever looks on can neither hinder a diagnosis nor break a playbook."""
    is_there = True

    def tell(progress: Progress) -> None:
        nonlocal is_there
        try:
            if is_there:
                watch(progress)
        except Exception:
            is_there = False
            log.exception("whoever watches the progress is broken, and hears no more of this question")

    return tell


def _beneath(found: Found, others: Sequence[Playbook]) -> list[Playbook]:
    """The playbooks about what a request meets no earlier than the first fault found."""
    first = min(finding.phase.position for finding in found.findings)
    return [playbook for playbook in others if playbook.card.phase and playbook.card.phase.position >= first]


def _joined(first: Found, second: Found) -> Found:
    return Found(
        findings=_standing(_in_order((*first.findings, *second.findings))),
        advice=_in_order((*first.advice, *second.advice)),
        broken=(*first.broken, *second.broken),
        examined=(*first.examined, *second.examined),
    )


def _standing(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Findings without those that another one makes idle, or whose fix it makes dangerous (docs/decisions/0010)."""
    alone = tuple(finding for finding in findings if finding.hides_the_rest)
    return alone or tuple(
        finding
        for finding in findings
        if not any(_is_faulty(change, other) for change in finding.puts_live for other in findings if other != finding)
    )


def _is_faulty(change: SavedChange, finding: Finding) -> bool:
    """Whether a finding is about the very thing that was changed; a new method may fail anywhere on its way."""
    if finding.puts_live:
        return False
    named = set(str(finding.facts.get("methods") or "").split(", ")) - {""}
    is_same_part = change.phase in (finding.phase, Phase.ROUTE)
    return is_same_part and (not named or not change.methods or not named.isdisjoint(change.methods))


def _in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """As a request meets them, the proven before the likely."""
    return tuple(sorted(findings, key=lambda each: (each.phase.position, each.certainty is not Certainty.PROVEN)))


def verdict_of(found: Found, unseen: Iterable[UnseenRead]) -> Verdict:
    """What findings amount to: something proven, or likely with no refused read that could decide it, is found."""
    unread = bool(tuple(unseen)) or bool(found.broken)
    for finding in found.findings:
        if finding.certainty is Certainty.PROVEN or not finding.is_undecided:
            return Verdict.FOUND
    return Verdict.COULD_NOT_CHECK if found.findings or unread else Verdict.HEALTHY


def _try_all(api: RestApi, playbooks: Sequence[Playbook], scope: Scope, tally: _Tally) -> Found:
    findings: list[Finding] = []
    broken: dict[str, UnseenRead] = {}
    tally.add(total=len(playbooks))
    _start(api, playbooks)
    for playbook in playbooks:
        try:
            for finding in playbook.diagnose(api):
                findings.append(replace(finding, playbook=playbook.name, scope=scope))
        except Unseen:
            log.debug("%s could not see all it needed", playbook.name)
        except Exception:
            # One broken playbook silences no other; what it would have found is reported as not looked at.
            log.exception("playbook %s is broken", playbook.name)
            broken[playbook.name] = _not_tried(playbook)
        tally.add(done=1)
    ordered = _in_order(findings)
    return Found(
        findings=_standing([finding for finding in ordered if not finding.advice]),
        advice=tuple(finding for finding in ordered if finding.advice),
        broken=tuple(broken.values()),
        examined=tuple(playbook.name for playbook in playbooks if playbook.name not in broken),
    )


def _start(api: RestApi, playbooks: Sequence[Playbook]) -> None:
    """Lets each playbook start what it will read, before any of them waits for an answer."""
    for playbook in playbooks:
        try:
            playbook.expect(api)
        except Unseen:
            log.debug("%s could not see what it will need", playbook.name)
        except Exception:
            # It is tried all the same, and reported as broken if its diagnosis breaks as well.
            log.exception("playbook %s is broken", playbook.name)


def _not_tried(playbook: Playbook) -> UnseenRead:
    return UnseenRead(
        action="",
        operation=f"playbook {playbook.name}",
        resource="*",
        reason=UnseenReason.FAILED,
        hint=Hint.BROKEN_PLAYBOOK,
    )
