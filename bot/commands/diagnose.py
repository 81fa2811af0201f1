"""`kintsugi diagnose`: what somebody would paste, looked into and answered."""

import os
import secrets
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.commands.options import Form, Status, fail, language_or_fail, pasted_or_fail, settings_or_fail, timezone_of
from bot.model import Question, Reply, Verdict
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.reply.writer import Writer

_STATUS = {
    Verdict.FOUND: 0,
    Verdict.HEALTHY: 0,
    Verdict.UNKNOWN_SYMPTOM: Status.NOTHING_TO_DIAGNOSE,
    Verdict.NEED_TARGET: Status.TARGET_MISSING,
    Verdict.TARGET_NOT_FOUND: Status.TARGET_MISSING,
    Verdict.COULD_NOT_CHECK: Status.NOT_ALLOWED_TO_SEE,
}

Language = Annotated[str | None, typer.Option("--lang", help="Language of the reply: en, ja, zh_TW or es.")]
Format = Annotated[Form, typer.Option("--format", help="How the reply is printed.")]


def diagnose(
    text: Annotated[str | None, typer.Argument(help="An error, a log, a URL, an ARN, an API ID; - for stdin.")] = None,
    lang: Language = None,
    region: Annotated[str | None, typer.Option(help="Where to look for what the text does not place.")] = None,
    stage: Annotated[str | None, typer.Option(help="The stage asked about, if the text names none.")] = None,
    form: Format = Form.TEXT,
    accounts: Annotated[Path | None, typer.Option(help="The accounts file.")] = None,
) -> None:
    """Find the cause of an API Gateway error in your AWS account, read-only."""
    settings = settings_or_fail()
    language = language_or_fail(lang, settings)
    pasted = pasted_or_fail(text)

    from bot.audit import seen
    from bot.aws.accounts_file import BadAccountsFile
    from bot.diagnosis import CannotDiagnose
    from bot.library import BadContent
    from bot.report.symptoms import BadSymptom
    from bot.workshop import make_troubleshooter

    if accounts is not None:
        settings = replace(settings, accounts=accounts)
    try:
        troubleshooter = make_troubleshooter(settings)
    except (BadAccountsFile, BadContent, BadSymptom) as error:
        fail(str(error), Status.USAGE if isinstance(error, BadAccountsFile) else Status.NOT_DIAGNOSED)
    began = time.monotonic()
    try:
        reply = troubleshooter.answer(Question(pasted, language, region, stage, timezone_of(settings)))
    except CannotDiagnose as error:
        named = troubleshooter.reader.read(pasted).ids
        _audit(settings, began, language, outcome="cannot_diagnose", told={"api": named.get("api_id")})
        fail(str(error))
    _audit(settings, began, language, outcome="answered", told=seen(reply.diagnosis))
    show(reply, troubleshooter.writer, form)
    raise typer.Exit(_STATUS[reply.diagnosis.verdict])


def _audit(settings: Settings, began: float, language: str, outcome: str, told: Mapping[str, Any]) -> None:
    """Writes an audit line, if it is set where. `told` are more of the fields of `bot.audit.Ended`."""
    if settings.audit is None:
        return
    from bot.audit import AuditLog, Ended

    AuditLog(settings.audit).write(
        Ended(
            question=secrets.token_hex(16),
            outcome=outcome,
            way="command_line",
            person=f"uid:{os.getuid()}",
            language=language,
            milliseconds=int((time.monotonic() - began) * 1_000),
            **told,
        )
    )


def show(reply: Reply, writer: "Writer", form: Form) -> None:
    """Prints a reply on standard output."""
    if form is Form.JSON:
        from bot.reply.json_form import diagnosis_object, printable_json

        typer.echo(printable_json(diagnosis_object(reply)))
        return
    if form is Form.SLACK:
        from bot.reply.json_form import printable_json
        from bot.slack.outgoing.controls import preview

        typer.echo(printable_json(preview(reply, writer), indent=2))
        return
    from bot.reply.document import markdown

    document = markdown(reply, writer.words("reply", reply.locale))
    if form is Form.MARKDOWN:
        typer.echo(document, nl=False)
    else:
        from bot.commands.terminal import print_document

        print_document(document)
