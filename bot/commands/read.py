"""`kintsugi read`: what the bot understands of a paste, without asking AWS."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.options import Form, Status, fail, pasted_or_fail, settings_or_fail, text_or_fail

_ARGUMENT = "-"
_FILE_ENDINGS = frozenset({".txt", ".log", ".json", ".csv", ".md", ".gz"})


def read(
    sources: Annotated[
        list[str] | None, typer.Argument(metavar="[TEXT|-|FILE]...", help="Texts, files, or stdin.")
    ] = None,
    form: Annotated[Form, typer.Option("--format", help="text or json.")] = Form.TEXT,
) -> None:
    """Show what a paste says: its symptoms and what it names. Asks nothing of AWS."""
    if form not in (Form.TEXT, Form.JSON):
        fail("--format: this command prints text or json", Status.USAGE)
    settings = settings_or_fail()

    from bot.reply.json_form import printable_json, reading_object
    from bot.reply.visible import visible
    from bot.report.symptoms import BadSymptom
    from bot.workshop import make_reader

    try:
        reader = make_reader(settings)
    except BadSymptom as error:
        fail(str(error))
    for source, text in _texts(sources or []):
        reading = reading_object(source, reader.read(text))
        if form is Form.JSON:
            typer.echo(printable_json(reading))
            continue
        typer.echo(f"{visible(source)}: {reading['redacted']} secrets taken out")
        for symptom in reading["symptoms"]:
            typer.echo(f"  symptom  {symptom['symptom']}: {visible(symptom['matched'])}")
        for name, value in reading["ids"].items():
            typer.echo(f"  {name}  {visible(value)}")
        if not reading["symptoms"] and not reading["ids"]:
            typer.echo("  shows no known symptom and names nothing")


def _texts(sources: list[str]) -> Iterator[tuple[str, str]]:
    for source in sources or (None,):
        if source in (None, "-"):
            yield _ARGUMENT, pasted_or_fail(source)
        elif _is_file(source):
            yield source, _content(Path(source))
        else:
            yield _ARGUMENT, source


def _is_file(source: str) -> bool:
    """Whether an argument names a file: one that is there, or one that by its looks should be."""
    if not source or len(source) > 1024 or "\n" in source or "\0" in source:
        return False
    path = Path(source)
    looks_like_one = path.suffix in _FILE_ENDINGS and "://" not in source and " " not in source
    try:
        return path.exists() or looks_like_one
    except OSError:
        return False  # no file system has a name like that: it is a text


def _content(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        fail(f"{path}: cannot be read ({error.strerror})")
    return text_or_fail(content, str(path))
