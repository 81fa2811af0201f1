"""`kintsugi accounts`: whether the accounts file is right, and each account can be looked into."""

import json
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.options import Status, fail, on_one_line, settings_or_fail
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.aws.accounts_check import Checked
    from bot.aws.accounts_file import AccountEntry

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

    from bot.aws.accounts import CannotEnter
    from bot.aws.accounts_check import Checked, State
    from bot.aws.accounts_file import BadAccountsFile, read_accounts_file

    try:
        entries = read_accounts_file(path)
        if offline:
            checked = [Checked(entry, State.OK, "is written as it should be") for entry in entries]
        else:
            checked = _tried(replace(settings, accounts=path), entries)
    except BadAccountsFile as error:
        if form is Listing.JSON:
            typer.echo(json.dumps({"file": str(path), "faults": list(error.faults), "accounts": []}))
        fail(str(error))
    except CannotEnter as error:
        fail(str(error))
    for line in _lines(path, checked, form):
        typer.echo(line)
    if any(each.state is not State.OK for each in checked):
        raise typer.Exit(Status.NOT_DIAGNOSED)


def _tried(settings: Settings, entries: "Sequence[AccountEntry]") -> "list[Checked]":
    from bot.aws.accounts_check import check_accounts
    from bot.workshop import make_accounts

    accounts = make_accounts(settings)
    with closing(accounts.inquiry(_SECONDS)) as inquiry:
        return list(check_accounts(accounts, entries, inquiry))


def _lines(path: Path, checked: "Sequence[Checked]", form: Listing) -> list[str]:
    if form is Listing.JSON:
        accounts = [
            {"name": each.entry.called, "id": each.entry.id, "state": str(each.state), "message": each.said}
            for each in checked
        ]
        return [json.dumps({"file": str(path), "faults": [], "accounts": accounts}, ensure_ascii=False)]
    return [
        f"{each.state.replace('_', ' '):<15}  " + on_one_line(f"{each.entry.called} ({each.entry.id}): {each.said}")
        for each in checked
    ]
