"""What finds the answers in the processes of these tests: at once, and always the same."""

from bot.model import Asker, Diagnosis, Place, Question, Reply
from tests.slack.engine import WRITER, a_broken, broken

WITH_FILES = "broken"
"""Where this is in a question, its answer has these files beside it; all others find that nothing is broken."""
FILES = ["answer.md", "thing_broken.yaml"]


class Finder:
    """Answers every question at once."""

    def answer(self, question: Question, watch: object = None) -> Reply:
        findings = (a_broken("orders", remedy={"size": 12_000}),) if WITH_FILES in question.pasted else ()
        return WRITER.reply(broken(findings=findings), question.locale)

    def subject_of(self, question: Question) -> str | None:
        return None

    def understands(self, *texts: str) -> bool:
        return any("error" in text for text in texts)

    def lets_in(self, asker: Asker) -> bool:
        return True

    def may_see_all(self, asker: Asker, diagnosis: Diagnosis) -> bool:
        return True

    def places(self, asker: Asker | None = None) -> tuple[Place, ...]:
        return (Place("123456789012", True, "eu-west-1"),)

    def regions(self) -> tuple[str, ...]:
        return ("eu-west-1",)
