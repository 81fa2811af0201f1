"""`kintsugi serve`: the bot in Slack."""

from contextlib import ExitStack, closing
from importlib.metadata import version
from typing import Annotated

import typer

from bot.commands.options import Status, fail, settings_or_fail
from bot.logs import log_for_operators
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
    log_for_operators(settings.log, settings.log_level)

    from bot.aws.accounts_file import BadAccountsFile
    from bot.library import BadContent
    from bot.metrics import Metrics
    from bot.report.symptoms import BadSymptom
    from bot.slack.app import serve as serve_slack
    from bot.slack.cannot_serve import CannotServe
    from bot.slack.http import Http
    from bot.slack.incoming.lasting import FORM
    from bot.slack.socket_mode import SocketMode
    from bot.slack.status import Readiness, StatusPages, serve_status, status_address
    from bot.slack.webserver import address_of
    from bot.storage import open_storage, swept
    from bot.store.store import CannotOpen
    from bot.store.whereabouts import StoredWhereabouts
    from bot.workshop import make_troubleshooter

    address = address_of(http) if http is not None else None
    if http is not None and address is None:
        fail(f"--http takes HOST:PORT, like 127.0.0.1:3000, [::1]:3000 or :3000; {http!r} is none", Status.USAGE)
    metrics, readiness = Metrics(version("kintsugi")), Readiness()
    try:
        transport = Http(settings, address, readiness.is_ready) if address else SocketMode(settings)
        told_at = status_address(settings)
        with ExitStack() as opened:
            if told_at:
                opened.callback(serve_status(told_at, StatusPages(metrics.page, readiness)).stop)
            storage = opened.enter_context(closing(open_storage(settings, FORM)))
            opened.enter_context(swept(storage.store))
            whereabouts = StoredWhereabouts(storage.store)
            troubleshooter = make_troubleshooter(settings, whereabouts=whereabouts, telemetry=metrics)
            serve_slack(
                settings,
                troubleshooter,
                troubleshooter.writer,
                storage,
                transport,
                metrics,
                readiness,
                watch=lambda backlog: metrics.watch(backlog.owed, backlog.busy, readiness.is_ready),
            )
    except (BadAccountsFile, BadContent, BadSettings, BadSymptom, CannotOpen, CannotServe) as error:
        fail(str(error))
