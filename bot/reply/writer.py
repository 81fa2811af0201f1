"""Writes the reply: every finding with its fix, and one or two sentences that say what it all amounts to."""

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import TemplateError

from bot.model import (
    REDACTED,
    Certainty,
    Diagnosis,
    Finding,
    Fix,
    Hint,
    Mend,
    Reply,
    UnseenRead,
    UnseenReason,
    Verdict,
)
from bot.playbook import Playbook
from bot.reply.fences import pieces
from bot.reply.locales import DOCUMENTATION, load_catalog
from bot.reply.shell_words import NotForAShell
from bot.reply.templates import Templates, Words
from bot.reply.yaml_values import NotForATemplate

_ENGINE_WORDS = Path(__file__).parent / "words"
log = logging.getLogger(__name__)
_BROKEN_TEMPLATE = (TemplateError, LookupError, TypeError, ValueError, AttributeError)
_MOST_METHODS_NAMED = 6
_AFTER_FULL_WIDTH = re.compile(r"(?<=[。，：；！？]) ")
_STEP = re.compile(r"^\d+\.\s+", re.MULTILINE)


class Writer:
    """Puts diagnoses into words, with the playbooks' templates and the catalogs of the content folders."""

    def __init__(
        self,
        playbooks: Sequence[Playbook],
        catalogs: Sequence[Path],
        holds_secret: Callable[[str], bool] = lambda text: False,
    ) -> None:
        """Commands and templates of which `holds_secret` says so are withheld."""
        self._playbooks = {playbook.name: playbook for playbook in playbooks}
        self._holds_secret = holds_secret
        self._catalog = cache(lambda language: load_catalog(language, catalogs))
        self._templates: Callable[[Path, str], Templates] = cache(
            lambda folder, language: Templates([folder], self._catalog(language), language)
        )

    def words(self, name: str, language: str) -> Words:
        """The engine's own words: the blocks of `bot/reply/words/NAME.md.j2` in a language."""
        return self._templates(_ENGINE_WORDS, language).words(name)

    def reply(self, diagnosis: Diagnosis, language: str) -> Reply:
        """The whole answer. The order of findings and advice is the diagnosis' own."""
        values = {
            "diagnosis": diagnosis,
            "target": diagnosis.target,
            "ids": diagnosis.report.ids,
            "unsupported": _unsupported(diagnosis),
        }
        findings, unwritten = self._mends(diagnosis.findings, language)
        advice, unwritten_advice = self._mends(diagnosis.advice, language)
        if unwritten or unwritten_advice:
            lost = (*unwritten, *unwritten_advice)
            left = tuple(mend.finding for mend in findings)
            verdict = diagnosis.verdict if left or not unwritten else Verdict.COULD_NOT_CHECK
            diagnosis = replace(diagnosis, verdict=verdict, findings=left, unseen=(*diagnosis.unseen, *lost))
            values["diagnosis"] = diagnosis
        summary = self.words("summary", language).block(
            diagnosis.verdict, values | {"titles": [mend.fix.title for mend in findings]}
        )
        return Reply(language, _flowing(summary), diagnosis, findings, advice)

    def _mends(self, findings: Sequence[Finding], language: str) -> tuple[tuple[Mend, ...], tuple[UnseenRead, ...]]:
        """The findings with their fixes, and what stands for those with broken templates: one silences no other."""
        written: list[Mend] = []
        broken: list[UnseenRead] = []
        for finding in findings:
            try:
                written.append(self._mend(finding, language))
            except _BROKEN_TEMPLATE:
                log.exception("the fix %s of playbook %s is broken", finding.fix, finding.playbook)
                operation = f"playbook {finding.playbook}"
                broken.append(UnseenRead("", operation, "*", UnseenReason.FAILED, hint=Hint.BROKEN_PLAYBOOK))
        return tuple(written), tuple(broken)

    def _mend(self, finding: Finding, language: str) -> Mend:
        playbook = self._playbooks[finding.playbook]
        templates = self._templates(playbook.fixes, language)
        words = templates.words(finding.fix)
        values = dict(finding.remedy) | dict(finding.facts)
        if "methods" in values:
            values["methods"] = _some_of(str(values["methods"]))
        values |= {"cause": finding.cause, "account": finding.account, "region": finding.region}
        card = playbook.card.fixes[finding.fix]
        commands = card.commands or finding.fix
        withheld: dict[str, str] = {}

        def written(render: Callable[[str, Mapping[str, Any]], str | None], name: str, form: str) -> str | None:
            why = "withheld"
            try:
                text = render(name, values)
                if text is None or not (REDACTED in text or self._holds_secret(text)):
                    return text
                why = "secret"
            except (NotForAShell, NotForATemplate):
                pass
            withheld[form] = self.words("reply", language).block(f"{form}_{why}")
            return None

        cli = written(templates.shell, commands, "commands")
        rollback = written(templates.shell, f"{commands}.rollback", "rollback") if cli else None
        template = written(templates.yaml, commands, "template")

        def note(block: str, unless: str | None) -> str | None:
            return None if unless else words.block(block, values) or None

        return Mend(
            finding,
            Fix(
                title=words.block("title", values),
                why=_flowing(words.block("why", values)),
                steps=_steps(words.block("steps", values)),
                account=finding.account,
                region=finding.region,
                redeploy=bool(finding.remedy.get("redeploy", card.redeploy)) and cli is not None,
                references=tuple(DOCUMENTATION[language].localized(url) for url in card.references),
                cli=cli,
                cli_note=withheld.get("commands") or note("cli_note", unless=cli),
                cloudformation=template,
                cloudformation_use=card.cloudformation if template else None,
                cloudformation_note=withheld.get("template") or note("cloudformation_note", unless=template),
                rollback_cli=rollback,
                rollback_note=withheld.get("rollback") or note("rollback_note", unless=rollback),
                would_disprove=_would_disprove(finding, words, values),
            ),
        )


def _unsupported(diagnosis: Diagnosis) -> str | None:
    """The symptom that nothing here can trace yet, if that alone stands in the way."""
    reasons = {unseen.reason for unseen in diagnosis.unseen}
    only = reasons == {UnseenReason.NOT_SUPPORTED} and not any(unseen.hint for unseen in diagnosis.unseen)
    return diagnosis.unseen[0].operation if only else None


def _some_of(methods: str) -> str:
    """The first of many methods, as a sentence can hold them; `facts` name them all."""
    listed = methods.split(", ")
    few = listed[:_MOST_METHODS_NAMED]
    return methods if len(listed) == len(few) else f"{', '.join(few)}, … ({len(listed)})"


def _steps(numbered: str) -> tuple[str, ...]:
    steps: list[list[str]] = []
    for piece in pieces(numbered):
        continued, *begun = [piece.fenced] if piece.is_code else map(_flowing, _STEP.split(piece.text))
        if steps:
            steps[-1].append(continued)
        else:
            begun.insert(0, continued)
        steps += [[step] for step in begun if step]
    return tuple("\n\n".join(part for part in step if part) for step in steps)


def _flowing(text: str) -> str:
    """Sentences one after the other; where full-width punctuation parts them, no space does."""
    return _AFTER_FULL_WIDTH.sub("", " ".join(text.split()))


def _would_disprove(finding: Finding, words: Words, values: Mapping[str, Any]) -> str | None:
    if finding.certainty is Certainty.PROVEN:
        return None
    return words.block("would_disprove", values) or None
