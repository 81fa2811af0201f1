"""A reply on a terminal: headings stand out, commands stay exactly as they are to be copied."""

import re
from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from bot.reply.fences import fence_opened_by

_HEADING = re.compile(r"^(#+) (.*)$")
_INLINE = re.compile(r"`([^`]*)`|\*\*([^*]+)\*\*")


def print_document(markdown: str) -> None:
    """Prints Markdown of the kind that `bot.reply.document` writes; without a terminal, as plain text."""
    console = Console(soft_wrap=True, highlight=False, emoji=False, markup=False)
    for line in _lines(markdown, has_colour=console.is_terminal and not console.no_color):
        console.print(line)


def _lines(markdown: str, *, has_colour: bool) -> Iterator[Text]:
    fence: str | None = None
    indentation = ""
    for line in markdown.removesuffix("\n").split("\n"):
        if fence is not None:
            if line == fence:
                fence = None
            else:
                # Code in a list is indented with its fence; to be copied it must not be.
                yield Text(line.removeprefix(indentation))
        elif opened := fence_opened_by(line):
            indentation, fence = opened[1], opened[1] + opened[2]
        elif heading := _HEADING.match(line):
            yield _inline(heading[2], "bold underline" if len(heading[1]) < 3 else "bold", has_colour)
        else:
            yield _inline("─" * 40 if line == "---" else line, "", has_colour)


def _inline(line: str, style: str, has_colour: bool) -> Text:
    # Where colour cannot tell what is code, its back-ticks stay.
    text, position = Text(style=style), 0
    for found in _INLINE.finditer(line):
        text.append(line[position : found.start()])
        if found[1] is None:
            text.append(found[2], "bold")
        else:
            text.append(found[1] if has_colour else found[0], "cyan")
        position = found.end()
    return text.append(line[position:])
