"""`kintsugi playbooks`: the shelf of playbooks: list, show, check and begin one."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.options import Status, fail, on_one_line, settings_or_fail

if TYPE_CHECKING:
    from bot.playbook import Playbook

app = typer.Typer(
    help="The playbooks: list them, read one, check a folder of them, begin a new one.", no_args_is_help=True
)


@app.command("list")
def list_playbooks() -> None:
    """List every playbook with the sentence that opens it."""
    for playbook in _playbooks():
        typer.echo(on_one_line(f"{playbook.name}: {playbook.summary}"))


@app.command()
def show(name: Annotated[str, typer.Argument(help="A name that 'list' prints.")]) -> None:
    """Show a playbook: what it answers, and which causes it knows."""
    found = {playbook.name: playbook for playbook in _playbooks()}
    if name not in found:
        fail(f"there is no playbook {name!r}; 'kintsugi playbooks list' names them all", Status.USAGE)
    playbook = found[name]
    typer.echo(f"{playbook.name}\n{playbook.summary}\n\nTarget: {playbook.card.target}\n\nAnswers:")
    for symptom in playbook.card.symptoms:
        typer.echo(f"  {symptom}")
    typer.echo("\nCauses:")
    for cause in playbook.card.causes:
        typer.echo(f"  {cause}{' (advice)' if cause in playbook.card.advice else ''}")
    pages = dict.fromkeys(url for fix in playbook.card.fixes.values() for url in fix.references)
    typer.echo("\nRests on:")
    for url in pages:
        typer.echo(f"  {url}")


@app.command()
def check(
    folder: Annotated[Path | None, typer.Argument(help="A content folder; ours if left out.")] = None,
) -> None:
    """Check a content folder, running its code, as our own tests check ours; ends with 1 if there is a fault."""
    from bot.check import check_folder

    folders = [folder] if folder else list(settings_or_fail().content_folders)
    faults = [fault for each in folders for fault in check_folder(each)]
    for fault in faults:
        typer.echo(on_one_line(fault))
    if faults:
        fail(f"{len(faults)} to mend")
    typer.echo("All in order.")


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="lower_case_with_underscores, what is seen rather than why.")],
    folder: Annotated[Path, typer.Option(help="The content folder to begin it in.")] = Path(),
) -> None:
    """Begin a playbook: a folder that 'check' accepts, with one cause and its fix to make your own."""
    from bot.check import BadName, begin_playbook

    try:
        made = begin_playbook(folder, name)
    except (BadName, OSError) as error:
        fail(str(error), Status.USAGE)
    for file in made:
        typer.echo(file)


def _playbooks() -> "tuple[Playbook, ...]":
    from bot.library import BadContent, read_playbooks

    try:
        return read_playbooks(settings_or_fail().content_folders)
    except BadContent as error:
        fail(str(error))
