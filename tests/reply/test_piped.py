"""A filter holds for the whole of an expression, whatever its operators and its own filters."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from jinja2 import Environment
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream

from bot.reply.piped import piped


class _Bracketed(Extension):
    """Pipes every expression."""

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        for token in stream:
            yield from piped(token, "bracketed")


@pytest.mark.parametrize(
    ("template", "rendered"),
    [
        ("a {{ x }} b", "a [x] b"),
        ("{{ x ~ 'y' }}{{ x if no else 'z' }}", "[xy][z]"),
        ("{{ x | upper }}", "[X]"),
        ("{{ x, x }}", "[('x', 'x')]"),
        ("{%- if x -%} {{- x -}} {%- endif -%}", "[x]"),
        ("{{ '}}' }}", "[}}]"),
        ("none", "none"),
    ],
)
def test_the_whole_expression_is_filtered(template: str, rendered: str) -> None:
    environment = Environment(extensions=[_Bracketed])
    environment.filters["bracketed"] = lambda value: f"[{value}]"
    assert environment.from_string(template).render(x="x", no=False) == rendered
