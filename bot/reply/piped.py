"""An expression of a template put through a filter, whatever stands in it: nobody has one to forget."""

from collections.abc import Iterator

from jinja2.lexer import Token


def piped(token: Token, filter: str) -> Iterator[Token]:
    """A token of an expression `{{ … }}`; of its first and last, what makes it `{{ (…) | filter }}` as well."""
    if token.type == "variable_end":
        yield Token(token.lineno, "rparen", ")")
        yield Token(token.lineno, "pipe", "|")
        yield Token(token.lineno, "name", filter)
    yield token
    if token.type == "variable_begin":
        yield Token(token.lineno, "lparen", "(")
