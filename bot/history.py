"""Adds to what was found who last changed the faulty thing, as far as CloudTrail's event history can say."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.aws.account import Read, Unseen
from bot.aws.apigateway import RestApi
from bot.aws.arn import Arn
from bot.aws.changes import Change, Thing
from bot.model import Finding
from bot.playbook import ChangedBy, Playbook


@dataclass(frozen=True, slots=True)
class _Suspicion:
    """What a fix's card says may have been changed, on a thing that a finding names."""

    thing: Thing
    events: tuple[str, ...]

    @property
    def lookups(self) -> tuple[Read, ...]:
        return tuple(self.thing.lookup(event) for event in self.events)


def with_changes(
    api: RestApi, findings: Sequence[Finding], playbooks: Sequence[Playbook], before: datetime | None = None
) -> tuple[Finding, ...]:
    """The findings with the facts `changed_at`, `changed_by`, `changed_event` and `changed_via` where there are such.

    A change after `before` brought no failure of then about. What the history does not answer changes no finding and no
    verdict: the inquiry remembers it as unseen.
    """
    cards = {playbook.name: playbook.card for playbook in playbooks}
    suspicions = [
        tuple(_suspicions(api, finding, cards[finding.playbook].fixes[finding.fix].changed_by)) for finding in findings
    ]
    affordable = _start(suspicions, api.account.inquiry.bounds.change_calls)
    return tuple(
        _with_change(finding, suspected, before) if all(each in affordable for each in _lookups(suspected)) else finding
        for finding, suspected in zip(findings, suspicions, strict=True)
    )


def _suspicions(api: RestApi, finding: Finding, changed_by: Sequence[ChangedBy]) -> Iterator[_Suspicion]:
    values = {**finding.remedy, **finding.facts}
    for card in changed_by:
        parameters = {parameter: _each_of(values.get(name)) for parameter, name in card.where.items()}
        for id in _each_of(values.get(card.of)):
            arn = Arn.parse(id)
            try:
                account = api.account.neighbour(arn.account) if arn and arn.account else api.account
            except Unseen:
                continue
            if account is None:
                continue
            thing = Thing(account, card.service, id, api.region, parameters, card.patches)
            if thing.can_be_found:
                yield _Suspicion(thing, tuple(event for event in card.events if thing.may_have(event)))


def _each_of(value: Any) -> tuple[str, ...]:
    """What a fact or a remedy names: one thing, several joined by commas, or a list of them."""
    if value is None:
        return ()
    named = value if isinstance(value, (list, tuple)) else str(value).split(", ")
    return tuple(str(each) for each in named if each)


def _lookups(suspected: Sequence[_Suspicion]) -> list[Read]:
    return [lookup for suspicion in suspected for lookup in suspicion.lookups]


def _start(suspicions: Sequence[Sequence[_Suspicion]], most: int) -> set[Read]:
    """Starts the lookups of as many findings as the bounds allow, all at once; those of one finding all or none."""
    started: set[Read] = set()
    for suspected in suspicions:
        if len(started.union(_lookups(suspected))) <= most:
            started.update(_lookups(suspected))
            for suspicion in suspected:
                suspicion.thing.account.expect(*suspicion.lookups)
    return started


def _with_change(finding: Finding, suspected: Sequence[_Suspicion], before: datetime | None) -> Finding:
    try:
        changes = [suspicion.thing.newest(suspicion.events, before) for suspicion in suspected]
    except Unseen:
        return finding
    change = max(filter(None, changes), key=lambda change: change.at, default=None)
    if change is None:
        return finding
    return replace(
        finding,
        facts={**finding.facts, **_facts(change)},
        evidence=tuple(dict.fromkeys((*finding.evidence, change.evidence))),
    )


def _facts(change: Change) -> dict[str, str]:
    facts = {
        "changed_at": change.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "changed_by": change.by,
        "changed_event": change.event,
    }
    return facts | ({"changed_via": change.via} if change.via else {})
