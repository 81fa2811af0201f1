"""`kintsugi accounts`: whether the accounts file is right, and each account can be looked into."""

import json
from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.checks import all_well, document, line
from bot.commands.options import Status, fail, settings_or_fail

if TYPE_CHECKING:
    from bot.doctor.check import Check

_SCHEMA = 1
_SECONDS = 90.0
"""For how long all accounts together are tried."""

app = typer.Typer(help="The accounts file: check it, and every account that it names.", no_args_is_help=True)


class Listing(StrEnum):
    """How what was checked is printed."""

    TEXT = "text"
    JSON = "json"


@app.callback()
def _accounts() -> None:
    """Keeps `check` a command of its own name while it is the only one."""


@app.command()
def check(
    file: Annotated[
        Path | None, typer.Argument(help="The accounts file; that of KINTSUGI_ACCOUNTS if left out.")
    ] = None,
    offline: Annotated[bool, typer.Option("--offline", help="Only read the file; ask nothing of AWS.")] = False,
    form: Annotated[Listing, typer.Option("--format", help="How it is printed.")] = Listing.TEXT,
) -> None:
    """Check the accounts file, enter each account and read a little in each region; ends with 1 unless all is well."""
    settings = settings_or_fail()
    path = file or settings.accounts
    if path is None:
        fail("name an accounts file, or set KINTSUGI_ACCOUNTS", Status.USAGE)

    from bot.aws.accounts_file import BadAccountsFile
    from bot.doctor.accounts import called, enter_each
    from bot.doctor.check import ok
    from bot.doctor.examination import AWS_ACCOUNTS
    from bot.workshop import make_accounts, read_accounts

    settings = replace(settings, accounts=path)
    try:
        read = read_accounts(settings)
    except BadAccountsFile as error:
        if form is Listing.JSON:
            typer.echo(_json(path, error.faults, ()))
        fail(str(error))
    _, entries = read
    if offline:
        checks = [ok(AWS_ACCOUNTS, "is written as it should be", called(entry)) for entry in entries]
    else:
        checks = list(enter_each(make_accounts(settings, file=read), entries, _SECONDS))
    if form is Listing.JSON:
        typer.echo(_json(path, (), checks))
    else:
        for check in checks:
            typer.echo(line(check))
    if not all_well(checks):
        raise typer.Exit(Status.NOT_DIAGNOSED)


def _json(path: Path, faults: Sequence[str], checks: "Sequence[Check]") -> str:
    # ASCII: nothing that a name or AWS says can do anything to a terminal.
    told = {"file": str(path), "faults": list(faults), "checks": [document(check) for check in checks]}
    return json.dumps({"schema": _SCHEMA, "well": all_well(checks), **told}, indent=2)
