"""`kintsugi feedback`: what people said of the answers they got in Slack."""

import json
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict
from datetime import UTC
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.options import fail, on_one_line, settings_or_fail

if TYPE_CHECKING:
    from bot.store.feedback import Vote


_SCHEMA = 1


class FeedbackForm(StrEnum):
    """How feedback is printed."""

    TEXT = "text"
    JSON = "json"


def feedback(
    form: Annotated[FeedbackForm, typer.Option("--format", help="How it is printed.")] = FeedbackForm.TEXT,
) -> None:
    """Print what people in Slack said of answers."""
    votes = _votes()
    if form is FeedbackForm.JSON:
        # ASCII: no comment can do anything to a terminal.
        typer.echo(json.dumps(_document(votes), indent=2))
        return
    for line in _lines(votes):
        typer.echo(line)


def _votes() -> "tuple[Vote, ...]":
    from bot.settings import BadSettings
    from bot.storage import open_existing
    from bot.store.feedback import Feedback
    from bot.store.store import StoreFails

    try:
        with closing(open_existing(settings_or_fail())) as storage:
            return Feedback(storage.store).votes()
    except (BadSettings, StoreFails, OSError) as error:
        fail(str(error))


def _document(votes: "Sequence[Vote]") -> dict[str, object]:
    from bot.store.feedback import Opinion, counts_of

    counts = counts_of(votes)
    return {
        "schema": _SCHEMA,
        "votes": {opinion: counts.of_all.get(opinion, 0) for opinion in Opinion},
        "causes": [
            {"cause": cause, **{opinion: of_cause.get(opinion, 0) for opinion in Opinion}}
            for cause, of_cause in counts.by_cause.items()
        ],
        "wrong": [asdict(vote) | {"at": vote.at.isoformat()} for vote in votes if vote.verdict is Opinion.WRONG],
    }


def _lines(votes: "Sequence[Vote]") -> Iterator[str]:
    from bot.store.feedback import Opinion, counts_of

    counts = counts_of(votes)
    columns = [Opinion.HELPFUL, Opinion.WRONG]
    yield _row(columns, "")
    yield _row([counts.of_all.get(opinion, 0) for opinion in columns], "all answers")
    for cause, of_cause in counts.by_cause.items():
        yield _row([of_cause.get(opinion, 0) for opinion in columns], on_one_line(cause))
    told = [vote for vote in votes if vote.verdict is Opinion.WRONG and vote.comment.strip()]
    if told:
        yield "\nWhat was wrong, the newest first:"
    for vote in told:
        causes = ", ".join(vote.causes) or "no cause found"
        yield "\n" + on_one_line(f"{vote.at.astimezone(UTC):%Y-%m-%d %H:%M} UTC · {causes} · {vote.person}")
        yield f"  {on_one_line(vote.comment)}"


def _row(numbers: Sequence[object], name: str) -> str:
    return ("".join(f"{number!s:>8}" for number in numbers) + f"  {name}").rstrip()
