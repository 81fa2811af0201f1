"""Which playbooks to try: those that answer a symptom the text shows; all of the target's kind for a check-up. Pure."""

from collections.abc import Sequence

from bot.model import Report, TargetKind
from bot.playbook import Playbook


def triage(report: Report, playbooks: Sequence[Playbook], kind: TargetKind) -> tuple[Playbook, ...]:
    """The playbooks to try, best symptom first; every one of the kind where the text shows nothing they answer."""
    of_kind = [playbook for playbook in playbooks if playbook.card.target == kind]
    shown = [sighting.symptom for sighting in report.symptoms]
    answering = [playbook for symptom in shown for playbook in of_kind if symptom in playbook.card.answers]
    return tuple({playbook.name: playbook for playbook in answering or of_kind}.values())


def unanswered_symptom(report: Report, playbooks: Sequence[Playbook]) -> str | None:
    """The best symptom of a text none of whose symptoms any playbook answers; None where one does, or there is none."""
    answered = {symptom for playbook in playbooks for symptom in playbook.card.answers}
    shown = [sighting.symptom for sighting in report.symptoms]
    return None if not shown or answered & set(shown) else shown[0]
