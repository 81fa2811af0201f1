"""An answer as parts of a Slack message: what is wrong first, then how to mend it, then the rest."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.model import Candidate, Certainty, Mend, Reply, Scope, Target, UnseenRead
from bot.reply.changed import changed_line
from bot.reply.document import context_line, gaps, markdown, search_line, unseen_line
from bot.reply.fences import Piece, pieces
from bot.reply.templates import Words, inline_code
from bot.slack.outgoing.messages import Message, Part, Rank, fill
from bot.slack.outgoing.richtext import (
    Block,
    Element,
    block,
    bulleted,
    cost,
    link,
    literal,
    numbered,
    plain,
    preformatted,
    prose,
    section,
    shortened,
)

_TOGETHER = 10
_MOST_SUMMARY = 2_500
_MOST_CONTEXT = 1_000
_MOST_FILES = 9


@dataclass(frozen=True, slots=True)
class Snippet:
    """A file beside an answer: ready to be deployed, or the whole answer to be read."""

    name: str
    content: str


@dataclass(frozen=True, slots=True)
class Labels:
    """The words that an answer is put together with, in its language: the engine's and Slack's own."""

    reply: Words
    slack: Words


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as Slack shows it: `parts` for a message, in the order in which they are read."""

    reply: Reply
    parts: tuple[Part, ...]

    def message(self, beneath: Sequence[Block] = ()) -> tuple[Message, tuple[Part, ...]]:
        """The message, which leaves room for the blocks `beneath`; and the parts that are not in it."""
        return fill(self.reply.summary, self.parts, beneath)

    def shown_up_to(self) -> Rank:
        """The rank up to which a message shows everything, be half of it taken by what stands above and beneath."""
        _, rest = fill(self.reply.summary, self.parts, share=2)
        return min((part.rank for part in rest), default=Rank.UNSEEN)

    def behind(self, shown_up_to: Rank) -> tuple[Part, ...]:
        """What stands behind the button: what a message may not show, and the parts of its end in any case.

        What a message shows depends on its language, which need not be this one: hence a rank and not the parts. What
        the message only names stands here whole, without the names.
        """
        first = min(shown_up_to, Rank.UNSEEN)
        return tuple(part for part in self.parts if part.rank >= first and part.rank is not Rank.FURTHER) or self.parts


def answer_of(reply: Reply, labels: Labels, before: Sequence[Part] = (), *, has_files: bool = False) -> Answer:
    """The answer, with other parts before its own; `has_files` if its templates stand beside it as files."""
    own = (part for part in _parts(reply, labels, has_files=has_files) if part.blocks)
    return Answer(reply, (*before, *own))


def snippets_of(reply: Reply, words: Words, rest: Sequence[Part]) -> tuple[Snippet, ...]:
    """The templates as files, each ready to be deployed; and the whole answer, if more than those is missing."""
    mends = (*reply.findings, *reply.advice)
    templates = [
        Snippet(f"{number}-{mend.finding.cause}.yaml" if len(mends) > 1 else f"{mend.finding.cause}.yaml", template)
        for number, mend in enumerate(mends, 1)
        if (template := mend.fix.cloudformation)
    ]
    has_more = len(templates) > _MOST_FILES or any(part.rank is not Rank.TEMPLATE for part in rest)
    whole = [Snippet("answer.md", markdown(reply, words))] if has_more else []
    return (*templates[:_MOST_FILES], *whole)


def _parts(reply: Reply, labels: Labels, *, has_files: bool) -> Iterator[Part]:
    words = labels.reply
    yield from _summary(reply, words)
    first, *others = reply.findings or (None,)
    if first:
        yield _name_of(first, words, Rank.TEMPLATE, "1. " if others else "")
        yield from _mend(first, reply, words, Rank.FIRST_FINDING)
        if first.fix.cloudformation:
            where = labels.slack.block("template_attached" if has_files else "template_behind_button")
            yield Part(Rank.FIRST_FINDING, tuple(block(section(prose(where, italic=True)))))
    yield from _candidates(reply.diagnosis.candidates, words)
    yield from _unseen(gaps(reply.diagnosis), words)
    yield _titles(labels.slack.block("further_causes"), others, words, start=2)
    yield _titles(words.block("advice"), reply.advice, words)
    for search in reply.diagnosis.log_searches:
        yield Part(Rank.UNSEEN, tuple(_context(search_line(search, words))))
    yield Part(Rank.ANSWER, tuple(_context(context_line(reply, words))))
    for number, mend in enumerate(others, 2):
        yield from _whole(mend, reply, words, f"{number}. ")
    for mend in reply.advice:
        yield from _whole(mend, reply, words)


def _summary(reply: Reply, words: Words) -> Iterator[Part]:
    """What is wrong in a sentence, and how sure that is of what comes first."""
    is_found = bool(reply.findings)
    sentence = prose(reply.summary, bold=is_found)
    if cost(sentence) > _MOST_SUMMARY:
        # One character costs five at most, as `&amp;`.
        yield Part(Rank.ELSEWHERE, tuple(block(section(sentence))))
        sentence = literal(shortened(reply.summary, _MOST_SUMMARY // 5), bold=is_found)
    certainty = [*literal("\n"), *_certainty(reply.findings[0], words)] if is_found else []
    yield Part(Rank.ANSWER, tuple(block(section([*sentence, *certainty]))))


def _certainty(mend: Mend, words: Words) -> list[Element]:
    finding = mend.finding
    name = "advice" if finding.advice else str(finding.certainty)
    return [*prose(words.block(name)), *literal(" · "), *literal(finding.cause, code=True)]


def _titles(heading: str, mends: Sequence[Mend], words: Words, start: int = 0) -> Part:
    """The mends by their names, counted from `start` if they are a sequence."""
    items = [[*prose(mend.fix.title), *literal(" · "), *_certainty(mend, words)] for mend in mends]
    names = numbered(items, before=start - 1) if start else bulleted(items)
    return Part(Rank.FURTHER, tuple(block(section(prose(heading, bold=True)), names)) if items else ())


def _whole(mend: Mend, reply: Reply, words: Words, number: str = "") -> Iterator[Part]:
    yield Part(Rank.ELSEWHERE, ({"type": "divider"},))
    yield _name_of(mend, words, Rank.ELSEWHERE, number)
    for part in _mend(mend, reply, words, Rank.ELSEWHERE):
        yield Part(Rank.ELSEWHERE, part.blocks)


def _name_of(mend: Mend, words: Words, rank: Rank, number: str) -> Part:
    """What the parts that follow are about, where they stand without the summary."""
    title = prose(f"{number}{mend.fix.title}", bold=True)
    return Part(rank, tuple(block(section([*title, *literal("\n"), *_certainty(mend, words)]))))


def _mend(mend: Mend, reply: Reply, words: Words, rank: Rank) -> Iterator[Part]:
    fix = mend.fix
    yield Part(rank, tuple(block(*_cause(mend, reply, words))))
    yield Part(rank, tuple(block(_heading(words, "steps"), *_steps(fix.steps)) if fix.steps else ()))
    deployment = words.block("redeploy" if fix.redeploy else "no_deployment")
    yield _snippet(rank, words.block("cli"), fix.cli, fix.cli_note, deployment)
    if fix.cli:
        yield _snippet(Rank.ROLLBACK, words.block("rollback"), fix.rollback_cli, fix.rollback_note)
    use = f"cloudformation_{fix.cloudformation_use}" if fix.cloudformation else "cloudformation"
    yield _snippet(Rank.TEMPLATE, words.block(use), fix.cloudformation, fix.cloudformation_note)
    if fix.references:
        links = bulleted([[link(url)] for url in fix.references])
        yield Part(Rank.TEMPLATE, tuple(block(_heading(words, "references"), links)))


def _cause(mend: Mend, reply: Reply, words: Words) -> Iterator[list[Element]]:
    finding, fix = mend.finding, mend.fix
    if finding.scope is Scope.ELSEWHERE and len(reply.findings) > 1:
        # The summary of a single finding says so.
        yield section(prose(words.block("elsewhere")))
    yield section(prose(fix.why))
    if line := changed_line(finding, reply.locale, reply.timezone, words):
        yield section(prose(line))
    if fix.would_disprove and finding.certainty is Certainty.LIKELY:
        yield section([*prose(words.block("would_disprove"), bold=True), *literal(" "), *prose(fix.would_disprove)])


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


def _snippet(rank: Rank, name: str, code: str | None, remark: str | None, after: str = "") -> Part:
    heading = section(prose(name, bold=True))
    if code:
        return Part(rank, tuple(block(heading, preformatted(code), section(prose(after)))))
    return Part(rank, tuple(block(heading, section(prose(remark)))) if remark else ())


def _candidates(candidates: Sequence[Candidate], words: Words) -> Iterator[Part]:
    # A list is broken between its items, so that a long one is not left out as a whole.
    for start in range(0, len(candidates), _TOGETHER):
        items = [_place(each.target, each.name, each.account_name) for each in candidates[start : start + _TOGETHER]]
        heading = [] if start else _heading(words, "candidates")
        yield Part(Rank.UNSEEN if start else Rank.ANSWER, tuple(block(heading, bulleted(items))))


def _place(target: Target, *names: str | None) -> list[Element]:
    return prose(" · ".join(inline_code(each) for each in (target.id, *names, target.region) if each))


def _unseen(unseen: Sequence[UnseenRead], words: Words) -> Iterator[Part]:
    for index, read in enumerate(unseen):
        grant = json.dumps(read.cure, indent=2) if read.cure is not None else ""
        heading = [] if index else _heading(words, "unseen")
        content = block(heading, section(prose(unseen_line(read, words))), preformatted(grant))
        yield Part(Rank.UNSEEN, tuple(content))


def _context(line: str) -> list[Block]:
    said = plain(line.replace("`", ""), _MOST_CONTEXT)
    return [{"type": "context", "elements": [said]}] if said["text"] else []
