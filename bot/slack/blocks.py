"""An answer as parts of a Slack message: what it amounts to first, then each cause with its mend, then the rest."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.model import Candidate, Certainty, Mend, Reply, Scope, Target, UnseenRead
from bot.reply.templates import Prose, Words, inline_code
from bot.slack.messages import Part, Rank
from bot.slack.richtext import (
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
)

_TOGETHER = 10
_MOST_SUMMARY = 2_500
_MOST_CONTEXT = 1_000


def parts_of(reply: Reply, words: Words) -> tuple[Part, ...]:
    """The parts in the order in which they are read. `words` are the engine's `reply` words in the reply's language."""
    return tuple(part for part in _parts(reply, words) if part.blocks)


def _parts(reply: Reply, words: Words) -> Iterator[Part]:
    yield from _summary(reply)
    for index, mend in enumerate(reply.findings):
        yield from _mend(mend, words, Rank.FIRST_FINDING if index == 0 else Rank.FURTHER_FINDINGS)
    yield from _candidates(reply.diagnosis.candidates, words)
    yield from _unseen(reply.diagnosis.unseen, words)
    for mend in reply.advice:
        yield from _mend(mend, words, Rank.ADVICE)
    yield Part(Rank.ANSWER, "", tuple(_context(reply, words)))


def _summary(reply: Reply) -> Iterator[Part]:
    whole = block(section(prose(reply.summary)))
    if cost(whole) <= _MOST_SUMMARY:
        yield Part(Rank.ANSWER, reply.summary, tuple(whole))
        return
    beginning = fallback(reply.summary, _MOST_SUMMARY // 6)
    yield Part(Rank.ANSWER, beginning, tuple(block(section(literal(beginning)))))
    yield Part(Rank.UNSEEN, beginning, tuple(whole))


def _mend(mend: Mend, words: Words, rank: Rank) -> Iterator[Part]:
    fix, title = mend.fix, mend.fix.title
    yield Part(rank, title, ({"type": "divider"}, *block(*_cause(mend, words, rank))))
    yield _snippet(rank, title, words.block("cli"), fix.cli, fix.cli_note, _deployment(mend, words))
    use = words.block(f"cloudformation_{fix.cloudformation_use}") if fix.cloudformation_use else "CloudFormation"
    yield _snippet(Rank.CLOUDFORMATION, title, use, fix.cloudformation, fix.cloudformation_note)
    yield _snippet(Rank.ROLLBACK, title, words.block("rollback"), fix.rollback_cli, fix.rollback_note)


def _cause(mend: Mend, words: Words, rank: Rank) -> Iterator[list[Element]]:
    finding, fix = mend.finding, mend.fix
    head = prose(fix.title, bold=True)
    remarks = [words.block("advice" if rank is Rank.ADVICE else finding.certainty)]
    if finding.scope is Scope.ELSEWHERE:
        remarks.append(words.block("elsewhere"))
    for remark in remarks:
        head += literal("\n") + prose(remark, italic=True)
    yield section(head)
    yield section(prose(fix.why))
    if fix.would_disprove and finding.certainty is Certainty.LIKELY:
        yield section(prose(words.block("would_disprove"), bold=True) + literal(" ") + prose(fix.would_disprove))
    if fix.steps:
        yield section(prose(words.block("steps"), bold=True))
        yield numbered([prose(step) for step in fix.steps])
    if fix.references:
        yield section(prose(words.block("references"), bold=True))
        yield bulleted([[link(url)] for url in fix.references])


def _deployment(mend: Mend, words: Words) -> str:
    if mend.fix.cli is None:
        return ""
    return words.block("redeploy" if mend.fix.redeploy else "no_deployment")


def _snippet(rank: Rank, title: str, name: str, code: str | None, remark: str | None, after: str = "") -> Part:
    label = f"{name} {title}"
    if code:
        content = [section(prose(name, bold=True)), preformatted(code), section(prose(after))]
        return Part(rank, label, tuple(block(*content)))
    if remark:
        return Part(rank, label, tuple(block(section(prose(name, bold=True)), section(prose(remark)))))
    return Part(rank, label, ())


def _candidates(candidates: Sequence[Candidate], words: Words) -> Iterator[Part]:
    label = words.block("candidates")
    items = [_place(candidate.target, candidate.name) for candidate in candidates]
    yield from _listed(Rank.ANSWER, Rank.UNSEEN, label, items)


def _place(target: Target, name: str) -> list[Element]:
    elements = literal(target.id, code=True)
    for detail in (name, target.region, target.account):
        elements += (literal(" · ") + literal(detail, code=True)) if detail else []
    return elements


def _unseen(unseen: Sequence[UnseenRead], words: Words) -> Iterator[Part]:
    label = words.block("unseen")
    items = [_door(read) for read in unseen]
    yield from _listed(Rank.UNSEEN, Rank.UNSEEN, label, items)
    grants: list[Mapping[str, Any]] = []
    for read in unseen:
        if read.grant is not None and read.grant not in grants:
            grants.append(read.grant)
    if grants:
        policy = json.dumps({"Version": "2012-10-17", "Statement": grants}, indent=2, ensure_ascii=False)
        name = words.block("grant")
        yield Part(Rank.UNSEEN, name, tuple(block(section(prose(name, bold=True)), preformatted(policy))))


def _door(read: UnseenRead) -> list[Element]:
    elements = literal(read.action, code=True)
    for detail in (read.resource, read.detail):
        elements += (literal(" · ") + literal(detail, code=True)) if detail else []
    return elements


def _listed(first: Rank, further: Rank, label: str, items: Sequence[list[Element]]) -> Iterator[Part]:
    # A list is broken between its items, so that a long one is not left out as a whole.
    for start in range(0, len(items), _TOGETHER):
        head = section(prose(label, bold=True)) if start == 0 else []
        content = block(head, bulleted(items[start : start + _TOGETHER]))
        yield Part(first if start == 0 else further, label, tuple(content))


def _context(reply: Reply, words: Words) -> list[Block]:
    diagnosis = reply.diagnosis
    target = diagnosis.target
    named = (target.account, target.region, target.id, target.stage) if target else ()
    facts = [Prose(inline_code(fact)) for fact in named if fact]
    line = words.block(
        "context",
        {
            "place": Prose(" · ".join(facts)),
            "calls": len(diagnosis.evidence),
            "seconds": round(diagnosis.elapsed_milliseconds / 1000, 1),
        },
    )
    text = fallback(line, _MOST_CONTEXT).replace("`", "")
    return [{"type": "context", "elements": [{"type": "plain_text", "text": text, "emoji": False}]}] if text else []
