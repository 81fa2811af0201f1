"""Lines made short enough for a reply."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.aws.excerpts import LONGEST, excerpt


def test_the_first_line_that_says_something_stays() -> None:
    assert excerpt("\n  [ERROR] KeyError: 'x'  \nTraceback") == "[ERROR] KeyError: 'x'"


def test_a_long_line_is_cut_between_words() -> None:
    token = "s" * 200
    assert excerpt(f"{'word ' * 30}{token} {token}") == "word " * 29 + "word…"
    assert excerpt(token * 2) == "…"


@given(st.text())
def test_no_excerpt_is_too_long(text: str) -> None:
    assert len(excerpt(text)) <= LONGEST
    assert "\n" not in excerpt(text)
