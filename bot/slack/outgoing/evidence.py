"""What was looked at, folded behind a button: every read of the account in its order, and what it showed."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.model import Evidence, Mend, Outcome, Reply
from bot.reply.document import context_line, search_line
from bot.reply.templates import inline_code
from bot.slack.outgoing.answer import Labels
from bot.slack.outgoing.messages import Part, Rank, modal
from bot.slack.outgoing.richtext import Element, block, bulleted, literal, numbered, prose, section, shortened

_TOGETHER = 10
_MOST_PARAMETERS = 300


def evidence_view(reply: Reply, labels: Labels) -> dict[str, Any]:
    """The view: which reads show which cause, then all of them, numbered."""
    return _view("evidence_title", [*_parts(reply, labels)], labels)


def _parts(reply: Reply, labels: Labels) -> Iterator[Part]:
    diagnosis = reply.diagnosis
    numbers = {each.id: number for number, each in enumerate(diagnosis.evidence, 1)}
    shown = [_shown(mend, numbers, labels) for mend in reply.findings if mend.finding.evidence]
    if shown:
        yield Part(Rank.ANSWER, tuple(block(bulleted(shown))))
    for start in range(0, len(diagnosis.evidence), _TOGETHER):
        reads = [_read(each, reply, labels) for each in diagnosis.evidence[start : start + _TOGETHER]]
        yield Part(Rank.ANSWER, tuple(block(numbered(reads, before=start))))
    if searches := [prose(search_line(each, labels.reply)) for each in diagnosis.log_searches]:
        heading = section(prose(labels.reply.block("log_searches"), bold=True))
        yield Part(Rank.ANSWER, tuple(block(heading, bulleted(searches))))
    if line := context_line(reply, labels.reply):
        yield Part(Rank.ANSWER, tuple(block(section(prose(line)))))


def _shown(mend: Mend, numbers: Mapping[str, int], labels: Labels) -> list[Element]:
    reads = sorted(numbers[each] for each in mend.finding.evidence if each in numbers)
    values = {"count": len(reads), "reads": ", ".join(map(str, reads))}
    return [*prose(mend.fix.title, bold=True), *literal(" · "), *prose(labels.slack.block("shown_by", values))]


def _read(evidence: Evidence, reply: Reply, labels: Labels) -> list[Element]:
    asked = literal(f"{evidence.service}:{evidence.operation}", code=True)
    if evidence.parameters:
        written = json.dumps(evidence.parameters, ensure_ascii=False, default=str)
        asked += [*literal(" "), *literal(shortened(written, _MOST_PARAMETERS), code=True)]
    ended = prose(labels.slack.block(f"outcome_{evidence.outcome}"), bold=True)
    details = [f"{evidence.milliseconds:.0f} ms"]
    if reply.diagnosis.target is None or evidence.region != reply.diagnosis.target.region:
        details.insert(0, evidence.region)
    if evidence.error and evidence.outcome in (Outcome.DENIED, Outcome.FAILED):
        details.append(inline_code(shortened(evidence.error, _MOST_PARAMETERS)))
    return [*asked, *literal(" · "), *ended, *literal(" · "), *prose(" · ".join(details))]


def rest_view(reply: Reply, rest: Sequence[Part], labels: Labels) -> dict[str, Any]:
    """The view of what a message does not show: further causes, templates, what was too long."""
    return _view("causes_title" if len(reply.findings) > 1 else "rest_title", rest, labels)


def _view(title: str, parts: Sequence[Part], labels: Labels) -> dict[str, Any]:
    too_long = block(section(prose(labels.slack.block("view_too_long"), italic=True)))
    return modal(labels.slack.block(title), labels.slack.block("close"), parts, too_long)
