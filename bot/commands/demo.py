"""`kintsugi demo`: a broken account, simulated here, asked about as a person would."""

from typing import Annotated

import typer

from bot.commands.diagnose import Format, Language, show
from bot.commands.options import Form, Status, fail, language_or_fail, settings_or_fail


def demo(
    lang: Language = None,
    scenario: Annotated[str | None, typer.Option(help="Which account; --list names them.")] = None,
    list_: Annotated[bool, typer.Option("--list", help="List the scenarios.")] = False,
    form: Format = Form.TEXT,
) -> None:
    """Diagnose a simulated account that is broken in a realistic way. Needs neither AWS nor Slack."""
    from bot.demo.scenarios import SCENARIOS

    if list_:
        for name, each in SCENARIOS.items():
            typer.echo(f"{name}: {each.story}")
        return
    settings = settings_or_fail()
    language = language_or_fail(lang, settings)
    if scenario is not None and scenario not in SCENARIOS:
        fail(f"there is no scenario {scenario!r}; choose one of {', '.join(SCENARIOS)}", Status.USAGE)
    chosen = SCENARIOS[scenario] if scenario else next(iter(SCENARIOS.values()))

    from bot.demo.show import NotInstalled, answer_of

    try:
        pasted, reply, writer = answer_of(chosen, settings, language)
    except NotInstalled as error:
        fail(str(error))
    if form in (Form.TEXT, Form.MARKDOWN):
        typer.echo(f"> {pasted}\n".replace("\n", "\n> ").removesuffix("> "))
    show(reply, writer, form)
