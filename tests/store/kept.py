"""An answer written again from what was kept of its diagnosis."""

from __future__ import annotations

from typing import Any

from bot.model import Diagnosis
from bot.reply.document import markdown
from bot.reply.json_form import diagnosis_object
from bot.reply.writer import Writer
from bot.slack.outgoing.controls import preview
from bot.store.diagnosis_text import read, written


def shown(diagnosis: Diagnosis, writer: Writer, language: str) -> dict[str, Any]:
    """The answer in every form in which people and programs get it."""
    reply = writer.reply(diagnosis, language)
    return {
        "mends": [mend.fix for mend in (*reply.findings, *reply.advice)],
        "markdown": markdown(reply, writer.words("reply", language), with_evidence=True),
        "json": diagnosis_object(reply),
        "slack": preview(reply, writer),
    }


def shown_again(diagnosis: Diagnosis, writer: Writer, language: str) -> dict[str, Any]:
    """The same, after the diagnosis was written and read."""
    return shown(read(written(diagnosis)), writer, language)
