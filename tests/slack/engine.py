"""What an engine finds where a test says so: things that are broken, of a playbook made up, and words for them."""

from dataclasses import replace
from pathlib import Path

from bot.model import Candidate, Verdict
from bot.playbook import Playbook
from bot.reply.writer import Writer
from tests.playbooks_made_up import PAGE, a_card
from tests.slack.replies import TARGET, a_diagnosis, a_finding

_CARD = a_card(causes={"thing_broken": "thing"}, fixes={"thing": {"references": [PAGE], "cloudformation": "deploy"}})
PLAYBOOK = Playbook("made_up", "A thing is broken.", Path(__file__).with_name("made_up"), _CARD, lambda api: iter(()))
WRITER = Writer([PLAYBOOK], [Path(__file__).parents[2] / "locales"])


def a_broken(thing, **changes):
    """The finding that a thing is broken. `remedy={"size": n}` makes its command that much longer."""
    finding = a_finding(cause="thing_broken", fix="thing", facts={"thing_id": thing}, playbook=PLAYBOOK.name)
    return replace(finding, **changes)


def broken(*things, **changes):
    """That these things are broken, and no others; healthy without any."""
    known = {"findings": tuple(map(a_broken, things)), "examined": (PLAYBOOK.name,)} | changes
    verdict = Verdict.FOUND if known["findings"] else Verdict.HEALTHY
    return a_diagnosis(**{"verdict": verdict} | known)


def undecided(number=3, **changes):
    """That it could be one of so many APIs."""
    targets = [replace(TARGET, id=f"api000000{number}", stage=None, method=None, path=None) for number in range(number)]
    candidates = tuple(Candidate(target, f"name of {target.id}") for target in targets)
    known = {"verdict": Verdict.NEED_TARGET, "target": None, "candidates": candidates}
    return a_diagnosis(**known | changes)


def finds(diagnosis):
    """For `stub.answers`: the diagnosis, in the words of whichever language is asked for."""
    return lambda locale, summary: WRITER.reply(diagnosis, locale)
