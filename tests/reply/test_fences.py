"""Code among words is found where Markdown finds it, and stays what it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reply.fences import Piece, pieces, without_code

CODE = 'if True:\n\n    policy["Resource"] = "*"'


def test_words_and_code_come_in_their_order():
    assert list(pieces(f"Return this:\n\n```python\n{CODE}\n```\n\nThen deploy.")) == [
        Piece("Return this:\n"),
        Piece(CODE, True, "python"),
        Piece("\nThen deploy."),
    ]


def test_code_loses_the_indentation_of_its_fence_and_no_more():
    assert list(pieces("   ```\n   if x:\n\n       y\n   ```")) == [Piece("if x:\n\n    y", True)]


@pytest.mark.parametrize("words", ["", "Say `this`.", "```python", "```python\nnever closed", "a ``` b", "``` a b"])
def test_what_no_fence_opens_and_closes_are_words(words):
    assert [piece.is_code for piece in pieces(words)] == [False] * bool(words)
    assert without_code(words) == words


@given(st.text(st.sampled_from("`\n ax"), max_size=40))
def test_no_code_can_end_its_own_fence(code):
    assert list(pieces(Piece(code, True, "python").fenced)) == [Piece(code, True, "python")]


def test_words_without_the_code():
    assert without_code("One.\n```\ncode\n```\nTwo.") == "One.\nTwo."
