"""Tells what is said twice: bots put the same words into a message's text, its blocks and its attachments."""

import re
from collections.abc import Iterable
from itertools import pairwise

_WORD = re.compile(r"[^\W_]+")


def distinct(parts: Iterable[str]) -> list[str]:
    """The parts that say something no other part says, in their order; of equal ones the last."""
    kept = [part for part in parts if part]
    for _ in range(2 if len(kept) > 1 else 0):  # From the end to the beginning and back.
        said: set[tuple[str, ...]] = set()
        remaining = []
        for part in reversed(kept):
            words = _words(part)
            phrases: set[tuple[str, ...]] = {*pairwise(words)} or {tuple(words) or (part,)}
            if not phrases <= said:
                remaining.append(part)
                said |= phrases | {(word,) for word in words}
        kept = remaining
    return kept


def share(of: str, within: str) -> float:
    """How much of the words of one text another one has, from 0 to 1; 1 for a text without words."""
    words = set(_words(of))
    return len(words & set(_words(within))) / len(words) if words else 1


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())
