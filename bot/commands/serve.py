"""`kintsugi serve`: the bot in Slack."""

from contextlib import closing
from typing import Annotated

import typer

from bot.commands.options import Status, fail, settings_or_fail
from bot.logs import log_to_standard_error
from bot.settings import BadSettings


def serve(
    http: Annotated[
        str | None,
        typer.Option(
            "--http",
            metavar="HOST:PORT",
            help="Listen here for what Slack sends to a public address, instead of connecting by Socket Mode.",
        ),
    ] = None,
) -> None:
    """Run the Slack bot until it is told to stop."""
    settings = settings_or_fail()
    log_to_standard_error(with_tracebacks=True)

    from bot.aws.accounts_file import BadAccountsFile
    from bot.library import BadContent
    from bot.report.symptoms import BadSymptom
    from bot.slack.app import serve as serve_slack
    from bot.slack.cannot_serve import CannotServe
    from bot.slack.http import Http
    from bot.slack.socket_mode import SocketMode
    from bot.slack.webserver import address_of
    from bot.store.sqlite import SqliteStore
    from bot.store.store import CannotOpen
    from bot.workshop import make_troubleshooter

    address = address_of(http) if http is not None else None
    if http is not None and address is None:
        fail(f"--http takes HOST:PORT, like 127.0.0.1:3000, [::1]:3000 or :3000; {http!r} is none", Status.USAGE)
    try:
        transport = Http(settings, address) if address else SocketMode(settings)
        troubleshooter = make_troubleshooter(settings)
        with closing(SqliteStore(settings.store_file)) as store:
            serve_slack(settings, troubleshooter, troubleshooter.writer, store, transport)
    except (BadAccountsFile, BadContent, BadSettings, BadSymptom, CannotOpen, CannotServe) as error:
        fail(str(error))
