"""`kintsugi inbox`: what is owed to somebody, what failed, and how to have it tried anew."""

import json
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.commands.options import fail, on_one_line, settings_or_fail

if TYPE_CHECKING:
    from bot.inbox.inbox import Inbox, Owed
    from bot.settings import Settings

_SCHEMA = 1
_COLUMNS = ("id", "stage", "kind", "person", "channel", "since", "attempts", "why")
app = typer.Typer(help="What was asked and is not answered, and what failed.", no_args_is_help=True)


class InboxForm(StrEnum):
    """How the inbox is printed."""

    TEXT = "text"
    JSON = "json"


_Form = Annotated[InboxForm, typer.Option("--format", help="How it is printed.")]
_Id = Annotated[str, typer.Argument(metavar="ID", help="The id, or as much of its beginning as no other has.")]


@app.command("list")
def list_(form: _Form = InboxForm.TEXT) -> None:
    """List what is owed and what failed within the last week, the oldest first."""
    with _inbox(settings_or_fail()) as inbox:
        owed = inbox.owed()
    if form is InboxForm.JSON:
        _print_json({"owed": [_document(each) for each in owed]})
    elif not owed:
        typer.echo("nothing is owed, and nothing failed")
    else:
        for line in _table([_COLUMNS, *map(_row, owed)]):
            typer.echo(line)


@app.command()
def show(id: _Id, form: _Form = InboxForm.TEXT) -> None:
    """Show one thing: what is noted of it and, where SLACK_BOT_TOKEN is set, what was asked, without secrets."""
    from bot.report.redact import redact

    settings = settings_or_fail()
    with _inbox(settings) as inbox:
        found = inbox.find(_one(inbox, id).id)
    if found is None:
        fail(f"{id} has just been answered")
    owed, item, note = found
    asked, why_not = _asked(settings, item.body)
    note, asked = redact(note)[0], None if asked is None else redact(asked)[0]
    if form is InboxForm.JSON:
        _print_json(_document(owed) | {"form": item.form, "note": note, "asked": asked, "not_opened": why_not})
        return
    for name, value in {**_document(owed), "form": item.form, "note": note}.items():
        typer.echo(on_one_line(f"{name}: {'' if value is None else value}"))
    typer.echo(f"\n{why_not or 'What was asked:'}")
    for line in (asked or "").splitlines():
        typer.echo(f"  {on_one_line(line)}".rstrip())


@app.command()
def retry(id: _Id) -> None:
    """Have something that failed tried anew."""
    with _inbox(settings_or_fail()) as inbox:
        owed = _one(inbox, id)
        if not inbox.retry(owed.id):
            fail(f"{owed.id} has not failed, it is {owed.stage}: the bot sees to it without being told")
    typer.echo(
        f"{owed.id} begins anew, with no attempts. A bot that runs on this store takes it up within seconds, otherwise "
        f"the next one that starts, and answers {owed.person} where it was asked."
    )


@contextmanager
def _inbox(settings: "Settings") -> "Iterator[Inbox]":
    """The inbox of the store there is; what keeps it from being used ends the command."""
    from bot.settings import BadSettings
    from bot.storage import open_existing
    from bot.store.store import StoreFails

    try:
        with closing(open_existing(settings)) as storage:
            yield storage.inbox
    except (BadSettings, StoreFails, OSError) as error:
        fail(str(error))


def _one(inbox: "Inbox", beginning: str) -> "Owed":
    """The one whose id begins like that; where there is none, or several, the command ends."""
    found = [owed for owed in inbox.owed() if owed.id.startswith(beginning)]
    if not found:
        fail(f"nothing in the inbox has an id that begins with {beginning!r}; kintsugi inbox list shows what there is")
    if len(found) > 1:
        fail(f"{len(found)} ids begin with {beginning!r}, give more of it: {', '.join(owed.id for owed in found[:5])}")
    return found[0]


def _asked(settings: "Settings", body: str) -> tuple[str | None, str]:
    """What somebody asked for; or None, and why it cannot be read."""
    if settings.slack_bot_token is None:
        return None, "What was asked is sealed: set SLACK_BOT_TOKEN to the bot's token to read it."
    from bot.inbox.sealed import Seal, Unsealable
    from bot.slack.incoming.entrances import Asked, Commented
    from bot.slack.incoming.lasting import Unreadable, read

    try:
        entrance = read(Seal(settings.slack_bot_token.reveal()).open(body))
    except (Unsealable, Unreadable) as error:
        return None, f"What was asked cannot be read: {error}."
    match entrance:
        case Asked():
            return entrance.pasted, ""
        case Commented():
            return entrance.comment, ""
        case _:
            return f"(pressed {entrance.action})", ""


def _document(owed: "Owed") -> dict[str, Any]:
    return asdict(owed) | {"arrived": _moment(owed.arrived)}


def _print_json(document: dict[str, Any]) -> None:
    # ASCII: nothing that was pasted can do anything to a terminal.
    typer.echo(json.dumps({"schema": _SCHEMA, **document}, indent=2))


def _row(owed: "Owed") -> Sequence[str]:
    stage = f"{owed.stage}, in work" if owed.is_leased else str(owed.stage)
    since = _moment(owed.arrived)
    return owed.id[:12], stage, owed.kind, owed.person, owed.channel or "-", since, str(owed.attempts), owed.why


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    rows = [[on_one_line(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
