"""An answer as parts of a Slack message: what it amounts to first, then each cause with its mend, then the rest."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from bot.model import Candidate, Certainty, Mend, Reply, Scope, Target, UnseenRead
from bot.reply.changed import changed_line
from bot.reply.document import context_line, search_line, unseen_line
from bot.reply.fences import Piece, pieces
from bot.reply.templates import Words
from bot.reply.writer import Writer
from bot.slack.outgoing.messages import Part, Rank, as_file, fill, note
from bot.slack.outgoing.richtext import (
    Block,
    Element,
    block,
    bulleted,
    cost,
    fallback,
    link,
    literal,
    numbered,
    preformatted,
    prose,
    section,
    shortened,
)

_TOGETHER = 10
_MOST_SUMMARY = 2_500
_MOST_CONTEXT = 1_000


def parts_of(reply: Reply, words: Words) -> tuple[Part, ...]:
    """The parts in the order in which they are read. `words` are the engine's `reply` words in the reply's language."""
    return tuple(part for part in _parts(reply, words) if part.blocks)


def preview(reply: Reply, writer: Writer) -> dict[str, Any]:
    """What a thread in Slack would get: the message's `text` and `blocks`, and as `file` what fits into no message."""
    message, rest = fill(reply.summary, parts_of(reply, writer.words("reply", reply.locale)))
    hint = note(writer.words("slack", reply.locale).block("rest_in_file")) if rest else []
    shown: dict[str, Any] = {"text": message.text, "blocks": [*message.blocks, *hint]}
    return shown | {"file": as_file(rest)} if rest else shown


def _parts(reply: Reply, words: Words) -> Iterator[Part]:
    yield from _summary(reply)
    for index, mend in enumerate(reply.findings):
        number = f"{index + 1}. " if len(reply.findings) > 1 else ""
        yield from _mend(mend, reply, words, Rank.FURTHER_FINDINGS if index else Rank.FIRST_FINDING, number)
    yield from _candidates(reply.diagnosis.candidates, words)
    yield from _unseen(reply.diagnosis.unseen, words)
    for mend in reply.advice:
        yield from _mend(mend, reply, words, Rank.ADVICE, "")
    for search in reply.diagnosis.log_searches:
        searched = search_line(search, words)
        yield Part(Rank.UNSEEN, searched, tuple(_context(searched)))
    line = context_line(reply, words)
    yield Part(Rank.ANSWER, line, tuple(_context(line)))


def _summary(reply: Reply) -> Iterator[Part]:
    whole = block(section(prose(reply.summary)))
    if cost(whole) <= _MOST_SUMMARY:
        yield Part(Rank.ANSWER, reply.summary, tuple(whole))
        return
    # One character costs five at most, as `&amp;`.
    beginning = shortened(reply.summary, _MOST_SUMMARY // 5)
    yield Part(Rank.ANSWER, beginning, tuple(block(section(literal(beginning)))))
    yield Part(Rank.UNSEEN, beginning, tuple(whole))


def _mend(mend: Mend, reply: Reply, words: Words, rank: Rank, number: str) -> Iterator[Part]:
    fix, title = mend.fix, f"{number}{mend.fix.title}"
    yield Part(rank, title, ({"type": "divider"}, *block(*_cause(mend, reply, words, rank, title))))
    deployment = words.block("redeploy" if fix.redeploy else "no_deployment")
    yield _snippet(rank, title, words.block("cli"), fix.cli, fix.cli_note, deployment)
    use = f"cloudformation_{fix.cloudformation_use}" if fix.cloudformation else "cloudformation"
    yield _snippet(Rank.CLOUDFORMATION, title, words.block(use), fix.cloudformation, fix.cloudformation_note)
    if fix.cli:
        yield _snippet(Rank.ROLLBACK, title, words.block("rollback"), fix.rollback_cli, fix.rollback_note)


def _cause(mend: Mend, reply: Reply, words: Words, rank: Rank, title: str) -> Iterator[list[Element]]:
    finding, fix = mend.finding, mend.fix
    head = prose(title, bold=True) + literal("\n")
    head += prose(words.block("advice" if rank is Rank.ADVICE else finding.certainty))
    head += literal(" · ") + literal(finding.cause, code=True)
    if finding.scope is Scope.ELSEWHERE:
        head += literal("\n") + prose(words.block("elsewhere"))
    yield section(head)
    yield section(prose(fix.why))
    if line := changed_line(finding, reply.locale, reply.timezone, words):
        yield section(prose(line))
    if fix.would_disprove and finding.certainty is Certainty.LIKELY:
        yield _heading(words, "would_disprove")
        yield section(prose(fix.would_disprove))
    if fix.steps:
        yield _heading(words, "steps")
        yield from _steps(fix.steps)
    if fix.references:
        yield _heading(words, "references")
        yield bulleted([[link(url)] for url in fix.references])


def _steps(steps: Sequence[str]) -> Iterator[list[Element]]:
    # A list of Slack's holds no code blocks: it ends before one, and goes on after it where it was.
    items: list[list[Element]] = []
    for number, step in enumerate(steps, 1):
        sentence, *others = list(pieces(step)) or [Piece(step)]
        items.append(prose(sentence.text))
        if others:
            yield numbered(items, before=number - len(items))
            items = []
        for piece in others:
            yield preformatted(piece.text) if piece.is_code else section(prose(piece.text))
    yield numbered(items, before=len(steps) - len(items))


def _heading(words: Words, name: str) -> list[Element]:
    return section(prose(words.block(name), bold=True))


def _snippet(rank: Rank, title: str, name: str, code: str | None, remark: str | None, after: str = "") -> Part:
    heading = section(prose(name, bold=True))
    content: tuple[Block, ...] = ()
    if code:
        content = tuple(block(heading, preformatted(code), section(prose(after))))
    elif remark:
        content = tuple(block(heading, section(prose(remark))))
    return Part(rank, f"{name} · {title}", content)


def _candidates(candidates: Sequence[Candidate], words: Words) -> Iterator[Part]:
    # A list is broken between its items, so that a long one is not left out as a whole.
    label = words.block("candidates")
    for start in range(0, len(candidates), _TOGETHER):
        items = [_place(each.target, each.name) for each in candidates[start : start + _TOGETHER]]
        heading = section(prose(label, bold=True)) if start == 0 else []
        yield Part(Rank.UNSEEN if start else Rank.ANSWER, label, tuple(block(heading, bulleted(items))))


def _place(target: Target, name: str) -> list[Element]:
    elements = literal(target.id, code=True)
    for detail in (name, target.region):
        elements += (literal(" · ") + literal(detail, code=True)) if detail else []
    return elements


def _unseen(unseen: Sequence[UnseenRead], words: Words) -> Iterator[Part]:
    for index, read in enumerate(unseen):
        line = unseen_line(read, words)
        grant = json.dumps(read.grant, indent=2, ensure_ascii=False) if read.grant is not None else ""
        heading = [] if index else _heading(words, "unseen")
        yield Part(Rank.UNSEEN, line, tuple(block(heading, section(prose(line)), preformatted(grant))))


def _context(line: str) -> list[Block]:
    text = fallback(line.replace("`", ""), _MOST_CONTEXT)
    return [{"type": "context", "elements": [{"type": "plain_text", "text": text, "emoji": False}]}] if text else []
