"""Which playbooks to try: those that answer a symptom the text shows; all of the target's kind for a check-up. Pure."""

from collections.abc import Sequence

from bot.model import Report, TargetKind
from bot.playbook import Plan, Playbook

_NO_ERROR = "no-error-log"
"""A log that shows no failure leaves nothing to trace: such a question is a check-up."""


def triage(report: Report, playbooks: Sequence[Playbook], kind: TargetKind) -> Plan:
    """Every playbook of the kind is to be tried where the text shows nothing that any of them answers."""
    of_kind = [playbook for playbook in playbooks if playbook.card.target == kind]
    shown = [sighting.symptom for sighting in report.symptoms if sighting.symptom != _NO_ERROR]
    answering = {
        playbook.name: playbook for symptom in shown for playbook in of_kind if symptom in playbook.card.answers
    }
    if not answering:
        return Plan(tuple(of_kind))
    answering |= {playbook.name: playbook for playbook in of_kind if set(shown) & set(playbook.card.accompanies)}
    others = (playbook for playbook in of_kind if playbook.name not in answering)
    return Plan(tuple(answering.values()), tuple(others))


def unanswered_symptom(report: Report, playbooks: Sequence[Playbook], *, is_explained: bool = False) -> str | None:
    """The best symptom of a text none of whose symptoms any playbook answers; None where one does, or there is none.

    One that a playbook only accompanies is answered where a cause was found for it (`is_explained`).
    """
    answered = {
        symptom
        for playbook in playbooks
        for symptom in (playbook.card.symptoms if is_explained else playbook.card.answers)
    }
    shown = [sighting.symptom for sighting in report.symptoms]
    return None if not shown or answered & set(shown) else shown[0]
