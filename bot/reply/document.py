"""The reply as one document: its parts in the order in which they are read, in Markdown."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from bot.model import Candidate, Certainty, Diagnosis, Hint, LogSearch, Mend, Reply, Scope, UnseenRead
from bot.reply.changed import changed_line
from bot.reply.fences import Piece
from bot.reply.templates import Words, inline_code

_LINE_BREAK = re.compile(r"\n(?!\n)")


def markdown(reply: Reply, words: Words, *, with_evidence: bool = False) -> str:
    """The whole answer as Markdown: what is wrong, how to mend it, what could not be seen. `words` are its labels."""
    return "\n\n".join(_parts(reply, words, with_evidence)) + "\n"


def gaps(diagnosis: Diagnosis) -> tuple[UnseenRead, ...]:
    """What could not be looked at, as far as the summary leaves it to be said."""
    return tuple(unseen for unseen in diagnosis.unseen if unseen.hint is not Hint.NO_ACCOUNT)


def unseen_line(unseen: UnseenRead, words: Words) -> str:
    """What there is to say on a read that gave no answer, or on the account that could not be searched for want of one.

    Where no permission would allow the read, a second sentence says whose policy has to.
    """
    line = words.block("unseen_account" if unseen.account else f"unseen_{unseen.reason}", asdict(unseen))
    if unseen.denied_by is None:
        return line
    between = "" if line.endswith("。") else " "  # no space follows a full-width stop
    return f"{line}{between}{words.block('denied_by', asdict(unseen))}"


def candidate_line(candidate: Candidate) -> str:
    """A thing that could be meant: its id, its name, and where it is."""
    line = f"{inline_code(candidate.target.id)} {inline_code(candidate.name)} {candidate.target.region}"
    return f"{line} {inline_code(candidate.account_name)}" if candidate.account_name else line


def search_line(search: LogSearch, words: Words) -> str:
    """What was searched in a log group, what that brought, and whether all of it could be."""
    said = ["searched" if search.minutes else "searched_at_one_time", "searched_events"]
    if search.is_cut:
        said.append("searched_in_part")
    return " · ".join(words.block(name, asdict(search)) for name in said)


def context_line(reply: Reply, words: Words) -> str:
    """Where was looked, and what that took; empty where nothing was looked at."""
    diagnosis = reply.diagnosis
    if not diagnosis.evidence:
        return ""
    seconds = round(diagnosis.elapsed_milliseconds / 1000, 1)
    effort = words.block("effort", {"calls": len(diagnosis.evidence), "seconds": seconds})
    where = words.block("context", {"target": diagnosis.target}) if diagnosis.target else ""
    return " · ".join(part for part in (where, effort) if part)


def _parts(reply: Reply, words: Words, with_evidence: bool) -> Iterator[str]:
    diagnosis = reply.diagnosis
    yield reply.summary
    if diagnosis.candidates:
        yield "\n".join(f"- {candidate_line(candidate)}" for candidate in diagnosis.candidates)
    several = len(reply.findings) > 1
    for number, mend in enumerate(reply.findings, 1):
        # The summary of a single finding is its title.
        yield from _mend(mend, reply, words, f"## {number}. {mend.fix.title}" if several else None)
    if reply.advice:
        yield f"# {words.block('advice')}"
        for mend in reply.advice:
            yield from _mend(mend, reply, words, f"## {mend.fix.title}")
    if unseen_reads := gaps(diagnosis):
        yield f"## {words.block('unseen')}"
        yield "\n".join(_unseen(unseen, words) for unseen in unseen_reads)
    if diagnosis.log_searches:
        yield f"## {words.block('log_searches')}"
        yield "\n".join(f"- {search_line(search, words)}" for search in diagnosis.log_searches)
    if with_evidence:
        yield f"## {words.block('evidence')}"
        yield "\n".join(
            f"- {inline_code(f'{each.service}:{each.operation}')} {inline_code(_shown(each.parameters))} "
            f"{inline_code(each.region)} {inline_code(each.outcome)}"
            for each in diagnosis.evidence
        )
    if line := context_line(reply, words):
        yield f"---\n{line}"


def _mend(mend: Mend, reply: Reply, words: Words, heading: str | None) -> Iterator[str]:
    finding, fix = mend.finding, mend.fix
    if heading:
        yield heading
    certainty = "" if finding.advice else f"**{words.block(finding.certainty)}** · "
    yield f"{certainty}{inline_code(finding.cause)}"
    if finding.scope is Scope.ELSEWHERE:
        yield words.block("elsewhere")
    yield fix.why
    if line := changed_line(finding, reply.locale, reply.timezone, words):
        yield line
    if finding.certainty is Certainty.LIKELY and fix.would_disprove:
        yield f"**{words.block('would_disprove')}** {fix.would_disprove}"
    yield f"### {words.block('steps')}"
    yield "\n".join(_item(f"{position}. ", step) for position, step in enumerate(fix.steps, 1))
    yield f"### {words.block('cli')}"
    if fix.cli:
        yield Piece(fix.cli, True, "bash").fenced
        yield words.block("redeploy" if fix.redeploy else "no_deployment")
    elif fix.cli_note:
        yield fix.cli_note
    yield f"### {words.block(f'cloudformation_{fix.cloudformation_use}' if fix.cloudformation else 'cloudformation')}"
    yield Piece(fix.cloudformation, True, "yaml").fenced if fix.cloudformation else fix.cloudformation_note or ""
    if fix.cli:
        yield f"### {words.block('rollback')}"
        yield Piece(fix.rollback_cli, True, "bash").fenced if fix.rollback_cli else fix.rollback_note or ""
    yield f"### {words.block('references')}"
    yield "\n".join(f"- {url}" for url in fix.references)


def _unseen(unseen: UnseenRead, words: Words) -> str:
    line = f"- {unseen_line(unseen, words)}"
    if unseen.cure is None:
        return line
    return f"{line}\n\n{Piece(json.dumps(unseen.cure, indent=2), True, 'json').fenced}\n"


def _item(mark: str, text: str) -> str:
    # What follows the first line belongs to the item only as far in as its text.
    return mark + _LINE_BREAK.sub("\n" + " " * len(mark), text)


def _shown(parameters: Mapping[str, Any]) -> str:
    return json.dumps(parameters, ensure_ascii=False)
