"""What has changed since the last look, above the answer of the new one."""

from collections.abc import Iterator, Sequence

from bot.comparison import Comparison
from bot.model import Finding, Reply
from bot.reply.templates import Words
from bot.slack.outgoing.messages import Part, Rank
from bot.slack.outgoing.richtext import Element, block, bulleted, cost, literal, prose, section, shortened

_MOST_TITLES = 700
"""In characters, for each of the lists."""


def compared_part(comparison: Comparison, before: Reply, after: Reply, words: Words) -> Part:
    """What was wrong and is right now, what still is, what is new, and what can no longer be told.

    `before` and `after` are the two answers in one language.
    """
    lists = [
        ("mended", _titles(before, comparison.mended)),
        ("still_wrong", _titles(after, comparison.remaining)),
        ("newly_wrong", _titles(after, comparison.new)),
        ("no_longer_seen", _titles(before, comparison.unknown)),
    ]
    shown = list(_lists(lists, words))
    if not comparison.blind and not any(titles for name, titles in lists if name != "still_wrong"):
        shown = [section(prose(words.block("unchanged"), bold=True))]
    return Part(Rank.ANSWER, ({"type": "divider"}, *block(*shown), {"type": "divider"}) if shown else ())


def _lists(lists: Sequence[tuple[str, Sequence[str]]], words: Words) -> Iterator[list[Element]]:
    for name, titles in lists:
        if titles:
            yield section(prose(words.block(name), bold=True))
            yield bulleted(_few(titles))


def _few(titles: Sequence[str]) -> list[list[Element]]:
    """As many titles as leave room for the answer below, and a mark where there are more."""
    few: list[list[Element]] = []
    for title in titles:
        shown = prose(title)
        if cost(shown) > _MOST_TITLES:
            shown = literal(shortened(title.replace("`", ""), _MOST_TITLES // 5))  # `&amp;` costs five
        if cost(few) + cost(shown) > _MOST_TITLES:
            return [*few, literal("…")]
        few.append(shown)
    return few


def _titles(reply: Reply, findings: Sequence[Finding]) -> list[str]:
    return [mend.fix.title for mend in reply.findings if mend.finding in findings]
