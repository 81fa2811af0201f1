"""`kintsugi doctor`: whether the installation is sound, one line a check."""

import json
from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.commands.checks import all_well, document, line
from bot.commands.manifest import base_or_fail
from bot.commands.options import Status, fail, on_one_line
from bot.settings import BadSettings, read_settings

if TYPE_CHECKING:
    from bot.doctor.check import Check

_SCHEMA = 1


class DoctorForm(StrEnum):
    """How what was checked is printed."""

    TEXT = "text"
    JSON = "json"


def doctor(
    form: Annotated[DoctorForm, typer.Option("--format", help="How it is printed.")] = DoctorForm.TEXT,
    http: Annotated[
        str | None,
        typer.Option(
            "--http", metavar="URL", help="Slack calls the bot at this public https:// address, not by Socket Mode."
        ),
    ] = None,
    skip: Annotated[
        list[str] | None,
        typer.Option(
            "--skip", metavar="NAME", help="Leave out a check, like slack.manifest, or a group of them, like slack."
        ),
    ] = None,
) -> None:
    """Check the installation: settings, Slack, AWS, store and content; ends with 0 only if all is well."""
    from bot.doctor.examination import GROUPS, NAMES, Examination, without_settings

    skipped = tuple(skip or ())
    for name in skipped:
        if name not in (*GROUPS, *NAMES):
            known = ", ".join(dict.fromkeys((*GROUPS, *NAMES)))
            fail(f"--skip takes one of {known}; {name!r} is none", Status.USAGE)
    url = base_or_fail(http) if http is not None else None
    try:
        settings = read_settings()
    except BadSettings as error:
        checks: Sequence[Check] = tuple(without_settings(error, skipped))
    else:
        checks = tuple(Examination(settings, url, skipped).checks())
    if form is DoctorForm.JSON:
        typer.echo(json.dumps(_document(checks, skipped), indent=2))
    else:
        for check in checks:
            typer.echo(line(check))
        typer.echo(_summary(checks, skipped), err=True)
    if not all_well(checks):
        raise typer.Exit(Status.NOT_DIAGNOSED)


def _summary(checks: "Sequence[Check]", skipped: Sequence[str]) -> str:
    counted = Counter(check.outcome for check in checks)
    told = ", ".join(f"{count} {outcome.replace('_', ' ')}" for outcome, count in sorted(counted.items()))
    return on_one_line(f"kintsugi: {told}" + (f"; left out: {', '.join(skipped)}" if skipped else ""))


def _document(checks: "Sequence[Check]", skipped: Sequence[str]) -> dict[str, Any]:
    return {
        "schema": _SCHEMA,
        "well": all_well(checks),
        "skipped": list(skipped),
        "checks": [document(check) for check in checks],
    }
