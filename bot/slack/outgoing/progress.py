"""What is being done, what is done and what is left, while a question is worked on."""

from bot.model import Progress, Step
from bot.reply.templates import Words
from bot.slack.outgoing.messages import Message
from bot.slack.outgoing.richtext import Element, block, fallback, literal, prose, section

_DONE, _NOW, _LEFT = "✓ ", "▸ ", "○ "
_MOST_FALLBACK = 300


def progress_message(progress: Progress, words: Words) -> Message:
    """One message that tells how far the work is. `words` are Slack's own."""
    elements: list[Element] = prose(words.block("working"), bold=True)
    now = list(Step).index(progress.step)
    for position, step in enumerate(Step):
        mark = _DONE if position < now else _NOW if position == now else _LEFT
        elements += [*literal(f"\n{mark}"), *prose(_said(step, progress, words, is_over=position < now))]
    if progress.reads:
        elements += [*literal("\n"), *prose(words.block("reads_so_far", {"count": progress.reads}), italic=True)]
    return Message(fallback(words.block("working"), _MOST_FALLBACK), tuple(block(section(elements))))


def _said(step: Step, progress: Progress, words: Words, *, is_over: bool) -> str:
    values = {"target": progress.target, "done": progress.done, "total": progress.total}
    if step is Step.LOCATE and is_over and progress.target:
        return words.block("step_located", values)
    if step is Step.EXAMINE and progress.total and not is_over:
        return words.block("step_examine_parts", values)
    return words.block(f"step_{step}", values)
