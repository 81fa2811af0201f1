"""The command line: the commands of the public contract, each of which lives in a module of `bot.commands`."""

import os
import sys
from types import TracebackType
from typing import Annotated

import typer

from bot.commands import accounts, demo, diagnose, doctor, feedback, inbox, manifest, playbooks, policy, read, serve
from bot.logs import log_to_standard_error
from bot.reply.visible import visible
from bot.report.redact import redact

app = typer.Typer(
    name="kintsugi",
    help="Paste an AWS API Gateway error, get its cause and a fix. Reads your account, never writes to it.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)
app.command("demo")(demo.demo)
app.command("diagnose")(diagnose.diagnose)
app.command("read")(read.read)
app.command("serve")(serve.serve)
app.command("doctor")(doctor.doctor)
app.command("feedback")(feedback.feedback)
app.command("policy")(policy.policy)
app.command("manifest")(manifest.manifest)
app.add_typer(inbox.app, name="inbox")
app.add_typer(playbooks.app, name="playbooks")
app.add_typer(accounts.app, name="accounts")


def _show_version(is_asked: bool) -> None:
    if is_asked:
        from importlib.metadata import version

        typer.echo(f"kintsugi {version('kintsugi')}")
        raise typer.Exit


@app.callback()
def _before_any_command(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an unexpected error.")] = False,
    _: Annotated[
        bool, typer.Option("--version", help="Show the version and exit.", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    log_to_standard_error(with_tracebacks=debug)
    if not debug:
        sys.excepthook = _one_sentence


def _one_sentence(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
    """What a person sees of a fault of the bot; Python itself then ends with status 1."""
    told, _ = redact(f"{kind.__name__}: {error}")
    typer.echo(
        f"kintsugi: an unexpected error ({visible(told)}). Run again with --debug before the command, "
        "and report it with what that prints.",
        err=True,
    )


def main() -> None:
    """The entry point of `kintsugi` and of `python -m bot`."""
    try:
        app()
    except SystemExit as end:
        # Reads that outlived the deadline run on threads that Python would wait for, long after the answer is out.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(end.code if isinstance(end.code, int) else int(end.code is not None))
