"""Answers of two moments mixed: one read as it was before a mend, or already after it, all others the other way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.aws.account import Read, Source
from bot.model import Diagnosis, Question, Verdict
from bot.troubleshooter import Troubleshooter
from tests.conftest import Troubleshoot
from tests.scenarios.closing import Doors, question_of, wordless
from tests.scenarios.scenario import Case


@dataclass
class Mixture:
    """A broken account as a question saw it; `check` is called when the account is mended."""

    live: Source
    before: Doors
    doors: Doors
    bot: Troubleshooter
    question: Question
    broken: Diagnosis

    @classmethod
    def of(cls, case: Case, troubleshooter: Troubleshoot, live: Source) -> Mixture:
        """Asks the case's question, and remembers each answer."""
        doors = Doors(live)
        bot, question = wordless(troubleshooter(case.accounts, doors)), question_of(case)
        broken = bot.answer(question).diagnosis
        return cls(live, Doors(live, told=dict(doors.told)), doors, bot, question, broken)

    def check(self) -> None:
        """Whichever answer is late, or early: the old cause, healthy, or could not check, and never a third cause."""
        self.doors.told.clear()
        self.bot.answer(self.question)
        for changed, told in self._mixed():
            self.doors.instead = told
            mixed = self.bot.answer(self.question).diagnosis
            assert mixed.verdict in (self.broken.verdict, Verdict.HEALTHY, Verdict.COULD_NOT_CHECK), changed
            assert _causes(mixed) <= _causes(self.broken), changed

    def _mixed(self) -> Iterator[tuple[Read, dict[Read, object]]]:
        before = self.before.told
        changed = [read for read, result in before.items() if self.doors(read).body != result.body]
        for read in changed:
            yield read, {read: before[read]}
            if len(changed) > 1:
                yield read, {each: before[each] for each in changed if each != read}


def _causes(diagnosis: Diagnosis) -> set[str]:
    return {finding.cause for finding in diagnosis.findings}
