"""Answers of two moments mixed: one read as it was before a mend, or already after it, all others the other way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.aws.account import Read, Result, Source
from bot.model import Diagnosis, Question, Verdict
from bot.troubleshooter import Troubleshooter
from tests.conftest import Troubleshoot
from tests.scenarios.closing import Doors, question_of, wordless
from tests.scenarios.scenario import Case

_BETWEEN = {
    "change_not_deployed": None,
    "integration_permission_missing": "caller_credentials_passthrough",
    "stage_missing": "never_deployed",
    "logging_role_missing": "execution_logging_off",
    "logging_role_not_assumable": "execution_logging_off",
}
"""Causes of an account between two commands of a mend, by what is mended (None is anything that is then deployed).

Such a mixture is one account that can be, in which no answer contradicts another (docs/decisions/0028).
"""


@dataclass
class Mixture:
    """A broken account as a question saw it; `check` is called when the account is mended."""

    before: dict[Read, Result]
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
        return cls(dict(doors.told), doors, bot, question, broken)

    def check(self) -> None:
        """Whichever answer is late, or early: the old cause, healthy, could not check, or what lies between."""
        self.doors.told.clear()
        self.bot.answer(self.question)
        for changed, told in self._mixed():
            self.doors.instead = told
            mixed = self.bot.answer(self.question).diagnosis
            known = {finding.cause for finding in (*self.broken.findings, *self.broken.advice)}
            third = [each.cause for each in mixed.findings if each.cause not in known]
            assert all(cause in _BETWEEN and _BETWEEN[cause] in (None, *known) for cause in third), changed
            verdicts = {self.broken.verdict, Verdict.HEALTHY, Verdict.COULD_NOT_CHECK}
            assert third or mixed.verdict in verdicts, changed

    def _mixed(self) -> Iterator[tuple[Read, dict[Read, Result]]]:
        before = self.before
        changed = [read for read, result in before.items() if self.doors(read).body != result.body]
        for read in changed:
            yield read, {read: before[read]}
            if len(changed) > 1:
                yield read, {each: before[each] for each in changed if each != read}
